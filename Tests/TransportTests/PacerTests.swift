import TestSupport
import Testing

@testable import Transport

struct PacerTests {
    private static let limits = PaceLimits(
        requestsPerSecond: 5, importsPerMinute: 100, singleImportsPerMinute: 20)
    private static let start = Duration.seconds(1_000_000)

    @Test(arguments: UInt64(1)...12)
    func `no window of the server sees more than the limit, whatever the latencies`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var traffic = PacedTraffic(pacer: Pacer(limits: Self.limits), seed: seed &* 31)
        traffic.pacer.reservedForImports = Int.random(in: 0...3, using: &random)
        traffic.latencies = 1...Int.random(in: 5...3_000, using: &random)
        traffic.rests = [.general: 0...300, .importMany: 0...50, .importSingle: 0...900]
        var workers: [RequestKind] = [.general, .importMany, .importSingle]
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            workers.append(RequestKind.allCases.randomElement(using: &random) ?? .general)
        }
        traffic.run(workers: workers, from: Self.start, for: .seconds(300))
        #expect(traffic.departures.count > 100)
        expect(traffic.counted(), within: 5, per: .seconds(1), using: &random)
        expect(traffic.counted(.importMany), within: 100, per: .seconds(60), using: &random)
        expect(traffic.counted(.importSingle), within: 20, per: .seconds(60), using: &random)
    }

    private func expect(
        _ moments: [Duration], within limit: Int, per length: Duration,
        using random: inout SeededRandom, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(
            ServerWindows.busiestSliding(moments, length: length) <= limit,
            sourceLocation: location)
        let phase = length * Double.random(in: 0...1, using: &random)
        #expect(
            ServerWindows.busiestFixed(moments, length: length, phase: phase) <= limit,
            sourceLocation: location)
        #expect(
            ServerWindows.refusedByBucket(moments, limit: limit, length: length) == 0,
            sourceLocation: location)
    }

    @Test(arguments: UInt64(1)...6)
    func `imports reach 98 of 100 a minute while questions compete`(seed: UInt64) {
        var traffic = PacedTraffic(pacer: Pacer(limits: Self.limits), seed: seed)
        traffic.pacer.reservedForImports = 2
        traffic.latencies = 50...1_000
        let questions = [RequestKind](repeating: .general, count: 6)
        traffic.run(
            workers: [.importMany, .importMany] + questions, from: Self.start, for: .seconds(1_200))
        #expect(traffic.counted(.importMany).count >= 98 * 20)
        // Questions wait for imports, and are not starved by them.
        #expect(traffic.counted(.general).count >= 20 * 45)
    }

    @Test func `nothing leaves before a pause is over`() {
        var pacer = Pacer(limits: Self.limits)
        pacer.pause(for: .seconds(30), at: Self.start)
        pacer.pause(for: .seconds(5), at: Self.start)
        for kind in RequestKind.allCases {
            #expect(pacer.request(kind, at: Self.start + .seconds(10)) == .wait(.seconds(20)))
        }
        #expect(isGo(pacer.request(.general, at: Self.start + .seconds(30))))
    }

    @Test func `a pause of imports holds imports alone`() {
        var pacer = Pacer(limits: Self.limits)
        pacer.pauseImports(for: .seconds(60), at: Self.start)
        #expect(pacer.request(.importMany, at: Self.start) == .wait(.seconds(60)))
        #expect(pacer.request(.importSingle, at: Self.start) == .wait(.seconds(60)))
        #expect(isGo(pacer.request(.general, at: Self.start)))
    }

    @Test func `calls of an earlier process count`() {
        var pacer = Pacer(limits: Self.limits)
        for second in 0..<100 {
            pacer.remember(
                .importMany, answeredAt: Self.start - .milliseconds(59_000 - second * 100))
        }
        #expect(pacer.request(.importMany, at: Self.start) == .wait(.seconds(1)))
        #expect(isGo(pacer.request(.importSingle, at: Self.start)))
        #expect(isGo(pacer.request(.importMany, at: Self.start + .seconds(1))))
    }

    @Test func `a full window waits for the oldest answer to leave it`() {
        var pacer = Pacer(limits: Self.limits)
        for step in 0..<5 {
            pacer.remember(.general, answeredAt: Self.start - .milliseconds(900 - step * 100))
        }
        #expect(pacer.request(.general, at: Self.start) == .wait(.milliseconds(100)))
    }

    @Test func `a window full of requests under way waits for an answer`() {
        var pacer = Pacer(limits: Self.limits)
        var tickets: [Pacer.Ticket] = []
        for _ in 0..<5 {
            guard case .go(let ticket) = pacer.request(.general, at: Self.start) else { break }
            tickets.append(ticket)
        }
        #expect(tickets.count == 5)
        #expect(pacer.request(.general, at: Self.start + .seconds(40)) == .waitForAnswer)
        pacer.answered(tickets[0], at: Self.start + .seconds(40))
        pacer.answered(tickets[0], at: Self.start + .seconds(40))
        #expect(
            pacer.request(.general, at: Self.start + .seconds(40)) == .wait(.seconds(1)))
        #expect(isGo(pacer.request(.general, at: Self.start + .seconds(41))))
        #expect(pacer.request(.general, at: Self.start + .seconds(41)) == .waitForAnswer)
    }

    @Test func `places left to imports are not taken by questions`() {
        var pacer = Pacer(limits: Self.limits)
        pacer.reservedForImports = 2
        for _ in 0..<3 { #expect(isGo(pacer.request(.general, at: Self.start))) }
        #expect(pacer.request(.general, at: Self.start) == .waitForAnswer)
        for _ in 0..<2 { #expect(isGo(pacer.request(.importMany, at: Self.start))) }
        #expect(pacer.request(.importMany, at: Self.start) == .waitForAnswer)
    }

    @Test func `a limit smaller than the reserved places still lets questions through`() {
        var pacer = Pacer(
            limits: PaceLimits(
                requestsPerSecond: 1, importsPerMinute: nil, singleImportsPerMinute: nil))
        pacer.reservedForImports = 2
        #expect(isGo(pacer.request(.general, at: Self.start)))
    }

    @Test func `without limits everything leaves at once`() {
        var pacer = Pacer(
            limits: PaceLimits(
                requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil))
        for kind in RequestKind.allCases {
            for _ in 0..<1_000 { #expect(isGo(pacer.request(kind, at: Self.start))) }
        }
    }

    private func isGo(_ decision: Pacer.Decision) -> Bool {
        if case .go = decision { true } else { false }
    }
}
