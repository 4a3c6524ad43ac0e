import Access
import Exports
import Runs
import Store

/// Rights on single things, as on the pages.
extension Services {
    /// An export that is there; reading one is everybody's right.
    func export(_ id: Export.ID) throws -> Export {
        guard let export = try catalog.export(id: id) else {
            throw WebProblem(.notFound, "There is no export \(id).")
        }
        return export
    }

    /// Who may use the account an export goes to; nil when it has none.
    func audience(of export: Export) throws -> Audience? {
        nil
    }

    func right(of caller: Caller, over export: Export) throws -> ExportRight {
        ExportRight.of(
            caller.role, connectionAudience: try audience(of: export),
            hasConnection: export.connection != nil)
    }

    /// Throws when the caller may only look at the export.
    func requireChange(of export: Export, by caller: Caller) throws {
        guard try right(of: caller, over: export) == .change else {
            throw WebProblem(
                .notAllowed,
                "The connection of the export '\(export.name)' is not shared with contributors.")
        }
    }
}
