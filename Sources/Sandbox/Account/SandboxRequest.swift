/// A request as the account sees it: no sockets, no clock.
package struct SandboxRequest: Sendable {
    /// GET, POST, PUT or DELETE.
    package var method: String
    /// The path without the query, percent signs resolved.
    package var path: String
    /// The query as written after the question mark, percent signs resolved in each part.
    package var query: [(name: String, value: String)]
    /// The value of the `Api-Token` header.
    package var key: String?
    /// The body as received.
    package var body: [UInt8]
    /// Scheme, host and port under which the sandbox was called, for the links in its answers.
    package var base: String

    /// A request to the account.
    package init(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [],
        key: String? = nil, body: [UInt8] = [], base: String = "http://127.0.0.1"
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.key = key
        self.body = body
        self.base = base
    }

    /// The first value of a query parameter.
    func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// Every value of a query parameter such as `ids[]`.
    func parameters(_ name: String) -> [String] {
        query.filter { $0.name == name }.map(\.value)
    }

    /// The number in a query parameter.
    func number(_ name: String) -> Int? {
        parameter(name).flatMap { Int($0) }
    }

    /// The parts of the path behind `/api/3`; nil for paths outside it.
    var resource: [Substring]? {
        let parts = path.split(separator: "/")
        guard parts.starts(with: ["api", "3"]) else { return nil }
        return Array(parts.dropFirst(2))
    }

    /// Method and path with every number replaced, such as `GET /contacts/{id}/contactTags`.
    var route: String {
        let parts = resource ?? path.split(separator: "/")
        return method + " /" + parts.map { Int($0) == nil ? $0 : "{id}" }.joined(separator: "/")
    }

    /// The numbers of the path, in order.
    var ids: [Int] {
        (resource ?? []).compactMap { Int($0) }
    }

    /// The body as JSON; null when there is none.
    func json() throws(JSONReader.Malformed) -> JSONValue {
        body.isEmpty ? .null : try JSONReader.value(of: body)
    }
}

/// An answer of the account.
package struct SandboxAnswer: Sendable {
    /// What happens to the connection.
    package enum Connection: Sendable {
        case answered
        /// Closed without an answer.
        case cut
    }

    /// Status code.
    package var status: Int
    /// Header fields beside the length.
    package var headers: [(name: String, value: String)] = [
        ("Content-Type", "application/json")
    ]
    /// The body.
    package var body: [UInt8]
    /// Whether the answer is sent at all.
    package var connection = Connection.answered

    init(_ status: Int, _ json: JSONValue) {
        self.status = status
        self.body = json.bytes
    }

    init(_ status: Int, type: String, text: String) {
        self.status = status
        self.headers = [("Content-Type", type)]
        self.body = Array(text.utf8)
    }

    /// The body read as JSON; null when it is none.
    package var json: JSONValue {
        // An answer that is no JSON is one of the faults, and nothing is lost by saying so.
        (try? JSONReader.value(of: body)) ?? .null
    }

    /// The value of a header field.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
