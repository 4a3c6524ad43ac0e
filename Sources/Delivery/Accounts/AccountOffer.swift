package import Exports
package import Segments

/// What an account has to choose from when an export is made, or why that is not known.
package struct AccountOffer: Equatable, Sendable {
    /// Nil when the account did not answer.
    package let lists: [DestinationList]?
    /// Custom fields with their kinds; nil when the account did not answer.
    package let fields: [DestinationField]?
    /// Why there is nothing; nil when there is.
    package let trouble: DestinationError?

    package init(lists: [DestinationList], fields: [DestinationField]) {
        self.lists = lists
        self.fields = fields
        trouble = nil
    }

    package init(trouble: DestinationError) {
        lists = nil
        fields = nil
        self.trouble = trouble
    }
}

/// Attributes that may hold addresses.
package struct EmailCandidates: Equatable, Sendable {
    /// Text attributes whose names look like it.
    package let fitting: [String]
    /// The other text attributes.
    package let others: [String]

    package init(fitting: [String], others: [String]) {
        self.fitting = fitting
        self.others = others
    }
}

/// How many members segments have.
package struct MemberCounts: Equatable, Sendable {
    /// By segment; one that could not be counted, or not in time, is missing.
    package let bySegment: [Segment.ID: Int]
    /// The chosen ones together, each person's profile once; nil when not all could be counted.
    package let together: Int?

    package init(bySegment: [Segment.ID: Int], together: Int?) {
        self.bySegment = bySegment
        self.together = together
    }
}
