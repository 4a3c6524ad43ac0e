package import Exports
package import Store

/// How much of an account's limits is used, from its calls counted by the minute. A value without a clock.
package struct AccountUsage: Equatable, Sendable {
    /// A stretch of time that ends with the last whole minute.
    package struct Span: Equatable, Sendable {
        package var total = CallCount()
        /// Requests in the busiest minute, and imports in the minute with most of them.
        package var peakRequests = 0
        package var peakImports = 0
    }

    package let host: String
    /// Names of the connections that lead there; none when they were removed.
    package let connections: [String]
    /// Limits a minute; nil without one.
    package let requestsMax: Int?
    package let importsMax: Int?
    package let singleImportsMax: Int?
    /// The last whole minute.
    package let now: CallCount
    package let hour: Span
    package let day: Span
    package let week: Span
    /// The 60 minutes of the last hour, oldest first.
    package let minutes: [CallMinute]
    /// The 24 hours of the last day, oldest first, each under its first minute.
    package let hours: [CallMinute]

    /// Minutes of a week, as far back as it looks.
    package static let minutesOfWeek: Int64 = 7 * 24 * 60
    private static let minutesOfDay: Int64 = 24 * 60
    private static let minutesOfHour: Int64 = 60

    /// `counted` are the account's minutes with calls in the week before `end`, oldest first; `end` is the minute
    /// that goes on now and does not count yet.
    package init(
        host: String, connections: [String], limits: QuotaLimits?, counted: [CallMinute],
        before end: Int64
    ) {
        self.host = host
        self.connections = connections
        requestsMax = limits?["requests"].map { $0 * 60 }
        importsMax = limits?["imports"]
        singleImportsMax = limits?["single-imports"]
        let within = counted.filter {
            $0.minute < end && $0.minute >= end - Self.minutesOfWeek
        }
        now = within.last { $0.minute == end - 1 }?.count ?? CallCount()
        hour = Self.span(within, from: end - Self.minutesOfHour)
        day = Self.span(within, from: end - Self.minutesOfDay)
        week = Self.span(within, from: end - Self.minutesOfWeek)
        minutes = Self.series(within, count: 60, of: 1, before: end)
        hours = Self.series(within, count: 24, of: Self.minutesOfHour, before: end)
    }

    private static func span(_ minutes: [CallMinute], from first: Int64) -> Span {
        minutes.reduce(into: Span()) { span, minute in
            guard minute.minute >= first else { return }
            span.total += minute.count
            span.peakRequests = max(span.peakRequests, minute.count.calls)
            span.peakImports = max(span.peakImports, minute.count.imports)
        }
    }

    /// So many equal parts of the time before `end`, those without calls too.
    private static func series(
        _ minutes: [CallMinute], count: Int, of length: Int64, before end: Int64
    ) -> [CallMinute] {
        let first = end - Int64(count) * length
        var counts = Array(repeating: CallCount(), count: count)
        for minute in minutes where minute.minute >= first {
            counts[Int((minute.minute - first) / length)] += minute.count
        }
        return counts.enumerated().map { place, count in
            CallMinute(minute: first + Int64(place) * length, count: count)
        }
    }
}

extension AccountUsage {
    /// Every account that a connection leads to or that was called within the week, in the order of hosts.
    /// Throws trouble of the catalog.
    package static func all(_ catalog: Catalog, at now: Int64) throws -> [AccountUsage] {
        let end = now / 60_000
        let first = end - minutesOfWeek
        let connections = try catalog.setup.connections()
        let hosts = Set(connections.map(\.host))
            .union(try catalog.history.hostsCalled(sinceMinute: first))
        return try hosts.sorted().map { host in
            let own = connections.filter { $0.host == host }
            return AccountUsage(
                host: host, connections: own.map(\.name).sorted(),
                limits: own.isEmpty ? nil : QuotaLimits.strictest(of: own.map(\.pace)),
                counted: try catalog.history.callMinutes(toHost: host, from: first, before: end),
                before: end)
        }
    }
}
