package import Access
import Acts
import Delivery
import Exports
import Foundation
package import Profiles
package import Store

extension ImportCenter {
    /// A file written to within this time is looked at twice.
    private static let quietAfter: Int64 = 10_000
    /// Time between the two looks.
    private static let looksApart: Duration = .seconds(1)

    /// Imports a source if its file has changed since it was imported last. Returns when that is done, after
    /// imports that were started before it.
    ///
    /// Throws `ImportTrouble`: `file-busy` when somebody is writing the file, so that the next refresh looks
    /// again, or why the file could not be imported; nothing was changed then. Throws `CancellationError`
    /// when `isCancelled` said so or a person cancelled it.
    package func importSource(
        _ id: Source.ID, by actor: Actor = ImportCenter.refresher,
        progress: @escaping @Sendable (ImportProgress) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) async throws -> SourceOutcome {
        if let open = try openImport(ofSource: id) {
            return try await follow(open, progress: progress, isCancelled: isCancelled)
        }
        let source = try catalog.setup.source(id: id)
        let look: SourceFolder.Look
        do {
            look = try await quietLook(at: source.file)
            if let last = source.lastFingerprint,
                try await fingerprint(of: source.file, isCancelled) == last
            {
                try catalog.setup.note(.unchanged, of: id, at: now())
                return .unchanged
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            let trouble = ImportCarrier.trouble(error)
            try catalog.setup.note(
                trouble.isPassing ? .postponed : .failed, detail: trouble.detail, of: id, at: now())
            throw trouble
        }
        let job = try catalog.history.addImport(
            HistoryCatalog.NewImport(
                source: id, fileName: source.file, bytes: look.bytes, choices: source.choices,
                state: .waiting), by: actor)
        let stop = join(job.id)
        defer { leave(job.id) }
        let summary = try await onQueue { [self] in
            try carryOut(
                job.id,
                progress: { [weak self] news in
                    self?.note(.running(news), of: job.id)
                    progress(news)
                }, isCancelled: { stop.isRequested || isCancelled() })
        }
        // It was cancelled while it waited, or `recover` let it take its turn.
        guard let summary else { return try outcome(of: job.id) }
        return .imported(summary)
    }

    /// The import of a source that waits or runs in this process. What an earlier one left is put in order
    /// first: refreshes may begin before `run` has come so far.
    private func openImport(ofSource id: Source.ID) throws -> FileImport? {
        guard let open = try catalog.history.openImport(ofSource: id), standing(of: open.id) == nil
        else {
            return try catalog.history.openImport(ofSource: id)
        }
        try recover()
        return try catalog.history.openImport(ofSource: id)
    }

    /// Waits for an import that somebody else started.
    private func follow(
        _ open: FileImport, progress: @Sendable (ImportProgress) -> Void,
        isCancelled: @Sendable () -> Bool
    ) async throws -> SourceOutcome {
        for await standing in updates(of: open.id) {
            if isCancelled() { throw CancellationError() }
            if case .running(let news) = standing { progress(news) }
        }
        return try outcome(of: open.id)
    }

    /// What came of an import that is not under way any more.
    private func outcome(of id: FileImport.ID) throws -> SourceOutcome {
        let ended = try catalog.history.fileImport(id: id)
        switch ended.state {
        case .done:
            guard let summary = ended.summary else { return .unchanged }
            return .imported(summary)
        case .failed:
            throw ImportTrouble(
                ended.reason ?? "internal-error", ended.detail ?? Remark("import-internal-error"),
                problems: ended.problems)
        default: throw CancellationError()
        }
    }

    /// The sources there are, by name. Throws trouble of the catalog.
    package func sources() throws -> [Source] { try catalog.setup.sources() }

    /// Who imports when a refresh does.
    package static var refresher: Actor { service }

    /// Looks at a file twice when it was written to a moment ago. Throws `file-busy` when it moves.
    private func quietLook(at name: String) async throws -> SourceFolder.Look {
        let first = try folder.look(at: name)
        guard now() - first.writtenAt < Self.quietAfter else { return first }
        try await pause(Self.looksApart)
        guard try folder.look(at: name) == first else {
            throw ImportTrouble(
                "file-busy", ["file": .text(name)])
        }
        return first
    }

    private func fingerprint(
        of name: String, _ isCancelled: @escaping @Sendable () -> Bool
    ) async throws -> String {
        let folder = folder
        // The disk may be slow, and requests are answered meanwhile.
        return try await Self.onReader {
            try folder.open(name).fingerprint(isCancelled: isCancelled)
        }
    }
}

extension ImportTrouble {
    /// Whether waiting is all there is to do.
    package var isPassing: Bool { code == "file-busy" || code == "file-changed" }
}
