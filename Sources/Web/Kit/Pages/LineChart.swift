import Foundation
import Phrases

/// Words around a chart, in the reader's language.
struct ChartWords: Sendable {
    /// What a screen reader says in place of the picture.
    let label: String
    /// The line that opens the table of the numbers.
    let summary: String
    /// Heads of the table's columns.
    let time: String
    let value: String
}

/// The height of charts: from nothing to a round number.
enum ChartScale {
    /// The smallest even number of one digit and zeros that nothing rises above, so that its half is whole.
    static func top(above most: Int) -> Int {
        var step = 2
        while step * 5 < most, step < Int.max / 100 { step *= 10 }
        return (1...5).map { $0 * step }.first { $0 >= most } ?? most
    }

    /// What stands beside the lines of the grid, from above.
    static func marks(top: Int, _ book: PhraseBook) -> [String] {
        [top, top / 2, 0].map(book.number)
    }
}

/// Numbers that change over time, as a line with its numbers in a table; shown by `parts/line-chart` in a
/// section of its name. The picture is drawn in a square of 1,000 units, which the style sheet stretches.
struct LineChart: Sendable {
    /// A number at a moment in milliseconds since 1970.
    struct Point: Equatable, Sendable {
        let at: Int64
        let value: Int
    }

    let words: ChartWords
    /// Paths of the line and of the area under it.
    let line: String
    let area: String
    /// The points one by one, as long as there are few.
    let dots: [Dot]
    /// Beside the grid from above, and under it from the left.
    let marks: [String]
    let times: [String]
    /// Newest first.
    let rows: [Row]

    struct Dot: Sendable {
        let path: String
        let title: String
    }

    struct Row: Sendable {
        let at: MomentText
        let value: String
    }

    private static let unit: Int64 = 1_000
    /// More points than that stand too close for dots.
    private static let dotsMax = 60
    /// Moments closer than that are told apart by the time of day.
    private static let daysMilliseconds: Int64 = 3 * 86_400_000

    /// `points` come oldest first; there is no chart of none.
    init?(_ points: [Point], words: ChartWords, _ book: PhraseBook) {
        guard let first = points.first, let last = points.last else { return nil }
        self.words = words
        let top = ChartScale.top(above: points.map(\.value).max() ?? 0)
        let span = last.at - first.at
        let places = points.map { point in
            (
                x: span > 0 ? (point.at - first.at) * Self.unit / span : Self.unit / 2,
                y: Self.unit - Int64(Double(point.value) / Double(top) * Double(Self.unit))
            )
        }
        let corners = places.map { "\($0.x) \($0.y)" }
        line = "M" + corners.joined(separator: "L")
        let end = places.last?.x ?? 0
        area =
            "M\(places[0].x) \(Self.unit)L" + corners.joined(separator: "L")
            + "L\(end) \(Self.unit)Z"
        dots =
            points.count > Self.dotsMax
            ? []
            : zip(points, places).map { point, place in
                Dot(
                    path: "M\(place.x) \(place.y)h0",
                    title: "\(book.time(point.at)): \(book.number(point.value))")
            }
        marks = ChartScale.marks(top: top, book)
        let moments = span > 0 ? [first.at, first.at + span / 2, last.at] : [first.at]
        times = moments.map {
            span < Self.daysMilliseconds ? book.time($0) : Self.day($0, book.language.locale)
        }
        rows = points.suffix(Self.dotsMax).reversed().map {
            Row(at: MomentText($0.at, book), value: book.number($0.value))
        }
    }

    private static func day(_ milliseconds: Int64, _ locale: Locale) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(
            Date.FormatStyle(
                date: .abbreviated, time: .omitted, locale: locale,
                calendar: Calendar(identifier: .gregorian), timeZone: .gmt))
    }
}
