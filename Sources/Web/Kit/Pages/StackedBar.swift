import Phrases

/// People in groups as one bar with a legend; shown by `parts/bar` under the name `bar`.
struct StackedBar: Sendable {
    /// What a screen reader says in place of the bar.
    let label: String
    let parts: [Part]
    /// A sentence under the legend, such as how many people the bar stands for.
    let sum: String?

    struct Part: Sendable {
        /// The group's word in the style sheet: `delivered`, `enter`, `suppressed` and so on.
        let group: String
        /// Where the part begins and how wide it is, in per cent of the bar, as SVG writes numbers.
        let start: String
        let share: String
        /// The part in words, shown where a pointer rests on it.
        let title: String
        let icon: String
        /// Where the people of the group are listed; nil where they are not.
        let href: String?
        let name: String
        let count: String
    }

    /// A group to show, in the order of the bar.
    struct Group: Sendable {
        let group: String
        let name: String
        let count: Int
        var href: String?
        /// In place of the group's own icon.
        var icon: String?
    }

    init(label: String, sum: String? = nil, _ groups: [Group], _ book: PhraseBook) {
        let total = groups.reduce(0) { $0 + $1.count }
        var before = 0
        parts = groups.map { group in
            let start = Self.thousandth(before, of: total)
            before += group.count
            let end = Self.thousandth(before, of: total)
            let count = book.number(group.count)
            return Part(
                group: group.group, start: Self.percent(start), share: Self.percent(end - start),
                title: "\(group.name): \(count)",
                icon: group.icon ?? Self.icons[group.group] ?? group.group, href: group.href,
                name: group.name, count: count)
        }
        self.label = label
        self.sum = sum
    }

    /// Both ends of a part are rounded, not its width, so that no gap opens between two.
    private static func thousandth(_ count: Int, of total: Int) -> Int {
        guard total > 0 else { return 0 }
        return (count * 1_000 + total / 2) / total
    }

    private static func percent(_ thousandths: Int) -> String {
        thousandths % 10 == 0 ? "\(thousandths / 10)" : "\(thousandths / 10).\(thousandths % 10)"
    }

    private static let icons = [
        "unchanged": "equal", "delivered": "done", "pending": "waits", "refused": "cross",
        "suppressed": "withheld", "leave": "minus",
    ]
}
