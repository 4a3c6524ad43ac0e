import Access
package import Acts
package import Exports
package import Profiles
package import Store

/// Carries an import out at once, for a command that waits for it, from the file that the command was given. What
/// ends it is written down as in a service, and thrown to whoever waits. Without a file, imports wait for a service.
package struct ImportAtOnce: ImportPort {
    private let catalog: Catalog
    private let engine: any ProfileEngine
    private let folder: SourceFolder
    /// Milliseconds since 1970.
    private let now: @Sendable () -> Int64
    private let work: Work?

    /// The file that is imported, and who watches.
    package struct Work: Sendable {
        let file: ImportFile
        /// Where rows that cannot be imported are written.
        let badRowsPath: String?
        let progress: @Sendable (ImportProgress) -> Void
        let isCancelled: @Sendable () -> Bool

        package init(
            file: ImportFile, badRowsPath: String?,
            progress: @escaping @Sendable (ImportProgress) -> Void,
            isCancelled: @escaping @Sendable () -> Bool
        ) {
            self.file = file
            self.badRowsPath = badRowsPath
            self.progress = progress
            self.isCancelled = isCancelled
        }
    }

    package init(
        catalog: Catalog, engine: any ProfileEngine, folder: SourceFolder,
        now: @escaping @Sendable () -> Int64, work: Work? = nil
    ) {
        self.catalog = catalog
        self.engine = engine
        self.folder = folder
        self.now = now
        self.work = work
    }

    /// Carries the import out, if there is a file to import. Throws what `ProfileImporting` says,
    /// and trouble of the catalog.
    package func begin(_ job: FileImport) throws {
        guard let work, try catalog.history.beginImport(job.id) else { return }
        do {
            if work.isCancelled() { throw CancellationError() }
            var options = job.choices.options
            options.badRowsPath = work.badRowsPath
            let summary = try engine.requireImporting().importProfiles(
                work.file, options: options, mark: job.id.rawValue,
                now: Timestamp(milliseconds: now()),
                progress: work.progress, isCancelled: work.isCancelled)
            try catalog.history.completeImport(job.id, summary)
        } catch is CancellationError {
            try catalog.history.cancelImport(job.id, by: Actor(name: job.actor))
            throw CancellationError()
        } catch {
            // Why it could not be written down matters less than why the import failed; what is in is found by
            // its mark.
            if (try? engine.importing?.lastImport())?.mark != job.id.rawValue {
                try? catalog.history.failImport(job.id, ImportCarrier.trouble(error))
            }
            throw error
        }
    }

    package func leave(_ id: FileImport.ID) {}

    package func stop(_ id: FileImport.ID) -> Bool { false }

    package func standing(of id: FileImport.ID) -> ImportStanding? { nil }

    /// Throws what `ImportPort` says.
    package func open(_ job: FileImport) throws -> ImportFile {
        if job.source != nil { return try folder.open(job.fileName) }
        guard let work else {
            throw ImportTrouble("missing-file")
        }
        return work.file
    }

    /// Throws what `ImportPort` says.
    package func open(sourceFile name: String) throws -> ImportFile { try folder.open(name) }

    /// Throws what `ImportPort` says.
    package func bytes(ofSourceFile name: String) throws -> Int { try folder.look(at: name).bytes }

    /// The files are the person's own.
    package func removeFiles(of job: FileImport) {}
}
