import Access
import Acts
import HTTPTypes
import Hummingbird
import NIOCore
import Store

/// Rehearsals: what a run would do, found out without doing it.
struct RehearsalAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        routes.api(.post, "/api/v1/exports/{id}/rehearsals", needs: .readExports, use: start)
        routes.api(.get, "/api/v1/rehearsals/{id}", needs: .readExports) { caller in
            .json(JSONValue(try rehearsal(caller)))
        }
        routes.api(.post, "/api/v1/rehearsals/{id}/cancel", needs: .readExports, use: cancel)
        routes.api(.get, "/api/v1/rehearsals/{id}/rows.csv", needs: .readExports, use: download)
    }

    /// Begins; asking again while one's own is under way answers that one.
    private func start(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        let export = try services.exportEntry(try caller.id()).export
        let id = services.rehearsals.start(export, by: caller.actor)
        guard let rehearsal = services.rehearsals.rehearsal(id) else {
            throw WebProblem(.conflict, "Too many rehearsals began at the same moment.")
        }
        return .created(JSONValue(rehearsal), at: "/api/v1/rehearsals/\(id)")
    }

    /// One's own, and anybody's for those who may run exports.
    private func cancel(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        let rehearsal = try rehearsal(caller)
        guard rehearsal.actor == caller.actor || caller.role.allows(.runExports) else {
            throw WebProblem(.notAllowed, "The rehearsal is somebody else's.")
        }
        services.rehearsals.cancel(rehearsal.id)
        return .json(JSONValue(try self.rehearsal(caller)))
    }

    /// Every row, of a plan that is made anew while it is downloaded.
    private func download(_ caller: Caller) throws -> Response {
        let rehearsal = try rehearsal(caller)
        guard case .done = rehearsal.state else {
            throw WebProblem(.conflict, "The rehearsal has no plan, or not yet.")
        }
        let pieces = try services.rehearsals.download(rehearsal.export, encode: CSVText.row)
        var response = Response(
            status: .ok, headers: [.contentType: "text/csv; charset=utf-8"],
            body: ResponseBody(asyncSequence: pieces.map { ByteBuffer(bytes: $0) }))
        response.headers[.contentDisposition] = "attachment; filename=\"plan.csv\""
        return response
    }

    private func rehearsal(_ caller: Caller) throws -> Rehearsal {
        guard let id = caller.visitor.parameters.get("id"),
            let rehearsal = services.rehearsals.rehearsal(id)
        else {
            throw WebProblem(
                .notFound, "There is no such rehearsal, or it is not kept any more.")
        }
        return rehearsal
    }
}
