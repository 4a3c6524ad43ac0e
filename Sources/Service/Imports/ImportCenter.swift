import Access
package import Acts
import Delivery
import Dispatch
package import Exports
import Foundation
package import Logging
package import Profiles
package import Store
import Synchronization

/// What an import of a source came to.
package enum SourceOutcome: Equatable, Sendable {
    case imported(ImportSummary)
    /// The file holds what was imported before.
    case unchanged
}

/// Carries out imports, one at a time: profiles have one writer. Shows how far they are, cancels them.
///
/// Imports begin as soon as they are started. `run()` takes up what an earlier process left, clears away
/// files that nobody needs any more, and puts the import under way back in its queue when the service ends.
package final class ImportCenter: ImportPort {
    package let folder: SourceFolder
    package let uploads: UploadFolder
    let catalog: Catalog
    let engine: any ProfileEngine
    let logger: Logger
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64
    /// Waits between two looks at a file.
    let pause: @Sendable (Duration) async throws -> Void
    private let queue = DispatchQueue(label: "ferry.imports")
    private let state = Mutex(State())

    private struct State {
        var underWay: [FileImport.ID: UnderWay] = [:]
        var watcherNumber = 0
        var isEnding = false
    }

    private struct UnderWay {
        let stop = StopSignal()
        var standing = ImportStanding.waiting
        var watchers: [Int: AsyncStream<ImportStanding>.Continuation] = [:]
    }

    static let service = Actor(name: "service")

    /// `pause` waits between two looks at a file; what it throws ends the look.
    package init(
        catalog: Catalog, engine: any ProfileEngine, folder: SourceFolder, uploads: UploadFolder,
        logger: Logger, now: @escaping @Sendable () -> Int64,
        pause: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) {
        self.catalog = catalog
        self.engine = engine
        self.folder = folder
        self.uploads = uploads
        self.logger = logger
        self.now = now
        self.pause = pause
    }

    // MARK: Living

    /// Takes up what is left from before, then keeps the folder of uploads clean until it is cancelled.
    /// Throws `EngineError` and trouble of the catalog; it may be begun again.
    package func run() async throws {
        state.withLock { $0.isEnding = false }
        folder.make()
        do {
            while true {
                try recover()
                try clearAway()
                try await Task.sleep(for: .seconds(3_600))
            }
        } catch is CancellationError {
            // The service ends.
        }
        let underWay = state.withLock { state in
            state.isEnding = true
            return state.underWay.values.map(\.stop)
        }
        for stop in underWay { stop.request() }
        try await onQueue {}
    }

    /// Imports that the last process left: those that ran in the middle of nothing are failed, those that
    /// were in already are done, and those that waited take their turn. Throws `EngineError`, and
    /// trouble of the catalog.
    package func recover() throws {
        let mark = try engine.importing?.lastImport()
        for open in try catalog.history.openImports() {
            guard state.withLock({ $0.underWay[open.id] == nil }) else { continue }
            switch open.state {
            case .running:
                do {
                    if let mark, mark.mark == open.id.rawValue {
                        try catalog.history.completeImport(
                            open.id, mark.summary, badRows: Self.badRowsName(open, mark.summary))
                    } else {
                        try catalog.history.failImport(open.id, .interrupted)
                    }
                } catch let error as StoreError where error.code == .importEnded {
                    // It was under way, and ended this moment.
                }
            case .waiting: begin(open)
            default: break
            }
        }
    }

    // MARK: Carrying out

    /// The import takes its turn, and goes on by itself. One that is under way already stays so.
    package func begin(_ job: FileImport) {
        let isNew = state.withLock { state in
            guard state.underWay[job.id] == nil else { return false }
            state.underWay[job.id] = UnderWay()
            return true
        }
        guard isNew else { return }
        queue.async { [self] in carryOut(job.id) }
    }

    /// Runs on the queue.
    private func carryOut(_ id: FileImport.ID) {
        defer { leave(id) }
        guard let stop = state.withLock({ $0.underWay[id]?.stop }),
            !state.withLock({ $0.isEnding })
        else { return }
        do {
            _ = try carryOut(
                id, progress: { [weak self] in self?.note(.running($0), of: id) },
                isCancelled: { stop.isRequested })
        } catch {
            // What went wrong is written down with the import.
        }
    }

    /// Carries out an import that waits, and writes down what came of it. Nil when it does not wait any more.
    func carryOut(
        _ id: FileImport.ID, progress: @escaping @Sendable (ImportProgress) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws -> ImportSummary? {
        guard try catalog.history.beginImport(id) else { return nil }
        let job = try catalog.history.fileImport(id: id)
        do {
            if isCancelled() { throw CancellationError() }
            return try ImportCarrier(self, job, progress, isCancelled).run()
        } catch is CancellationError {
            removeBadRows(of: job)
            if state.withLock({ $0.isEnding }) {
                try catalog.history.requeueImport(id)
            } else {
                try catalog.history.cancelImport(id, by: Actor(name: job.actor))
            }
            throw CancellationError()
        } catch let error where isIn(id) {
            logger.error(
                "Profiles were imported, but the import could not be written down as done. That is made up for within the hour, or by the next start of the service.",
                metadata: ["import.id": "\(id)", "error.type": "\(type(of: error))"])
            throw ImportTrouble(
                "internal-error", ["what": .word("unwritten")])
        } catch {
            removeBadRows(of: job)
            let trouble = ImportCarrier.trouble(error)
            if trouble.code == "internal-error" {
                logger.error(
                    "An import failed.",
                    metadata: ["import.id": "\(id)", "error.type": "\(type(of: error))"])
            }
            try catalog.history.failImport(id, trouble)
            throw trouble
        }
    }

    /// Whether the profiles of an import are in: its mark is stored together with them.
    private func isIn(_ id: FileImport.ID) -> Bool {
        // What cannot be read now is looked at by `recover`, should the import stay open.
        (try? engine.importing?.lastImport())?.mark == id.rawValue
    }

    /// Tells a running import to stop; false when it is not under way here.
    package func stop(_ id: FileImport.ID) -> Bool {
        guard let stop = state.withLock({ $0.underWay[id]?.stop }) else { return false }
        stop.request()
        return true
    }

    /// It is under way no more: whoever watches it hears of its end.
    package func leave(_ id: FileImport.ID) {
        let ended = state.withLock { $0.underWay.removeValue(forKey: id) }
        for watcher in ended?.watchers.values ?? [:].values { watcher.finish() }
    }

    /// Waits for its turn among the imports, off the threads on which requests are answered.
    func onQueue<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Swift.Result { try body() }) }
        }.get()
    }

    /// Reads a file off the threads on which requests are answered, beside imports.
    static func onReader<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(returning: Swift.Result { try body() })
            }
        }.get()
    }

    // MARK: Watching

    /// How far an import is; nil when it is not under way.
    package func standing(of id: FileImport.ID) -> ImportStanding? {
        state.withLock { $0.underWay[id]?.standing }
    }

    /// How far an import is from now on; ends with it. Who is slow sees the newest only.
    package func updates(of id: FileImport.ID) -> AsyncStream<ImportStanding> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ImportStanding.self, bufferingPolicy: .bufferingNewest(1))
        let number: Int? = state.withLock { state in
            guard let standing = state.underWay[id]?.standing else { return nil }
            state.watcherNumber += 1
            state.underWay[id]?.watchers[state.watcherNumber] = continuation
            continuation.yield(standing)
            return state.watcherNumber
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.underWay[id]?.watchers.removeValue(forKey: number) }
        }
        return stream
    }

    func note(_ standing: ImportStanding, of id: FileImport.ID) {
        state.withLock { state in
            state.underWay[id]?.standing = standing
            guard let watchers = state.underWay[id]?.watchers.values else { return }
            for watcher in watchers { watcher.yield(standing) }
        }
    }

    /// Lets somebody who carries out an import themselves be seen, and stopped, like any other.
    func join(_ id: FileImport.ID) -> StopSignal {
        state.withLock { state in
            let joined = UnderWay()
            state.underWay[id] = joined
            return joined.stop
        }
    }
}
