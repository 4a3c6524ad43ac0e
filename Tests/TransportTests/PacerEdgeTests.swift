import TestSupport
import Testing

@testable import Transport

/// The moments at which windows and pauses end: one millisecond before, on it, and one after.
struct PacerEdgeTests {
    private static let start = Duration.seconds(1_000_000)

    struct Quota: CustomTestStringConvertible, Sendable {
        let kind: RequestKind
        let limit: Int
        let window: Duration
        let limits: PaceLimits

        var testDescription: String { kind.rawValue }

        /// A pacer whose window of this kind was filled, answered at the start.
        var full: Pacer {
            var pacer = Pacer(limits: limits)
            for _ in 0..<limit { pacer.remember(kind, answeredAt: PacerEdgeTests.start) }
            return pacer
        }
    }

    static let quotas = [
        Quota(
            kind: .general, limit: 5, window: .seconds(1),
            limits: PaceLimits(
                requestsPerSecond: 5, importsPerMinute: nil, singleImportsPerMinute: nil)),
        Quota(
            kind: .importMany, limit: 100, window: .seconds(60),
            limits: PaceLimits(
                requestsPerSecond: nil, importsPerMinute: 100, singleImportsPerMinute: nil)),
        Quota(
            kind: .importSingle, limit: 20, window: .seconds(60),
            limits: PaceLimits(
                requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: 20)),
    ]

    @Test(arguments: quotas)
    func `a millisecond before its end a full window still holds`(quota: Quota) {
        var pacer = quota.full
        let before = Self.start + quota.window - .milliseconds(1)
        #expect(pacer.request(quota.kind, at: before) == .wait(.milliseconds(1)))
        #expect(pacer.request(quota.kind, at: before) == .wait(.milliseconds(1)))
    }

    @Test(arguments: quotas)
    func `at its end and after it a window is empty`(quota: Quota) {
        for late in [Duration.zero, .milliseconds(1)] {
            var pacer = quota.full
            var left = 0
            while left <= quota.limit,
                case .go = pacer.request(quota.kind, at: Self.start + quota.window + late)
            {
                left += 1
            }
            #expect(left == quota.limit)
        }
    }

    @Test(arguments: quotas)
    func `one request fewer than the limit holds nobody up, and the limit does`(quota: Quota) {
        var pacer = Pacer(limits: quota.limits)
        for _ in 1..<quota.limit { pacer.remember(quota.kind, answeredAt: Self.start) }
        guard case .go(let ticket) = pacer.request(quota.kind, at: Self.start) else {
            Issue.record("The last place was not given.")
            return
        }
        #expect(pacer.request(quota.kind, at: Self.start) == .wait(quota.window))
        // The place of a request is free a whole window after its answer, not after its departure.
        pacer.answered(ticket, at: Self.start + .milliseconds(700))
        let end = Self.start + quota.window
        guard case .go = pacer.request(quota.kind, at: end) else {
            Issue.record("The window did not end.")
            return
        }
    }

    @Test(arguments: [RequestKind.general, .importMany, .importSingle])
    func `a pause holds to its last millisecond`(kind: RequestKind) {
        var pacer = Pacer(
            limits: PaceLimits(
                requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil))
        pacer.pause(for: .seconds(3), at: Self.start)
        pacer.pauseImports(for: .seconds(2), at: Self.start)
        let last = Self.start + .milliseconds(2_999)
        #expect(pacer.request(kind, at: last) == .wait(.milliseconds(1)))
        guard case .go = pacer.request(kind, at: Self.start + .seconds(3)) else {
            Issue.record("The pause did not end.")
            return
        }
    }

    @Test func `the importer's own pause holds imports to its last millisecond`() {
        var pacer = Pacer(
            limits: PaceLimits(
                requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil))
        pacer.pauseImports(for: .seconds(2), at: Self.start)
        let last = Self.start + .milliseconds(1_999)
        #expect(pacer.request(.importMany, at: last) == .wait(.milliseconds(1)))
        #expect(pacer.request(.importSingle, at: last) == .wait(.milliseconds(1)))
        guard case .go = pacer.request(.importMany, at: Self.start + .seconds(2)) else {
            Issue.record("The pause did not end.")
            return
        }
    }
}
