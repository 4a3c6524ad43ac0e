package import Store
import Synchronization
package import Transport

/// The one limiter of every account, by host: whoever speaks to a host in this process takes its limiter
/// from here, whatever the key.
///
/// The limits are the strictest of all connections that lead to the host. A limiter begins with what earlier
/// processes wrote down of their calls.
package final class AccountLimiters: Sendable {
    private let catalog: Catalog
    private let time: Timekeeper
    private let state = Mutex<[String: Entry]>([:])

    private struct Entry {
        let limiter: AccountLimiter
        var hasRested: Bool
        var usedAt: Duration
    }

    /// Limiters kept; when there are more, those nobody has used for a while are let go. Only hosts tried in
    /// a form can become so many.
    private static let countMax = 200
    /// Longer than any window and any pause obeyed at once.
    private static let memory: Duration = .seconds(900)

    package init(catalog: Catalog, time: Timekeeper) {
        self.catalog = catalog
        self.time = time
    }

    /// The limiter of a host. `defaults` hold as long as no connection leads there. `afterCrash` says that an
    /// earlier process may have sent more than it wrote down.
    package func limiter(
        forHost host: String, defaults: Connection.Pace, afterCrash: Bool = false
    ) throws -> AccountLimiter {
        let limits = try limits(ofHost: host, defaults: defaults)
        let now = time.now()
        if let known = known(host, limits, afterCrash: afterCrash, at: now) { return known }
        let pacer = Pacer(
            limits: limits,
            earlierCalls: try catalog.ledger.calls(
                toHost: host, endedAfter: now.milliseconds - 60_000),
            afterCrash: afterCrash, now: now)
        let limiter = AccountLimiter(pacer: pacer, time: time)
        let winner = state.withLock { entries -> AccountLimiter in
            // Somebody else may have been quicker.
            if let other = entries[host] { return other.limiter }
            if entries.count >= Self.countMax {
                entries = entries.filter { $0.value.usedAt + Self.memory > now }
            }
            entries[host] = Entry(limiter: limiter, hasRested: afterCrash, usedAt: now)
            return limiter
        }
        return winner
    }

    private func known(
        _ host: String, _ limits: PaceLimits, afterCrash: Bool, at now: Duration
    ) -> AccountLimiter? {
        let (limiter, mustRest) = state.withLock { entries -> (AccountLimiter?, Bool) in
            guard var entry = entries[host] else { return (nil, false) }
            let mustRest = afterCrash && !entry.hasRested
            entry.hasRested = entry.hasRested || afterCrash
            entry.usedAt = now
            entries[host] = entry
            return (entry.limiter, mustRest)
        }
        guard let limiter else { return nil }
        if mustRest { limiter.restAfterCrash() }
        if limiter.limits != limits { limiter.setLimits(limits) }
        return limiter
    }

    /// Makes a host's limiter, if it is in use, follow what the connections say now.
    package func follow(host: String, defaults: Connection.Pace) throws {
        guard let limiter = state.withLock({ $0[host]?.limiter }) else { return }
        limiter.setLimits(try limits(ofHost: host, defaults: defaults))
    }

    private func limits(
        ofHost host: String, defaults: Connection.Pace
    ) throws -> PaceLimits {
        let paces = try catalog.setup.connections().filter { $0.host == host }.map(\.pace)
        let strictest = Connection.Pace.strictest(of: paces.isEmpty ? [defaults] : paces)
        return PaceLimits(
            requestsPerSecond: strictest.requestsPerSecond,
            importsPerMinute: strictest.importsPerMinute,
            singleImportsPerMinute: strictest.singleImportsPerMinute)
    }
}
