import Access
import Exports
import Foundation
package import Profiles
package import Store

extension ImportCenter {
    /// How long an upload waits to be imported, and how long rows that were set aside are kept.
    static let uploadLifetime: Int64 = 24 * 3_600_000
    static let badRowsLifetime: Int64 = 7 * 24 * 3_600_000

    static func badRowsName(_ job: FileImport) -> String { "bad-rows-\(job.id).csv" }

    /// Nil when no row was set aside.
    static func badRowsName(_ job: FileImport, _ summary: ImportSummary) -> String? {
        summary.skipped > 0 ? badRowsName(job) : nil
    }

    func removeBadRows(of job: FileImport) { uploads.remove(Self.badRowsName(job)) }

    package func removeFiles(of job: FileImport) {
        if let upload = job.upload { uploads.remove(upload) }
        removeBadRows(of: job)
        // The files are gone; that their names are still written down is put right at the next start.
        try? catalog.history.forgetFiles(ofImport: job.id)
    }

    /// Where the rows lie that an import set aside; nil when there are none, or no longer.
    package func badRowsPath(of job: FileImport) -> String? {
        guard let name = job.badRows else { return nil }
        let path = uploads.file(name)
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// Removes uploads that nobody imported within a day, bad rows after a week, and files that belong to
    /// no import. Throws trouble of the catalog.
    package func clearAway() throws {
        let time = now()
        var known: Set<String> = []
        for job in try catalog.history.importsWithFiles() {
            let isUnderWay = job.state == .waiting || job.state == .running
            let age = time - (job.endedAt ?? job.createdAt)
            let lifetime = job.state == .done ? Self.badRowsLifetime : Self.uploadLifetime
            if !isUnderWay, age > lifetime, try expire(job) {
                removeFiles(of: job)
            } else {
                known.insert(Self.badRowsName(job))
                if let upload = job.upload { known.insert(upload) }
            }
        }
        for name in uploads.names() where !known.contains(name) {
            // One that is being uploaded at this moment is young.
            guard let writtenAt = uploads.writtenAt(name), time - writtenAt > 3_600_000 else {
                continue
            }
            uploads.remove(name)
        }
    }

    /// Throws a draft away that was left too long; anything else has ended by itself. False when somebody has
    /// started or ended it meanwhile.
    private func expire(_ job: FileImport) throws -> Bool {
        guard job.state == .draft else { return true }
        do {
            try catalog.history.cancelImport(job.id, in: .draft, .expired, by: Self.service)
            return true
        } catch let error as StoreError
            where error.code == .importEnded || error.code == .importUnderWay
        {
            return false
        }
    }

    // MARK: Opening

    /// Throws what `ImportPort` says.
    package func open(_ job: FileImport) throws -> ImportFile {
        if job.source != nil { return try folder.open(job.fileName) }
        guard let upload = job.upload else {
            throw ImportTrouble("missing-file")
        }
        return try ImportFile(regularFile: uploads.file(upload), named: job.fileName)
    }

    /// Throws what `ImportPort` says.
    package func open(sourceFile name: String) throws -> ImportFile { try folder.open(name) }

    /// Throws what `ImportPort` says.
    package func bytes(ofSourceFile name: String) throws -> Int { try folder.look(at: name).bytes }
}
