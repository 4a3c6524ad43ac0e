package import Profiles

/// Makes profiles of files. Calls block.
package protocol ProfileImporting: Sendable {
    /// Imports a file in one transaction: a file that fails leaves nothing behind. Blocks for as long as it
    /// takes. `mark` is remembered with the summary in the same transaction.
    ///
    /// Throws `ImportError` for what is wrong with the file, `EngineError`, and `CancellationError` when
    /// `isCancelled` said so.
    func importProfiles(
        _ file: ImportFile, options: ImportOptions, mark: Int64?, now: Timestamp,
        progress: (ImportProgress) -> Void, isCancelled: () -> Bool
    ) throws -> ImportSummary

    /// The mark of the last import that had one, and what it did: whatever else was cut short, these
    /// profiles are in. Throws `EngineError`.
    func lastImport() throws -> (mark: Int64, summary: ImportSummary)?
}
