import Foundation

/// How the rows of a table are found by words and put in order, in the reader's language.
struct TableSearch: Sendable {
    /// Words parted by spaces.
    let words: String
    let isDescending: Bool
    let locale: Locale

    /// Rows whose text holds every word, in any capitals and with any marks, in the order of their keys. Rows with the
    /// same key keep the order they have.
    func rows<Row>(
        _ rows: [Row], text: (Row) -> String, sortedBy key: (Row) -> String
    ) -> [Row] {
        let words = words.split(separator: " ")
        let found = rows.filter { row in
            let text = text(row)
            return words.allSatisfy {
                text.range(
                    of: $0, options: [.caseInsensitive, .diacriticInsensitive], locale: locale)
                    != nil
            }
        }
        let sorted = found.enumerated().sorted { one, other in
            let order = key(one.element).compare(
                key(other.element), options: [.caseInsensitive, .numeric], range: nil,
                locale: locale)
            if order == .orderedSame { return one.offset < other.offset }
            return (order == .orderedAscending) != isDescending
        }
        return sorted.map(\.element)
    }
}
