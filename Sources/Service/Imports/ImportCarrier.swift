import Access
import Exports
import Foundation
import Profiles
import Store

/// One import, from its file to what is written down of it.
struct ImportCarrier {
    private let center: ImportCenter
    private let job: FileImport
    private let progress: @Sendable (ImportProgress) -> Void
    private let isCancelled: @Sendable () -> Bool

    init(
        _ center: ImportCenter, _ job: FileImport,
        _ progress: @escaping @Sendable (ImportProgress) -> Void,
        _ isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.center = center
        self.job = job
        self.progress = progress
        self.isCancelled = isCancelled
    }

    func run() throws -> ImportSummary {
        let (summary, fingerprint) = try attempts()
        try center.catalog.history.completeImport(
            job.id, summary, badRows: ImportCenter.badRowsName(job, summary),
            fingerprint: fingerprint)
        if let upload = job.upload { center.uploads.remove(upload) }
        if summary.skipped == 0 { center.removeBadRows(of: job) }
        return summary
    }

    /// A file that was changed while it was read is read once more.
    private func attempts() throws -> (ImportSummary, fingerprint: String?) {
        do {
            return try attempt()
        } catch let error as ImportError where error.code == .fileChanged && job.source != nil {
            return try attempt()
        }
    }

    private func attempt() throws -> (ImportSummary, fingerprint: String?) {
        let file = try center.open(job)
        let fingerprint =
            job.source == nil ? nil : try file.fingerprint(isCancelled: isCancelled)
        var options = job.choices.options
        options.badRowsPath =
            job.choices.skipsBadRows
            ? center.uploads.file(ImportCenter.badRowsName(job)) : nil
        // Bad rows of a source may be the first that lie there.
        if job.choices.skipsBadRows { try center.uploads.make() }
        do {
            let summary = try center.engine.requireImporting().importProfiles(
                file, options: options, mark: job.id.rawValue,
                now: Timestamp(milliseconds: center.now()), progress: progress,
                isCancelled: isCancelled)
            return (summary, fingerprint)
        } catch let error as ImportError {
            // Whatever else is wrong with rows of a file that was written to is no news.
            try file.checkUnchanged()
            throw error
        }
    }

    private static func trouble(_ error: EngineError) -> ImportTrouble {
        switch error.code {
        case .storageFull:
            ImportTrouble("storage-full")
        case .unavailable:
            ImportTrouble(
                error.code.rawValue, Remark("engine-unavailable", ["what": .word("importing")]))
        default:
            ImportTrouble("internal-error")
        }
    }

    /// What an error means to whoever reads of it.
    static func trouble(_ error: any Error) -> ImportTrouble {
        switch error {
        case let error as ImportTrouble: error
        case let error as ImportError: ImportTrouble(error)
        case is UploadFolder.Trouble:
            ImportTrouble("cannot-write-bad-rows")
        case let error as EngineError: trouble(error)
        case let error as StoreError: ImportTrouble(error.code.rawValue, Remark(error))
        default:
            ImportTrouble(StoreError.isDiskFull(error) ? "storage-full" : "internal-error")
        }
    }
}
