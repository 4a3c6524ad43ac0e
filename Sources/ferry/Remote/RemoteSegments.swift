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

/// An attribute of profiles as the API tells it.
struct RemoteAttribute: Decodable {
    let name: String
    let kind: String
}

extension RemoteService {
    func segments() async throws -> [RemoteSegment] {
        try await list("/api/v1/segments")
    }

    func segment(named name: String) async throws -> RemoteSegment {
        try await named(name, in: "/api/v1/segments", noun: "segment")
    }

    func attributes() async throws -> [RemoteAttribute] {
        struct Answer: Decodable { let items: [RemoteAttribute] }
        let answer: Answer = try await get("/api/v1/attributes")
        return answer.items
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
