package import Access
package import Exports
package import Logging
package import Store
import Synchronization

/// The runs under way in this process: starts them, shows how far they are, stops them.
///
/// `run()` carries them out and lives as long as the service. When it is cancelled, runs stay open and are
/// resumed by the next process.
package final class RunCenter: Sendable {
    private let runner: ExportRunner
    private let catalog: Catalog
    private let logger: Logger
    private let state = Mutex(State())
    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation

    /// Runs that are carried out at the same time; others wait.
    private static let atOnceMax = 4

    private struct State {
        var underWay: [Run.ID: UnderWay] = [:]
        var watcherNumber = 0
    }

    private struct UnderWay {
        let stop = StopSignal()
        var progress: RunProgress?
        var watchers: [Int: AsyncStream<RunProgress>.Continuation] = [:]
    }

    private struct Job: Sendable {
        let run: Run
        let actor: Actor
        let isApproved: Bool
        let afterCrash: Bool
    }

    package init(runner: ExportRunner, logger: Logger) {
        self.runner = runner
        catalog = runner.catalog
        self.logger = logger
        (jobs, queue) = AsyncStream.makeStream()
    }

    /// Carries out what is started, and first what an earlier process left unfinished.
    package func run() async throws {
        for run in try catalog.openRuns() where run.state != .held {
            enqueue(Job(run: run, actor: Self.service, isApproved: true, afterCrash: true))
        }
        await withDiscardingTaskGroup { group in
            let slots = AsyncSlots(count: Self.atOnceMax)
            for await job in jobs {
                group.addTask { [self] in
                    await slots.take()
                    await execute(job)
                    await slots.giveBack()
                }
            }
            group.cancelAll()
        }
    }

    private static let service = Actor(name: "service")

    /// Begins a run and answers it at once; it goes on by itself. Refused while another run of the export is
    /// unfinished; the answer names it.
    package func start(_ export: Export.ID, trigger: RunTrigger, by actor: Actor) throws -> Run {
        guard let export = try catalog.export(id: export) else {
            throw StoreError(.notFound, "There is no export \(export).")
        }
        let run = try catalog.createRun(of: export, trigger: trigger, by: actor)
        enqueue(Job(run: run, actor: actor, isApproved: false, afterCrash: false))
        return run
    }

    /// Sends a held run.
    package func approve(_ run: Run, by actor: Actor) throws {
        try catalog.writeDecision("approve", on: run, by: actor)
        enqueue(Job(run: run, actor: actor, isApproved: true, afterCrash: false))
    }

    /// Ends a held run without sending.
    package func dismiss(_ run: Run, by actor: Actor) throws {
        try runner.dismiss(run, by: actor)
    }

    /// Lets a run send nothing more; what it sent is still confirmed.
    package func stop(_ run: Run, by actor: Actor) throws {
        try catalog.writeDecision("stop", on: run, by: actor)
        signal(run.id)
    }

    private func signal(_ run: Run.ID) {
        state.withLock { $0.underWay[run]?.stop.request() }
    }

    /// Takes the connection off an export. A run of it stops sending.
    package func detach(_ export: Export, by actor: Actor) throws {
        try catalog.detach([export.id], by: actor)
        if let run = try catalog.openRun(ofExport: export.id) { try stopOpen(run, by: actor) }
    }

    /// Ends the transfer to an account: takes it off every export, and stops their runs.
    package func endTransfer(_ connection: Connection, by actor: Actor) throws {
        let exports = try catalog.exports().filter { $0.connection == connection.id }
        try catalog.detach(exports.map(\.id), by: actor)
        for export in exports {
            if let run = try catalog.openRun(ofExport: export.id) {
                try stopOpen(run, by: actor)
            }
        }
    }

    private func stopOpen(_ run: Run, by actor: Actor) throws {
        if run.state == .held { try dismiss(run, by: actor) } else { try stop(run, by: actor) }
    }

    /// How far a run is; nil when it is not under way in this process.
    package func progress(of run: Run.ID) -> RunProgress? {
        state.withLock { $0.underWay[run]?.progress }
    }

    /// How far a run is from now on; ends with the run. Who is slow sees the newest only.
    package func updates(of run: Run.ID) -> AsyncStream<RunProgress> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: RunProgress.self, bufferingPolicy: .bufferingNewest(1))
        let number: Int? = state.withLock { state in
            guard state.underWay[run] != nil else { return nil }
            state.watcherNumber += 1
            state.underWay[run]?.watchers[state.watcherNumber] = continuation
            if let progress = state.underWay[run]?.progress { continuation.yield(progress) }
            return state.watcherNumber
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.underWay[run]?.watchers[number] = nil }
        }
        return stream
    }

    private func enqueue(_ job: Job) {
        // A run that was started while the service begins is also found among the unfinished ones.
        let isNew = state.withLock { state in
            guard state.underWay[job.run.id] == nil else { return false }
            state.underWay[job.run.id] = UnderWay()
            return true
        }
        if isNew { queue.yield(job) }
    }

    private func execute(_ job: Job) async {
        let id = job.run.id
        guard let stop = state.withLock({ $0.underWay[id]?.stop }) else { return }
        let request = ExportRunner.Request(
            trigger: job.run.trigger, actor: job.actor, isApproved: job.isApproved, stop: stop,
            progress: { [weak self] in self?.note($0, of: id) })
        do {
            _ = try await runner.resume(
                try catalog.run(id: id), request, afterCrash: job.afterCrash)
        } catch is CancellationError {
            // The service ends; the next one goes on.
        } catch {
            logger.error(
                "A run could not go on and is resumed by the next start.",
                metadata: ["run.id": "\(id)", "error.type": "\(type(of: error))"])
        }
        let ended = state.withLock { $0.underWay.removeValue(forKey: id) }
        for watcher in ended?.watchers.values.map({ $0 }) ?? [] { watcher.finish() }
    }

    private func note(_ progress: RunProgress, of run: Run.ID) {
        state.withLock { state in
            state.underWay[run]?.progress = progress
            for watcher in state.underWay[run]?.watchers.values.map({ $0 }) ?? [] {
                watcher.yield(progress)
            }
        }
    }
}

/// Lets so many at once through; others wait in the order they came.
private actor AsyncSlots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) {
        free = count
    }

    func take() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
