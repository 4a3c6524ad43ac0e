/// So many requests in so much time, as a destination grants them to an account: a window with a name.
package struct DestinationQuota: Equatable, Sendable {
    /// Which requests draw on it.
    package enum Scope: String, Sendable {
        /// Every request, questions too.
        case everything
        /// Deliveries, of however many people.
        case deliveries
        /// Deliveries of several people.
        case severalPeople
        /// Deliveries of a single person.
        case onePerson
    }

    /// The stable word that connections store it under: `imports`.
    package let name: String
    /// As the API and declarations name its limit: `importsPerMinute`.
    package let member: String
    package let scope: Scope
    package let window: Duration
    /// What the vendor allows; nil for no limit.
    package let allowed: Int?
    /// The key of the phrase that names it.
    package let label: String

    package init(
        name: String, member: String, scope: Scope, window: Duration, allowed: Int?, label: String
    ) {
        self.name = name
        self.member = member
        self.scope = scope
        self.window = window
        self.allowed = allowed
        self.label = label
    }

    /// Requests a minute that a limit comes to.
    package func perMinute(_ limit: Int) -> Double {
        Double(limit) * 60 / window.inSeconds
    }

    package func covers(_ scope: Scope) -> Bool {
        switch self.scope {
        case .everything: true
        case .deliveries: scope != .everything
        case .severalPeople, .onePerson: scope == self.scope
        }
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

/// Limits of an account by the names of its quotas. A quota that is named without a number has no limit.
package struct QuotaLimits: Equatable, Sendable, Codable {
    private var allowed: [String: Int?]

    package init(_ limits: [(name: String, allowed: Int?)] = []) {
        allowed = Dictionary(limits.map { ($0.name, $0.allowed) }) { _, last in last }
    }

    package init(from decoder: any Decoder) throws {
        allowed = try decoder.singleValueContainer().decode([String: Int?].self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(allowed)
    }

    /// The limit; nil when there is none.
    package subscript(name: String) -> Int? {
        get { allowed[name] ?? nil }
        set { allowed.updateValue(newValue, forKey: name) }
    }

    /// In the order of their names.
    package var names: [String] { allowed.keys.sorted() }

    /// Whether anything is said of a quota.
    package func states(_ name: String) -> Bool { allowed.keys.contains(name) }

    /// The strictest of each quota.
    package static func strictest(of all: [QuotaLimits]) -> QuotaLimits {
        var strictest = QuotaLimits()
        for limits in all {
            for name in limits.names {
                let known = strictest[name]
                strictest[name] = [known, limits[name]].compactMap(\.self).min()
            }
        }
        return strictest
    }
}

extension DestinationDescriptor {
    /// Seconds that a plan's requests take at these limits: a full window for each full quota of deliveries,
    /// then the rest at the rate of requests.
    package func seconds(batches: Int, singleBatches: Int, at limits: QuotaLimits) -> Double {
        let perSecond =
            quotas.filter { $0.scope == .everything }
            .compactMap { quota in limits[quota.name].map { quota.perMinute($0) / 60 } }
            .min() ?? 1_000
        func seconds(_ count: Int, _ scope: DestinationQuota.Scope) -> Double {
            guard count > 0 else { return 0 }
            let windows = quotas.filter { $0.scope != .everything && $0.covers(scope) }
            return windows.compactMap { quota -> Double? in
                guard let limit = limits[quota.name] else { return nil }
                return Double((count - 1) / limit) * quota.window.inSeconds
                    + Double((count - 1) % limit + 1) / perSecond
            }.max() ?? Double(count) / perSecond
        }
        return seconds(batches - singleBatches, .severalPeople)
            + seconds(singleBatches, .onePerson)
    }

    /// Most deliveries of several people in a minute at these limits; nil without one.
    package func deliveriesPerMinute(at limits: QuotaLimits) -> Double? {
        quotas.filter { $0.scope != .everything && $0.covers(.severalPeople) }
            .compactMap { quota in limits[quota.name].map { quota.perMinute($0) } }.min()
    }
}
