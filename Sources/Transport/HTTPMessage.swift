/// One HTTP request to an account.
package struct HTTPRequest: Sendable {
    /// The methods that the API knows.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    package let method: Method
    /// Path and query, beginning with a slash.
    package let path: String
    package let body: [UInt8]?
    package let kind: RequestKind

    package init(
        _ method: Method, _ path: String, body: [UInt8]? = nil, kind: RequestKind = .general
    ) {
        self.method = method
        self.path = path
        self.body = body
        self.kind = kind
    }

    /// The path without its query, and with ids kept: safe to log, for queries may hold addresses.
    package var loggedPath: String {
        path.firstIndex(of: "?").map { String(path[..<$0]) } ?? path
    }
}

/// One HTTP answer, whole, within the size limit.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// The value of the Retry-After header, if it could be read.
    package let retryAfter: Duration?
    package let contentType: String?
    package let body: [UInt8]

    package init(status: Int, retryAfter: Duration?, contentType: String?, body: [UInt8]) {
        self.status = status
        self.retryAfter = retryAfter
        self.contentType = contentType
        self.body = body
    }
}

/// Why no answer came.
package struct TransportError: Error, Equatable, Sendable {
    /// Stable codes.
    package enum Code: String, CaseIterable, Sendable {
        case hostNotFound = "host-not-found"
        case notConnected = "not-connected"
        case tls
        case timeout
        case cut
        case answerTooLarge = "answer-too-large"
        case addressForbidden = "address-forbidden"
    }

    package let code: Code
    /// English, safe to log.
    package let detail: String
    /// Whether the request may have reached the server all the same.
    package let mayHaveArrived: Bool

    package init(_ code: Code, _ detail: String, mayHaveArrived: Bool) {
        self.code = code
        self.detail = detail
        self.mayHaveArrived = mayHaveArrived
    }
}

/// Sends one request. The live form is `LiveTransport`; `AccountGate` adds pacing.
package protocol HTTPTransport: Sendable {
    /// Throws `TransportError` when no answer came, and `CancellationError` for a request that did
    /// not leave.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse
}
