package import Exports
package import Profiles
package import Segments
package import Store

/// Answers what is known of one profile: the segments they are in and why, the lists they are on and why not.
package struct ProfileDesk: Sendable {
    package let catalog: Catalog
    package let engine: any ProfileEngine
    /// The moment rules are evaluated at.
    package let moment: Timestamp

    package init(catalog: Catalog, engine: any ProfileEngine, moment: Timestamp) {
        self.catalog = catalog
        self.engine = engine
        self.moment = moment
    }

    // MARK: Addresses

    /// Attributes that hold addresses: those that exports map, and those that look like it, for people no
    /// export knows yet. Throws what the engine and the catalog throw.
    package func emailAttributes() async throws -> [String] {
        let schema = try await engine.schema()
        let mapped = try catalog.setup.exports().compactMap {
            schema.attribute(named: $0.mapping.email)?.name
        }
        return Set(mapped).union(AttributeRoles(schema).email).sorted()
    }

    /// The profiles that hold an address. Throws what the engine and the catalog throw.
    package func profiles(withAddress address: String) async throws -> [Profile] {
        let key = PersonKey.normalized(address)
        var found: [Profile] = []
        guard !key.isEmpty else { return found }
        for attribute in try await emailAttributes() {
            for profile in try await engine.profiles(withKey: key, emailAttribute: attribute)
            where !found.contains(where: { $0.id == profile.id }) {
                found.append(profile)
            }
        }
        return found
    }

    /// The keys of a profile's addresses, each once. Throws what the engine and the catalog throw.
    package func keys(of profile: Profile) async throws -> [String] {
        var keys: [String] = []
        for attribute in try await emailAttributes() {
            let key = PersonKey.normalized(profile.values[attribute]?.exported ?? "")
            if !key.isEmpty, !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    /// Other profiles with an address of this one. Throws what the engine and the catalog throw.
    package func others(withAddressOf profile: Profile) async throws -> [Profile] {
        var found: [Profile] = []
        for key in try await keys(of: profile) {
            for other in try await profiles(withAddress: key)
            where other.id != profile.id && !found.contains(where: { $0.id == other.id }) {
                found.append(other)
            }
        }
        return found
    }

    // MARK: Segments

    /// Every segment, and whether and why the profile is a member. Throws what the engine and the
    /// catalog throw; a rule that means nothing any more has no verdict.
    package func memberships(of profile: Profile) async throws -> [Membership] {
        let schema = try await engine.schema()
        let segments = try catalog.setup.segments()
        let library = SegmentLibrary(segments)
        // Rules may speak of any of them.
        var fixed: [Segment.ID: Bool] = [:]
        for segment in segments where segment.definition == .static {
            fixed[segment.id] = try await engine.isMember(profile.id, of: .memberOf(segment.id))
        }
        let isMember = { (id: Segment.ID) in fixed[id] ?? false }
        return try segments.map { segment in
            guard case .dynamic(let text) = segment.definition else {
                return Membership(
                    segment: segment, isMember: isMember(segment.id), verdict: nil)
            }
            do {
                let verdict = try Rule(parsing: text).verdict(
                    for: profile, schema: schema, segments: library, now: moment,
                    as: segment.name, isMember: isMember)
                return Membership(segment: segment, isMember: verdict.holds, verdict: verdict)
            } catch is RuleTextError {
                return Membership(segment: segment, isMember: nil, verdict: nil)
            }
        }
    }
}

/// A segment, as seen from one profile.
package struct Membership: Sendable {
    package let segment: Segment
    /// Nil when the segment's rule no longer fits the attributes and says nothing about anybody.
    package let isMember: Bool?
    /// Why; nil for a fixed set of members.
    package let verdict: RuleVerdict?
}
