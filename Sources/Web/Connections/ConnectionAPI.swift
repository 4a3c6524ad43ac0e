import Access
import Acts
import Delivery
import Exports
import HTTPTypes
import Hummingbird
import Service
import Store

/// Connections: administrators see all of them, contributors the names of those shared with them.
struct ConnectionAPI: Sendable {
    let services: Services
    let desk: ConnectionDesk
    let signInDesk: SignInDesk

    init(_ routes: GuardedRoutes) {
        services = routes.services
        signInDesk = routes.signInDesk
        desk = ConnectionDesk(
            accounts: services.accounts, catalog: services.catalog,
            patience: services.settings.patience.check)
    }

    func add(to routes: GuardedRoutes) {
        let path = "/api/v1/connections"
        routes.api(.get, path, needs: .changeExports, use: list)
        routes.api(.post, path, needs: .manageConnections, use: add)
        routes.api(.get, "\(path)/{id}", needs: .changeExports) { caller in
            .json(
                try value(try services.usableConnection(try caller.id(), by: caller), for: caller))
        }
        routes.api(.patch, "\(path)/{id}", needs: .manageConnections, use: change)
        routes.api(.delete, "\(path)/{id}", needs: .manageConnections, use: remove)
        routes.api(.post, "\(path)/{id}/check", needs: .manageConnections, use: check)
        routes.api(.post, "\(path)/{id}/end", needs: .manageConnections, use: endTransfer)
        routes.api(.get, "\(path)/{id}/lists", needs: .changeExports, use: lists)
        routes.api(.get, "\(path)/{id}/fields", needs: .changeExports, use: fields)
    }

    // MARK: Looking

    private func list(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.connections)
        let admitted = try services.catalog.setup.connections().filter {
            $0.audience.admits(caller.role)
        }
        return .json(
            try page.answer(all: admitted, .connections) { try value($0, for: caller) })
    }

    func value(_ connection: Connection, for caller: Caller) throws -> JSONValue {
        guard caller.role == .administrator else { return JSONValue(shared: connection) }
        return JSONValue(
            connection, exports: try services.catalog.setup.exports(ofConnection: connection.id))
    }

    private func lists(_ caller: Caller) async throws -> Response {
        let lists = try await offer(caller).lists ?? []
        let value: JSONValue = [
            "items": .array(lists.map { ["id": .string($0.id), "name": .string($0.name)] })
        ]
        return .json(value)
    }

    private func fields(_ caller: Caller) async throws -> Response {
        let fields = try await offer(caller).fields ?? []
        let value: JSONValue = [
            "items": .array(
                fields.map {
                    [
                        "id": .string($0.id), "title": .string($0.title),
                        "kind": .string($0.kind),
                    ]
                })
        ]
        return .json(value)
    }

    /// What the account has to choose from; it is asked at most once a minute.
    private func offer(_ caller: Caller) async throws -> AccountOffer {
        let connection = try services.usableConnection(try caller.id(), by: caller)
        let offer = try await services.exports.offer(connection.id)
        if let trouble = offer.trouble { throw trouble }
        return offer
    }

    // MARK: Changing

    private func remove(_ caller: Caller) throws -> Response {
        try services.catalog.setup.removeConnection(id: try caller.id(), by: caller.actor)
        return .done
    }

    private func check(_ caller: Caller) async throws -> Response {
        let connection = try await bodiless(caller)
        let trouble: JSONValue
        switch try await desk.checkAgain(connection) {
        case .works: trouble = .null
        case .fails(let code, let detail):
            trouble = ["code": .string(code.rawValue), "detail": .string(detail)]
        }
        let value: JSONValue = [
            "works": .bool(trouble == .null), "trouble": trouble,
            "connection": try self.value(
                try services.usableConnection(connection.id, by: caller), for: caller),
        ]
        return .json(value)
    }

    /// Takes the account off every export, and stops their runs.
    private func endTransfer(_ caller: Caller) async throws -> Response {
        let connection = try await bodiless(caller)
        try services.runs.endTransfer(connection, by: caller.actor)
        return .json(try value(connection, for: caller))
    }

    private func bodiless(_ caller: Caller) async throws -> Connection {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        return try services.usableConnection(try caller.id(), by: caller)
    }
}
