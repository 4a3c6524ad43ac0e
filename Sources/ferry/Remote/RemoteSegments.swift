import Foundation

/// A segment as the API tells it.
struct RemoteSegment: Decodable, RemoteNamed {
    let id: Int64
    let name: String
    let kind: String
    let rule: String?
    let state: String
    let members: Int?
}

/// A segment as the API takes it.
struct RemoteNewSegment: Encodable {
    let name: String
    let kind: String
    let rule: String?
    let ids: [String]?
}

/// An attribute of profiles as the API tells it.
struct RemoteAttribute: Decodable {
    let name: String
    let kind: String
}

extension RemoteService {
    func segments() async throws -> [RemoteSegment] {
        try await list("/api/v1/segments", as: RemoteSegment.self)
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    func segment(named name: String) async throws -> RemoteSegment {
        try await named(name, in: "/api/v1/segments", noun: "segment")
    }

    func attributes() async throws -> [RemoteAttribute] {
        struct Answer: Decodable { let items: [RemoteAttribute] }
        let answer: Answer = try await get("/api/v1/attributes")
        return answer.items
    }

    /// How many attributes a table of profiles shows.
    private static let columnsMax = 8

    /// The first attributes, which a table of profiles shows.
    func columns() async throws -> [String] {
        try await attributes().prefix(Self.columnsMax).map(\.name)
    }

    /// A segment with its members counted now.
    func counted(_ segment: RemoteSegment) async throws -> RemoteSegment {
        try await get("/api/v1/segments/\(segment.id)", ["count": "true"])
    }

    func count(rule: String) async throws -> Int {
        struct Answer: Decodable { let count: Int }
        return try await send(
            "POST", "/api/v1/segments/count", ["rule": rule], as: Answer.self
        ).count
    }

    /// Members of a segment in the order of their ids.
    func members(
        of segment: RemoteSegment, after: String?, limit: Int
    ) async throws -> [ProfileView] {
        var found: [ProfileView] = []
        try await each("/api/v1/segments/\(segment.id)/members", as: RemoteProfile.self) {
            profile in
            if after.map({ profile.id.utf8.lexicographicallyPrecedes($0.utf8) || profile.id == $0 })
                != true
            {
                found.append(ProfileView(profile))
            }
            return found.count < limit
        }
        return found
    }

    func addSegment(named name: String, rule: String) async throws {
        _ = try await send(
            "POST", "/api/v1/segments", ["name": name, "rule": rule], as: RemoteSegment.self)
    }

    func changeSegment(named name: String, rule: String?, state: String?) async throws {
        let segment = try await segment(named: name)
        var body: [String: String] = [:]
        body["rule"] = rule
        body["state"] = state
        _ = try await send(
            "PATCH", "/api/v1/segments/\(segment.id)", body, as: RemoteSegment.self)
    }
}
