import Access
import Acts
import Hummingbird
import Store

/// API usage: requests to each account against its limits.
struct UsageAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        routes.api(.get, "/api/v1/usage", needs: .readUsage) { caller in
            _ = try APIQuery(caller, names: [])
            let usage = try AccountUsage.all(services.catalog, at: services.now())
            return .json(["items": .array(usage.map { JSONValue($0) })] as JSONValue)
        }
    }
}

extension JSONValue {
    fileprivate init(_ usage: AccountUsage) {
        self = [
            "host": .string(usage.host), "connections": .texts(usage.connections),
            "requestsPerMinuteMax": .count(usage.requestsMax),
            "importsPerMinuteMax": .count(usage.importsMax),
            "singleImportsPerMinuteMax": .count(usage.singleImportsMax),
            "now": JSONValue(usage.now), "hour": JSONValue(usage.hour),
            "day": JSONValue(usage.day), "week": JSONValue(usage.week),
            "minutes": .array(usage.minutes.map { JSONValue($0) }),
            "hours": .array(usage.hours.map { JSONValue($0) }),
        ]
    }

    private init(_ span: AccountUsage.Span) {
        self = [
            "total": JSONValue(span.total), "peakRequests": .count(span.peakRequests),
            "peakImports": .count(span.peakImports),
        ]
    }

    private init(_ count: CallCount) {
        self = [
            "requests": .count(count.calls), "imports": .count(count.imports),
            "singleImports": .count(count.singleImports), "limited": .count(count.limited),
            "errors": .count(count.errors), "pauses": .count(count.pauses),
            "pausedMilliseconds": .integer(count.paused),
        ]
    }

    private init(_ point: CallMinute) {
        self = [
            "from": .time(point.minute * 60_000), "requests": .count(point.count.calls),
            "imports": .count(point.count.imports),
        ]
    }
}
