package import Access
import Acts
import Delivery
import Exports
package import Logging
import Profiles
import Segments
package import Store
import Synchronization

/// Begins refreshes, carries them out one at a time, shows how far they are, and cancels them.
///
/// `run()` carries them out and lives as long as the service. When it is cancelled, a refresh stays open
/// and is taken up by the next process: what had not ended is done again, which is harmless.
package final class RefreshCenter: Refreshing {
    let catalog: Catalog
    let runs: RunCenter
    let work: RefreshWork
    let logger: Logger
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64
    /// Hears of refreshes of which something failed, just before they end; of the same one again when that
    /// could not be written down.
    private let onFailure: @Sendable (Refresh.ID, RefreshNumbers, Int64) throws -> Void
    /// Waits after trouble.
    private let pause: @Sendable (Duration) async throws -> Void
    private let state = Mutex(State())
    /// Rows of sources read so far, by the position of their task. Apart from the rest, which is locked while
    /// the catalog is written.
    private let rows = Mutex<[Int: Int]>([:])
    private let threads = RunThreads()

    /// How long a refresh rests that could not go on, because the catalog could not be written for instance.
    private static let troublePause: Duration = .seconds(5)

    private struct State {
        /// The refresh under way, as soon as it has begun.
        var current: Current?
        /// Whether `run()` carries it out at the moment.
        var isCarriedOut = false
        var bell: AsyncStream<Void>.Continuation?
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
        var watcherNumber = 0
    }

    private struct Current {
        let refresh: Refresh
        var machine: RefreshMachine
        var stops: [Int: RefreshStop] = [:]
    }

    /// `onFailure` is told of a refresh that failed, before it has ended; when it throws, the end
    /// is tried again after a `pause`.
    package init(
        catalog: Catalog, runs: RunCenter, work: RefreshWork, logger: Logger,
        now: @escaping @Sendable () -> Int64,
        onFailure: @escaping @Sendable (Refresh.ID, RefreshNumbers, _ at: Int64) throws -> Void =
            { _, _, _ in },
        pause: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) {
        self.onFailure = onFailure
        self.pause = pause
        self.catalog = catalog
        self.runs = runs
        self.work = work
        self.logger = logger
        self.now = now
    }

    // MARK: Decisions

    /// Begins a refresh and answers it at once; it goes on by itself. While one is under way, that one is
    /// the answer: a time of the schedule that comes meanwhile is merged into it. `missed` is how many
    /// earlier times this one makes up for. With a role, exports that it may not run are skipped.
    /// Throws what looking for sources throws, and trouble of the catalog.
    @discardableResult
    package func start(
        trigger: RefreshTrigger, dueAt: Int64? = nil, missed: Int = 0, for role: Role? = nil,
        by actor: Actor
    ) throws -> Refresh {
        try begin(trigger: trigger, dueAt: dueAt, missed: missed, for: role, by: actor).refresh
    }

    /// The same; tells besides whether the refresh is a new one. Throws as that does.
    package func begin(
        trigger: RefreshTrigger, dueAt: Int64? = nil, missed: Int = 0, for role: Role? = nil,
        by actor: Actor
    ) throws -> (refresh: Refresh, isNew: Bool) {
        if let open = try catalog.history.openRefresh() {
            ring()
            return (open, false)
        }
        let moment = now()
        let machine = RefreshMachine(
            RefreshPlan.tasks(
                sources: try work.sources(), segments: try catalog.setup.segments(),
                exports: try catalog.setup.exportEntries(), for: role), at: moment)
        let begun = try state.withLock { state in
            let begun = try catalog.history.beginRefresh(
                machine.tasks, trigger: trigger, dueAt: dueAt, missed: missed, by: actor,
                at: moment)
            if begun.isNew {
                state.current = Current(refresh: begun.refresh, machine: machine)
            }
            return begun
        }
        ring()
        return begun
    }

    /// The same, asked for by a person or a program. Throws as that does.
    package func begin(
        for role: Role, by actor: Actor
    ) throws -> (refresh: Refresh, isNew: Bool) {
        try begin(trigger: .request, for: .some(role), by: actor)
    }

    /// Ends a refresh: what waits does not begin, and what runs is asked to stop. Runs of exports that the
    /// refresh began are stopped as by hand. Refused when it has ended.
    package func cancel(_ id: Refresh.ID, by actor: Actor) throws {
        let moment = now()
        // The lock is kept while the catalog is written, so that no task ends in between.
        let stops = try state.withLock { state -> [RefreshStop] in
            guard var current = state.current, current.refresh.id == id else {
                // Nobody carries it out: whoever takes it up finds that it is to end.
                _ = try catalog.history.cancelRefresh(id, changing: [], by: actor, at: moment)
                return []
            }
            let running = current.machine.cancel(at: moment)
            _ = try catalog.history.cancelRefresh(
                id, changing: changes(from: state.current, to: current), by: actor, at: moment)
            state.current = current
            return running.compactMap { current.stops[$0] }
        }
        for stop in stops { stop.request(by: actor) }
        ring()
    }

    // MARK: Carrying out

    /// Carries out what is started, and first what an earlier process left unfinished. Throws
    /// trouble of the catalog; what keeps one refresh from going on is logged, and it is taken up
    /// again.
    package func run() async throws {
        let (bell, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.bell = continuation }
        defer { close() }
        continuation.yield()
        for await _ in bell {
            while let open = try catalog.history.openRefresh() {
                do {
                    try await carryOut(open)
                } catch {
                    if Task.isCancelled { return }
                    logger.error(
                        "A refresh could not go on. It is taken up again in a moment.",
                        metadata: ["refresh.id": "\(open.id)", "error.type": "\(type(of: error))"])
                    state.withLock { $0.current = nil }
                    tellWatchers()
                    do { try await pause(Self.troublePause) } catch { return }
                }
            }
        }
    }

    private func ring() {
        state.withLock { _ = $0.bell?.yield() }
        tellWatchers()
    }

    private func close() {
        let watchers = state.withLock { state in
            defer { state = State() }
            return state.watchers.values
        }
        for watcher in watchers { watcher.finish() }
    }

    /// One refresh to its end. A cancellation leaves it open.
    private func carryOut(_ refresh: Refresh) async throws {
        try state.withLock { state in
            guard state.current?.refresh.id != refresh.id else { return }
            let isCancelled = try catalog.history.refresh(id: refresh.id).state == .cancelling
            let tasks = try catalog.history.tasks(ofRefresh: refresh.id)
            // Before the tasks say that they were cancelled, so that a crash in between forgets no run.
            if isCancelled { try stopRuns(of: tasks, in: refresh) }
            let machine = RefreshMachine(tasks, isCancelled: isCancelled, at: now())
            try catalog.history.write(machine.tasks, ofRefresh: refresh.id)
            state.current = Current(refresh: refresh, machine: machine)
        }
        rows.withLock { $0 = [:] }
        try await withThrowingTaskGroup(of: (Int, RefreshOutcome).self) { group in
            while true {
                for step in try begin() {
                    group.addTask(executorPreference: threads) {
                        (step.task.position, try await self.carryOut(step, of: refresh))
                    }
                }
                guard let (position, outcome) = try await group.next() else { break }
                try end(position, with: outcome)
            }
        }
        try Task.checkCancellation()
        let moment = now()
        let failed = state.withLock { state -> RefreshNumbers? in
            guard let machine = state.current?.machine, machine.verdict == .failed else {
                return nil
            }
            return RefreshNumbers(machine.tasks)
        }
        // First, so that a crash in between does not leave anybody untold.
        if let failed { try onFailure(refresh.id, failed, moment) }
        try state.withLock { state in
            guard let current = state.current else { return }
            let verdict = current.machine.verdict
            try catalog.history.endRefresh(
                refresh.id, as: verdict,
                reason: verdict == .cancelled ? RefreshMachine.Reason.cancelled : nil, at: moment)
            state.current = nil
        }
        tellWatchers()
    }

    /// A task that is to be carried out.
    struct Step: Sendable {
        let task: RefreshTask
        let stop: RefreshStop
    }

    /// What may begin now. Written down before it does.
    private func begin() throws -> [Step] {
        let moment = now()
        let steps = try state.withLock { state -> [Step] in
            guard var current = state.current else { return [] }
            try recordSkips(in: &current, at: moment)
            let begun = current.machine.begin(at: moment)
            let steps = begun.map { Step(task: current.machine.tasks[$0], stop: RefreshStop()) }
            for step in steps { current.stops[step.task.position] = step.stop }
            try catalog.history.write(
                changes(from: state.current, to: current), ofRefresh: current.refresh.id)
            state.current = current
            return steps
        }
        tellWatchers()
        return steps
    }

    private func end(_ position: Int, with outcome: RefreshOutcome) throws {
        let moment = now()
        try state.withLock { state in
            guard var current = state.current else { return }
            current.machine.end(position, with: outcome, at: moment)
            current.stops[position] = nil
            try catalog.history.write(
                changes(from: state.current, to: current), ofRefresh: current.refresh.id)
            state.current = current
        }
        rows.withLock { $0[position] = nil }
    }

    private func changes(from old: Current?, to new: Current) -> [RefreshTask] {
        guard let old else { return new.machine.tasks }
        return zip(old.machine.tasks, new.machine.tasks).filter { $0 != $1 }.map(\.1)
    }

    /// The list of exports shows why one was not run.
    private func recordSkips(in current: inout Current, at moment: Int64) throws {
        for task in current.machine.tasks
        where task.stage == .export && task.state == .skipped && task.cause != nil
            && task.run == nil
        {
            let run = try catalog.history.recordSkippedRun(
                of: Export.ID(task.thing), trigger: .refresh,
                reason: task.reason ?? RefreshMachine.Reason.upstreamFailed,
                detail: task.detail, by: Actor(name: current.refresh.actor), at: moment)
            if let run { current.machine.note(run: run.id, of: task.position) }
        }
    }

    /// Notes which run carries out an export, before anything else happens to it.
    func note(run: Run.ID, of position: Int) throws {
        try state.withLock { state in
            guard var current = state.current else { return }
            current.machine.note(run: run, of: position)
            try catalog.history.write(
                [current.machine.tasks[position]], ofRefresh: current.refresh.id)
            state.current = current
        }
        tellWatchers()
    }

    func note(rows: Int, of position: Int) {
        self.rows.withLock { $0[position] = rows }
    }

    // MARK: Watching

    /// Whether sources or segments of a refresh have something to do yet. An export that is due meanwhile
    /// waits for them. A catalog that cannot be read says no.
    package var upstreamIsBusy: Bool {
        if let current = state.withLock({ $0.current }) { return current.machine.isUpstreamBusy }
        guard let open = try? catalog.history.openRefresh(),
            let tasks = try? catalog.history.tasks(ofRefresh: open.id)
        else { return false }
        return RefreshMachine(tasks, isCancelled: open.state == .cancelling, at: 0)
            .isUpstreamBusy
    }

    /// Waits until no source and no segment has anything to do; returns at once when that is so, and when
    /// the service ends or the task is cancelled.
    package func whenUpstreamIsDone() async {
        let changes = changes()
        guard upstreamIsBusy else { return }
        for await _ in changes where !upstreamIsBusy { return }
    }

    /// Rows read so far of the sources that are imported, by the position of their task in the refresh that is
    /// under way.
    package func rowsRead() -> [Int: Int] { rows.withLock { $0 } }

    /// Yields whenever a task begins or ends; ends with the service.
    package func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.watcherNumber += 1
            state.watchers[state.watcherNumber] = continuation
            return state.watcherNumber
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.watchers.removeValue(forKey: number) }
        }
        return stream
    }

    private func tellWatchers() {
        let watchers = state.withLock { Array($0.watchers.values) }
        for watcher in watchers { watcher.yield() }
    }
}
