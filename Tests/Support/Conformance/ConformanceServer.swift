import Synchronization
package import Transport

/// A model of what a destination speaks to, in memory: the account that conformance looks into.
package protocol ConformanceServer: HTTPTransport {
    /// The people the account holds, by key, with the values it was sent, in the order in which they came.
    var people: [String: [String]] { get }

    /// Lets the account refuse this person from now on, while it takes everybody else.
    func refuse(_ key: String)

    /// Whether a request delivers people, as opposed to asking something.
    func delivers(_ request: HTTPRequest) -> Bool
}

/// A line to a server that goes wrong as it is told.
package final class FaultyLine: HTTPTransport {
    /// What becomes of a request.
    package enum Fault: Sendable {
        case status(Int, retryAfter: Duration? = nil, body: String = "")
        /// An answer instead of the server's.
        case answer(String, contentType: String)
        /// The server does it, and half its answer comes back.
        case half
        /// No answer; `arrived` says whether the server has done it.
        case broken(TransportError.Code, arrived: Bool)
        /// No answer until the one who asks gives up.
        case silent
    }

    private let server: any ConformanceServer
    private let state = Mutex(State())

    private struct State {
        var deliveries: [Fault] = []
        var questions: [Fault] = []
        var lastsForDeliveries = false
        var lastsForQuestions = false
        var requests: [HTTPRequest] = []
    }

    package init(_ server: any ConformanceServer) {
        self.server = server
    }

    package var requests: [HTTPRequest] { state.withLock { $0.requests } }
    package var deliveries: [HTTPRequest] { requests.filter(server.delivers) }

    /// Lets deliveries go wrong in turn; with `forEver` the last one does from then on.
    package func failDeliveries(_ faults: [Fault], forEver: Bool = false) {
        state.withLock {
            $0.deliveries = faults
            $0.lastsForDeliveries = forEver
        }
    }

    /// The same for everything else.
    package func failQuestions(_ faults: [Fault], forEver: Bool = false) {
        state.withLock {
            $0.questions = faults
            $0.lastsForQuestions = forEver
        }
    }

    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let delivers = server.delivers(request)
        let fault = state.withLock { state -> Fault? in
            state.requests.append(request)
            return delivers
                ? Self.next(&state.deliveries, lasts: state.lastsForDeliveries)
                : Self.next(&state.questions, lasts: state.lastsForQuestions)
        }
        guard let fault else { return try await server.send(request) }
        return try await answer(request, fault)
    }

    private static func next(_ faults: inout [Fault], lasts: Bool) -> Fault? {
        guard let first = faults.first else { return nil }
        if faults.count > 1 || !lasts { faults.removeFirst() }
        return first
    }

    private func answer(_ request: HTTPRequest, _ fault: Fault) async throws -> HTTPResponse {
        switch fault {
        case .status(let status, let retryAfter, let body):
            return HTTPResponse(
                status: status, retryAfter: retryAfter, contentType: "application/json",
                body: Array(body.utf8))
        case .answer(let text, let type):
            return HTTPResponse(
                status: 200, retryAfter: nil, contentType: type, body: Array(text.utf8))
        case .half:
            let whole = try await server.send(request)
            return HTTPResponse(
                status: whole.status, retryAfter: nil, contentType: whole.contentType,
                body: Array(whole.body.prefix(whole.body.count / 2)))
        case .broken(let code, let arrived):
            if arrived { _ = try await server.send(request) }
            throw TransportError(code, "The line broke.", mayHaveArrived: arrived)
        case .silent:
            while !Task.isCancelled { await Task.yield() }
            throw TransportError(.cut, "The request was given up.", mayHaveArrived: true)
        }
    }
}
