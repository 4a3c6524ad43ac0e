package import Exports
package import Profiles
package import Segments
package import Store

/// A profile with everything that is known of it.
package struct ProfileCardAnswer: Codable, Equatable, Sendable {
    package let id: Profile.ID
    package let changedAt: Moment
    package let attributes: [String: JSONValue]
    /// The ids of other profiles with an address of this one.
    package let sameAddress: [Profile.ID]
    package let segments: [Membership]
    package let exports: [Standing]
    package let history: [Event]

    init(_ card: ProfileCard) {
        let profile = ProfileAnswer(card.profile)
        id = profile.id
        changedAt = profile.changedAt
        attributes = profile.attributes
        sameAddress = card.others.map(\.id)
        segments = card.memberships.map(Membership.init)
        exports = card.standings.map(Standing.init)
        history = card.history.map(Event.init)
    }

    /// A segment, and whether and why the profile is a member.
    package struct Membership: Codable, Equatable, Sendable {
        package let id: Segment.ID
        package let name: String
        /// Null when the segment's rule says nothing about anybody any more.
        @Nullable package var member: Bool?
        /// Null for a fixed set of members.
        @Nullable package var why: Verdict?

        init(_ membership: Acts.Membership) {
            id = membership.segment.id
            name = membership.segment.name
            member = membership.isMember
            why = membership.verdict.map(Verdict.init)
        }
    }

    /// A part of a rule, whether it holds, and what the profile has.
    package struct Verdict: Codable, Equatable, Sendable {
        /// `condition`, `everyone`, `segment`, `not`, `all` or `any`.
        package let kind: String
        package let holds: Bool
        @Nullable package var text: String?
        @Nullable package var attribute: String?
        @Nullable package var value: JSONValue?
        package let parts: [Verdict]

        init(_ verdict: RuleVerdict) {
            holds = verdict.holds
            parts = verdict.parts.map(Verdict.init)
            switch verdict.part {
            case .condition(let text, let attribute, let value):
                kind = "condition"
                self.text = text
                self.attribute = attribute
                self.value = value.map { JSONValue($0) }
            case .segment(let name): (kind, text) = ("segment", name)
            case .everyone: kind = "everyone"
            case .not: kind = "not"
            case .all: kind = "all"
            case .any: kind = "any"
            }
        }
    }

    /// An export, and what it has to do with the profile.
    package struct Standing: Codable, Equatable, Sendable {
        package let id: Export.ID
        package let name: String
        /// The key the export knows the person by.
        @Nullable package var address: String?
        package let state: ExportStanding.State
        @Nullable package var reason: String?
        /// The run that brought it about, and when.
        @Nullable package var runId: Run.ID?
        @Nullable package var at: Moment?
        /// The profile that stands for the address at the destination, when it is another one.
        @Nullable package var profileId: Profile.ID?
        /// The values that the destination confirmed last.
        package let delivered: [String: String?]
        @Nullable package var member: Bool?
        package let next: ExportStanding.Next

        init(_ standing: ExportStanding) {
            id = standing.export.id
            name = standing.export.name
            address = standing.key.isEmpty ? nil : standing.key
            state = standing.state
            reason = standing.reason
            runId = standing.run
            at = standing.at.map(Moment.init)
            profileId = standing.otherProfile
            delivered = Dictionary(
                standing.delivered.map { ($0.name, $0.after) },
                uniquingKeysWith: { first, _ in first })
            member = standing.isMember
            next = standing.next
        }
    }

    /// What one run did to the person.
    package struct Event: Codable, Equatable, Sendable {
        package let runId: Run.ID
        package let exportName: String
        package let address: String
        package let profileId: Profile.ID
        package let outcome: String
        @Nullable package var operation: String?
        @Nullable package var reason: String?
        @Nullable package var winner: Profile.ID?
        package let at: Moment

        init(_ entry: OutcomeEntry) {
            runId = entry.run
            exportName = entry.exportName
            address = entry.key
            profileId = entry.profileID
            outcome = entry.outcome.word
            operation = entry.kind?.word
            reason = entry.reason
            winner = entry.winner
            at = Moment(entry.at)
        }
    }
}
