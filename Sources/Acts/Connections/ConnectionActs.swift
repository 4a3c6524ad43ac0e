package import Access
import Delivery
package import Exports
import Profiles
import Store

/// The connections that whoever asks may use, a page at a time in the order of their ids.
package struct ListConnections: RemoteAct {
    package static let needs = Permission.changeExports
    package let page: PageRequest

    package init(page: PageRequest = PageRequest()) {
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<ConnectionAnswer> {
        try page.page(all: acts.admitted(asker), .connections) { try acts.answer($0, for: asker) }
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/connections", query: page.query)
    }
}

/// One connection, as far as the asker may see it.
package struct ShowConnection: RemoteAct {
    package static let needs = Permission.changeExports
    package let connection: Reference<ConnectionKind>

    package init(_ connection: Reference<ConnectionKind>) {
        self.connection = connection
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> ConnectionAnswer {
        try acts.answer(try acts.usableConnection(connection, by: asker), for: asker)
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall("GET", "/api/v1/connections/\(try await things.id(ofConnection: connection))")
    }
}

/// Removes a connection and its secrets. Refused while exports use it.
package struct RemoveConnection: RemoteAct {
    package static let needs = Permission.manageConnections
    package let connection: Reference<ConnectionKind>

    package init(_ connection: Reference<ConnectionKind>) {
        self.connection = connection
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Done {
        let id = try acts.usableConnection(connection, by: asker).id
        try acts.catalog.setup.removeConnection(id: id, by: asker.actor)
        acts.exports.forget(id)
        return Done()
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall("DELETE", "/api/v1/connections/\(try await things.id(ofConnection: connection))")
    }
}

/// Tries the account of a connection, and whether its key may import; keeps what was found.
package struct CheckConnection: RemoteAct {
    package static let needs = Permission.manageConnections
    package let connection: Reference<ConnectionKind>

    package init(_ connection: Reference<ConnectionKind>) {
        self.connection = connection
    }

    package func perform(
        by asker: Asker, in acts: ActContext
    ) async throws -> ConnectionCheckAnswer {
        let stored = try acts.usableConnection(connection, by: asker)
        var trouble: ConnectionCheckAnswer.Trouble?
        if case .fails(let code, let told) = try await acts.connectionDesk.checkAgain(stored) {
            trouble = .init(code: code.rawValue, detail: told)
        }
        return ConnectionCheckAnswer(
            works: trouble == nil, trouble: trouble,
            connection: try acts.answer(
                try acts.usableConnection(.id(stored.id), by: asker), for: asker))
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall(
            "POST", "/api/v1/connections/\(try await things.id(ofConnection: connection))/check",
            body: [String: String]())
    }
}

/// Takes the account off every export, and stops their runs.
package struct EndTransfer: RemoteAct {
    package static let needs = Permission.manageConnections
    package let connection: Reference<ConnectionKind>

    package init(_ connection: Reference<ConnectionKind>) {
        self.connection = connection
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> ConnectionAnswer {
        let stored = try acts.usableConnection(connection, by: asker)
        try acts.runs.endTransfer(stored, by: asker.actor)
        return try acts.answer(stored, for: asker)
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall(
            "POST", "/api/v1/connections/\(try await things.id(ofConnection: connection))/end",
            body: [String: String]())
    }
}

/// The lists of an account; it is asked at most once a minute.
package struct ListAccountLists: RemoteAct {
    package static let needs = Permission.changeExports
    package let connection: Reference<ConnectionKind>

    package init(_ connection: Reference<ConnectionKind>) {
        self.connection = connection
    }

    package func perform(
        by asker: Asker, in acts: ActContext
    ) async throws -> ContentsAnswer<DestinationList> {
        ContentsAnswer(items: try await acts.offer(connection, by: asker).lists ?? [])
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall("GET", "/api/v1/connections/\(try await things.id(ofConnection: connection))/lists")
    }
}

/// The custom fields of an account; it is asked at most once a minute.
package struct ListAccountFields: RemoteAct {
    package static let needs = Permission.changeExports
    package let connection: Reference<ConnectionKind>

    package init(_ connection: Reference<ConnectionKind>) {
        self.connection = connection
    }

    package func perform(
        by asker: Asker, in acts: ActContext
    ) async throws -> ContentsAnswer<DestinationField> {
        ContentsAnswer(items: try await acts.offer(connection, by: asker).fields ?? [])
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall(
            "GET", "/api/v1/connections/\(try await things.id(ofConnection: connection))/fields")
    }
}

extension ThingFinder {
    func id(ofConnection connection: Reference<ConnectionKind>) async throws -> Connection.ID {
        try await id(of: connection, noun: "connection", in: "/api/v1/connections")
    }
}

extension ActContext {
    /// The connections that whoever asks may use. Throws what the catalog throws.
    package func connections(for asker: Asker) throws -> [ConnectionAnswer] {
        try admitted(asker).map { try answer($0, for: asker) }
    }

    fileprivate func admitted(_ asker: Asker) throws -> [Connection] {
        try catalog.setup.connections().filter { $0.audience.admits(asker.role) }
    }

    /// Tries accounts out.
    var connectionDesk: ConnectionDesk {
        ConnectionDesk(accounts: accounts, catalog: catalog, patience: checkPatience)
    }

    /// A connection that whoever asks may use; one that is not shared with them is none at all. Throws `Refusal`.
    func usableConnection(_ reference: Reference<ConnectionKind>, by asker: Asker) throws
        -> Connection
    {
        switch reference {
        case .id(let id):
            if let found = try catalog.setup.connection(id: id), found.audience.admits(asker.role) {
                return found
            }
            throw Refusal(.notFound, ["noun": .word("connection"), "id": .digits(id)])
        case .name(let name):
            let found = try catalog.setup.connection(named: name)
            guard found.audience.admits(asker.role) else {
                throw Refusal(.notFound, ["noun": .word("connection"), "name": .text(name)])
            }
            return found
        }
    }

    func answer(_ connection: Connection, for asker: Asker) throws -> ConnectionAnswer {
        guard asker.role == .administrator else {
            return ConnectionAnswer(connection, details: nil)
        }
        return ConnectionAnswer(
            connection,
            details: ConnectionDetails(
                connection, accounts.destinations.descriptor(of: connection.destination),
                exports: try catalog.setup.exports(ofConnection: connection.id)))
    }

    /// What an account has to choose from. Throws `DestinationError` when it does not answer.
    fileprivate func offer(
        _ reference: Reference<ConnectionKind>, by asker: Asker
    ) async throws -> AccountOffer {
        let offer = try await exports.offer(try usableConnection(reference, by: asker).id)
        if let trouble = offer.trouble { throw trouble }
        return offer
    }
}
