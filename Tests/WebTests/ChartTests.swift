import Foundation
import Phrases
import Testing

@testable import Web

struct ChartTests {
    private let book = PhraseBook(.en)
    private let words = ChartWords(
        label: "Members", summary: "3 evaluations", time: "When", value: "Members")

    private func drawn(_ points: [(Int64, Int)]) -> LineChart? {
        LineChart(
            points.map { LineChart.Point(at: $0.0, value: $0.1) }, words: words, book)
    }

    @Test(arguments: [
        (0, 2), (1, 2), (2, 2), (3, 4), (9, 10), (10, 10), (11, 20), (95, 100), (101, 200),
        (1_234_567, 2_000_000), (9_000_000_001, 10_000_000_000),
    ])
    func `the scale ends at a round number whose half is whole`(most: Int, top: Int) {
        #expect(ChartScale.top(above: most) == top)
        #expect(ChartScale.top(above: most) % 2 == 0)
    }

    @Test func `there is no chart of nothing`() {
        #expect(drawn([]) == nil)
        #expect(BarChart([], groups: [], words: words, book) == nil)
    }

    @Test func `points stand where their moments are, and the area goes down to nothing`() throws {
        let day: Int64 = 86_400_000
        let chart = try #require(drawn([(0, 0), (5 * day, 10), (20 * day, 5)]))
        #expect(chart.line == "M0 1000L250 0L1000 500")
        #expect(chart.area == "M0 1000L0 1000L250 0L1000 500L1000 1000Z")
        #expect(chart.marks == ["10", "5", "0"])
        #expect(chart.times == ["Jan 1, 1970", "Jan 11, 1970", "Jan 21, 1970"])
        #expect(chart.dots.map(\.path) == ["M0 1000h0", "M250 0h0", "M1000 500h0"])
        #expect(chart.dots[1].title.hasSuffix(": 10"))
        #expect(chart.rows.map(\.value) == ["5", "10", "0"])
        #expect(chart.rows.first?.at.machine == "1970-01-21T00:00:00Z")
    }

    @Test func `a single point stands in the middle`() throws {
        let chart = try #require(drawn([(1_000, 7)]))
        #expect(chart.line == "M500 125")
        #expect(chart.times.count == 1)
    }

    @Test func `moments of one day are told by their time`() throws {
        let chart = try #require(drawn([(0, 1), (3_600_000, 2)]))
        #expect(chart.times.last?.contains("1:00") == true)
    }

    @Test func `many points have no dots, and the table has the latest of them`() throws {
        let chart = try #require(drawn((1...61).map { (Int64($0), $0) }))
        #expect(chart.dots.isEmpty)
        #expect(chart.rows.map(\.value) == (2...61).reversed().map(String.init))
    }

    @Test func `the parts of a bar stand upon each other and fill its height`() throws {
        let chart = try #require(
            BarChart(
                [
                    .init(name: "Mon", values: [30, 10]), .init(name: "Tue", values: [0, 20]),
                ],
                groups: [
                    .init(group: "delivered", name: "Delivered"),
                    .init(group: "refused", name: "Refused"),
                ], words: words, book))
        #expect(chart.marks == ["40", "20", "0"])
        #expect(chart.parts.map(\.group) == ["delivered", "refused", "refused"])
        #expect(chart.parts.map(\.y) == ["25", "0", "50"])
        #expect(chart.parts.map(\.height) == ["75", "25", "50"])
        #expect(chart.parts.map(\.x) == ["7.50", "7.50", "57.50"])
        #expect(Set(chart.parts.map(\.width)) == ["35"])
        #expect(chart.parts[1].title == "Mon, Refused: 10")
        #expect(chart.names == ["Mon", "Tue"])
        #expect(chart.rows.map(\.values) == [["0", "20"], ["30", "10"]])
    }
}
