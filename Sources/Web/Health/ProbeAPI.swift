import Access
import Acts
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Service
import Store

/// What watches over the service asks: is it there, can it work, how much has it done.
struct ProbeAPI: Sendable {
    let services: Services
    let health: ServiceHealth
    let roll: ConnectionRoll

    func add(to routes: GuardedRoutes) {
        routes.openAPI("/health/live") { _ in .json(["status": "live"] as JSONValue) }
        routes.openAPI("/health/ready", use: ready)
        routes.api(.get, "/metrics", needs: .useAPI, use: metrics)
    }

    private func ready(_ visitor: Visitor) throws -> Response {
        guard health.carriesOutRuns else {
            throw WebProblem(.unavailable, "Runs are not carried out: starting or stopping.")
        }
        do {
            _ = try services.catalog.people.hasAdministrator()
        } catch {
            services.logger.error(
                "The catalog does not answer.", metadata: ["error.type": "\(type(of: error))"])
            throw WebProblem(.unavailable, "The catalog does not answer.")
        }
        return .json(["status": "ready"] as JSONValue)
    }

    private func metrics(_ caller: Caller) throws -> Response {
        let open = try services.catalog.ledger.openRuns().filter { $0.state != .held }
        let underWay = open.count { services.runs.progress(of: $0.id) != nil }
        let text = Metrics.text(
            totals: try services.catalog.ledger.runTotals(), underWay: underWay,
            waiting: open.count - underWay, answers: health.answers,
            connections: roll.count, closed: roll.closed, bodyBytes: services.bodies.bytes,
            startedAt: health.startedAt)
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
