package import Access
import Delivery
import Dispatch
package import Exports
import Foundation
package import Logging
package import Profiles
package import Store
import Synchronization

/// How far an import under way is.
package enum ImportStanding: Equatable, Sendable {
    /// Others go first.
    case waiting
    case running(ImportProgress)
}

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
package final class ImportCenter: Sendable {
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
    /// were in already are done, and those that waited take their turn.
    package func recover() throws {
        let mark = try engine.importing?.lastImport()
        for open in try catalog.history.openImports() {
            guard state.withLock({ $0.underWay[open.id] == nil }) else { continue }
            switch open.state {
            case .running:
                do {
                    if let mark, mark.mark == open.id {
                        try catalog.history.completeImport(
                            open.id, mark.summary, badRows: Self.badRowsName(open, mark.summary))
                    } else {
                        try catalog.history.failImport(open.id, .interrupted)
                    }
                } catch let error as StoreError where error.code == .importEnded {
                    // It was under way, and ended this moment.
                }
            case .waiting: enqueue(open)
            default: break
            }
        }
    }

    // MARK: Decisions

    /// Takes in an uploaded file, as a draft or to be imported at once.
    package func add(
        upload: UploadWriter, named fileName: String, choices: ImportChoices, starts: Bool,
        by actor: Actor
    ) throws -> FileImport {
        try engine.abilities.require(.importing)
        if starts { try check(choices) }
        let added = try catalog.history.addImport(
            HistoryCatalog.NewImport(
                fileName: fileName, bytes: upload.bytes, upload: upload.name, choices: choices,
                state: starts ? .waiting : .draft), by: actor)
        upload.finish()
        if starts { enqueue(added) }
        return added
    }

    /// Keeps what was chosen for a draft, without starting it.
    package func setChoices(_ choices: ImportChoices, of id: FileImport.ID) throws {
        try catalog.history.setChoices(choices, ofImport: id)
    }

    /// Starts a draft, or once more what failed. Answers at once; the import goes on by itself.
    package func start(
        _ id: FileImport.ID, choices: ImportChoices? = nil, by actor: Actor
    ) throws -> FileImport {
        try engine.abilities.require(.importing)
        let chosen = try choices ?? catalog.history.fileImport(id: id).choices
        try check(chosen)
        if let choices { try catalog.history.setChoices(choices, ofImport: id) }
        let started = try catalog.history.startImport(id, by: actor)
        enqueue(started)
        return started
    }

    /// Imports a source whether its file has changed or not. Answers at once.
    package func start(source id: Source.ID, by actor: Actor) throws -> FileImport {
        try engine.abilities.require(.importing)
        let source = try catalog.setup.source(id: id)
        let look = try folder.look(at: source.file)
        let started = try catalog.history.addImport(
            HistoryCatalog.NewImport(
                source: id, fileName: source.file, bytes: look.bytes, choices: source.choices,
                state: .waiting), by: actor)
        enqueue(started)
        return started
    }

    /// Cancels an import that waits or runs, or throws a draft away. Nothing is changed by it. Refused when
    /// it has ended.
    package func cancel(_ id: FileImport.ID, by actor: Actor) throws {
        let found = try catalog.history.fileImport(id: id)
        switch found.state {
        case .draft:
            try catalog.history.cancelImport(id, in: .draft, by: actor)
            removeFiles(of: found)
        case .waiting:
            do {
                try catalog.history.cancelImport(id, in: .waiting, by: actor)
                finish(id)
            } catch let error as StoreError where error.code == .importUnderWay {
                // Its turn came at this moment.
                state.withLock { $0.underWay[id]?.stop.request() }
            }
        case .running:
            guard let stop = state.withLock({ $0.underWay[id]?.stop }) else {
                return try catalog.history.cancelImport(id, by: actor)
            }
            stop.request()
        case .done, .failed, .cancelled:
            throw StoreError(.importEnded, ["import": .digits(id)])
        }
    }

    /// Refuses choices that contradict each other or what else there is.
    private func check(_ choices: ImportChoices) throws {
        guard choices.options.removeMissing else { return }
        guard !choices.skipsBadRows else { throw Self.conflictingChoices }
        guard try catalog.setup.mayRemoveMissing() else {
            throw StoreError(.notAlone)
        }
    }

    static let conflictingChoices = StoreError(.conflictingChoices)

    // MARK: Carrying out

    /// False when it is under way already.
    private func enqueue(_ job: FileImport) {
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
        defer { finish(id) }
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
        (try? engine.importing?.lastImport())?.mark == id
    }

    private func finish(_ id: FileImport.ID) {
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

    func leave(_ id: FileImport.ID) { finish(id) }
}
