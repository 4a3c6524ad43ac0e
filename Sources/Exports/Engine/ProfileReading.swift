package import Profiles
package import Segments

/// Reads profiles. Calls block; they throw `EngineError`, and `CancellationError` soon after the limits' question
/// has been answered with yes. What is read is whole, or it is an error.
package protocol ProfileReading: Sendable {
    /// The attributes profiles have, in the order in which they appeared.
    func schema(_ limits: CallLimits) throws -> ProfileSchema

    /// How many profiles a predicate holds for.
    func count(_ predicate: Predicate, _ limits: CallLimits) throws -> Int

    /// How many profiles each of the predicates holds for, in one pass over the profiles.
    func counts(of predicates: [Predicate], _ limits: CallLimits) throws -> [Int]

    /// Streams the profiles a predicate holds for, ordered by the key of their address, then changed last,
    /// then by id; those without an address come first. What `body` receives is valid during the call. What
    /// `body` throws ends the stream and is thrown as it is. Throws `EngineError.columnGone` for an
    /// attribute that is gone.
    func forEachMember(
        _ query: MemberQuery, _ limits: CallLimits, _ body: (MemberView) throws -> Void
    ) throws

    /// A page of the profiles a predicate holds for, each of them on one page; those after the cursor that the
    /// page before gave. Throws `EngineError.badCursor` for what is no cursor of this engine.
    func page(
        of predicate: Predicate, after: String?, limit: Int, _ limits: CallLimits
    ) throws -> ProfilePage

    /// Which of these ids are those of profiles.
    func existing(_ ids: [Profile.ID], _ limits: CallLimits) throws -> Set<Profile.ID>

    /// One profile; nil when there is none with this id.
    func profile(id: Profile.ID, _ limits: CallLimits) throws -> Profile?

    /// Whether a predicate holds for one profile; false when there is none with this id.
    func isMember(
        _ id: Profile.ID, of predicate: Predicate, _ limits: CallLimits
    ) throws -> Bool

    /// The profiles whose address has this key, changed last first; a hundred at most.
    func profiles(
        withKey key: String, emailAttribute: String, _ limits: CallLimits
    ) throws -> [Profile]

    /// The values that most profiles have, most frequent first. It answers at once: with many profiles it
    /// looks at a sample and says so. Throws `EngineError.columnGone` for an attribute that is
    /// gone.
    func frequentValues(
        of attribute: Attribute, limit: Int, _ limits: CallLimits
    ) throws -> FrequentValues

    /// The most frequent values among a sample of profiles: text and yes-or-no attributes with few different
    /// values, each with those values, the most frequent first.
    func facets(limit: Int, _ limits: CallLimits) throws -> [Facet]
}

/// Profiles, and where the next page begins.
package struct ProfilePage: Equatable, Sendable {
    package let profiles: [Profile]
    /// The cursor of the next page, a text that only the engine understands; nil on the last one.
    package let next: String?

    package init(profiles: [Profile], next: String?) {
        self.profiles = profiles
        self.next = next
    }
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

/// An attribute with few different values.
package struct Facet: Equatable, Sendable {
    package let attribute: Attribute
    package let values: [AttributeValue]

    package init(attribute: Attribute, values: [AttributeValue]) {
        self.attribute = attribute
        self.values = values
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
