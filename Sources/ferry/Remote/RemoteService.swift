import Acts
import Foundation
import Transport

/// A running service as the command line uses it: the JSON API, with names looked up and problems told.
struct RemoteService: Sendable {
    private let link: ServiceLink

    init(base: String, token: String) {
        link = ServiceLink(base: base, token: token)
    }

    /// Does something with the service.
    func use<Result>(_ body: (RemoteService) async throws -> Result) async throws -> Result {
        try await body(self)
    }

    // MARK: Requests

    func get<Answer: Decodable>(
        _ path: String, _ query: [String: String?] = [:], as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try decode(await checked(link.send("GET", path + Self.text(of: query))))
    }

    /// Sends a JSON object; what comes back is decoded.
    func send<Answer: Decodable>(
        _ method: String, _ path: String, _ body: some Encodable, idempotencyKey: String? = nil,
        as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        let bytes = Array(try JSONEncoder().encode(body))
        return try decode(
            await checked(
                link.send(method, path, body: .json(bytes), idempotencyKey: idempotencyKey)))
    }

    /// Makes a call of the API; what comes back is decoded.
    func send<Answer: Decodable>(
        _ call: APICall, as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try decode(await response(to: call))
    }

    /// Makes a call whose answer nobody needs.
    func send(_ call: APICall) async throws {
        _ = try await response(to: call)
    }

    private func response(to call: APICall) async throws -> HTTPResponse {
        let path = call.path + Self.text(of: call.query)
        guard let body = call.body else {
            return try checked(await link.send(call.method, path))
        }
        return try checked(
            await link.send(
                call.method, path, body: .json(Array(try JSONEncoder().encode(body))),
                idempotencyKey: call.idempotencyKey))
    }

    /// Sends a request whose answer nobody needs.
    func send(_ method: String, _ path: String) async throws {
        _ = try await checked(link.send(method, path))
    }

    /// Sends a file; what comes back is decoded.
    func upload<Answer: Decodable>(
        _ path: String, _ query: [String: String?], file: FileHandle, contentType: String,
        as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try decode(
            await checked(
                link.send(
                    "POST", path + Self.text(of: query),
                    body: .file(file, contentType: contentType))))
    }

    /// Writes what stands at a path to a file that only its owner reads.
    func download(_ path: String, to file: String) async throws {
        guard FileManager.default.createFile(atPath: file, contents: nil),
            let handle = FileHandle(forWritingAtPath: file)
        else { throw FileError(path: file, problem: "it cannot be written") }
        defer { try? handle.close() }
        if let problem = try await link.download(path, to: handle) {
            throw RemoteProblem(problem)
        }
    }

    // MARK: Lists

    /// A page of a list.
    struct Page<Item: Decodable>: Decodable {
        let items: [Item]
        let next: String?
    }

    /// Most that one page holds.
    static let pageMax = 200

    /// The first items of a list, over as many pages as that takes; `body` says whether it wants more.
    func each<Item: Decodable>(
        _ path: String, _ query: [String: String?] = [:], as type: Item.Type = Item.self,
        pageSize: Int = pageMax, _ body: (Item) throws -> Bool
    ) async throws {
        var query = query
        query["limit"] = String(min(max(1, pageSize), Self.pageMax))
        while true {
            let page: Page<Item> = try await get(path, query)
            for item in page.items where try !body(item) { return }
            guard let next = page.next else { return }
            query["after"] = next
        }
    }

    /// The first `limit` items of a list.
    func list<Item: Decodable>(
        _ path: String, _ query: [String: String?] = [:], limit: Int = .max,
        as type: Item.Type = Item.self
    ) async throws -> [Item] {
        var items: [Item] = []
        try await each(path, query, as: Item.self, pageSize: limit) { item in
            items.append(item)
            return items.count < limit
        }
        return items
    }

    /// The thing of that name in a list; the error names those there are.
    func named<Item: Decodable & RemoteNamed>(
        _ name: String, in path: String, noun: String, as type: Item.Type = Item.self
    ) async throws -> Item {
        let all: [Item] = try await list(path)
        if let found = all.first(where: { $0.name == name }) { return found }
        let alike = all.filter { $0.name.lowercased() == name.lowercased() }
        if alike.count == 1 { return alike[0] }
        let names = all.prefix(20).map { "'\($0.name)'" }.joined(separator: ", ")
        throw RemoteProblem(
            status: 404,
            text: "There is no \(noun) '\(name)'."
                + (names.isEmpty ? "" : " There \(all.count == 1 ? "is" : "are") \(names)."))
    }

    // MARK: Answers

    private func checked(_ response: HTTPResponse) throws -> HTTPResponse {
        guard !(200..<300).contains(response.status) else { return response }
        throw RemoteProblem(response)
    }

    private func decode<Answer: Decodable>(_ response: HTTPResponse) throws -> Answer {
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(response.body))
        } catch {
            throw RemoteProblem(
                status: response.status,
                text:
                    "The answer of the service is not what this version expects. Use the command line of the service's own version."
            )
        }
    }

    /// `?name=value&…`, or nothing; names without a value are left out.
    private static func text(of query: [String: String?]) -> String {
        var components = URLComponents()
        components.queryItems = query.compactMap { name, value in
            value.map { URLQueryItem(name: name, value: $0) }
        }.sorted { $0.name < $1.name }
        let text = (components.percentEncodedQuery ?? "").replacing("+", with: "%2B")
        return text.isEmpty ? "" : "?\(text)"
    }
}

/// A thing that commands call by its name.
protocol RemoteNamed {
    var name: String { get }
}

/// An object without members, for requests that need none.
struct EmptyObject: Codable {}

/// What the service answered instead of doing it.
struct RemoteProblem: Error, CustomStringConvertible {
    let status: Int
    let description: String

    /// Whether the fault is in what was asked: ends with the code for wrong usage.
    var isUsage: Bool { status == 422 || status == 400 }

    init(status: Int, text: String) {
        self.status = status
        description = text
    }

    init(_ response: HTTPResponse) {
        struct Details: Decodable {
            struct Finding: Decodable { let detail: String }
            let detail: String?
            let title: String
            let errors: [Finding]?
        }
        status = response.status
        // Something else than a service of ours may answer; then its status has to do.
        let details = try? JSONDecoder().decode(Details.self, from: Data(response.body))
        let findings = (details?.errors ?? []).map(\.detail)
        let told = findings.isEmpty ? details?.detail : findings.joined(separator: " ")
        switch (response.status, told) {
        case (401, _):
            description =
                "The service does not take this token. Make a new one on your account page; old ones end."
        case (403, let told):
            description = told ?? "The token's role does not allow this."
        case (_, let told?): description = told
        default:
            description =
                "The service answered \(response.status) \(details?.title ?? "")."
                .replacing(" .", with: ".")
        }
    }
}
