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

/// The one way to an account: every request passes here, and waits for the limiter that all gates of the
/// account share. A gate carries one key and one purpose: a run, or a question of a form.
package final class AccountGate: HTTPTransport {
    private let transport: any HTTPTransport
    private let limiter: AccountLimiter
    private let record: @Sendable (CallRecord) -> Void
    private let state = Mutex(State())

    private struct State {
        var refusesImports = false
        var isClosed = false
        /// Requests that wait for their turn, and since when there have been some.
        var waiting = 0
        var waitingSince: Duration?
    }

    /// The pause after a 429 that names none.
    private static let pauseDefault: Duration = .seconds(2)
    /// The longest pause obeyed at once; a longer one is asked for again afterwards.
    private static let pauseMax: Duration = .seconds(600)

    package init(
        transport: any HTTPTransport, limiter: AccountLimiter,
        record: @escaping @Sendable (CallRecord) -> Void = { _ in }
    ) {
        self.transport = transport
        self.limiter = limiter
        self.record = record
    }

    /// A gate with a limiter of its own.
    package convenience init(
        transport: any HTTPTransport, pacer: Pacer, time: Timekeeper,
        record: @escaping @Sendable (CallRecord) -> Void = { _ in }
    ) {
        self.init(
            transport: transport, limiter: AccountLimiter(pacer: pacer, time: time), record: record)
    }

    deinit { limiter.reserve(0, for: ObjectIdentifier(self)) }

    /// Since when requests have been waiting for their turn; nil when none does.
    package var waitingSince: Duration? { state.withLock { $0.waitingSince } }

    /// Tells that imports are waiting to be sent, so that other requests leave them room.
    package func reserveForImports(_ places: Int) {
        limiter.reserve(places, for: ObjectIdentifier(self))
    }

    /// Lets no further import leave; those waiting for admission end with `CancellationError`. What is on
    /// the wire is not touched.
    package func refuseImports() {
        state.withLock { $0.refusesImports = true }
        limiter.wakeWaiters()
    }

    /// Lets no further request leave at all; what is on the wire is not touched.
    package func refuseEverything() {
        state.withLock { $0.isClosed = true }
        limiter.wakeWaiters()
    }

    /// Obeys the importer's own rate-limit answer.
    package func pauseImports(for duration: Duration) {
        limiter.pauseImports(for: duration)
    }

    /// Sends a request when its turn has come. Throws `CancellationError` when it is refused or
    /// given up before, and what the transport throws.
    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let ticket = try await admission(request.kind)
        let startedAt = limiter.time.now()
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
        let now = limiter.time.now()
        state.withLock { state in
            if state.waiting == 0 { state.waitingSince = now }
            state.waiting += 1
        }
        defer {
            state.withLock { state in
                state.waiting -= 1
                if state.waiting == 0 { state.waitingSince = nil }
            }
        }
        return try await limiter.admission(kind) {
            state.withLock { $0.isClosed || ($0.refusesImports && kind != .general) }
        }
    }

    private func finish(
        _ ticket: Pacer.Ticket, _ request: HTTPRequest, _ startedAt: Duration,
        _ response: HTTPResponse?
    ) {
        var pause: Duration?
        if let response,
            response.status == 429 || (response.status == 503 && response.retryAfter != nil)
        {
            pause = min(response.retryAfter ?? Self.pauseDefault, Self.pauseMax)
        }
        let now = limiter.finish(ticket, pause: pause)
        record(
            CallRecord(
                kind: request.kind, method: request.method.rawValue, path: request.loggedPath,
                startedAt: startedAt, endedAt: now, status: response?.status, pause: pause))
    }
}
