import Synchronization

/// A call made to an account, for the record. It never holds a query, a body or a secret.
package struct CallRecord: Sendable {
    package let kind: RequestKind
    package let method: String
    package let path: String
    /// Time since 1970.
    package let startedAt: Duration
    package let endedAt: Duration
    /// Nil when no answer came.
    package let status: Int?
    /// How long the server asked to be left alone.
    package let pause: Duration?
}

/// The one way to an account: every request to a host passes here, whatever the export, so that all of
/// them together keep the account's limits. A gate for another account shares nothing with it.
package final class AccountGate: HTTPTransport {
    private let transport: any HTTPTransport
    private let time: Timekeeper
    private let record: @Sendable (CallRecord) -> Void
    private let state: Mutex<State>

    private struct State {
        var pacer: Pacer
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// How many answers have come, so that none is missed between asking and waiting.
        var answers = 0
        var refusesImports = false
    }

    /// The pause after a 429 that names none.
    private static let pauseDefault: Duration = .seconds(2)
    /// Waits are cut into slices, so that a stop is noticed at once.
    private static let waitSlice: Duration = .milliseconds(250)
    /// The longest pause obeyed at once; a longer one is asked for again afterwards.
    private static let pauseMax: Duration = .seconds(600)

    package init(
        transport: any HTTPTransport, pacer: Pacer, time: Timekeeper,
        record: @escaping @Sendable (CallRecord) -> Void = { _ in }
    ) {
        self.transport = transport
        self.time = time
        self.record = record
        state = Mutex(State(pacer: pacer))
    }

    /// Tells that imports are waiting to be sent, so that other requests leave them room.
    package func reserveForImports(_ places: Int) {
        state.withLock { $0.pacer.reservedForImports = places }
        wakeWaiters()
    }

    /// Lets no further import leave; those waiting for admission end with `CancellationError`. What is on
    /// the wire is not touched.
    package func refuseImports() {
        state.withLock { $0.refusesImports = true }
        wakeWaiters()
    }

    /// Obeys the importer's own rate-limit answer.
    package func pauseImports(for duration: Duration) {
        let now = time.now()
        state.withLock { $0.pacer.pauseImports(for: duration, at: now) }
    }

    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let ticket = try await admission(request.kind)
        let startedAt = time.now()
        do {
            let response = try await transport.send(request)
            finish(ticket, request, startedAt, response)
            return response
        } catch {
            finish(ticket, request, startedAt, nil)
            throw error
        }
    }

    private func admission(_ kind: RequestKind) async throws -> Pacer.Ticket {
        while true {
            try Task.checkCancellation()
            let now = time.now()
            let (decision, answers) = try state.withLock { state in
                if state.refusesImports, kind != .general { throw CancellationError() }
                return (state.pacer.request(kind, at: now), state.answers)
            }
            switch decision {
            case .go(let ticket): return ticket
            case .wait(let duration): try await time.sleep(min(duration, Self.waitSlice))
            case .waitForAnswer: await nextAnswer(since: answers)
            }
        }
    }

    /// Answers end within the transport's time-out, so this wait is bounded.
    private func nextAnswer(since answers: Int) async {
        await withCheckedContinuation { continuation in
            let isLate = state.withLock { state in
                if state.answers == answers { state.waiters.append(continuation) }
                return state.answers != answers
            }
            if isLate { continuation.resume() }
        }
    }

    private func wakeWaiters() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            state.answers += 1
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private func finish(
        _ ticket: Pacer.Ticket, _ request: HTTPRequest, _ startedAt: Duration,
        _ response: HTTPResponse?
    ) {
        let now = time.now()
        var pause: Duration?
        if let response,
            response.status == 429 || (response.status == 503 && response.retryAfter != nil)
        {
            pause = min(response.retryAfter ?? Self.pauseDefault, Self.pauseMax)
        }
        state.withLock { state in
            state.pacer.answered(ticket, at: now)
            if let pause { state.pacer.pause(for: pause, at: now) }
        }
        wakeWaiters()
        record(
            CallRecord(
                kind: request.kind, method: request.method.rawValue, path: request.loggedPath,
                startedAt: startedAt, endedAt: now, status: response?.status, pause: pause))
    }
}
