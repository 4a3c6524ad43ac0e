package import Exports
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
    private let state = Mutex<[Place: Entry]>([:])

    /// Two kinds of destinations at one host are two accounts.
    private struct Place: Hashable {
        let host: String
        let destination: String
    }

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
    /// earlier process may have sent more than it wrote down. Throws what the store throws.
    package func limiter(
        forHost host: String, of destination: DestinationDescriptor, defaults: QuotaLimits,
        afterCrash: Bool = false
    ) throws -> AccountLimiter {
        let place = Place(host: host, destination: destination.id)
        let limits = try limits(ofHost: host, destination, defaults: defaults)
        let now = time.now()
        if let known = known(place, limits, afterCrash: afterCrash, at: now) { return known }
        let pacer = Pacer(
            limits: limits,
            earlierCalls: try catalog.ledger.calls(
                toHost: host, endedAfter: (now - limits.longest).milliseconds),
            afterCrash: afterCrash, now: now)
        let limiter = AccountLimiter(pacer: pacer, time: time)
        let winner = state.withLock { entries -> AccountLimiter in
            // Somebody else may have been quicker.
            if let other = entries[place] { return other.limiter }
            if entries.count >= Self.countMax {
                entries = entries.filter { $0.value.usedAt + Self.memory > now }
            }
            entries[place] = Entry(limiter: limiter, hasRested: afterCrash, usedAt: now)
            return limiter
        }
        return winner
    }

    private func known(
        _ place: Place, _ limits: PaceLimits, afterCrash: Bool, at now: Duration
    ) -> AccountLimiter? {
        let (limiter, mustRest) = state.withLock { entries -> (AccountLimiter?, Bool) in
            guard var entry = entries[place] else { return (nil, false) }
            let mustRest = afterCrash && !entry.hasRested
            entry.hasRested = entry.hasRested || afterCrash
            entry.usedAt = now
            entries[place] = entry
            return (entry.limiter, mustRest)
        }
        guard let limiter else { return nil }
        if mustRest { limiter.restAfterCrash() }
        if limiter.limits != limits { limiter.setLimits(limits) }
        return limiter
    }

    /// Makes a host's limiter, if it is in use, follow what the connections say now. Throws what the store throws.
    package func follow(
        host: String, of destination: DestinationDescriptor, defaults: QuotaLimits
    ) throws {
        let place = Place(host: host, destination: destination.id)
        guard let limiter = state.withLock({ $0[place]?.limiter }) else { return }
        limiter.setLimits(try limits(ofHost: host, destination, defaults: defaults))
    }

    private func limits(
        ofHost host: String, _ destination: DestinationDescriptor, defaults: QuotaLimits
    ) throws -> PaceLimits {
        let paces = try catalog.setup.connections().filter {
            $0.host == host && $0.destination == destination.id
        }.map(\.pace)
        return PaceLimits(
            destination.quotas, at: .strictest(of: paces.isEmpty ? [defaults] : paces))
    }
}

extension PaceLimits {
    /// The windows of a destination at an account's limits. A quota that the limits do not speak of is kept as the
    /// vendor has it.
    package init(_ quotas: [DestinationQuota], at limits: QuotaLimits) {
        self.init(
            quotas.map { quota in
                Window(
                    name: quota.name, kinds: quota.scope.kinds, length: quota.window,
                    allowed: limits.states(quota.name) ? limits[quota.name] : quota.allowed)
            })
    }
}

extension DestinationQuota.Scope {
    fileprivate var kinds: Set<RequestKind> {
        switch self {
        case .everything: [.general, .importMany, .importSingle]
        case .deliveries: [.importMany, .importSingle]
        case .severalPeople: [.importMany]
        case .onePerson: [.importSingle]
        }
    }
}
