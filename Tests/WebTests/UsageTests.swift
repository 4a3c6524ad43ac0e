import Access
import Acts
import Delivery
import Foundation
import HTTPTypes
import Store
import Testing

@testable import Web

struct UsageTests {
    /// Calls to the host of the world's export: 3 imports among 8 calls in the last minute, one of them told to
    /// wait; 100 calls five hours ago.
    static func record(in world: WebWorld) throws {
        let now = world.now
        func call(_ before: Int64, kind: String = "general", status: Int? = 200) -> CallEntry {
            CallEntry(
                kind: kind, method: "POST", path: "/x", startedAt: now - before,
                endedAt: now - before + 10, status: status, pause: status == 429 ? 3_000 : nil)
        }
        var calls = (0..<4).map { _ in call(30_000) }
        calls += (0..<3).map { _ in call(30_000, kind: "import") }
        calls.append(call(30_000, status: 429))
        calls += (0..<100).map { _ in call(5 * 3_600_000) }
        try world.catalog.ledger.record(calls, host: "shop.example", run: nil)
    }

    @Test func `the page shows each account against its limits, as charts and as tables`()
        async throws
    {
        let world = try WebWorld()
        try world.endedRun(.completed)
        try Self.record(in: world)
        try await world.browse(as: .administrator) { browser async throws in
            let page = try await browser.get("/system/usage")
            #expect(page.status == .ok)
            #expect(
                page.text.contains("shop.example") && page.text.contains("\u{2068}Shop\u{2069}"))
            #expect(
                page.text.contains("8 requests in the last hour, 8 in the busiest minute."))
            #expect(page.text.contains("108 requests in the last 24 hours"))
            #expect(
                page.text.contains("7:59 AM: 8 requests, 3 of them imports")
                    || page.text.contains("7:59\u{202F}AM: 8 requests, 3 of them imports"))
            #expect(page.text.contains("Limit: 300"))
            let cells = { (name: String) throws -> [String] in
                let row = try #require(
                    page.text.components(separatedBy: "<tr>").first {
                        $0.contains("<th scope=\"row\">\(name)</th>")
                    })
                return row.matches(of: #/<td class="number">([^<]*)<\/td>/#).map {
                    String($0.output.1)
                }
            }
            #expect(try cells("Limit a minute") == ["300", "", "100", "", "", "", "", ""])
            #expect(try cells("Last minute").dropLast() == ["8", "8", "3", "3", "1", "0", "1"])
            #expect(
                try cells("Last 24 hours").dropLast() == ["108", "100", "3", "3", "1", "0", "1"])
        }
    }

    @Test func `the page is empty where no account is known`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser async throws in
            let page = try await browser.get("/system/usage")
            #expect(page.text.contains("No account has been called"))
        }
    }

    @Test func `programs read the same numbers`() async throws {
        let world = try WebWorld()
        try world.endedRun(.completed)
        try Self.record(in: world)
        struct Usage: Decodable {
            struct Count: Decodable {
                let requests: Int, imports: Int, limited: Int, pausedMilliseconds: Int
            }
            struct Span: Decodable { let total: Count, peakRequests: Int, peakImports: Int }
            struct Point: Decodable { let from: String, requests: Int }
            struct Account: Decodable {
                let host: String, connections: [String], requestsPerMinuteMax: Int?
                let now: Count, hour: Span, day: Span, week: Span, minutes: [Point], hours: [Point]
            }
            let items: [Account]
        }
        try await world.call(as: .administrator) { client async throws in
            let account = try #require(
                try await client.get("/api/v1/usage").json(Usage.self).items.first)
            #expect(account.host == "shop.example" && account.connections == ["Shop"])
            #expect(account.requestsPerMinuteMax == 300)
            #expect(account.now.requests == 8 && account.now.imports == 3)
            #expect(account.now.limited == 1 && account.now.pausedMilliseconds == 3_000)
            #expect(account.day.total.requests == 108 && account.day.peakRequests == 100)
            #expect(account.minutes.count == 60 && account.hours.count == 24)
            #expect(account.minutes.last?.from == "2026-01-05T07:59:00.000Z")
            #expect(account.minutes.last?.requests == 8)
        }
    }

    @Test func `a week with calls in every minute is summed whole`() throws {
        let world = try WebWorld()
        let end = world.now / 60_000
        // As many as a week of the strictest account holds: 10,080 minutes.
        let calls = (0..<10_080).map { minute in
            CallEntry(
                kind: "import", method: "POST", path: "/x",
                startedAt: (end - 1 - Int64(minute)) * 60_000,
                endedAt: (end - 1 - Int64(minute)) * 60_000 + 5, status: 200, pause: nil)
        }
        try world.catalog.ledger.record(calls, host: "busy.example", run: nil)
        let usage = try #require(
            try AccountUsage.all(world.catalog, at: world.now).first)
        #expect(usage.week.total.calls == 10_080 && usage.week.peakRequests == 1)
        #expect(usage.day.total.imports == 1_440 && usage.hour.total.calls == 60)
    }
}
