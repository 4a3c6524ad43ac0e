import Access
import Phrases
import Segments
import Store

/// The list of segments.
struct SegmentsModel: Sendable {
    let rows: [Row]
    let columns: [ExportsModel.ColumnHead]
    let search: String
    let sort: String
    /// Whether there is no segment at all.
    let isEmpty: Bool
    /// Whether a search found nothing.
    let isFruitless: Bool
    let mayChange: Bool
    let paging: PagingMark

    /// One segment, with what the reader may do with it.
    struct Row: Sendable {
        let id: Segment.ID
        let href: String
        let name: String
        let members: String
        let type: String
        let state: BadgeMark
        let evaluatedAt: MomentText?
        /// Set when the last evaluation failed.
        let trouble: BadgeMark?
        let uses: [UseMark]
        let acts: SegmentActs
        let moreLabel: String
        private let order: Order

        private struct Order: Sendable {
            let members: String
            let evaluated: String
            let used: String
        }

        init(_ entry: SegmentEntry, _ role: Role, _ book: PhraseBook) {
            id = entry.id
            href = "/segments/\(entry.id)"
            name = entry.segment.name
            members = entry.members.map(book.number) ?? "–"
            type = SegmentWords.type(entry.segment, book)
            state = SegmentWords.badge(entry.segment.state, book)
            evaluatedAt = entry.evaluatedAt.map { MomentText($0, book) }
            trouble = entry.trouble.map { _ in
                BadgeMark(kind: "trouble", icon: "cross", text: book.text(.segmentsFailed))
            }
            uses = UseMark.exports(of: entry) + UseMark.segments(of: entry)
            acts = SegmentActs(entry, role)
            moreLabel = book.text(.segmentsMore, ["name": entry.segment.name])
            order = Order(
                members: String(entry.members ?? -1), evaluated: String(entry.evaluatedAt ?? 0),
                used: String(uses.count))
        }

        /// What a column is sorted by.
        func sortText(_ column: SegmentsQuery.Column) -> String {
            switch column {
            case .name: name
            case .members: order.members
            case .type: type
            case .state: state.text
            case .evaluated: order.evaluated
            case .used: order.used
            }
        }
    }
}

/// Something that uses a segment.
struct UseMark: Sendable {
    let href: String
    let name: String

    static func exports(of entry: SegmentEntry) -> [UseMark] {
        entry.usedBy.exports.map { UseMark(href: "/exports/\($0.id)", name: $0.name) }
    }

    static func segments(of entry: SegmentEntry) -> [UseMark] {
        entry.usedBy.segments.map { UseMark(href: "/segments/\($0.id)", name: $0.name) }
    }
}

/// What a reader may do with a segment; nothing of it for those who only look.
struct SegmentActs: Sendable {
    let id: Segment.ID
    let mayChange: Bool
    let mayEvaluate: Bool
    let mayActivate: Bool
    let mayDeactivate: Bool
    let mayFreeze: Bool
    /// Whether the rule it was frozen from can be followed again.
    let mayFollow: Bool
    /// Where a rule is given to a segment that never had one.
    let ruleHref: String?
    /// The form that begins with its rule; nil for a static segment, which is copied as it is.
    let copyHref: String?
    let mayCopy: Bool

    init(_ entry: SegmentEntry, _ role: Role) {
        id = entry.id
        mayChange = role.allows(.changeSegments)
        mayEvaluate = mayChange
        let isActive = entry.segment.state == .active
        let isStatic = entry.segment.definition == .static
        mayActivate = mayChange && !isActive
        mayDeactivate = mayChange && isActive
        mayFreeze = mayChange && !isStatic
        mayFollow = mayChange && isStatic && entry.formerRule != nil
        ruleHref =
            mayChange && isStatic && entry.formerRule == nil ? "/segments/\(entry.id)/edit" : nil
        copyHref = mayChange && !isStatic ? "/segments/new?from=\(entry.id)" : nil
        mayCopy = mayChange && isStatic
    }
}

/// What is said of segments in words.
enum SegmentWords {
    static func type(_ segment: Segment, _ book: PhraseBook) -> String {
        book.text(segment.definition == .static ? .segmentsStatic : .segmentsDynamic)
    }

    static func badge(_ state: SegmentState, _ book: PhraseBook) -> BadgeMark {
        switch state {
        case .active: BadgeMark(kind: "ok", icon: "done", text: book.text(.segmentsActive))
        case .inactive: BadgeMark(kind: "idle", icon: "end", text: book.text(.segmentsInactive))
        }
    }

    /// What went wrong and what to do about it; a code without a phrase is told by its detail alone.
    static func trouble(_ trouble: SegmentTrouble, _ book: PhraseBook) -> String {
        book.text(at: "segments.trouble.\(trouble.code)") ?? ""
    }
}
