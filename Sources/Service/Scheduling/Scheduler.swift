import Acts
package import Logging
package import Store
import Synchronization

/// Looks at the clock and starts what schedules ask for.
///
/// `run()` does so as long as the service lives. What a start means is the closure's affair; a start that was
/// not carried out stays owed and is tried again, also by the next process.
package final class Scheduler: ScheduleWatching {
    /// What became of a start.
    package enum Answer: Sendable {
        /// It goes on by itself now.
        case started
        /// Another one does its work, or there is nothing left to start.
        case merged
        /// Something has to end first; it is asked again.
        case waits
    }

    /// Milliseconds since 1970, as the schedules see them.
    package let now: @Sendable () -> Int64

    private let catalog: Catalog
    private let pause: Duration
    private let logger: Logger
    private let start: @Sendable (DueStart) throws -> Answer
    private let state = Mutex(State())

    /// Milliseconds after which schedules are looked at although nothing seems due: another process may have
    /// changed one.
    static let lookAtLeastEvery: Int64 = 30_000

    private struct State {
        var lookedAt: Int64?
        var nextDue: Int64?
        /// Whether a start waits for something to end.
        var isWaiting = false
        /// Rouses `run()`, as long as it lives.
        var bell: AsyncStream<Void>.Continuation?

        func isTime(_ now: Int64) -> Bool {
            guard let lookedAt, now >= lookedAt, !isWaiting else { return true }
            return now - lookedAt >= Scheduler.lookAtLeastEvery || now >= nextDue ?? .max
        }
    }

    /// `pause` lies between two glances at the clock, which read nothing else. What `start` throws
    /// is logged, and the start stays owed.
    package init(
        catalog: Catalog, now: @escaping @Sendable () -> Int64, pause: Duration = .seconds(1),
        logger: Logger, start: @escaping @Sendable (DueStart) throws -> Answer
    ) {
        self.catalog = catalog
        self.now = now
        self.pause = pause
        self.logger = logger
        self.start = start
    }

    /// Starts what is due until it is cancelled.
    package func run() async {
        let (bell, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.bell = continuation }
        defer { state.withLock { $0.bell = nil } }
        continuation.yield()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watchTheClock() }
            for await _ in bell { tick(now: now()) }
            group.cancelAll()
        }
    }

    /// Has the schedules looked at anew: one was changed, or what a start waits for has ended.
    package func wake() {
        state.withLock { _ = $0.bell?.yield() }
    }

    /// Takes what is due at `now`, in milliseconds since 1970, and starts it.
    package func tick(now: Int64) {
        do {
            let look = try catalog.setup.takeDue(now: now)
            let isWaiting = look.owed.filter { !carriesOut($0) }.count > 0
            state.withLock { state in
                state.lookedAt = now
                state.nextDue = look.nextDue
                state.isWaiting = isWaiting
            }
        } catch {
            // The next glance at the clock looks again.
            logger.error(
                "The schedules could not be read.",
                metadata: ["error.type": "\(type(of: error))"])
        }
    }

    /// False when it is still owed.
    private func carriesOut(_ due: DueStart) -> Bool {
        do {
            let answer = try start(due)
            guard answer != .waits else { return false }
            try catalog.setup.startedDue(due)
            logger.info(
                "A schedule was due.",
                metadata: [
                    "schedule": "\(due.subject)", "due.at": "\(due.dueAt)",
                    "due.missed": "\(due.missed)", "due.answer": "\(answer)",
                ])
            return true
        } catch {
            logger.error(
                "A scheduled start failed. It is tried again.",
                metadata: [
                    "schedule": "\(due.subject)", "due.at": "\(due.dueAt)",
                    "error.type": "\(type(of: error))",
                ])
            return false
        }
    }

    private func watchTheClock() async {
        while true {
            do { try await Task.sleep(for: pause) } catch { return }
            let now = now()
            if state.withLock({ $0.isTime(now) }) { wake() }
        }
    }
}

extension ScheduleSubject: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system: "refresh"
        case .export(let id): "export \(id)"
        }
    }
}
