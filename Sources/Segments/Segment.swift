package import Profiles

/// A named choice of profiles: by a rule, or by a fixed set of members.
package struct Segment: Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<Segment>

    package let id: ID
    /// Unique, case aside; rules and exports speak of segments by their names.
    package var name: String
    package var definition: SegmentDefinition
    package var state: SegmentState

    package init(
        id: ID, name: String, definition: SegmentDefinition, state: SegmentState = .active
    ) {
        self.id = id
        self.name = name
        self.definition = definition
        self.state = state
    }
}

/// What makes a profile a member.
package enum SegmentDefinition: Hashable, Sendable {
    /// Members are those the rule holds for at the moment of asking. The text is what
    /// `Rule(parsing:)` reads.
    case dynamic(rule: String)
    /// Members are a fixed set, which the profile engine holds under the segment's id.
    case `static`
}

/// Whether a segment takes part in refreshes and exports.
package enum SegmentState: String, CaseIterable, Codable, Sendable {
    case active
    /// An export that uses the segment is skipped, with that reason.
    case inactive
}
