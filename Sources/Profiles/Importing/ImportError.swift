/// Why one row cannot be imported. Its text never holds a value of the row.
package struct RowError: Error, Equatable, Sendable {
    /// What is wrong with a row: a stable name for programs.
    package enum Code: String, CaseIterable, Codable, Sendable {
        case cellTooLong = "cell-too-long"
        case invalidText = "invalid-text"
        case jsonSyntax = "json-syntax"
        case missingKey = "missing-key"
        case nestedValue = "nested-value"
        case repeatedName = "repeated-name"
        case rowTooLong = "row-too-long"
        case textAfterQuote = "text-after-quote"
        case tooFewCells = "too-few-cells"
        case tooManyCells = "too-many-cells"
        case unterminatedQuote = "unterminated-quote"
        case valueDoesNotFit = "value-does-not-fit"
    }

    /// What is wrong, for programs.
    package let code: Code
    /// The line of the file on which the row starts, from 1.
    package let line: Int
    /// The position of the cell in the row, from 1, where the error belongs to one.
    package let column: Int?
    /// The name of that column.
    package let columnName: String?
    /// What was expected, in English.
    package let detail: String

    /// The detail must not hold a value of the row.
    package init(
        _ code: Code, line: Int, column: Int? = nil, columnName: String? = nil, detail: String
    ) {
        self.code = code
        self.line = line
        self.column = column
        self.columnName = columnName
        self.detail = detail
    }
}

extension RowError: CustomStringConvertible {
    /// `line 7, column 4 'AnnualIncome': the value is not a number …`
    package var description: String {
        var place = "line \(line)"
        if let column { place += ", column \(column)" }
        if let columnName { place += " '\(columnName)'" }
        return "\(place): \(detail)"
    }
}

/// Why a file cannot be imported. Nothing of such a file is kept.
package struct ImportError: Error, Equatable, Sendable {
    /// What is wrong with a file: a stable name for programs.
    package enum Code: String, CaseIterable, Codable, Sendable {
        case badRows = "bad-rows"
        case cannotRead = "cannot-read"
        case cannotWriteBadRows = "cannot-write-bad-rows"
        case conflictingOptions = "conflicting-options"
        case dateOrderUnknown = "date-order-unknown"
        case dateOrderContradicted = "date-order-contradicted"
        case doesNotConvert = "does-not-convert"
        case emptyFile = "empty-file"
        case fileChanged = "file-changed"
        case header
        case notText = "not-text"
        case tooLarge = "too-large"
        case unknownColumn = "unknown-column"
    }

    /// What is wrong, for programs.
    package let code: Code
    /// What failed, in English.
    package let detail: String
    /// What to do about it, where that is known.
    package let hint: String?
    /// The first bad rows, at most `ImportLimits.rowErrorsMax`.
    package let rows: [RowError]

    /// Neither detail nor hint may hold a value of the file.
    package init(_ code: Code, detail: String, hint: String? = nil, rows: [RowError] = []) {
        self.code = code
        self.detail = detail
        self.hint = hint
        self.rows = rows
    }

    /// An import that failed because of its rows. `isCutOff` says that reading stopped at the limit.
    package init(rows: [RowError], isCutOff: Bool) {
        let count = rows.count == 1 ? "one row" : "\(rows.count) rows"
        self.init(
            .badRows,
            detail: isCutOff
                ? "\(count) and perhaps more cannot be imported"
                : "\(count) cannot be imported",
            hint: "correct the file, or give --skip-bad-rows FILE to set such rows aside",
            rows: rows)
    }
}

extension ImportError: CustomStringConvertible {
    /// The failure with its hint on the first line, then one line for each bad row.
    package var description: String {
        let first = hint.map { "\(detail); \($0)" } ?? detail
        return ([first] + rows.map { "  \($0)" }).joined(separator: "\n")
    }
}
