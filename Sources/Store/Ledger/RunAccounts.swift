import Exports
package import Profiles

/// The groups into which a run divides its people, each counted for itself: members by the stream they came in,
/// unchanged and suppressed by the plan, delivered and refused with each batch, pending one by one when it ends.
///
/// Invariants 4 and 19: they are compared at the end of every run.
package struct RunAccounts: Equatable, Sendable {
    package var members = 0
    package var unchanged = 0
    package var suppressed = 0
    package var delivered = 0
    package var refused = 0
    package var pending = 0
    /// People who left the segments, and what became of them.
    package var leavers = 0
    package var left = 0
    package var leaveRefused = 0
    package var leavePending = 0

    package init() {}

    /// The groups of a run whose pending people were counted.
    package init(_ run: Run) {
        members = run.members
        unchanged = run.unchanged
        suppressed = run.suppressed
        delivered = run.delivered
        refused = run.refused
        pending = run.waiting.members
        leavers = run.plan.map { $0.leave + $0.leftSilently } ?? 0
        left = run.left
        leaveRefused = run.leaveRefused
        leavePending = run.waiting.leavers
    }

    /// Whether everyone is in one group, and in no other.
    package var addUp: Bool {
        members == unchanged + delivered + pending + refused + suppressed
            && leavers == left + leaveRefused + leavePending
            && [
                members, unchanged, suppressed, delivered, refused, pending, leavers, left,
                leaveRefused, leavePending,
            ].allSatisfy { $0 >= 0 }
    }

    /// The numbers, for the record of a run that does not add up.
    package var remark: Remark {
        Remark(
            Run.accountsDiffer,
            [
                "members": .number(members), "unchanged": .number(unchanged),
                "delivered": .number(delivered), "pending": .number(pending),
                "refused": .number(refused), "suppressed": .number(suppressed),
                "leavers": .number(leavers), "left": .number(left),
                "leaveRefused": .number(leaveRefused), "leavePending": .number(leavePending),
            ])
    }
}

/// A plan whose groups do not add up to the members it was made of: nothing of it is sent.
package struct AccountsDiffer: Refusing, Equatable {
    package let facts: Facts

    package var refusalCode: String { Run.accountsDiffer }

    /// The plan holds other people than were read for it.
    package init(members: Int, planned: Int) {
        facts = [
            "what": .word("planned"), "members": .number(members), "planned": .number(planned),
        ]
    }

    /// The catalog holds other operations, or other people that are not sent, than the plan counts.
    init(plan: PlanSummary, operations: Int, notSent: Int) {
        facts = [
            "what": .word("stored"), "planned": .number(plan.operations),
            "stored": .number(operations),
            "notSent": .number(plan.suppressedTotal + plan.leftSilently),
            "storedNotSent": .number(notSent),
        ]
    }
}
