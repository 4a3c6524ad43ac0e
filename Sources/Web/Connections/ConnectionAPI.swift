import Acts
import Delivery
import Exports
import Hummingbird
import Store

/// Connections: administrators see all of them, contributors the names of those shared with them.
struct ConnectionAPI: Sendable {
    let destinations: Destinations

    init(_ routes: GuardedRoutes) {
        destinations = routes.services.accounts.destinations
    }

    func add(to routes: GuardedRoutes) {
        let path = "/api/v1/connections"
        routes.act(.get, path) { ListConnections(page: try $0.page(.connections)) }
        routes.act(.post, path, readNew) { answer, _ in
            .created(answer, at: "\(path)/\(answer.id)")
        }
        routes.act(.get, "\(path)/{id}") { ShowConnection(.id(try $0.id())) }
        routes.act(.patch, "\(path)/{id}", readChange)
        routes.act(.delete, "\(path)/{id}") { RemoveConnection(.id(try $0.id())) }
        routes.act(.post, "\(path)/{id}/check") { CheckConnection(.id(try await bodiless($0))) }
        routes.act(.post, "\(path)/{id}/end") { EndTransfer(.id(try await bodiless($0))) }
        routes.act(.get, "\(path)/{id}/lists") { ListAccountLists(.id(try $0.id())) }
        routes.act(.get, "\(path)/{id}/fields") { ListAccountFields(.id(try $0.id())) }
    }

    private func bodiless(_ caller: Caller) async throws -> Connection.ID {
        var body = try await caller.body(isOptional: true)
        try body.end()
        return try caller.id()
    }
}
