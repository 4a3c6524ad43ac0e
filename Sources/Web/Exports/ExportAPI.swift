import Access
import Acts
import Exports
import Hummingbird
import Service
import Store

/// Exports: what goes where, and as what. Saving never runs.
struct ExportAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        let path = "/api/v1/exports"
        routes.api(.get, path, needs: .readExports, use: list)
        routes.api(.post, path, needs: .changeExports, use: add)
        routes.api(.get, "\(path)/{id}", needs: .readExports) { caller in
            .json(JSONValue(try services.exportEntry(try caller.id()), for: caller.role))
        }
        routes.api(.put, "\(path)/{id}", needs: .changeExports, use: change)
        routes.api(.delete, "\(path)/{id}", needs: .changeExports, use: remove)
        routes.api(.post, "\(path)/{id}/detach", needs: .changeExports, use: detach)
    }

    private func list(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.exports)
        let entries = try services.catalog.setup.exportEntries(limit: .max)
        return .json(
            try page.answer(all: entries, .exports) { JSONValue($0, for: caller.role) })
    }

    private func add(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request)
        let (export, warnings) = try await export(from: &body, stored: nil, caller)
        let added = try services.exports.add(export, by: caller.actor)
        return .created(
            try saved(added.id, warnings, caller), at: "/api/v1/exports/\(added.id)")
    }

    private func change(_ caller: Caller) async throws -> Response {
        let stored = try services.changeableExport(try caller.id(), by: caller)
        var body = try await APIBody.read(caller.request)
        let (export, warnings) = try await export(from: &body, stored: stored, caller)
        _ = try services.exports.change(export, by: caller.actor)
        return .json(try saved(stored.id, warnings, caller))
    }

    private func saved(
        _ id: Export.ID, _ warnings: [ExportFinding], _ caller: Caller
    ) throws -> JSONValue {
        [
            "export": JSONValue(try services.exportEntry(id), for: caller.role),
            "warnings": .array(
                warnings.map {
                    [
                        "field": .string(ExportDraftJSON.path(of: $0.field)),
                        "code": .string($0.code.rawValue), "detail": .string($0.description),
                    ]
                }),
        ]
    }

    /// The export that a body asks for, looked up and checked as the form does it.
    private func export(
        from body: inout APIBody, stored: Export?, _ caller: Caller
    ) async throws -> (Export, [ExportFinding]) {
        let wanted = ExportDraftJSON.read(&body)
        try body.end()
        guard let wanted else { throw WebProblem(.invalid) }
        let checked = try await services.exports.check(
            wanted.draft, connection: wanted.connection, stored: stored, as: caller.role)
        guard let export = checked.export else {
            throw WebProblem(
                .invalid, "The export cannot be saved like this.",
                findings: checked.findings.filter { !$0.isWarning }.map {
                    .init(
                        field: ExportDraftJSON.path(of: $0.field), code: $0.code.rawValue,
                        detail: $0.description)
                })
        }
        return (export, checked.findings)
    }

    private func remove(_ caller: Caller) throws -> Response {
        let export = try services.changeableExport(try caller.id(), by: caller)
        try services.catalog.setup.removeExport(export.id, by: caller.actor)
        return .done
    }

    /// A run of the export stops sending.
    private func detach(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        let export = try services.changeableExport(try caller.id(), by: caller)
        try services.runs.detach(export, by: caller.actor)
        return .json(JSONValue(try services.exportEntry(export.id), for: caller.role))
    }
}
