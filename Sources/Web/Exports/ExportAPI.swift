import Acts
import Exports
import Hummingbird

/// Exports: what goes where, and as what. Saving never runs.
struct ExportAPI: Sendable {
    func add(to routes: GuardedRoutes) {
        let path = "/api/v1/exports"
        routes.act(.get, path) { ListExports(page: try $0.page(.exports)) }
        routes.act(.post, path, readNew) { saved, _ in
            .created(saved, at: "\(path)/\(saved.export.id)")
        }
        routes.act(.get, "\(path)/{id}") { ShowExport(.id(try $0.id())) }
        routes.act(.put, "\(path)/{id}", readChange)
        routes.act(.delete, "\(path)/{id}") { RemoveExport(.id(try $0.id())) }
        routes.act(.post, "\(path)/{id}/detach") { DetachExport(.id(try await $0.idAlone())) }
    }

    private func readNew(_ caller: Caller) async throws -> AddExport {
        let wanted = try await ExportDraftJSON.read(caller)
        return AddExport(wanted.draft, connection: wanted.connection.map(Reference.id))
    }

    private func readChange(_ caller: Caller) async throws -> ChangeExport {
        let id: Export.ID = try caller.id()
        let wanted = try await ExportDraftJSON.read(caller)
        return ChangeExport(
            .id(id), wanted.draft, connection: wanted.connection.map(Reference.id))
    }
}
