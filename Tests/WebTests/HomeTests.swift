import Access
import Exports
import HTTPTypes
import Hummingbird
import Phrases
import Segments
import Store
import TestSupport
import Testing

@testable import Web

/// The front door: what needs a person comes first.
struct HomeTests {
    @Test func `a new installation shows the way to the first delivery, by what one may do`()
        async throws
    {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser in
            let page = try await browser.get("/")
            #expect(page.status == .ok)
            #expect(page.says("First steps"))
            #expect(page.says("href=\"/imports\""))
            #expect(page.says("Nothing needs you at the moment."))
        }
        try await world.browse(as: .viewer) { browser in
            let page = try await browser.get("/")
            #expect(page.says("First steps"))
            #expect(!page.says("href=\"/imports\""))
            #expect(!page.says("href=\"/segments/new\""))
        }
    }

    @Test func `a segment whose evaluation failed needs somebody, and a connection in trouble too`()
        async throws
    {
        let world = try WebWorld()
        let segment = try world.catalog.setup.addSegment(
            named: "Loyal", definition: .dynamic(rule: "Age > 30"), by: WebWorld.actor)
        try world.catalog.history.noteTrouble(
            SegmentTrouble(code: "rule-invalid", detail: "No attribute Age.", at: world.now),
            ofSegment: segment)
        try await world.browse(as: .viewer) { browser in
            let page = try await browser.get("/")
            #expect(!page.says("Nothing needs you at the moment."))
            #expect(page.says("href=\"/segments/\(segment.id)\""))
            #expect(page.says("The last evaluation failed"))
        }
    }

    @Test func `days without runs have an empty bar, and the chart tells the sum`() throws {
        let day = HistoryCatalog.dayMilliseconds
        let now = 40 * day + 5
        let chart = try #require(
            HomeCharts.deliveries(
                [DayOfRuns(day: 39 * day, delivered: 12, refused: 3, left: 0)], days: 30,
                now: now, .init(.en)))
        #expect(chart.rows.count == 30)
        #expect(chart.rows[0].values == ["0", "0", "0"])
        #expect(chart.rows[1].values == ["12", "3", "0"])
        #expect(chart.words.label.contains("12"))
        #expect(HomeCharts.deliveries([], days: 30, now: now, .init(.en)) == nil)
    }

    @Test func `the page renders in every language without a gap`() async throws {
        let world = try WebWorld()
        try await world.expectNoGaps(["/"])
    }
}
