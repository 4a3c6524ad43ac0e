import Access
import Exports
import Hummingbird
import Store

/// Connections: administrators see all of them, contributors the names of those shared with them.
struct ConnectionAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        routes.api(.get, "/api/v1/connections", needs: .changeExports, use: list)
        routes.api(.get, "/api/v1/connections/{id}", needs: .changeExports) { caller in
            .json(try value(try connection(caller), for: caller))
        }
    }

    private func list(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.connections)
        let admitted = try services.catalog.connections().filter { isAdmitted(caller, to: $0) }
        return .json(
            try page.answer(all: admitted, .connections) { try value($0, for: caller) })
    }

    private func isAdmitted(_ caller: Caller, to connection: Connection) -> Bool {
        caller.role == .administrator
    }

    private func value(_ connection: Connection, for caller: Caller) throws -> JSONValue {
        guard caller.role == .administrator else { return JSONValue(shared: connection) }
        let exports = try services.catalog.exports().filter { $0.connection == connection.id }
        return JSONValue(connection, exports: exports)
    }

    /// A connection that is not shared is none at all to a contributor.
    private func connection(_ caller: Caller) throws -> Connection {
        let id = try caller.id()
        guard let connection = try services.catalog.connection(id: id),
            isAdmitted(caller, to: connection)
        else {
            throw WebProblem(.notFound, "There is no connection \(id).")
        }
        return connection
    }
}
