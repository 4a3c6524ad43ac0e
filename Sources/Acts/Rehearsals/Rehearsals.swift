package import Access
package import Delivery
package import Exports
import Foundation
package import Logging
import Profiles
import Segments
package import Store
import Synchronization
package import Transport

/// The rehearsals of this process, the newest ones: starts them, shows how far they are, cancels them.
/// They write nothing, neither here nor at the destination.
///
/// `run()` carries them out and lives as long as the service.
package final class Rehearsals: Sendable {
    private let planning: RehearsalPlanner
    private let logger: Logger
    /// Where downloads lie while they are made.
    private let directory: String
    private let state = Mutex(State())
    private typealias Job = @Sendable () async -> Void
    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation
    /// Plans that are made at the same time, downloads included: each holds a reader of both databases.
    private let slots = AsyncSlots(count: 2)

    /// Rehearsals that are kept.
    package static let keptMax = 20

    private struct State {
        /// Oldest first.
        var kept: [Entry] = []

        func position(of id: Rehearsal.ID) -> Int? { kept.firstIndex { $0.rehearsal.id == id } }
    }

    private struct Entry {
        var rehearsal: Rehearsal
        let stop = StopSignal()
    }

    /// `directory` takes the unnamed files of downloads: it should be the data directory, which only its owner
    /// reads. `patience` is how long the account is waited for, by the machine's clock.
    package init(
        catalog: Catalog, engine: any ProfileEngine, accounts: Accounts, time: Timekeeper,
        directory: String, logger: Logger, patience: Duration = .seconds(30)
    ) {
        planning = RehearsalPlanner(
            catalog: catalog, engine: engine, accounts: accounts, time: time, patience: patience)
        self.logger = logger
        self.directory = directory
        (jobs, queue) = AsyncStream.makeStream()
    }

    /// Carries out what is started, until it is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                group.addTask { [slots] in
                    await slots.take()
                    await job()
                    await slots.giveBack()
                }
            }
            group.cancelAll()
        }
    }

    /// Begins a rehearsal and answers at once. Whoever asks again while theirs is under way gets the same
    /// one. The oldest beyond those that are kept is forgotten, and cancelled if need be.
    package func start(_ export: Export, by actor: Actor) -> Rehearsal.ID {
        let id: Rehearsal.ID? = state.withLock { state in
            let same = state.kept.first {
                $0.rehearsal.isUnderWay && $0.rehearsal.export == export
                    && $0.rehearsal.actor == actor
            }
            return same?.rehearsal.id
        }
        if let id { return id }
        let rehearsal = Rehearsal(
            id: UUID().uuidString.lowercased(), export: export, actor: actor,
            state: .planning(members: 0))
        state.withLock { state in
            state.kept.append(Entry(rehearsal: rehearsal))
            if state.kept.count > Self.keptMax { state.kept.removeFirst().stop.request() }
        }
        queue.yield { [weak self] in await self?.execute(rehearsal.id) }
        return rehearsal.id
    }

    /// A rehearsal; nil when it is not kept any more, or never was.
    package func rehearsal(_ id: Rehearsal.ID) -> Rehearsal? {
        state.withLock { state in state.position(of: id).map { state.kept[$0].rehearsal } }
    }

    /// Ends a rehearsal that is under way; others stay as they are.
    package func cancel(_ id: Rehearsal.ID) {
        state.withLock { state in
            guard let position = state.position(of: id),
                state.kept[position].rehearsal.isUnderWay
            else { return }
            state.kept[position].stop.request()
            state.kept[position].rehearsal.state = .cancelled
        }
    }

    /// Every row of a plan that is made anew, as the text of a file; `encode` spells the cells of a row. The
    /// reader may be slow; the plan is given up when nobody reads any more. Throws `SpoolError`
    /// when there can be no file to keep it in; what goes wrong later is thrown to the reader.
    package func download(
        _ export: Export, encode: @escaping @Sendable ([String]) -> String
    ) throws -> PlanDownload {
        let stop = StopSignal()
        let (sizes, news) = AsyncThrowingStream.makeStream(
            of: Int.self, throwing: (any Error).self, bufferingPolicy: .bufferingNewest(1))
        news.onTermination = { _ in stop.request() }
        let spool = try PlanSpool(directory: directory) { news.yield($0) }
        queue.yield { [planning, logger] in
            do {
                try await planning.spool(export, to: spool, encode: encode, stop: stop)
                news.finish()
            } catch {
                if !(error is CancellationError) {
                    logger.error(
                        "The download of a plan failed.",
                        metadata: ["error.type": "\(type(of: error))"])
                }
                news.finish(throwing: error)
            }
        }
        return PlanDownload(spool: spool, sizes: sizes)
    }

    private func execute(_ id: Rehearsal.ID) async {
        let found = state.withLock { state in state.position(of: id).map { state.kept[$0] } }
        guard let found, found.rehearsal.isUnderWay, !Task.isCancelled else { return }
        let end: Rehearsal.State
        do {
            end = .done(
                try await planning.report(found.rehearsal.export, stop: found.stop) {
                    [weak self] in self?.note(.planning(members: $0), of: id)
                })
        } catch {
            end = failure(error)
        }
        note(end, of: id)
    }

    /// What was cancelled stays cancelled.
    private func note(_ news: Rehearsal.State, of id: Rehearsal.ID) {
        state.withLock { state in
            guard let position = state.position(of: id),
                state.kept[position].rehearsal.isUnderWay
            else { return }
            state.kept[position].rehearsal.state = news
        }
    }

    private func failure(_ error: any Error) -> Rehearsal.State {
        switch error {
        case is CancellationError:
            return .cancelled
        case let error as PlanRefusal:
            return .failed(reason: error.refusalCode, detail: Remark(error))
        case let error as RuleTextError:
            return .failed(reason: "rule-invalid", detail: Remark(error))
        case is MasterKey.SealError:
            return .failed(reason: "secret-unreadable", detail: Remark("secret-unreadable"))
        case let error as DestinationError:
            return .failed(reason: error.code.rawValue, detail: Remark(error))
        case let error as TransportError:
            return .failed(
                reason: error.code.rawValue, detail: Remark(DestinationError(error)))
        default:
            logger.error(
                "A rehearsal failed.", metadata: ["error.type": "\(type(of: error))"])
            return .failed(reason: "internal-error", detail: nil)
        }
    }
}
