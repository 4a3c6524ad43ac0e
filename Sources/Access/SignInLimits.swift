/// How many wrong passwords are borne, and what comes then. Times are milliseconds.
package struct SignInLimits: Equatable, Sendable {
    /// Failures of one browser, or of one address at one name, before waiting begins.
    package var failuresPerPair = 5
    /// The first wait, which each further failure doubles: 30 seconds.
    package var firstPause: Int64 = 30_000
    /// The longest wait: 15 minutes.
    package var pauseMax: Int64 = 15 * 60_000
    /// After so long without a failure the count begins anew: 1 hour.
    package var memory: Int64 = 3_600_000

    /// Failures of one address over all names within 10 minutes, before it waits 60 seconds.
    package var failuresPerAddress = 30
    package var addressWindow: Int64 = 10 * 60_000
    package var addressPause: Int64 = 60_000

    /// Failures at one name from unknown browsers within an hour, before these wait until the hour is over.
    package var failuresPerName = 50
    package var nameWindow: Int64 = 3_600_000

    /// Entries of all kinds; the oldest are forgotten.
    package var entriesMax = 10_000

    package init() {}
}

/// Failures in a row, each of which makes the wait longer.
struct Failures: Sendable {
    private var count = 0
    private var lastAt: Int64 = 0
    private var waitsUntil: Int64 = 0

    func wait(at now: Int64, limits: SignInLimits) -> Int64 {
        max(0, waitsUntil - now)
    }

    mutating func add(at now: Int64, limits: SignInLimits) {
        if now - lastAt >= limits.memory { count = 0 }
        count += 1
        restart(at: now, limits: limits)
    }

    mutating func restart(at now: Int64, limits: SignInLimits) {
        lastAt = now
        let doublings = count - limits.failuresPerPair
        guard doublings >= 0 else { return }
        // Far beyond any longest wait, and far from overflow.
        let pause = limits.firstPause << Int64(min(doublings, 20))
        waitsUntil = now + min(pause, limits.pauseMax)
    }
}

/// The times of the last failures, as many as the limit allows.
struct FailureWindow: Sendable {
    /// Oldest first.
    private var times: [Int64] = []

    /// Milliseconds to wait once `limit` failures lie within the window: `pause` after the last of them, or
    /// without a pause until the first has left the window.
    func wait(at now: Int64, limit: Int, within window: Int64, pause: Int64?) -> Int64 {
        guard times.count >= limit, let first = times.first, let last = times.last,
            now - first < window
        else { return 0 }
        let end = pause.map { min(last + $0, first + window) } ?? first + window
        return max(0, end - now)
    }

    mutating func add(_ time: Int64, limit: Int) {
        times.append(time)
        if times.count > limit { times.removeFirst(times.count - limit) }
    }

    /// Takes one failure back, the last.
    mutating func takeBack() {
        _ = times.popLast()
    }
}
