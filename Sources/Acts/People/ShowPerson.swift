package import Access
import Exports
import Profiles
import Segments
package import Store

/// Everything that is known of one address: in which segments its profiles are and why, what every export
/// delivered, and what every run did. It is asked where the data is; people whose profiles are gone are found
/// as well.
package struct ShowPerson: Act {
    package static let needs = Permission.readPeople
    package let address: String

    package init(_ address: String) {
        self.address = address
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> PersonAnswer {
        let key = PersonKey.normalized(address)
        let desk = ProfileDesk(
            catalog: acts.catalog, engine: acts.engine,
            moment: Timestamp(milliseconds: acts.now()))
        let names = Dictionary(
            try acts.catalog.setup.exports().map { ($0.name, TargetNames($0)) },
            uniquingKeysWith: { first, _ in first })
        var profiles: [PersonAnswer.KnownProfile] = []
        for profile in try await desk.profiles(withAddress: key) {
            profiles.append(
                PersonAnswer.KnownProfile(
                    id: profile.id, changedAt: Moment(profile.changedAt.milliseconds),
                    segments: try await desk.memberships(of: profile).compactMap {
                        try PersonAnswer.Membership($0)
                    }))
        }
        let person = PersonAnswer(
            address: key, profiles: profiles,
            exports: try acts.catalog.ledger.ledgerEntries(ofPerson: key).map {
                PersonAnswer.Standing($0, names: names[$0.exportName])
            },
            history: try acts.catalog.ledger.outcomes(ofPerson: key).map {
                PersonAnswer.Event($0)
            })
        guard person.isKnown else { throw Refusal(.notFound, ["noun": .word("person")]) }
        return person
    }
}

/// What is known of one address.
package struct PersonAnswer: Codable, Sendable {
    /// The key by which destinations know the person.
    package let address: String
    package let profiles: [KnownProfile]
    package let exports: [Standing]
    /// Newest first.
    package let history: [Event]

    package init(
        address: String, profiles: [KnownProfile], exports: [Standing], history: [Event]
    ) {
        self.address = address
        self.profiles = profiles
        self.exports = exports
        self.history = history
    }

    package var isKnown: Bool { !profiles.isEmpty || !exports.isEmpty || !history.isEmpty }

    /// A profile with this address.
    package struct KnownProfile: Codable, Sendable {
        package let id: String
        package let changedAt: Moment
        package let segments: [Membership]

        package init(id: String, changedAt: Moment, segments: [Membership]) {
            self.id = id
            self.changedAt = changedAt
            self.segments = segments
        }
    }

    /// A segment that says something about a profile.
    package struct Membership: Codable, Sendable {
        package let segment: String
        package let isMember: Bool
        /// Null for a fixed set of members.
        @Nullable package var rule: String?
        /// The attributes that the rule speaks of, with the profile's values.
        package let because: [String: String]

        package init(segment: String, isMember: Bool, rule: String?, because: [String: String]) {
            self.segment = segment
            self.isMember = isMember
            self.rule = rule
            self.because = because
        }
    }

    /// What an export's ledger holds of the person.
    package struct Standing: Codable, Sendable {
        package let export: String
        /// `delivered`, `left` or `refused`.
        package let state: String
        package let since: Moment
        package let run: Run.ID
        package let profile: String
        @Nullable package var reason: String?
        package let delivered: [String: String]

        package init(
            export: String, state: String, since: Moment, run: Run.ID, profile: String,
            reason: String?, delivered: [String: String]
        ) {
            self.export = export
            self.state = state
            self.since = since
            self.run = run
            self.profile = profile
            self.reason = reason
            self.delivered = delivered
        }
    }

    /// What one run did.
    package struct Event: Codable, Sendable {
        package let run: Run.ID
        package let export: String
        package let outcome: OutcomeAnswer

        package init(run: Run.ID, export: String, outcome: OutcomeAnswer) {
            self.run = run
            self.export = export
            self.outcome = outcome
        }
    }
}

extension PersonAnswer.Membership {
    /// Nil for a segment whose rule no longer fits the attributes: it says nothing about anybody.
    fileprivate init?(_ known: Acts.Membership) throws {
        guard let isMember = known.isMember else { return nil }
        guard case .dynamic(let text) = known.segment.definition else {
            self.init(
                segment: known.segment.name, isMember: isMember, rule: nil, because: [:])
            return
        }
        var because: [String: String] = [:]
        for (attribute, value) in known.verdict?.values ?? [] {
            because[attribute] = value?.exported ?? "absent"
        }
        self.init(
            segment: known.segment.name, isMember: isMember,
            rule: try Rule(parsing: text).description, because: because)
    }
}

extension PersonAnswer.Standing {
    fileprivate init(_ entry: LedgerEntry, names: TargetNames?) {
        var delivered: [String: String] = [:]
        for change in names?.changes(from: nil, to: entry.delivered ?? ValueList()) ?? [] {
            delivered[change.name] = change.after
        }
        self.init(
            export: entry.exportName, state: entry.state.word, since: Moment(entry.at),
            run: entry.run, profile: entry.profileID, reason: entry.reason, delivered: delivered)
    }
}

extension PersonAnswer.Event {
    fileprivate init(_ entry: OutcomeEntry) {
        self.init(run: entry.run, export: entry.exportName, outcome: OutcomeAnswer(entry))
    }
}

extension LedgerState {
    fileprivate var word: String {
        switch self {
        case .delivered: "delivered"
        case .left: "left"
        case .refused: "refused"
        }
    }
}
