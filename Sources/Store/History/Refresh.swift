package import Profiles

/// What makes a refresh begin. The raw values are stable words of files and JSON.
package enum RefreshTrigger: String, CaseIterable, Codable, Sendable {
    /// The system schedule.
    case schedule
    /// A person or a program asked for it.
    case request
}

/// How far a refresh has come. The raw values are stable words of files and JSON.
package enum RefreshState: String, CaseIterable, Codable, Sendable {
    case running
    /// A person wants it to end; what runs is asked to stop.
    case cancelling
    case completed
    /// Nothing failed, and something was skipped or ended with warnings.
    case completedWithWarnings = "completed-with-warnings"
    /// At least one task failed.
    case failed
    case cancelled

    /// Whether the refresh still has something to do.
    package var isOpen: Bool { self == .running || self == .cancelling }
}

/// The stages of a refresh, in their order.
package enum RefreshStage: String, CaseIterable, Codable, Comparable, Sendable {
    case source
    case segment
    case export

    private var order: Int {
        switch self {
        case .source: 0
        case .segment: 1
        case .export: 2
        }
    }

    package static func < (one: RefreshStage, other: RefreshStage) -> Bool {
        one.order < other.order
    }
}

/// How far a task of a refresh has come. The raw values are stable words of files and JSON.
package enum RefreshTaskState: String, CaseIterable, Codable, Sendable {
    case waiting
    case running
    case done
    case doneWithWarnings = "done-with-warnings"
    /// Nothing was to be done, for nothing had changed.
    case unchanged
    case failed
    case skipped
    case cancelled

    package var isEnded: Bool { self != .waiting && self != .running }

    /// Whether what depends on the task may begin.
    package var letsPass: Bool {
        self == .done || self == .doneWithWarnings || self == .unchanged
    }
}

/// The scheduled pass: sources, then segments, then exports.
package struct Refresh: Equatable, Sendable, Identifiable {
    package typealias ID = Identifier<Refresh>

    package let id: ID
    package let trigger: RefreshTrigger
    package let actor: String
    /// When the schedule wanted it, in milliseconds since 1970; nil when it was asked for.
    package let dueAt: Int64?
    /// Earlier times of the schedule that passed without a refresh and are made up for by this one.
    package let missed: Int
    package var state: RefreshState
    /// Why it ended early: a stable code.
    package var reason: String?
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package var endedAt: Int64?
}

/// One thing that a refresh does: import a source, evaluate a segment or run an export.
package struct RefreshTask: Equatable, Sendable {
    /// Its place in the refresh, from 0. A task depends on earlier ones only.
    package let position: Int
    package let stage: RefreshStage
    /// The id of the source, segment or export.
    package let thing: Int64
    /// Its name when the refresh began.
    package let name: String
    /// Positions of the tasks that must have ended first.
    package let dependsOn: [Int]
    package var state: RefreshTaskState
    /// Why it was skipped or failed: a stable code.
    package var reason: String?
    /// What there is to know besides.
    package var detail: Remark?
    /// The position of the task because of which this one was skipped.
    package var cause: Int?
    /// The run of an export.
    package var run: Run.ID?
    /// Rows of a source, members of a segment, or people an export delivered; nil when nothing was counted.
    package var count: Int?
    /// Milliseconds since 1970.
    package var startedAt: Int64?
    package var endedAt: Int64?

    package init(
        position: Int, stage: RefreshStage, thing: Int64, name: String, dependsOn: [Int] = [],
        state: RefreshTaskState = .waiting, reason: String? = nil, detail: Remark? = nil,
        cause: Int? = nil, run: Run.ID? = nil, count: Int? = nil, startedAt: Int64? = nil,
        endedAt: Int64? = nil
    ) {
        self.position = position
        self.stage = stage
        self.thing = thing
        self.name = name
        self.dependsOn = dependsOn
        self.state = state
        self.reason = reason
        self.detail = detail
        self.cause = cause
        self.run = run
        self.count = count
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}

/// How many tasks of a refresh stand how.
package struct RefreshNumbers: Equatable, Sendable {
    package let byState: [RefreshTaskState: Int]

    package init(byState: [RefreshTaskState: Int]) {
        self.byState = byState
    }

    package init(_ tasks: some Sequence<RefreshTask>) {
        self.init(byState: tasks.reduce(into: [:]) { $0[$1.state, default: 0] += 1 })
    }

    package subscript(_ state: RefreshTaskState) -> Int { byState[state] ?? 0 }

    package var total: Int { byState.values.reduce(0, +) }

    /// Tasks that wait or run.
    package var open: Int { self[.waiting] + self[.running] }
}
