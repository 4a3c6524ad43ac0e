package import Access
import Store

/// Requests to each account against its limits.
package struct ShowUsage: RemoteAct {
    package static let needs = Permission.readUsage

    package init() {}

    package func perform(by asker: Asker, in acts: ActContext) throws -> Items<UsageAnswer> {
        Items(try AccountUsage.all(acts.catalog, at: acts.now()).map(UsageAnswer.init))
    }

    package func call(_ things: any ThingFinder) -> APICall { APICall("GET", "/api/v1/usage") }
}

/// How much of an account's limits is used.
package struct UsageAnswer: Codable, Equatable, Sendable {
    package let host: String
    package let connections: [String]
    @Nullable package var requestsPerMinuteMax: Int?
    @Nullable package var importsPerMinuteMax: Int?
    @Nullable package var singleImportsPerMinuteMax: Int?
    package let now: Count
    package let hour: Span
    package let day: Span
    package let week: Span
    package let minutes: [Point]
    package let hours: [Point]

    package init(_ usage: AccountUsage) {
        host = usage.host
        connections = usage.connections
        requestsPerMinuteMax = usage.requestsMax
        importsPerMinuteMax = usage.importsMax
        singleImportsPerMinuteMax = usage.singleImportsMax
        now = Count(usage.now)
        hour = Span(usage.hour)
        day = Span(usage.day)
        week = Span(usage.week)
        minutes = usage.minutes.map(Point.init)
        hours = usage.hours.map(Point.init)
    }

    /// A stretch of time.
    package struct Span: Codable, Equatable, Sendable {
        package let total: Count
        package let peakRequests: Int
        package let peakImports: Int

        init(_ span: AccountUsage.Span) {
            total = Count(span.total)
            peakRequests = span.peakRequests
            peakImports = span.peakImports
        }
    }

    /// Requests and what came of them.
    package struct Count: Codable, Equatable, Sendable {
        package let requests: Int
        package let imports: Int
        package let singleImports: Int
        package let limited: Int
        package let errors: Int
        package let pauses: Int
        package let pausedMilliseconds: Int64

        init(_ count: CallCount) {
            requests = count.calls
            imports = count.imports
            singleImports = count.singleImports
            limited = count.limited
            errors = count.errors
            pauses = count.pauses
            pausedMilliseconds = count.paused
        }
    }

    /// A place of a chart.
    package struct Point: Codable, Equatable, Sendable {
        package let from: Moment
        package let requests: Int
        package let imports: Int

        init(_ point: CallMinute) {
            from = Moment(point.minute * 60_000)
            requests = point.count.calls
            imports = point.count.imports
        }
    }
}
