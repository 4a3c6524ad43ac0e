import ActiveCampaign
import Exports
import Synchronization
import TestSupport
import Testing
import Transport

/// A server made of answers: remembers what it was asked, and never leaves the process.
final class ScriptedTransport: HTTPTransport {
    private let answer: @Sendable (_ request: HTTPRequest, _ earlier: Int) throws -> HTTPResponse
    private let asked = Mutex<[HTTPRequest]>([])

    /// `answer` is given the request and how many of the same path came before it.
    init(_ answer: @escaping @Sendable (HTTPRequest, Int) throws -> HTTPResponse) {
        self.answer = answer
    }

    /// Answers in turn, whatever is asked; the last one for ever.
    convenience init(_ answers: [HTTPResponse]) {
        self.init { _, earlier in answers[min(earlier, answers.count - 1)] }
    }

    /// Answers by path without its query, in turn; 404 for others.
    convenience init(routes: [String: [HTTPResponse]]) {
        self.init { request, earlier in
            guard let answers = routes[request.loggedPath] else { return .status(404) }
            return answers[min(earlier, answers.count - 1)]
        }
    }

    var requests: [HTTPRequest] { asked.withLock(\.self) }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let earlier = asked.withLock { asked in
            defer { asked.append(request) }
            return asked.count { $0.loggedPath == request.loggedPath }
        }
        return try answer(request, earlier)
    }
}

extension HTTPResponse {
    /// 33 batches that are not finished.
    static let outstanding = json(
        #"{"outstanding":[{"forDate":"2026-03-02","batches":"31","contacts":"7750"},{"batches":2}],"recentlyCompleted":[]}"#
    )

    static func json(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, retryAfter: nil, contentType: "application/json",
            body: Array(text.utf8))
    }

    static func status(_ status: Int, retryAfter: Duration? = nil) -> HTTPResponse {
        HTTPResponse(status: status, retryAfter: retryAfter, contentType: nil, body: [])
    }

    static let page = HTTPResponse(
        status: 200, retryAfter: nil, contentType: "text/html",
        body: Array("<!DOCTYPE html><html><body>Sign in</body></html>".utf8))
}

/// ActiveCampaign behind a real gate, with a clock that jumps.
struct Bench {
    let time = ManualTime()
    let transport: ScriptedTransport
    let destination: ActiveCampaign

    init(_ transport: ScriptedTransport) {
        self.transport = transport
        let gate = AccountGate(
            transport: transport,
            pacer: Pacer(
                limits: PaceLimits(
                    requestsPerSecond: 5, importsPerMinute: 100, singleImportsPerMinute: 20)),
            time: time.timekeeper)
        destination = ActiveCampaign(gate: gate, time: time.timekeeper)
    }

    var paths: [String] { transport.requests.map(\.path) }
}

/// An answer that ends a question with an error, and how many requests that takes.
struct Failure: CustomTestStringConvertible, Sendable {
    let name: String
    let response: HTTPResponse
    let code: DestinationError.Code
    let requests: Int

    var testDescription: String { name }
}

/// The error that some work ends with.
func complaint(
    of work: () async throws -> Void
) async throws -> DestinationError {
    do {
        try await work()
    } catch let error as DestinationError {
        return error
    }
    return try #require(nil, "Expected an error, and there was none.")
}
