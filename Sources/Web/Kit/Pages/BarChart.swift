import Phrases

/// Numbers side by side, such as people by day, each bar in parts one upon the other; shown by
/// `parts/bar-chart` in a section of its name.
struct BarChart: Sendable {
    /// A bar with the numbers of the groups, in the order of the groups.
    struct Bar: Sendable {
        let name: String
        let values: [Int]
    }

    /// What a part of each bar stands for.
    struct Group: Sendable {
        /// The group's word in the style sheet, such as `delivered`.
        let group: String
        let name: String
    }

    let words: ChartWords
    let groups: [Group]
    let parts: [Part]
    /// Beside the grid from above, and under it from the left.
    let marks: [String]
    let names: [String]
    let rows: [Row]

    /// A rectangle; its numbers are per cent of the picture.
    struct Part: Sendable {
        let group: String
        let x: String
        let y: String
        let width: String
        let height: String
        let title: String
    }

    struct Row: Sendable {
        let name: String
        let values: [String]
    }

    /// The share of its place that a bar fills.
    private static let fill = 0.7

    /// There is no chart of no bars.
    init?(_ bars: [Bar], groups: [Group], words: ChartWords, _ book: PhraseBook) {
        guard let first = bars.first, let last = bars.last else { return nil }
        self.words = words
        self.groups = groups
        let top = ChartScale.top(above: bars.map { $0.values.reduce(0, +) }.max() ?? 0)
        let place = 100 / Double(bars.count)
        parts = bars.enumerated().flatMap { index, bar in
            var below = 0
            return zip(groups, bar.values).compactMap { group, value -> Part? in
                guard value > 0 else { return nil }
                below += value
                return Part(
                    group: group.group,
                    x: Self.percent(place * (Double(index) + (1 - Self.fill) / 2)),
                    y: Self.percent(100 - Double(below) / Double(top) * 100),
                    width: Self.percent(place * Self.fill),
                    height: Self.percent(Double(value) / Double(top) * 100),
                    title: "\(bar.name), \(group.name): \(book.number(value))")
            }
        }
        marks = ChartScale.marks(top: top, book)
        names = bars.count > 1 ? [first.name, last.name] : [first.name]
        rows = bars.reversed().map {
            Row(name: $0.name, values: $0.values.map(book.number))
        }
    }

    /// To a hundredth, as SVG writes numbers.
    private static func percent(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        guard rest > 0 else { return String(hundredths / 100) }
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
