import Delivery
import Exports
import Phrases
import Store

/// The list of runs.
struct RunsModel: Sendable {
    let rows: [Row]
    let isEmpty: Bool
    let exports: [Choice]
    let states: [Choice]
    let newestHref: String?
    let olderHref: String?

    struct Choice: Sendable {
        let value: String
        let text: String
        let isSelected: Bool
    }

    struct Row: Sendable {
        let href: String
        let id: String
        let export: String
        let trigger: String
        let actor: String
        let badge: BadgeMark
        let hasPlan: Bool
        let members: String
        let delivered: String
        let refused: String
        let suppressed: String
        let started: MomentText
        let took: String

        init(_ run: Run, now: Int64, _ book: PhraseBook) {
            href = "/runs/\(run.id)"
            id = String(run.id)
            export = run.exportName
            trigger = RunWords.trigger(run.trigger, book)
            actor = RunWords.actor(run.actor)
            badge = RunWords.badge(run.state, book)
            hasPlan = run.plan != nil
            members = book.number(run.members)
            delivered = book.number(run.delivered)
            refused = book.number(run.refused)
            suppressed = book.number(run.suppressed)
            started = MomentText(run.createdAt, book)
            took = book.duration(of: run, now: now)
        }
    }

    init(
        _ found: [Run], _ query: RunsQuery, exports: [Export], now: Int64, _ book: PhraseBook
    ) {
        let shown = found.prefix(RunPages.rowsMax)
        rows = shown.map { Row($0, now: now, book) }
        isEmpty = shown.isEmpty
        self.exports = exports.map {
            Choice(value: String($0.id), text: $0.name, isSelected: $0.id == query.export)
        }
        states = RunState.allCases.map {
            Choice(
                value: $0.rawValue, text: RunWords.word($0, book), isSelected: $0 == query.state)
        }
        newestHref = query.before == nil ? nil : query.href()
        olderHref =
            found.count > RunPages.rowsMax ? shown.last.map { query.href(before: $0.id) } : nil
    }
}

/// One run: live, held, or with its outcome.
struct RunModel: Sendable {
    let heading: String
    let export: String
    let exportHref: String?
    let badge: BadgeMark
    let started: MomentText
    let took: String
    let trigger: String
    let actor: String
    let live: Live?
    let held: Held?
    let trouble: Trouble?
    let outcome: OutcomeModel?
    let facts: Facts

    struct Live: Sendable {
        let eventsHref: String
        let news: RunNews
        let steps: [Step]
        let sentBar: StackedBar?
        let bar: StackedBar?
        let stopHref: String?
    }

    struct Step: Sendable {
        let phase: String
        let icon: String
        let text: String
        let isDone: Bool
        let isCurrent: Bool
    }

    /// Why a run did not do everything, in words.
    struct Trouble: Sendable {
        let kind: String
        let reason: String
        /// What is known besides.
        let detail: String?
    }

    struct Facts: Sendable {
        let connection: String?
        let list: String?
        let listID: String?
        let requests: String
        let batches: String
        let callsHref: String
        let peopleHref: String
    }

    init(
        _ run: Run, export: Export?, connection: Connection?, progress: RunProgress?,
        mayDecide: Bool, now: Int64, _ book: PhraseBook
    ) {
        heading = book.text(.runsHeading, ["id": String(run.id)])
        self.export = run.exportName
        exportHref = export.map { "/exports/\($0.id)" }
        badge = RunWords.badge(run.state, book)
        started = MomentText(run.createdAt, book)
        took = book.duration(of: run, now: now)
        trigger = RunWords.trigger(run.trigger, book)
        actor = RunWords.actor(run.actor)
        live = progress.map { Live(run, $0, mayDecide: mayDecide, book) }
        held = run.state == .held ? Held(run, export: export, mayDecide: mayDecide, book) : nil
        let hasEnded = run.endedAt != nil
        trouble =
            hasEnded
            ? run.reason.map {
                Trouble(
                    kind: run.state == .failed ? "trouble" : "warn",
                    reason: RunWords.runReason($0, book), detail: run.detail.map(book.report))
            } : nil
        outcome = hasEnded ? OutcomeModel(run, book) : nil
        facts = Facts(
            connection: connection?.name, list: export?.list.name, listID: export?.list.id,
            requests: book.number(run.requests), batches: book.number(run.batchesSent),
            callsHref: "/runs/\(run.id)/calls", peopleHref: "/runs/\(run.id)/people")
    }
}

extension RunModel.Live {
    init(_ run: Run, _ progress: RunProgress, mayDecide: Bool, _ book: PhraseBook) {
        let news = RunNews(progress, book)
        self.news = news
        eventsHref = "/runs/\(run.id)/events?shown=\(news.phase)"
        let phases: [(String, String, Phrase)] = [
            ("planning", "rehearse", .runsStepPlan), ("sending", "busy", .runsStepSend),
            ("confirming", "waits", .runsStepConfirm),
        ]
        let current = phases.firstIndex { $0.0 == news.phase } ?? 0
        steps = phases.enumerated().map { index, step in
            RunModel.Step(
                phase: step.0, icon: step.1, text: book.text(step.2), isDone: index < current,
                isCurrent: index == current)
        }
        let isPlanning = news.phase == "planning"
        sentBar = isPlanning ? nil : RunBars.sent(progress, book)
        bar =
            isPlanning
            ? nil
            : RunBars.everyone(
                unchanged: progress.unchanged, delivered: progress.delivered,
                pending: progress.pending, refused: progress.refused,
                suppressed: progress.suppressed, run: nil, book)
        stopHref =
            mayDecide && progress.phase != .stopping ? "/runs/\(run.id)/stop" : nil
    }
}

extension PhraseBook {
    /// How long a run took, or takes so far.
    func duration(of run: Run, now: Int64) -> String {
        duration(seconds: Double(max(0, (run.endedAt ?? now) - run.createdAt)) / 1_000)
    }
}
