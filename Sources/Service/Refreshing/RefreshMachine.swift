import Delivery
package import Profiles
package import Store

/// Decides what of a refresh begins when, what is skipped because of what, and when all is done. A value
/// without clock or I/O: moments are arguments.
package struct RefreshMachine: Equatable, Sendable {
    /// In the order of their positions.
    package private(set) var tasks: [RefreshTask]
    /// Whether a person wants the refresh to end. Nothing more begins.
    package private(set) var isCancelled: Bool

    /// Why a task was skipped or cancelled; stable codes.
    package enum Reason {
        /// Something that the task depends on failed, was cancelled, or was skipped for such a cause.
        package static let upstreamFailed = "upstream-failed"
        /// A segment that an export uses is not active.
        package static let segmentInactive = "segment-inactive"
        /// A person ended the refresh.
        package static let cancelled = "cancelled"
    }

    /// Tasks of one stage that run side by side. Imports take turns at writing profiles; the number of
    /// exports is bounded where runs are carried out.
    static func atOnceMax(_ stage: RefreshStage) -> Int {
        switch stage {
        case .source: 1
        case .segment: 2
        case .export: .max
        }
    }

    /// Takes up a refresh where it stands. What an earlier process left running waits again. Tasks depend on
    /// earlier ones only; anything else that they claim to depend on is passed over, so that none waits for
    /// ever.
    package init(_ tasks: [RefreshTask], isCancelled: Bool = false, at now: Int64) {
        self.tasks = tasks.enumerated().map { index, task in
            var task = RefreshTask(
                position: index, stage: task.stage, thing: task.thing, name: task.name,
                dependsOn: task.dependsOn.filter { (0..<index).contains($0) }, state: task.state,
                reason: task.reason, detail: task.detail, cause: task.cause, run: task.run,
                count: task.count, startedAt: task.startedAt, endedAt: task.endedAt)
            if task.state == .running { task.state = .waiting }
            if task.state.isEnded, task.endedAt == nil { task.endedAt = now }
            return task
        }
        self.isCancelled = false
        settle(at: now)
        if isCancelled { _ = cancel(at: now) }
    }

    /// Whether every task has ended.
    package var isEnded: Bool { tasks.allSatisfy(\.state.isEnded) }

    /// Whether sources or segments have something to do yet.
    package var isUpstreamBusy: Bool {
        tasks.contains { $0.stage < .export && !$0.state.isEnded }
    }

    /// Lets everything begin that may, and answers its positions.
    package mutating func begin(at now: Int64) -> [Int] {
        guard !isCancelled else { return [] }
        var begun: [Int] = []
        for stage in RefreshStage.allCases {
            var running = tasks.count { $0.stage == stage && $0.state == .running }
            for index in tasks.indices where tasks[index].stage == stage {
                guard running < Self.atOnceMax(stage) else { break }
                guard tasks[index].state == .waiting, isReady(index) else { continue }
                tasks[index].state = .running
                tasks[index].startedAt = now
                running += 1
                begun.append(index)
            }
        }
        return begun
    }

    /// Notes which run carries out an export.
    package mutating func note(run: Run.ID, of position: Int) {
        guard tasks.indices.contains(position) else { return }
        tasks[position].run = run
    }

    /// Ends a task that runs, and skips what cannot be done without it; answers what was skipped. Others
    /// that have ended already stay as they are.
    @discardableResult
    package mutating func end(
        _ position: Int, with outcome: RefreshOutcome, at now: Int64
    ) -> [Int] {
        guard tasks.indices.contains(position), tasks[position].state == .running else { return [] }
        tasks[position].state = outcome.state
        tasks[position].reason = outcome.reason
        tasks[position].detail = outcome.detail
        tasks[position].count = outcome.count
        tasks[position].endedAt = now
        return settle(at: now)
    }

    /// Ends what waits; answers the positions of what runs and is to be asked to stop.
    package mutating func cancel(at now: Int64) -> [Int] {
        isCancelled = true
        for index in tasks.indices where tasks[index].state == .waiting {
            tasks[index].state = .cancelled
            tasks[index].reason = Reason.cancelled
            tasks[index].endedAt = now
        }
        return tasks.indices.filter { tasks[$0].state == .running }
    }

    /// How the whole refresh ended.
    package var verdict: RefreshState {
        if isCancelled { return .cancelled }
        if tasks.contains(where: { $0.state == .failed }) { return .failed }
        let isClean = tasks.allSatisfy { task in
            switch task.state {
            case .done, .unchanged: true
            // What people switched off is no trouble by itself.
            case .skipped:
                task.stage == .segment
                    ? task.reason == Reason.segmentInactive
                    : task.reason == RefreshPlan.Reason.noConnection
            default: false
            }
        }
        return isClean ? .completed : .completedWithWarnings
    }

    private func isReady(_ index: Int) -> Bool {
        tasks[index].dependsOn.allSatisfy { tasks[$0].state.isEnded }
    }

    /// Skips what waits for something that will not come. Tasks depend on earlier ones, so once through is
    /// enough.
    @discardableResult
    private mutating func settle(at now: Int64) -> [Int] {
        var skipped: [Int] = []
        for index in tasks.indices where tasks[index].state == .waiting && isReady(index) {
            let obstacle = tasks[index].dependsOn.first { !tasks[$0].state.letsPass }
            guard let obstacle else { continue }
            let cause = tasks[tasks[obstacle].cause ?? obstacle]
            let isInactive =
                cause.state == .skipped && cause.reason == Reason.segmentInactive
            tasks[index].state = .skipped
            tasks[index].reason = isInactive ? Reason.segmentInactive : Reason.upstreamFailed
            tasks[index].cause = cause.position
            tasks[index].detail =
                isInactive
                ? Remark(PlanRefusal(.segmentInactive, ["segment": .text(cause.name)]))
                : Remark(
                    Reason.upstreamFailed,
                    [
                        "what": .word("\(cause.stage.rawValue)-\(cause.state.rawValue)"),
                        "name": .text(cause.name),
                    ])
            tasks[index].endedAt = now
            skipped.append(index)
        }
        return skipped
    }
}

/// How a task of a refresh ended.
package struct RefreshOutcome: Equatable, Sendable {
    package let state: RefreshTaskState
    /// A stable code; nil when all went well.
    package let reason: String?
    /// What there is to know besides.
    package let detail: Remark?
    package let count: Int?

    private init(
        _ state: RefreshTaskState, reason: String? = nil, detail: Remark? = nil, count: Int? = nil
    ) {
        self.state = state
        self.reason = reason
        self.detail = detail
        self.count = count
    }

    package static func done(count: Int?) -> Self { .init(.done, count: count) }

    package static func doneWithWarnings(
        count: Int?, reason: String? = nil, detail: Remark? = nil
    ) -> Self {
        .init(.doneWithWarnings, reason: reason, detail: detail, count: count)
    }

    package static func unchanged(count: Int?) -> Self { .init(.unchanged, count: count) }

    package static func failed(reason: String, detail: Remark?) -> Self {
        .init(.failed, reason: reason, detail: detail)
    }

    package static func skipped(reason: String, detail: Remark?) -> Self {
        .init(.skipped, reason: reason, detail: detail)
    }

    package static let cancelled = Self(.cancelled, reason: RefreshMachine.Reason.cancelled)
}
