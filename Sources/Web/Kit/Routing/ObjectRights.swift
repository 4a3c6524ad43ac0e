import Access
import Exports
import Store

/// Rights on single things, as on the pages.
extension Services {
    /// An export with its connection; reading one is everybody's right.
    func exportEntry(_ id: Export.ID) throws -> ExportEntry {
        guard let entry = try catalog.setup.exportEntry(id: id) else {
            throw WebProblem(.notFound, "There is no export \(id).")
        }
        return entry
    }

    /// The export, when the caller may do more than look at it.
    func changeableExport(_ id: Export.ID, by caller: Caller) throws -> Export {
        let entry = try exportEntry(id)
        guard entry.right(of: caller.role) == .change else {
            throw WebProblem(
                .notAllowed,
                "The connection of the export '\(entry.export.name)' is not shared with you.")
        }
        return entry.export
    }

    /// A connection that the caller may use; one that is not shared is none at all to a contributor.
    func usableConnection(_ id: Connection.ID, by caller: Caller) throws -> Connection {
        guard let connection = try catalog.setup.connection(id: id),
            connection.audience.admits(caller.role)
        else {
            throw WebProblem(.notFound, "There is no connection \(id).")
        }
        return connection
    }
}
