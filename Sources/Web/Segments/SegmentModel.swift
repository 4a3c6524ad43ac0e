import Access
import Exports
import Phrases
import Profiles
import Segments
import Store

/// One segment with everything that is known of it.
struct SegmentModel: Sendable {
    let id: Segment.ID
    let href: String
    let name: String
    let state: BadgeMark
    let isInactive: Bool
    let type: String
    let isStatic: Bool
    let members: String
    let evaluatedAt: MomentText?
    let createdAt: MomentText
    let changedAt: MomentText
    let trouble: Trouble?
    let rule: String?
    let formerRule: String?
    let acts: SegmentActs
    let ranges: [Range]
    let chart: LineChart?
    /// Nil for those who may not see customers, and when the rule cannot be evaluated.
    let preview: Preview?
    let exports: [UseMark]
    let segments: [UseMark]
    let isUnused: Bool
    /// Nil for those who may change no export.
    let adding: Adding?

    struct Trouble: Sendable {
        let text: String
        /// English; quotes the rule.
        let detail: String
        let at: MomentText
    }

    /// A length of time to see the sizes of.
    struct Range: Sendable {
        let href: String
        let text: String
        let isCurrent: Bool
    }

    struct Preview: Sendable {
        let columns: [String]
        let rows: [Row]
        let isEmpty: Bool
        let downloadHref: String

        struct Row: Sendable {
            let href: String
            let id: String
            let values: [String]
        }

        /// Attributes that are shown besides the id.
        private static let columnsMax = 6

        init(_ profiles: [Profile], _ attributes: [Attribute], of id: Segment.ID) {
            // The ids stand in a column of their own.
            let shown = attributes.map(\.name).filter { name in
                profiles.isEmpty || profiles.contains { $0.values[name]?.exported != $0.id }
            }.prefix(Self.columnsMax)
            columns = Array(shown)
            rows = profiles.map { profile in
                Row(
                    href: "/customers/\(LinkQuery.encoded(profile.id))", id: profile.id,
                    values: shown.map { profile.values[$0]?.exported ?? "" })
            }
            isEmpty = profiles.isEmpty
            downloadHref = "/segments/\(id)/members.csv"
        }
    }

    /// The form that puts the segment into an export.
    struct Adding: Sendable {
        let exports: [Choice]
        let isEmpty: Bool
        let newHref: String

        struct Choice: Sendable {
            let value: String
            let text: String
        }

        init(_ segment: Segment, _ entries: [ExportEntry]) {
            exports = entries.filter { !$0.export.segments.contains(segment.name) }.map {
                Choice(value: String($0.id), text: $0.export.name)
            }
            isEmpty = exports.isEmpty
            newHref = "/exports/new" + LinkQuery.text([("segment", segment.name)])
        }
    }

    init(
        _ entry: SegmentEntry, sizes: [SegmentSize], span: SegmentSpan, preview: Preview?,
        adding: Adding?, _ role: Role, _ book: PhraseBook
    ) {
        id = entry.id
        let href = "/segments/\(entry.id)"
        self.href = href
        name = entry.segment.name
        state = SegmentWords.badge(entry.segment.state, book)
        isInactive = entry.segment.state == .inactive
        type = SegmentWords.type(entry.segment, book)
        isStatic = entry.segment.definition == .static
        members = entry.members.map(book.number) ?? "–"
        evaluatedAt = entry.evaluatedAt.map { MomentText($0, book) }
        createdAt = MomentText(entry.createdAt, book)
        changedAt = MomentText(entry.changedAt, book)
        trouble = entry.trouble.map {
            Trouble(
                text: SegmentWords.trouble($0, book), detail: book.sentence(of: $0.detail),
                at: MomentText($0.at, book))
        }
        switch entry.segment.definition {
        case .dynamic(let rule): self.rule = rule
        case .static: rule = nil
        }
        formerRule = entry.formerRule
        acts = SegmentActs(entry, role)
        ranges = SegmentSpan.allCases.map { choice in
            Range(
                href: "\(href)?span=\(choice.rawValue)", text: book.text(choice.phrase),
                isCurrent: choice == span)
        }
        chart = Self.chart(sizes, book)
        self.preview = preview
        exports = UseMark.exports(of: entry)
        segments = UseMark.segments(of: entry)
        isUnused = entry.usedBy.isEmpty
        self.adding = adding
    }

    private static func chart(_ sizes: [SegmentSize], _ book: PhraseBook) -> LineChart? {
        let counts = sizes.map(\.members)
        let words = ChartWords(
            label: book.text(
                .segmentsChart,
                [
                    "first": book.number(counts.first ?? 0), "last": book.number(counts.last ?? 0),
                    "least": book.number(counts.min() ?? 0), "most": book.number(counts.max() ?? 0),
                ]),
            summary: book.text(.segmentsEvaluations, count: sizes.count),
            time: book.text(.segmentsColumnEvaluated), value: book.text(.segmentsColumnMembers))
        return LineChart(
            sizes.map { LineChart.Point(at: $0.at, value: $0.members) }, words: words, book)
    }
}

/// How far back the sizes of a segment are shown.
enum SegmentSpan: String, CaseIterable, Sendable {
    case month
    case quarter
    case all

    /// The first moment shown, in milliseconds since 1970.
    func start(before now: Int64) -> Int64 {
        switch self {
        case .month: now - 30 * 86_400_000
        case .quarter: now - 90 * 86_400_000
        case .all: 0
        }
    }

    var phrase: Phrase {
        switch self {
        case .month: .segmentsSpanMonth
        case .quarter: .segmentsSpanQuarter
        case .all: .segmentsSpanAll
        }
    }
}

/// The page that asks before a segment is removed, or says what stands in the way.
struct SegmentRemovalModel: Sendable {
    let id: Segment.ID
    let href: String
    let name: String
    let isUsed: Bool
    let exports: [UseMark]
    let segments: [UseMark]

    init(_ entry: SegmentEntry) {
        id = entry.id
        href = "/segments/\(entry.id)"
        name = entry.segment.name
        isUsed = !entry.usedBy.isEmpty
        exports = UseMark.exports(of: entry)
        segments = UseMark.segments(of: entry)
    }
}
