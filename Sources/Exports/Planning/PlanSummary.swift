/// A plan in numbers.
package struct PlanSummary: Equatable, Codable, Sendable {
    /// Profiles in the export's segments.
    package var members = 0
    package var enter = 0
    package var change = 0
    package var retry = 0
    package var unchanged = 0
    /// Suppressed members by reason code.
    package var suppressed: [String: Int] = [:]
    /// People who left and for whom something is sent.
    package var leave = 0
    /// People who left and for whom nothing is sent.
    package var leftSilently = 0
    /// People who stood at the destination, by the ledger, when the plan was made: those who left included,
    /// and those whose last change was refused.
    package var deliveredBefore = 0
    /// Write requests needed.
    package var batches = 0
    package var singleBatches = 0
    /// Bytes of all request bodies.
    package var bytes = 0

    package init() {}

    package var suppressedTotal: Int { suppressed.values.reduce(0, +) }

    /// People with a usable address, each counted once: what the limit of people counts.
    package var people: Int { members - suppressedTotal }

    /// Everyone to whom something is sent.
    package var operations: Int { enter + change + retry + leave }

    package var isEmpty: Bool { operations == 0 && leftSilently == 0 }

    /// Counts one row.
    package mutating func count(_ row: PlanRow) {
        switch row {
        case .unchanged:
            members += 1
            unchanged += 1
            deliveredBefore += 1
        case .operation(let operation, let before):
            switch operation.kind {
            case .enter:
                members += 1
                enter += 1
            case .change:
                members += 1
                change += 1
                deliveredBefore += 1
            case .retry:
                members += 1
                retry += 1
                if before != nil { deliveredBefore += 1 }
            case .leave:
                leave += 1
                deliveredBefore += 1
            }
        case .suppressed(_, let reason, _):
            members += 1
            suppressed[reason.rawValue, default: 0] += 1
        case .leftSilently(let row, _):
            leftSilently += 1
            if row.values != nil { deliveredBefore += 1 }
        }
    }
}

/// Why a planned run may not simply begin.
package enum PlanVerdict: Equatable, Sendable {
    case go
    /// More people than a run may carry; nothing is cut off silently, so nothing is sent.
    case tooMany(people: Int, max: Int)
    /// Waits for a person's approval: too many would leave at once.
    case hold(leavers: Int, delivered: Int)

    package init(_ summary: PlanSummary, export: Export) {
        if summary.people > export.peopleMax {
            self = .tooMany(people: summary.people, max: export.peopleMax)
        } else if export.onLeave.sendsSomething, summary.leave > 0,
            summary.deliveredBefore == 0
                || Double(summary.leave) / Double(summary.deliveredBefore) > export.holdShare
        {
            self = .hold(leavers: summary.leave, delivered: summary.deliveredBefore)
        } else {
            self = .go
        }
    }
}
