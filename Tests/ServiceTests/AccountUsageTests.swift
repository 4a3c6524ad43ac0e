import Exports
import Store
import TestSupport
import Testing

@testable import Acts

struct AccountUsageTests {
    private static let end: Int64 = 29_460_000

    private func minute(_ before: Int64, calls: Int, imports: Int = 0, limited: Int = 0)
        -> CallMinute
    {
        var count = CallCount()
        count.calls = calls
        count.imports = imports
        count.limited = limited
        return CallMinute(minute: Self.end - before, count: count)
    }

    private func usage(_ minutes: [CallMinute]) -> AccountUsage {
        AccountUsage(
            host: "acme.example", connections: ["acme"],
            limits: QuotaLimits(
                requestsPerSecond: 5, importsPerMinute: 100, singleImportsPerMinute: nil),
            counted: minutes.sorted { $0.minute < $1.minute }, before: Self.end)
    }

    @Test func `spans, peaks and series say what the minutes say`() {
        let usage = usage([
            minute(0, calls: 999), minute(1, calls: 5, imports: 2), minute(60, calls: 7),
            minute(61, calls: 9, limited: 1), minute(1_440, calls: 1, imports: 1),
            minute(1_441, calls: 20), minute(10_080, calls: 3), minute(10_081, calls: 1_000),
        ])
        #expect(usage.now.calls == 5 && usage.now.imports == 2)
        #expect(usage.hour.total.calls == 12 && usage.hour.peakRequests == 7)
        #expect(usage.day.total.calls == 22 && usage.day.peakRequests == 9)
        #expect(usage.day.total.limited == 1 && usage.hour.total.limited == 0)
        #expect(usage.week.total.calls == 45 && usage.week.peakRequests == 20)
        #expect(usage.week.peakImports == 2)
        #expect(usage.minutes.count == 60 && usage.hours.count == 24)
        #expect(usage.minutes.first?.count.calls == 7 && usage.minutes.last?.count.calls == 5)
        #expect(usage.hours.last?.count.calls == 12)
        #expect(usage.hours.map(\.count.calls).reduce(0, +) == usage.day.total.calls)
        #expect(usage.requestsMax == 300 && usage.importsMax == 100)
        #expect(usage.singleImportsMax == nil)
    }

    @Test func `an account without calls has whole series of nothing`() {
        let usage = usage([])
        #expect(usage.minutes.count == 60 && usage.minutes.allSatisfy { $0.count == CallCount() })
        #expect(usage.hours.first?.minute == Self.end - 24 * 60)
    }

    @Test func `an account of several connections has the strictest of their limits`() throws {
        let fixture = try RunFixture()
        let actor = RunFixture.actor
        for (name, perSecond) in [("one", 9), ("two", 3)] {
            _ = try fixture.catalog.setup.add(
                NewConnection(
                    name: name, destination: "activecampaign", host: "shared.example",
                    sealedSecret: [],
                    pace: QuotaLimits(
                        requestsPerSecond: perSecond, importsPerMinute: nil,
                        singleImportsPerMinute: 4),
                    facts: AccountFacts(user: "u", contactsMax: nil, contacts: nil)), by: actor)
        }
        let call = CallEntry(
            kind: "general", method: "GET", path: "/", startedAt: Self.end * 60_000 - 1,
            endedAt: Self.end * 60_000, status: 200, pause: nil)
        try fixture.catalog.ledger.record([call], host: "gone.example", run: nil)
        let all = try AccountUsage.all(fixture.catalog, at: Self.end * 60_000)
        #expect(all.map(\.host) == ["acme.example", "gone.example", "shared.example"])
        #expect(all[2].connections == ["one", "two"] && all[2].requestsMax == 180)
        #expect(all[2].importsMax == nil && all[2].singleImportsMax == 4)
        #expect(all[1].connections == [] && all[1].now.calls == 1)
    }
}
