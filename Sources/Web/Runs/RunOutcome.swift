import Delivery
import Exports
import Phrases
import Store

/// Bars of people: all five groups together are the members.
enum RunBars {
    /// `run` links each group to its people; nil links nothing.
    static func everyone(
        unchanged: Int, delivered: Int, pending: Int, refused: Int, suppressed: Int, run: Run.ID?,
        _ book: PhraseBook
    ) -> StackedBar {
        let groups: [(Outcome, Int)] = [
            (.unchanged, unchanged), (.delivered, delivered), (.pending, pending),
            (.refused, refused), (.suppressed, suppressed),
        ]
        return bar(book.text(.runsEveryone), groups, run: run, book)
    }

    static func sent(_ progress: RunProgress, _ book: PhraseBook) -> StackedBar {
        bar(
            book.text(.runsSent),
            [
                (.delivered, progress.delivered), (.pending, progress.pending),
                (.refused, progress.refused),
            ], run: nil, book)
    }

    private static func bar(
        _ label: String, _ groups: [(Outcome, Int)], run: Run.ID?, _ book: PhraseBook
    ) -> StackedBar {
        StackedBar(
            label: label,
            sum: book.text(.runsInAll, count: groups.reduce(0) { $0 + $1.1 }),
            groups.map { outcome, count in
                StackedBar.Group(
                    group: outcome.word, name: RunWords.outcome(outcome, book), count: count,
                    href: outcome == .unchanged || count == 0
                        ? nil : run.map { "/runs/\($0)/people?outcome=\(outcome.word)" })
            }, book)
    }
}

/// What became of everyone, once a run has ended.
struct OutcomeModel: Sendable {
    let bar: StackedBar
    /// The numbers of the bar; they add up to the members.
    let groups: [Group]
    let members: String
    let leavers: [Group]
    let hasLeavers: Bool
    let reasons: [Reason]
    let hasReasons: Bool
    /// Said when the account's own contract refused people.
    let contract: String?
    let next: [String]
    let hasNext: Bool

    struct Group: Sendable {
        let name: String
        let icon: String
        let group: String
        let count: String
        let href: String?
    }

    struct Reason: Sendable {
        let outcome: String
        let icon: String
        let group: String
        let text: String
        let count: String
        let href: String
    }

    init(_ run: Run, _ book: PhraseBook) {
        bar = RunBars.everyone(
            unchanged: run.unchanged, delivered: run.delivered, pending: run.pending,
            refused: run.refused, suppressed: run.suppressed, run: run.id, book)
        groups = bar.parts.map {
            Group(name: $0.name, icon: $0.icon, group: $0.group, count: $0.count, href: $0.href)
        }
        members = book.number(run.members)
        let people = "/runs/\(run.id)/people"
        leavers = [
            (Phrase.runsLeft, run.left, "left"),
            (.runsLeaveRefused, run.leaveRefused, "leave-refused"),
            (.runsLeavePending, run.leavePending, nil),
        ]
        .filter { $0.1 > 0 }
        .map { phrase, count, outcome in
            Group(
                name: book.text(phrase), icon: "minus", group: "leave", count: book.number(count),
                href: outcome.map { "\(people)?outcome=\($0)" })
        }
        let suppressed = run.plan?.suppressed ?? [:]
        reasons = run.reasons.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map {
            code, count in
            let outcome: Outcome = suppressed[code] == nil ? .refused : .suppressed
            return Reason(
                outcome: RunWords.outcome(outcome, book),
                icon: outcome == .refused ? "cross" : "withheld", group: outcome.word,
                text: RunWords.reason(code, book), count: book.number(count),
                href: "\(people)?outcome=\(outcome.word)&reason=\(LinkQuery.encoded(code))")
        }
        let overContract = run.reasons[ReasonCode.contactLimit.rawValue] ?? 0
        contract = overContract > 0 ? book.text(.runsContract, count: overContract) : nil
        next = RunWords.next(run, book)
        hasLeavers = !leavers.isEmpty
        hasReasons = !reasons.isEmpty
        hasNext = !next.isEmpty
    }
}

/// A run that waits for a person's decision.
struct Held: Sendable {
    let title: String
    let rule: String?
    let bar: StackedBar
    let delivered: String
    let leave: String
    let leaveHint: String?
    let enter: String
    let change: String
    let after: String
    let detail: String?
    let approveHref: String?
    let dismissHref: String?

    init(_ run: Run, export: Export?, mayDecide: Bool, _ book: PhraseBook) {
        let plan = run.plan ?? PlanSummary()
        let before = plan.deliveredBefore
        let share = before > 0 ? Double(plan.leave) / Double(before) : 1
        title = book.text(.runsHeldTitle, count: plan.leave, ["share": book.percent(share)])
        rule = export.map { book.text(.runsHeldShare, ["share": book.percent($0.holdShare)]) }
        bar = StackedBar(
            label: title,
            [
                StackedBar.Group(
                    group: "unchanged", name: book.text(.runsStay),
                    count: max(0, before - plan.leave - plan.leftSilently)),
                StackedBar.Group(
                    group: "leave", name: book.text(.runsLeave), count: plan.leave),
            ], book)
        delivered = book.number(before)
        leave = book.number(plan.leave)
        leaveHint = export.map { Self.hint($0.onLeave, book) }
        enter = book.number(plan.enter)
        change = book.number(plan.change)
        after = book.number(max(0, before - plan.leave - plan.leftSilently) + plan.enter)
        detail = run.detail.map(book.report)
        approveHref = mayDecide ? "/runs/\(run.id)/approve" : nil
        dismissHref = mayDecide ? "/runs/\(run.id)/dismiss" : nil
    }

    private static func hint(_ policy: LeavePolicy, _ book: PhraseBook) -> String {
        switch policy {
        case .keep: book.text(.runsLeaveKeep)
        case .unsubscribe: book.text(.runsLeaveUnsubscribe)
        case .field: book.text(.runsLeaveField)
        }
    }
}
