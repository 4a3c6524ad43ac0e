import Foundation
import Phrases
import Profiles
import Segments

/// What the list of segments is asked for: words to search, a column to sort by, and where to go on.
struct SegmentsQuery: Sendable {
    let search: String
    let column: Column
    let isDescending: Bool
    /// The segment that the page before ended with.
    let after: Segment.ID?

    static let rowsMax = 50

    enum Column: String, CaseIterable {
        case name
        case members
        case type
        case state
        case evaluated
        case used
    }

    init(_ query: FormFields) {
        search = query.text("q") ?? ""
        let sort = query.text("sort") ?? "name"
        isDescending = sort.hasPrefix("-")
        column = Column(rawValue: isDescending ? String(sort.dropFirst()) : sort) ?? .name
        after = query.text("after").flatMap(Segment.ID.init)
    }

    var sort: String { (isDescending ? "-" : "") + column.rawValue }

    /// The address of the same list sorted by a column; the other way round when it is already.
    func href(sortedBy column: Column) -> String {
        let turns = column == self.column && !isDescending
        return address(sort: (turns ? "-" : "") + column.rawValue)
    }

    /// The address of the list from its beginning, or of the rows after a segment.
    func href(after: Segment.ID? = nil) -> String { address(sort: sort, after: after) }

    private func address(sort: String, after: Segment.ID? = nil) -> String {
        "/segments"
            + LinkQuery.text(
                (search.isEmpty ? [] : [("q", search)]) + [("sort", sort)]
                    + (after.map { [("after", String($0))] } ?? []))
    }

    /// Rows whose name holds every word, in order.
    func rows(_ rows: [SegmentsModel.Row], _ book: PhraseBook) -> [SegmentsModel.Row] {
        TableSearch(
            words: search, isDescending: isDescending, locale: book.language.locale
        ).rows(rows, text: { $0.name }, sortedBy: { $0.sortText(column) })
    }

    /// The rows of the page, and whether more follow. A segment that is gone begins anew.
    func page(_ rows: [SegmentsModel.Row]) -> (rows: [SegmentsModel.Row], hasMore: Bool) {
        let start = after.flatMap { last in rows.firstIndex { $0.id == last } }.map { $0 + 1 } ?? 0
        let rest = rows.dropFirst(start)
        return (Array(rest.prefix(Self.rowsMax)), rest.count > Self.rowsMax)
    }
}
