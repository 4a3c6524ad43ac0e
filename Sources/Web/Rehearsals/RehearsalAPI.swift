import Acts
import HTTPTypes
import Hummingbird
import NIOCore
import Profiles

/// Rehearsals: what a run would do, found out without doing it.
struct RehearsalAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        let path = "/api/v1/rehearsals"
        routes.act(
            .post, "/api/v1/exports/{id}/rehearsals",
            { StartRehearsal(.id(try await $0.idAlone())) },
            answer: { rehearsal, _ in .created(rehearsal, at: "\(path)/\(rehearsal.id)") })
        routes.act(.get, "\(path)/{id}") { ShowRehearsal($0.visitor.rehearsal) }
        routes.act(.post, "\(path)/{id}/cancel") { caller in
            try await caller.readNothing()
            return CancelRehearsal(caller.visitor.rehearsal)
        }
        routes.api(.get, "\(path)/{id}/rows.csv", needs: ShowRehearsal.needs) { caller in
            try .plan(ofRehearsal: caller.visitor.rehearsal, in: services.acts)
        }
    }
}

extension Visitor {
    /// The rehearsal that the path names.
    var rehearsal: Rehearsal.ID { parameters.get("id") ?? "" }
}

extension Response {
    /// Every row, of a plan that is made anew while it is downloaded.
    static func plan(
        ofRehearsal id: Rehearsal.ID, in acts: ActContext
    ) throws -> Response {
        let pieces = try acts.rows(ofRehearsal: id, encode: CSVText.row)
        var response = Response(
            status: .ok, headers: [.contentType: "text/csv; charset=utf-8"],
            body: ResponseBody(asyncSequence: pieces.map { ByteBuffer(bytes: $0) }))
        response.headers[.contentDisposition] = "attachment; filename=\"plan.csv\""
        return response
    }
}
