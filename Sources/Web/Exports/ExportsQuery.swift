import Foundation
import Phrases
import Store

/// What the list of exports is asked for: words to search, and a column to sort by.
struct ExportsQuery: Sendable {
    let search: String
    let column: Column
    let isDescending: Bool

    enum Column: String, CaseIterable {
        case name
        case type
        case status
        case run
        case schedule
        case connection
        case permissions
    }

    init(_ query: FormFields) {
        search = query.text("q") ?? ""
        let sort = query.text("sort") ?? "name"
        isDescending = sort.hasPrefix("-")
        column = Column(rawValue: isDescending ? String(sort.dropFirst()) : sort) ?? .name
    }

    /// The address of the same list sorted by a column; the other way round when it is already.
    func href(sortedBy column: Column) -> String {
        let turns = column == self.column && !isDescending
        return "/exports"
            + LinkQuery.text(
                (search.isEmpty ? [] : [("q", search)])
                    + [("sort", (turns ? "-" : "") + column.rawValue)])
    }

    /// Rows whose name, connection or type holds every word, in order.
    func rows(_ rows: [ExportsModel.Row], _ book: PhraseBook) -> [ExportsModel.Row] {
        TableSearch(
            words: search, isDescending: isDescending, locale: book.language.locale
        ).rows(
            rows, text: { "\($0.name) \($0.connection ?? "") \($0.type)" },
            sortedBy: { $0.sortText(column) })
    }
}
