import Phrases
import Store

/// System > Status: the refresh under way, and those before it.
struct StatusModel: Sendable {
    let now: RefreshModel?
    let mayStart: Bool
    /// Said to people whose refresh leaves something out.
    let isPartial: Bool
    let rows: [Row]
    let isEmpty: Bool
    let newestHref: String?
    let olderHref: String?

    struct Row: Sendable {
        let href: String
        let id: String
        let badge: BadgeMark
        let trigger: String
        let actor: String
        let due: MomentText?
        let began: MomentText
        let took: String
        let numbers: String

        init(_ refresh: Refresh, _ numbers: RefreshNumbers, now: Int64, _ book: PhraseBook) {
            href = "/system/status/\(refresh.id)"
            id = String(refresh.id)
            badge = StatusWords.badge(refresh.state, book)
            trigger = StatusWords.trigger(refresh.trigger, book)
            actor = RunWords.actor(refresh.actor)
            due = refresh.dueAt.map { MomentText($0, book) }
            began = MomentText(refresh.createdAt, book)
            took = book.duration(of: refresh, now: now)
            self.numbers = StatusWords.numbers(numbers, book)
        }
    }
}

/// One refresh with its tasks by stages.
struct RefreshModel: Sendable {
    let heading: String
    let href: String
    let badge: BadgeMark
    let trigger: String
    let actor: String
    let due: MomentText?
    let missed: String?
    let began: MomentText
    let took: String
    let isUnderWay: Bool
    let percent: Double
    let percentText: String
    let doneText: String
    let cancelHref: String?
    let numbers: String
    let steps: [Step]
    let stages: [Stage]
    let isEmpty: Bool
    /// What the last refreshes did with one of the things.
    let history: History?

    struct Step: Sendable {
        let icon: String
        let text: String
        let isDone: Bool
        let isCurrent: Bool
    }

    struct Stage: Sendable {
        let id: String
        let name: String
        let count: String
        let rows: [Row]
    }

    struct Row: Sendable {
        let id: String
        let name: String
        let thingHref: String?
        let historyHref: String
        let badge: BadgeMark
        let began: MomentText?
        let took: String?
        let result: String?
        let runHref: String?
        let runText: String?
        let why: Why?
        /// The sentence stored with it, in English.
        let detail: String?
    }

    /// Why a task was skipped or failed, and where that is told.
    struct Why: Sendable {
        let text: String
        let href: String?
    }

    struct History: Sendable {
        let title: String
        let rows: [Entry]

        struct Entry: Sendable {
            let refresh: String
            let href: String
            let row: Row
        }
    }
}

/// A source, segment or export.
struct Thing: Hashable, Sendable {
    let stage: RefreshStage
    let id: Int64

    init(_ stage: RefreshStage, _ id: Int64) {
        self.stage = stage
        self.id = id
    }

    init(_ task: RefreshTask) { self.init(task.stage, task.thing) }
}

/// What is known of a refresh at the moment.
struct RefreshSight: Sendable {
    let refresh: Refresh
    let tasks: [RefreshTask]
    /// How far tasks that run have come, in words, by position.
    let progress: [Int: String]
    /// What exists still, and can be looked at.
    var things: Set<Thing> = []
    /// Whether moments may lie days back, so that a time of day does not do.
    var isHistory = false
    let mayCancel: Bool
    let now: Int64
    let book: PhraseBook
}

extension RefreshModel {
    init(_ sight: RefreshSight, history: History? = nil) {
        let (refresh, book) = (sight.refresh, sight.book)
        let counts = RefreshNumbers(sight.tasks)
        heading = book.text(.statusHeading, ["id": String(refresh.id)])
        href = "/system/status/\(refresh.id)"
        badge = StatusWords.badge(refresh.state, book)
        trigger = StatusWords.trigger(refresh.trigger, book)
        actor = RunWords.actor(refresh.actor)
        due = refresh.dueAt.map { MomentText($0, book) }
        missed = refresh.missed > 0 ? book.text(.statusMissed, count: refresh.missed) : nil
        began = MomentText(refresh.createdAt, book)
        took = book.duration(of: refresh, now: sight.now)
        isUnderWay = refresh.state.isOpen
        let ended = counts.total - counts.open
        let share = counts.total > 0 ? Double(ended) / Double(counts.total) : 1
        percent = (share * 1_000).rounded() / 10
        percentText = book.percent(share)
        doneText = book.text(
            .statusDone, ["ended": book.number(ended), "total": book.number(counts.total)])
        cancelHref =
            sight.mayCancel && refresh.state == .running
            ? "/system/status/\(refresh.id)/cancel" : nil
        numbers = StatusWords.numbers(counts, book)
        steps = Self.steps(sight)
        stages = RefreshStage.allCases.compactMap { Self.stage($0, sight) }
        isEmpty = sight.tasks.isEmpty
        self.history = history
    }

    private static func steps(_ sight: RefreshSight) -> [Step] {
        let icons: [RefreshStage: String] = [
            .source: "imports", .segment: "segments", .export: "exports",
        ]
        let stages = RefreshStage.allCases.filter { stage in
            sight.tasks.contains { $0.stage == stage }
        }
        let open = stages.first { stage in
            sight.tasks.contains { $0.stage == stage && !$0.state.isEnded }
        }
        return stages.map { stage in
            Step(
                icon: icons[stage] ?? "busy", text: StatusWords.stage(stage, sight.book),
                isDone: open.map { stage < $0 } ?? true, isCurrent: stage == open)
        }
    }

    private static func stage(_ stage: RefreshStage, _ sight: RefreshSight) -> Stage? {
        let tasks = sight.tasks.filter { $0.stage == stage }
        guard !tasks.isEmpty else { return nil }
        return Stage(
            id: stage.rawValue, name: StatusWords.stage(stage, sight.book),
            count: sight.book.text(
                .statusOf,
                [
                    "ended": sight.book.number(tasks.count { $0.state.isEnded }),
                    "total": sight.book.number(tasks.count),
                ]),
            rows: tasks.map { Row($0, sight) })
    }
}

extension RefreshModel.Row {
    init(_ task: RefreshTask, _ sight: RefreshSight) {
        let book = sight.book
        let cause = task.cause.flatMap { cause in
            sight.tasks.first { $0.position == cause }
        }
        id = "task-\(task.position)"
        name = task.name
        thingHref = sight.things.contains(Thing(task)) ? Self.href(of: task) : nil
        historyHref = "/system/status/\(sight.refresh.id)?task=\(task.position)#history"
        badge = StatusWords.badge(task.state, book)
        began = task.startedAt.map {
            sight.isHistory ? MomentText($0, book) : MomentText(timeOfDay: $0, book)
        }
        took = task.startedAt.map {
            book.duration(seconds: Double(max(0, (task.endedAt ?? sight.now) - $0)) / 1_000)
        }
        result =
            sight.progress[task.position]
            ?? task.count.map { StatusWords.result(task.stage, $0, book) }
        runHref = task.run.map { "/runs/\($0)" }
        runText = task.run.map { book.text(.runsHeading, ["id": String($0)]) }
        let causeHref = cause.map { "/system/status/\(sight.refresh.id)#task-\($0.position)" }
        why = StatusWords.reason(task, cause: cause, book).map {
            RefreshModel.Why(text: $0, href: causeHref)
        }
        detail =
            task.state == .failed || task.state == .doneWithWarnings
            ? task.detail.map(book.sentence) : nil
    }

    private static func href(of task: RefreshTask) -> String {
        switch task.stage {
        case .source: "/sources/\(task.thing)"
        case .segment: "/segments/\(task.thing)"
        case .export: "/exports/\(task.thing)"
        }
    }
}

extension PhraseBook {
    /// How long a refresh took, or takes so far.
    func duration(of refresh: Refresh, now: Int64) -> String {
        duration(
            seconds: Double(max(0, (refresh.endedAt ?? now) - refresh.createdAt)) / 1_000)
    }
}
