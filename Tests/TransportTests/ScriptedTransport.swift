import Synchronization
import TestSupport

@testable import Transport

/// A server that answers as told, and remembers what it was asked and when.
final class ScriptedTransport: HTTPTransport {
    enum Step: Sendable {
        case answer(status: Int, retryAfter: Duration? = nil)
        case fault
    }

    struct Arrival: Sendable {
        let request: HTTPRequest
        let at: Duration
    }

    private struct State {
        var steps: [Step]
        var arrivals: [Arrival] = []
        var underWay = 0
        var underWayMost = 0
    }

    private let time: ManualTime
    private let state: Mutex<State>
    private let latency: Duration

    /// After the steps every request is answered 200.
    init(_ steps: [Step] = [], time: ManualTime, latency: Duration = .milliseconds(50)) {
        self.time = time
        self.latency = latency
        state = Mutex(State(steps: steps))
    }

    var arrivals: [Arrival] { state.withLock { $0.arrivals } }
    var underWayMost: Int { state.withLock { $0.underWayMost } }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let step = state.withLock { state in
            state.arrivals.append(Arrival(request: request, at: time.now))
            state.underWay += 1
            state.underWayMost = max(state.underWayMost, state.underWay)
            return state.steps.isEmpty ? Step.answer(status: 200) : state.steps.removeFirst()
        }
        await Task.yield()
        time.advance(by: latency)
        await Task.yield()
        state.withLock { $0.underWay -= 1 }
        switch step {
        case .answer(let status, let retryAfter):
            return HTTPResponse(
                status: status, retryAfter: retryAfter, contentType: nil, body: [])
        case .fault:
            throw TransportError(.cut, "The line broke.", mayHaveArrived: true)
        }
    }
}
