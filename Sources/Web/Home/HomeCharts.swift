import Foundation
import Phrases
import Segments
import Store

/// The charts of the front door.
enum HomeCharts {
    /// People by the day on which their run ended; nil when no run ended in that time.
    static func deliveries(
        _ found: [DayOfRuns], days: Int64, now: Int64, _ book: PhraseBook
    ) -> BarChart? {
        guard !found.isEmpty else { return nil }
        let today = now / HistoryCatalog.dayMilliseconds
        let byDay = Dictionary(
            found.map { ($0.day / HistoryCatalog.dayMilliseconds, $0) },
            uniquingKeysWith: { one, _ in one })
        let bars = ((today - days + 1)...today).map { day in
            let numbers = byDay[day]
            return BarChart.Bar(
                name: book.day(day * HistoryCatalog.dayMilliseconds),
                values: [numbers?.delivered ?? 0, numbers?.refused ?? 0, numbers?.left ?? 0])
        }
        let total = found.map(\.delivered).reduce(0, +)
        return BarChart(
            bars,
            groups: [
                BarChart.Group(group: "delivered", name: book.text(.outcomeDelivered)),
                BarChart.Group(group: "refused", name: book.text(.outcomeRefused)),
                BarChart.Group(group: "unchanged", name: book.text(.outcomeLeft)),
            ],
            words: ChartWords(
                label: book.text(.homeDeliveriesLabel, count: total),
                summary: book.text(.homeDeliveriesTable), time: book.text(.homeDay), value: ""),
            book)
    }

    /// A segment with its sizes over time.
    struct Size: Sendable {
        let href: String
        let name: String
        let members: String
        let chart: LineChart?
    }

    /// The segments that exports use before the others, then the largest first.
    static func sizes(
        _ entries: [SegmentEntry], _ sizes: [Segment.ID: [SegmentSize]], limit: Int,
        _ book: PhraseBook
    ) -> [Size] {
        let counted = entries.filter { $0.members != nil }
        let ordered = counted.sorted { one, other in
            let (mine, theirs) = (!one.usedBy.exports.isEmpty, !other.usedBy.exports.isEmpty)
            if mine != theirs { return mine }
            return (one.members ?? 0, other.segment.id) > (other.members ?? 0, one.segment.id)
        }
        return ordered.prefix(limit).map { entry in
            Size(
                href: "/segments/\(entry.segment.id)", name: entry.segment.name,
                members: book.text(.homeMembers, count: entry.members ?? 0),
                chart: chart(sizes[entry.segment.id] ?? [], book))
        }
    }

    private static func chart(_ sizes: [SegmentSize], _ book: PhraseBook) -> LineChart? {
        let counts = sizes.map(\.members)
        return LineChart(
            sizes.map { LineChart.Point(at: $0.at, value: $0.members) },
            words: ChartWords(
                label: book.text(
                    .segmentsChart,
                    [
                        "first": book.number(counts.first ?? 0),
                        "last": book.number(counts.last ?? 0),
                        "least": book.number(counts.min() ?? 0),
                        "most": book.number(counts.max() ?? 0),
                    ]),
                summary: book.text(.segmentsEvaluations, count: sizes.count),
                time: book.text(.segmentsColumnEvaluated),
                value: book.text(.segmentsColumnMembers)), book)
    }
}

extension PhraseBook {
    /// A day of the calendar, in UTC, without its year.
    func day(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(
            Date.FormatStyle(
                locale: language.locale, calendar: Calendar(identifier: .gregorian),
                timeZone: .gmt
            ).day().month(.abbreviated))
    }
}
