package import Profiles
package import Segments

/// Where profiles live and rules are counted. The embedded SQLite engine is the default; another one is
/// one more implementation, in which a rule means the same.
package protocol ProfileEngine: CustomerSearch {
    func schema() throws -> ProfileSchema

    /// How many profiles a predicate holds for.
    func count(_ predicate: Predicate) throws -> Int

    /// How many profiles each of the predicates holds for, in one pass over the profiles. Throws
    /// `CancellationError` soon after `isCancelled` has become true.
    func counts(
        of predicates: [Predicate], isCancelled: @escaping @Sendable () -> Bool
    ) throws -> [Int]

    /// The values that most profiles have, most frequent first. It answers at once: with many profiles it
    /// looks at a sample and says so.
    func frequentValues(of attribute: Attribute, limit: Int) throws -> FrequentValues

    /// Streams the profiles a predicate holds for, ordered by the key of their address, then changed last,
    /// then by id; those without an address come first. What `body` receives is valid during the call.
    func forEachMember(_ query: MemberQuery, _ body: (MemberView) throws -> Void) throws

    /// A page of profiles in the order of their ids, those after `after`.
    func profiles(matching predicate: Predicate, after: Profile.ID?, limit: Int) throws -> [Profile]

    func profile(id: Profile.ID) throws -> Profile?

    /// Whether a predicate holds for one profile.
    func isMember(_ id: Profile.ID, of predicate: Predicate) throws -> Bool

    /// The profiles whose address has this key.
    func profiles(withKey key: String, emailAttribute: String) throws -> [Profile]

    /// Makes the profiles a predicate holds for now the members of a static segment, in place of those it
    /// had. Returns how many there are.
    func freeze(_ predicate: Predicate, as segment: Segment.ID) throws -> Int

    /// Makes the profiles with these ids the members of a static segment. Returns how many there are, and
    /// the ids that no profile has.
    func freeze(
        ids: [Profile.ID], as segment: Segment.ID
    ) throws -> (members: Int, unknown: [Profile.ID])

    /// Forgets the members of a static segment that is none any more.
    func removeMembers(of segment: Segment.ID) throws

    /// Imports a file in one transaction: a file that fails leaves nothing behind. Blocks for as long as it
    /// takes. `mark` is remembered with the summary in the same transaction.
    func importProfiles(
        _ file: ImportFile, options: ImportOptions, mark: Int64?, now: Timestamp,
        progress: (ImportProgress) -> Void, isCancelled: () -> Bool
    ) throws -> ImportSummary

    /// The mark of the last import that had one, and what it did: whatever else was cut short, these
    /// profiles are in.
    func lastImport() throws -> (mark: Int64, summary: ImportSummary)?
}

/// The values of an attribute that occur most.
package struct FrequentValues: Hashable, Sendable {
    /// A value, and how often it occurs.
    package struct Entry: Hashable, Sendable {
        package let value: AttributeValue
        /// Profiles that have it, of those looked at.
        package let count: Int

        package init(value: AttributeValue, count: Int) {
            self.value = value
            self.count = count
        }
    }

    package let values: [Entry]
    /// Whether only some of the profiles were looked at.
    package let isSample: Bool

    package init(values: [Entry], isSample: Bool) {
        self.values = values
        self.isSample = isSample
    }
}

/// What to stream of a segment's members.
package struct MemberQuery: Sendable {
    package let predicate: Predicate
    /// The attribute that holds the address.
    package let email: Attribute
    /// Attributes and the bytes that begin their entry in a value list.
    package let columns: [(header: [UInt8], attribute: Attribute)]
    /// What every member's values end with.
    package let constants: [UInt8]

    package init(
        predicate: Predicate, email: Attribute,
        columns: [(header: [UInt8], attribute: Attribute)], constants: [UInt8]
    ) {
        self.predicate = predicate
        self.email = email
        self.columns = columns
        self.constants = constants
    }
}
