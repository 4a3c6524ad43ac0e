import Acts
import Profiles
import Store

extension APIBody {
    /// How a file is read; the key may be left to the file.
    mutating func importChoices() -> ImportChoices {
        var options = ImportOptions(key: optionalText("key", length: 0...500) ?? "")
        if !isNull("delimiter"), has("delimiter") {
            let words = text("delimiter") ?? ""
            options.delimiter = Delimiter(word: words)
            if options.delimiter == nil, !words.isEmpty {
                find("delimiter", "choice", "It is one of 'comma', 'semicolon', 'tab', 'bar'.")
            }
        }
        if !isNull("dateOrder") {
            options.dateOrder = choice(
                "dateOrder", of: DateOrder.allCases, isRequired: false)
        }
        let kinds = objects("kinds", count: 0...ImportLimits.columnsMax) { entry in
            let column = entry.text("column", length: 1...500)
            let kind = entry.choice("kind", of: AttributeKind.allCases)
            return column.flatMap { column in kind.map { (column, $0) } }
        }
        for (column, kind) in kinds ?? [] { options.kinds[column] = kind }
        options.ignoredColumns =
            texts("ignoredColumns", count: 0...ImportLimits.columnsMax, length: 1...500) ?? []
        options.nullTexts = texts("nullTexts", count: 0...20, length: 1...100) ?? []
        options.removeMissing = flag("removeMissing") ?? false
        return ImportChoices(options, skipsBadRows: flag("skipBadRows") ?? false)
    }
}
