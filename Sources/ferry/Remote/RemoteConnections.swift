import Exports

/// A connection as the API tells it; contributors see its name and type alone.
struct RemoteConnection: Decodable, RemoteNamed {
    let id: Int64
    let name: String
    let type: String
    let host: String?
    let consentBy: String?
    let consentAt: RemoteTime?
    let accountUser: String?
    let contactsMax: Int?
    let contacts: Int?
    let checkedAt: RemoteTime?
    let limits: Limits?
    let exports: [Export]?

    struct Limits: Codable {
        var requestsPerSecond: Int?
        var importsPerMinute: Int?
        var singleImportsPerMinute: Int?

        init(_ pace: QuotaLimits) {
            requestsPerSecond = pace["requests"]
            importsPerMinute = pace["imports"]
            singleImportsPerMinute = pace["single-imports"]
        }

        var pace: QuotaLimits {
            QuotaLimits([
                ("requests", requestsPerSecond), ("imports", importsPerMinute),
                ("single-imports", singleImportsPerMinute),
            ])
        }

        /// Null lifts a limit, so every member is written.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(requestsPerSecond, forKey: .requestsPerSecond)
            try container.encode(importsPerMinute, forKey: .importsPerMinute)
            try container.encode(singleImportsPerMinute, forKey: .singleImportsPerMinute)
        }
    }

    struct Export: Decodable {
        let name: String
    }
}

/// A connection as the API takes it.
struct RemoteNewConnection: Encodable {
    let name: String
    let audience = "administrators"
    let host: String
    let apiKey: String
    let agree = true
    let password: String
}

/// What of a connection is to change.
struct RemoteConnectionChange: Encodable {
    var apiKey: String?
    var limits: RemoteConnection.Limits?
}

/// What a check found.
struct RemoteCheck: Decodable {
    let works: Bool
    let trouble: Trouble?
    let connection: RemoteConnection

    struct Trouble: Decodable {
        let detail: String
    }
}

/// Lists or custom fields of an account.
private struct RemoteContents: Decodable {
    let items: [Item]

    struct Item: Decodable {
        let id: String
        let name: String?
        let title: String?
        let kind: String?
    }
}

extension RemoteService {
    func connections() async throws -> [RemoteConnection] {
        try await list("/api/v1/connections")
    }

    func connection(named name: String) async throws -> RemoteConnection {
        try await named(name, in: "/api/v1/connections", noun: "connection")
    }

    /// Checks an account; throws what is wrong with it.
    func check(
        _ connection: RemoteConnection
    ) async throws -> (RemoteConnection, [DestinationList]) {
        let check: RemoteCheck = try await send(
            "POST", "/api/v1/connections/\(connection.id)/check", EmptyObject())
        guard check.works else {
            throw RemoteProblem(
                status: 200, text: check.trouble?.detail ?? "The account does not answer.")
        }
        return (check.connection, try await accountLists(ofConnection: connection.id))
    }

    func accountLists(ofConnection id: Int64) async throws -> [DestinationList] {
        let found: RemoteContents = try await get("/api/v1/connections/\(id)/lists")
        return found.items.map { DestinationList(id: $0.id, name: $0.name ?? "") }
    }

    func accountFields(ofConnection id: Int64) async throws -> [DestinationField] {
        let found: RemoteContents = try await get("/api/v1/connections/\(id)/fields")
        return found.items.map {
            DestinationField(id: $0.id, title: $0.title ?? "", kind: $0.kind ?? "")
        }
    }

    func change(
        _ connection: RemoteConnection, _ change: RemoteConnectionChange
    ) async throws {
        _ = try await send(
            "PATCH", "/api/v1/connections/\(connection.id)", change, as: RemoteConnection.self)
    }
}
