/// Why one row cannot be imported. It never holds a value of the row.
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
    /// What the sentence tells besides; never a value of the row.
    package let facts: Facts

    package init(
        _ code: Code, line: Int, column: Int? = nil, columnName: String? = nil,
        _ facts: Facts = [:]
    ) {
        self.code = code
        self.line = line
        self.column = column
        self.columnName = columnName
        self.facts = facts
    }
}

extension RowError: Refusing {
    package var refusalCode: String { "row-\(code.rawValue)" }
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
    /// What the sentence tells besides; never a value of the file.
    package let facts: Facts
    /// The first bad rows, at most `ImportLimits.rowErrorsMax`.
    package let rows: [RowError]

    package init(_ code: Code, _ facts: Facts = [:], rows: [RowError] = []) {
        self.code = code
        self.facts = facts
        self.rows = rows
    }

    /// One of the variants that the code has sentences for.
    package init(_ code: Code, what: String, _ facts: Facts = [:]) {
        self.init(code, facts.merging(["what": .word(what)]) { $1 })
    }

    /// An import that failed because of its rows. `isCutOff` says that reading stopped at the limit.
    package init(rows: [RowError], isCutOff: Bool) {
        self.init(
            .badRows,
            ["what": .word(isCutOff ? "or-more" : "all"), "count": .number(rows.count)],
            rows: rows)
    }
}

extension ImportError: Refusing {
    package var refusalCode: String { "file-\(code.rawValue)" }
}
