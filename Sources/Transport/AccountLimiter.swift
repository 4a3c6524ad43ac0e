import Synchronization

/// The limits of one account, kept by everything that speaks to its host: runs side by side, checks of a
/// form, pickers of lists. A limiter of another account shares nothing with it.
package final class AccountLimiter: Sendable {
    package let time: Timekeeper
    private let state: Mutex<State>

    private struct State {
        var pacer: Pacer
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// How many answers have come, so that none is missed between asking and waiting.
        var answers = 0
        /// Places that each gate wants to be left to imports.
        var reservations: [ObjectIdentifier: Int] = [:]
    }

    /// Waits are cut into slices, so that a stop is noticed at once.
    private static let waitSlice: Duration = .milliseconds(250)

    package init(pacer: Pacer, time: Timekeeper) {
        self.time = time
        state = Mutex(State(pacer: pacer))
    }

    /// The limits in force.
    package var limits: PaceLimits { state.withLock { $0.pacer.limits } }

    /// Follows new limits of the account. What has been sent counts as far as it was remembered: a quota
    /// that had no limit before begins anew.
    package func setLimits(_ limits: PaceLimits) {
        state.withLock { $0.pacer.limits = limits }
        wakeWaiters()
    }

    /// Takes note of what an earlier process may have sent without writing it down.
    package func restAfterCrash() {
        let now = time.now()
        state.withLock { $0.pacer.restAfterCrash(at: now) }
    }

    /// Leaves `places` to imports while a gate has some to send; the most that any of them wants counts.
    func reserve(_ places: Int, for gate: ObjectIdentifier) {
        state.withLock { state in
            state.reservations[gate] = places > 0 ? places : nil
            state.pacer.reservedForImports = state.reservations.values.max() ?? 0
        }
        wakeWaiters()
    }

    /// Obeys the importer's own rate-limit answer.
    func pauseImports(for duration: Duration) {
        let now = time.now()
        state.withLock { $0.pacer.pauseImports(for: duration, at: now) }
    }

    /// Waits until a request may leave. `isRefused` is asked before each look; a refused request ends with
    /// `CancellationError`.
    func admission(_ kind: RequestKind, isRefused: () -> Bool) async throws -> Pacer.Ticket {
        while true {
            try Task.checkCancellation()
            let now = time.now()
            let (decision, answers) = try state.withLock { state in
                if isRefused() { throw CancellationError() }
                return (state.pacer.request(kind, at: now), state.answers)
            }
            switch decision {
            case .go(let ticket): return ticket
            case .wait(let duration): try await time.sleep(min(duration, Self.waitSlice))
            case .waitForAnswer: await nextAnswer(since: answers)
            }
        }
    }

    /// Tells that a request was answered or given up, and how long the server wants to be left alone.
    func finish(_ ticket: Pacer.Ticket, pause: Duration?) -> Duration {
        let now = time.now()
        state.withLock { state in
            state.pacer.answered(ticket, at: now)
            if let pause { state.pacer.pause(for: pause, at: now) }
        }
        wakeWaiters()
        return now
    }

    /// Lets everyone who waits look again.
    func wakeWaiters() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            state.answers += 1
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
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
}
