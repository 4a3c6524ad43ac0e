package import Exports
package import Profiles
package import Store

/// A run with the five groups of its members, which add up.
package struct RunAnswer: Codable, Sendable {
    package let id: Run.ID
    package let exportId: Export.ID
    package let exportName: String
    package let trigger: RunTrigger
    package let actor: String
    package let state: RunState
    @Nullable package var reason: String?
    @Nullable package var detail: Remark?
    package let members: Int
    package let unchanged: Int
    package let delivered: Int
    package let pending: Int
    package let refused: Int
    package let suppressed: Int
    package let left: Int
    package let leaveRefused: Int
    package let leavePending: Int
    package let requests: Int
    package let batches: Int
    package let createdAt: Moment
    @Nullable package var endedAt: Moment?
    /// Refused and suppressed people by reason code; lists do not have it.
    package let reasons: [String: Int]?

    /// A run as lists have it.
    package init(_ run: Run) {
        self.init(run, reasons: nil)
    }

    package init(whole run: Run) {
        self.init(run, reasons: run.reasons)
    }

    private init(_ run: Run, reasons: [String: Int]?) {
        id = run.id
        exportId = run.export
        exportName = run.exportName
        trigger = run.trigger
        actor = run.actor
        state = run.state
        reason = run.reason
        detail = run.detail
        members = run.members
        unchanged = run.unchanged
        delivered = run.delivered
        pending = run.pending
        refused = run.refused
        suppressed = run.suppressed
        left = run.left
        leaveRefused = run.leaveRefused
        leavePending = run.leavePending
        requests = run.requests
        batches = run.batchesSent
        createdAt = Moment(run.createdAt)
        endedAt = run.endedAt.map(Moment.init)
        self.reasons = reasons
    }

    /// Whether nothing more happens to it without a person.
    package var isSettled: Bool { endedAt != nil || state == .held }
}

/// What came of starting every export.
package struct StartedRunsAnswer: Codable, Sendable {
    package let started: [RunAnswer]
    /// Exports with an unfinished run.
    package let alreadyRunning: [Export.ID]
}

/// What became of one person in a run.
package struct OutcomeAnswer: Codable, Sendable {
    package let address: String
    package let profileId: String
    package let outcome: OutcomeWord
    /// `enter`, `change`, `retry` or `leave`; null when nothing was to be sent.
    @Nullable package var operation: String?
    @Nullable package var reason: String?
    /// The profile sent in place of a duplicate.
    @Nullable package var winner: String?
    package let at: Moment

    package init(_ entry: OutcomeEntry) {
        address = entry.key
        profileId = entry.profileID
        outcome = OutcomeWord(entry.outcome)
        operation = entry.kind?.word
        reason = entry.reason
        winner = entry.winner
        at = Moment(entry.at)
    }
}

/// Outcomes by their stable words.
package enum OutcomeWord: String, CaseIterable, Codable, Sendable {
    case delivered, refused, suppressed, left, unchanged, pending

    package init(_ outcome: Outcome) {
        self =
            switch outcome {
            case .delivered: .delivered
            case .refused: .refused
            case .suppressed: .suppressed
            case .left: .left
            case .unchanged: .unchanged
            case .pending: .pending
            }
    }

    package var outcome: Outcome {
        switch self {
        case .delivered: .delivered
        case .refused: .refused
        case .suppressed: .suppressed
        case .left: .left
        case .unchanged: .unchanged
        case .pending: .pending
        }
    }
}

/// A request that a run made: no query, no body, no secret.
package struct CallAnswer: Codable, Sendable {
    package let id: Int64
    package let kind: String
    package let method: String
    package let path: String
    /// Null when no answer came.
    @Nullable package var status: Int?
    package let startedAt: Moment
    package let milliseconds: Int64

    package init(_ call: CallEntry, number: Int64) {
        id = number
        kind = call.kind
        method = call.method
        path = call.path
        status = call.status
        startedAt = Moment(call.startedAt)
        milliseconds = call.endedAt - call.startedAt
    }
}
