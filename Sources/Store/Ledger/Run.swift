package import Exports
package import Profiles

/// How far a run has come. The raw values are stable words of files and JSON.
package enum RunState: String, CaseIterable, Codable, Sendable {
    case planning
    /// Planned; waits for a person's approval.
    case held
    case sending
    case completed
    /// Everything was carried out, and some people were refused or suppressed.
    case completedWithWarnings = "completed-with-warnings"
    /// Nothing was sent, for the reason given.
    case skipped
    case failed
    /// Stopped by a person; what had been sent was confirmed.
    case stopped
    /// Held, and then not approved.
    case dismissed

    /// Whether the run still has something to do.
    package var isOpen: Bool { self == .planning || self == .held || self == .sending }
}

/// What started a run.
package enum RunTrigger: String, CaseIterable, Codable, Sendable {
    case onDemand = "on-demand"
    case schedule
    case refresh
}

/// One execution of an export.
package struct Run: Equatable, Sendable, Identifiable {
    package typealias ID = Identifier<Run>

    package let id: ID
    package let export: Export.ID
    package let exportName: String
    package let trigger: RunTrigger
    package let actor: String
    package var state: RunState
    package var reason: String?
    /// What there is to know besides.
    package var detail: Remark?
    package var plan: PlanSummary?
    package var delivered: Int
    package var refused: Int
    /// People who left and were taken off, or needed nothing.
    package var left: Int
    /// People who left and whom the destination would not change; the next run tries again.
    package var leaveRefused: Int
    package var requests: Int
    package var batchesSent: Int
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package var endedAt: Int64?
    /// People who leave, as many as a person agreed to; nil when nobody was asked.
    package var approvedLeavers: Int?
    /// Refused and suppressed people by reason code.
    package var reasons: [String: Int]

    package var members: Int { plan?.members ?? 0 }
    package var unchanged: Int { plan?.unchanged ?? 0 }
    package var suppressed: Int { plan?.suppressedTotal ?? 0 }

    /// People without an outcome, counted one by one when the run ends.
    package var waiting = Waiting()

    /// Members planned to be sent of whom nothing is known yet: as long as the run goes on, what is left of its
    /// plan; then those who were counted.
    package var pending: Int {
        guard let plan else { return 0 }
        if endedAt != nil { return waiting.members }
        return plan.enter + plan.change + plan.retry - delivered - refused
    }

    /// People who left and whose leaving has no outcome yet.
    package var leavePending: Int {
        guard let plan, state != .held else { return 0 }
        if endedAt != nil { return waiting.leavers }
        return max(0, plan.leave + plan.leftSilently - left - leaveRefused)
    }
}

extension Run {
    /// Why a run failed whose people do not add up; its detail holds the numbers.
    package static let accountsDiffer = "accounts-differ"

    /// People whom a run that ended leaves to the next one.
    package struct Waiting: Equatable, Sendable {
        package var members = 0
        package var leavers = 0

        package init(members: Int = 0, leavers: Int = 0) {
            self.members = members
            self.leavers = leavers
        }
    }
}

/// The numbers of a run that change while it sends.
package struct RunCounts: Equatable, Sendable {
    package let delivered: Int
    package let refused: Int
    package let left: Int
    package let leaveRefused: Int
    package let requests: Int
    package let batches: Int
}

extension RunCounts {
    /// The numbers as they stood when the run was read.
    package init(_ run: Run) {
        self.init(
            delivered: run.delivered, refused: run.refused, left: run.left,
            leaveRefused: run.leaveRefused, requests: run.requests, batches: run.batchesSent)
    }
}

/// A stored batch, without its operations.
package struct BatchHead: Equatable, Sendable {
    /// How far a batch has come.
    package enum State: Int, Sendable {
        /// Stored, not sent.
        case planned = 1
        /// Its bytes may be on the way; after a crash its fate is unknown.
        case sending = 2
        /// Queued by the destination.
        case accepted = 3
        /// Sent, and no usable answer came.
        case unclear = 4
        /// Every operation has an outcome.
        case settled = 5
    }

    package let number: Int
    package let isRetry: Bool
    package let state: State
    package let people: Int
    package let attempts: Int
    package let receipt: Receipt?

    package init(
        number: Int, isRetry: Bool, state: State, people: Int, attempts: Int, receipt: Receipt?
    ) {
        self.number = number
        self.isRetry = isRetry
        self.state = state
        self.people = people
        self.attempts = attempts
        self.receipt = receipt
    }
}
