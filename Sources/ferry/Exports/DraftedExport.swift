import Acts
import Exports
import SQLiteEngine
import Segments
import Store

extension ExportResolver {
    /// A resolver over what this data directory holds.
    init(
        workspace: Workspace, lists: [DestinationList]?, fields: [DestinationField]?,
        segments: SegmentLibrary
    ) throws {
        self.init(
            schema: try workspace.engine.schema(), lists: lists, fields: fields, segments: segments)
    }

    /// The export, and what a person should know although it does not stop them. The first thing that is
    /// wrong is thrown.
    func export(
        of draft: ExportDraft, connection: Connection.ID?, in workspace: Workspace? = nil
    ) throws -> (export: Export, warnings: [String]) {
        let (export, findings) = resolve(draft, connection: connection)
        guard let export, findings.allSatisfy(\.isWarning) else {
            guard let finding = findings.first(where: { !$0.isWarning }) else {
                preconditionFailure("A draft without findings became no export.")
            }
            if case .segmentUnknown = finding.code, let name = finding.values["segment"] {
                // Looked up for its error, which names the nearest.
                _ = try workspace?.catalog.setup.segment(named: name)
            }
            guard finding.code.isUnknownThing else { throw UsageError(finding.description) }
            throw StoreError(.notFound, finding.description)
        }
        // That a date is text in the end is nothing to stop for here.
        let warnings = findings.filter { $0.code != .arrivesAsText }
        return (export, warnings.map(\.description))
    }
}
