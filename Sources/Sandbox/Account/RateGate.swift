/// Counts requests against the account's limits, in sandbox time.
struct RateGate: Sendable {
    /// The verdict on one request.
    enum Verdict: Sendable, Equatable {
        case pass
        /// Too fast; a try after this many seconds may pass.
        case wait(seconds: Double)
    }

    private var tokens = Double.infinity
    private var lastRefill = 0.0
    private var window = 0.0
    private var windowCount = 0
    private var closedUntil = 0.0
    private var imports: [Double] = []
    private var singleImports: [Double] = []

    /// General requests that would pass at this moment.
    func remaining(at now: Double, knobs: Knobs) -> Int {
        let rate = Double(knobs.requestsPerSecond)
        guard knobs.limits, rate > 0 else { return knobs.requestsPerSecond }
        if knobs.penalty, now < closedUntil { return 0 }
        return switch knobs.rateWindow {
        case .bucket: Int(min(rate, tokens + (now - lastRefill) * rate))
        case .second:
            now.rounded(.down) == window ? max(0, knobs.requestsPerSecond - windowCount) : Int(rate)
        }
    }

    /// Imports of several contacts within the last minute.
    func importsInLastMinute(at now: Double) -> Int { imports.count { $0 > now - 60 } }
    /// Imports of one contact within the last minute.
    func singleImportsInLastMinute(at now: Double) -> Int { singleImports.count { $0 > now - 60 } }

    /// Takes one of the account's requests per second.
    mutating func takeRequest(at now: Double, knobs: Knobs) -> Verdict {
        let rate = Double(knobs.requestsPerSecond)
        guard knobs.limits, rate > 0 else { return .pass }
        if knobs.penalty, now < closedUntil { return .wait(seconds: closedUntil - now) }
        let wait: Double
        switch knobs.rateWindow {
        case .bucket:
            tokens = min(rate, tokens + (now - lastRefill) * rate)
            lastRefill = now
            // A little less than a whole token is enough: time is a floating point number.
            if tokens >= 1 - 1e-9 {
                tokens = max(0, tokens - 1)
                return .pass
            }
            wait = (1 - tokens) / rate
        case .second:
            if now.rounded(.down) != window {
                window = now.rounded(.down)
                windowCount = 0
            }
            if windowCount < knobs.requestsPerSecond {
                windowCount += 1
                return .pass
            }
            wait = window + 1 - now
        }
        let seconds = max(Double(knobs.retryAfter), wait.rounded(.up))
        closedUntil = now + seconds
        return .wait(seconds: seconds)
    }

    /// Takes one of the imports a minute: any minute that ends now, not the minute of the clock. A
    /// refused request takes nothing.
    mutating func takeImport(isSingle: Bool, at now: Double, knobs: Knobs) -> Bool {
        let limit = isSingle ? knobs.singleImportsPerMinute : knobs.importsPerMinute
        guard knobs.limits, limit > 0 else { return true }
        return isSingle
            ? Self.take(&singleImports, limit: limit, at: now)
            : Self.take(&imports, limit: limit, at: now)
    }

    private static func take(_ taken: inout [Double], limit: Int, at now: Double) -> Bool {
        let gone = taken.prefix { $0 <= now - 60 }.count
        if gone > 0 { taken.removeFirst(gone) }
        guard taken.count < limit else { return false }
        taken.append(now)
        return true
    }
}
