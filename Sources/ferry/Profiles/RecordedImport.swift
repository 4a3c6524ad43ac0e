import Exports
import Foundation
import Profiles
import Store

extension Workspace {
    /// Imports a file, and writes down what came of it as the service does. What failed is told here and
    /// now, and leaves nothing behind.
    func importRecorded(
        _ file: ImportFile, options: ImportOptions, progress: (ImportProgress) -> Void,
        isCancelled: () -> Bool
    ) throws -> ImportSummary {
        let summary = try engine.requireImporting().importProfiles(
            file, options: options, mark: nil, now: moment, progress: progress,
            isCancelled: isCancelled)
        var stored = options
        stored.badRowsPath = nil
        let name =
            file.path == "-" ? "standard input" : URL(filePath: file.path).lastPathComponent
        let job = try catalog.history.addImport(
            HistoryCatalog.NewImport(
                fileName: name, bytes: file.bytes,
                choices: ImportChoices(stored, skipsBadRows: options.badRowsPath != nil),
                state: .running), by: actor)
        try catalog.history.completeImport(job.id, summary)
        return summary
    }
}
