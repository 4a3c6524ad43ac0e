import Phrases
import Store

/// Requests in equal parts of time as bars, with the imports among them; shown by `parts/usage-chart` under the
/// name `chart`. Time runs from left to right in every language.
struct UsageChart: Sendable {
    let id: String
    let title: String
    /// What a screen reader says in place of the bars.
    let label: String
    let isEmpty: Bool
    let bars: [Bar]
    /// Where the limit stands, in per cent from above; nil without one.
    let limitAt: String?
    let limitText: String?
    let highest: String
    /// Times at both ends.
    let from: String
    let to: String
    /// Parts of time with requests.
    let rows: [Row]

    struct Bar: Sendable {
        /// In per cent of the picture, as SVG writes numbers.
        let start: String
        let width: String
        let top: String
        let height: String
        let importsTop: String
        let importsHeight: String
        /// The bar in words, shown where a pointer rests on it.
        let title: String
    }

    struct Row: Sendable {
        let time: String
        let machine: String
        let requests: String
        let imports: String
    }

    /// `points` are the parts of time, each `length` minutes long; `limit` is of one part.
    init(
        id: String, title: String, label: String, points: [CallMinute], length: Int64, limit: Int?,
        _ book: PhraseBook
    ) {
        self.id = id
        self.title = title
        self.label = label
        let peak = points.map(\.count.calls).max() ?? 0
        let top = max(peak, limit ?? 0, 1)
        isEmpty = peak == 0
        highest = book.text(.usageHighest, ["count": book.number(top)])
        limitAt = limit.map { Self.percent(1 - Self.share($0, of: top)) }
        limitText = limit.map { book.text(.usageLimitLine, ["count": book.number($0)]) }
        let step = 1 / Double(max(points.count, 1))
        bars = points.enumerated().filter { $0.element.count.calls > 0 }.map { place, point in
            let requests = Self.share(point.count.calls, of: top)
            let imports = Self.share(point.count.imports, of: top)
            return Bar(
                start: Self.percent((Double(place) + 0.1) * step),
                width: Self.percent(0.8 * step), top: Self.percent(1 - requests),
                height: Self.percent(requests), importsTop: Self.percent(1 - imports),
                importsHeight: Self.percent(imports),
                title: book.text(
                    .usageBar,
                    [
                        "time": Self.clock(point.minute, length, book),
                        "requests": book.number(point.count.calls),
                        "imports": book.number(point.count.imports),
                    ]))
        }
        from = points.first.map { Self.clock($0.minute, length, book) } ?? ""
        to = points.last.map { Self.clock($0.minute + length, length, book) } ?? ""
        rows = points.filter { $0.count.calls > 0 }.map {
            Row(
                time: book.time($0.minute * 60_000), machine: book.machineTime($0.minute * 60_000),
                requests: book.number($0.count.calls), imports: book.number($0.count.imports))
        }
    }

    /// With the day, where more than a few hours are shown.
    private static func clock(
        _ minute: Int64, _ length: Int64, _ book: PhraseBook
    ) -> String {
        length == 1 ? book.timeOfMinute(minute * 60_000) : book.time(minute * 60_000)
    }

    private static func share(_ count: Int, of top: Int) -> Double {
        Double(count) / Double(top)
    }

    /// To a tenth of a per cent, as SVG writes numbers.
    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1_000).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
