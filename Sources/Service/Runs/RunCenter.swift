package import Access
import Acts
package import Delivery
package import Exports
package import Logging
package import Store
import Synchronization

/// The runs under way in this process: starts them, shows how far they are, stops them.
///
/// `run()` carries them out and lives as long as the service. When it is cancelled, runs stay open and are
/// resumed by the next process.
package final class RunCenter: RunCarrier {
    private let runner: ExportRunner
    package let catalog: Catalog
    private let logger: Logger
    private let state = Mutex(State())
    private let threads = RunThreads()

    /// Runs that are carried out at the same time; others wait their turn.
    static let atOnceMax = 4

    private struct State {
        /// Waiting runs and those carried out; one run of each export at most.
        var underWay: [Run.ID: UnderWay] = [:]
        /// Those that wait their turn, in the order they came.
        var waiting: [Job] = []
        var active = 0
        var watcherNumber = 0
        /// Rouses `run()`, as long as it lives.
        var bell: AsyncStream<Void>.Continuation?
    }

    private struct UnderWay {
        let stop = StopSignal()
        var progress = RunProgress(phase: .waiting)
        var watchers: [Int: AsyncStream<RunProgress>.Continuation] = [:]

        func endWatching() {
            for watcher in watchers.values { watcher.finish() }
        }
    }

    private struct Job: Sendable {
        let run: Run
        let actor: Actor
        let afterCrash: Bool
    }

    private static let service = Actor(name: "service")

    package init(runner: ExportRunner, logger: Logger) {
        self.runner = runner
        catalog = runner.catalog
        self.logger = logger
    }

    // MARK: Carrying out

    /// Carries out what is started, and first what an earlier process left unfinished. Throws
    /// trouble of the catalog when what is left cannot be read; it may be begun again.
    package func run() async throws {
        let (bell, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.bell = continuation }
        defer { close() }
        for run in try catalog.ledger.openRuns() where run.state != .held {
            enqueue(Job(run: run, actor: Self.service, afterCrash: true))
        }
        continuation.yield()
        await withDiscardingTaskGroup { group in
            for await _ in bell {
                while let job = nextJob() {
                    group.addTask(executorPreference: threads) { await self.execute(job) }
                }
            }
            group.cancelAll()
        }
    }

    /// Those who wait and those who watch hear no more of it; the runs stay open.
    private func close() {
        let left = state.withLock { state in
            defer {
                state.underWay = [:]
                state.waiting = []
                state.active = 0
                state.bell = nil
            }
            return state.underWay
        }
        for underWay in left.values { underWay.endWatching() }
    }

    /// False when the run is under way already.
    @discardableResult
    private func enqueue(_ job: Job) -> Bool {
        state.withLock { state in
            guard state.underWay[job.run.id] == nil else { return false }
            state.underWay[job.run.id] = UnderWay()
            state.waiting.append(job)
            state.bell?.yield()
            return true
        }
    }

    private func nextJob() -> Job? {
        state.withLock { state in
            guard state.active < Self.atOnceMax, !state.waiting.isEmpty else { return nil }
            state.active += 1
            return state.waiting.removeFirst()
        }
    }

    private func execute(_ job: Job) async {
        let id = job.run.id
        defer { finish(id) }
        guard let stop = state.withLock({ $0.underWay[id]?.stop }) else { return }
        let request = ExportRunner.Request(
            trigger: job.run.trigger, actor: job.actor, isApproved: false, stop: stop,
            progress: { [weak self] in self?.note($0, of: id) })
        do {
            _ = try await runner.resume(
                try catalog.ledger.run(id: id), request, afterCrash: job.afterCrash)
        } catch is CancellationError {
            // The service ends; the next one goes on.
        } catch {
            logger.error(
                "A run could not go on. It is resumed when it is started again, or by the next start of the service.",
                metadata: ["run.id": "\(id)", "error.type": "\(type(of: error))"])
        }
    }

    private func finish(_ run: Run.ID) {
        let ended = state.withLock { state in
            state.active = max(0, state.active - 1)
            state.bell?.yield()
            return state.underWay.removeValue(forKey: run)
        }
        ended?.endWatching()
    }

    // MARK: Decisions

    /// Begins a run and answers it at once; it goes on by itself. Refused while another run of the export is
    /// unfinished; the answer names it. A run that trouble of the machine left behind is carried on instead;
    /// one that was not closed is closed by this.
    package func start(_ export: Export.ID, trigger: RunTrigger, by actor: Actor) throws -> Run {
        guard let export = try catalog.setup.export(id: export) else {
            throw StoreError.missing("export", export)
        }
        do {
            let run = try catalog.ledger.createRun(of: export, trigger: trigger, by: actor)
            enqueue(Job(run: run, actor: actor, afterCrash: false))
            return run
        } catch let error as StoreError where error.code == .alreadyRunning {
            guard let open = try catalog.ledger.openRun(ofExport: export.id), open.state != .held,
                enqueue(Job(run: open, actor: actor, afterCrash: true)),
                // One that has its last state is only closed, so that the next can begin.
                open.state.isOpen
            else { throw error }
            return open
        }
    }

    /// Lets a held run be planned anew and sent; it is held again if more people would leave than were
    /// looked at. Refused when it is not held.
    package func approve(_ run: Run, by actor: Actor) throws {
        let approved = try catalog.ledger.approve(run.id, by: actor)
        enqueue(Job(run: approved, actor: actor, afterCrash: false))
    }

    /// Ends a held run without sending. Refused when it is not held.
    package func dismiss(_ run: Run, by actor: Actor) throws {
        if try !catalog.ledger.dismiss(run.id, by: actor) { close(run.id) }
    }

    /// Closes a large run on a thread of its own: whoever ended it does not wait.
    private func close(_ run: Run.ID) {
        OwnThread.start { [catalog, logger] in
            do {
                try catalog.ledger.finishEnd(of: run)
            } catch {
                logger.error(
                    "A run that has ended could not be closed. The next start of the service does it.",
                    metadata: ["run.id": "\(run)", "error.type": "\(type(of: error))"])
            }
        }
    }

    /// Lets a run send nothing more; what it sent is still confirmed. A run that waits its turn ends at once.
    /// Refused when it has ended, or is held.
    package func stop(_ run: Run, by actor: Actor) throws {
        if state.withLock({ $0.underWay[run.id]?.stop.isRequested == true }) { return }
        let open = try catalog.ledger.writeStop(of: run.id, by: actor)
        let (isCarriedOut, waiter) = state.withLock { state -> (Bool, UnderWay?) in
            if let place = state.waiting.firstIndex(where: { $0.run.id == open.id }) {
                state.waiting.remove(at: place)
                return (false, state.underWay.removeValue(forKey: open.id))
            }
            state.underWay[open.id]?.stop.request()
            return (state.underWay[open.id] != nil, nil)
        }
        guard !isCarriedOut else { return }
        defer { waiter?.endWatching() }
        if try !runner.beginEndUnsent(try catalog.ledger.run(id: open.id)) { close(open.id) }
        // The start of the service may have taken it up in between.
        state.withLock { $0.underWay[open.id]?.stop.request() }
    }

    // MARK: Watching

    /// How far a run is; nil when it is not under way in this process.
    package func progress(of run: Run.ID) -> RunProgress? {
        state.withLock { $0.underWay[run]?.progress }
    }

    /// How far a run is from now on; ends with the run. Who is slow sees the newest only.
    package func updates(of run: Run.ID) -> AsyncStream<RunProgress> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: RunProgress.self, bufferingPolicy: .bufferingNewest(1))
        let number: Int? = state.withLock { state in
            guard let progress = state.underWay[run]?.progress else { return nil }
            state.watcherNumber += 1
            state.underWay[run]?.watchers[state.watcherNumber] = continuation
            continuation.yield(progress)
            return state.watcherNumber
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.underWay[run]?.watchers.removeValue(forKey: number) }
        }
        return stream
    }

    /// How many watch a run.
    func watchers(of run: Run.ID) -> Int {
        state.withLock { $0.underWay[run]?.watchers.count ?? 0 }
    }

    private func note(_ progress: RunProgress, of run: Run.ID) {
        state.withLock { state in
            state.underWay[run]?.progress = progress
            guard let watchers = state.underWay[run]?.watchers.values else { return }
            for watcher in watchers { watcher.yield(progress) }
        }
    }
}
