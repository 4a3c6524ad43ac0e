import Access
import Exports
import Hummingbird
import Runs
import Store

/// Exports: what goes where, and as what.
struct ExportAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        routes.api(.get, "/api/v1/exports", needs: .readExports, use: list)
        routes.api(.get, "/api/v1/exports/{id}", needs: .readExports) { caller in
            .json(try value(try services.export(try caller.id()), for: caller))
        }
        routes.api(.delete, "/api/v1/exports/{id}", needs: .changeExports, use: remove)
        routes.api(.post, "/api/v1/exports/{id}/detach", needs: .changeExports, use: detach)
    }

    private func list(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.exports)
        return .json(
            try page.answer(all: try services.catalog.exports(), .exports) {
                try value($0, for: caller)
            })
    }

    private func value(_ export: Export, for caller: Caller) throws -> JSONValue {
        let connection = try export.connection.flatMap { try services.catalog.connection(id: $0) }
        return JSONValue(
            export, connectionName: connection?.name,
            right: try services.right(of: caller, over: export))
    }

    private func remove(_ caller: Caller) throws -> Response {
        let export = try services.export(try caller.id())
        try services.requireChange(of: export, by: caller)
        try services.catalog.removeExport(named: export.name, by: caller.actor)
        return .done
    }

    /// A run of the export stops sending.
    private func detach(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        let export = try services.export(try caller.id())
        try services.requireChange(of: export, by: caller)
        try services.runs.detach(export, by: caller.actor)
        return .json(try value(try services.export(export.id), for: caller))
    }
}
