/// What the first pass over a file finds out about one column.
package struct ColumnFindings: Sendable {
    /// Rows with a value in this column.
    package private(set) var present = 0
    /// Rows that say there is no value.
    package private(set) var absent = 0

    /// Kinds that every value so far fits.
    private var fitsNumber = true
    private var fitsBoolean = true
    private var fitsDate = true
    private var fitsTimestamp = true
    /// The first lines with a date that fits one order alone, and with one that fits both and means
    /// another day in each.
    private var monthFirstLine: Int?
    private var dayFirstLine: Int?
    private var undecidedLine: Int?

    /// A column that was not seen yet.
    package init() {}

    mutating func note(_ cell: Cell, line: Int, isDate: Bool, nullTexts: NullTexts) {
        switch cell.form {
        case .missing:
            return
        case .null:
            absent += 1
            return
        case .delimited, .text, .number, .boolean: break
        }
        let bytes = TextForm.trimmed(cell.bytes)
        if bytes.isEmpty || nullTexts.contains(bytes) {
            absent += 1
            return
        }
        present += 1
        if fitsBoolean {
            fitsBoolean =
                cell.form != .number && cell.form != .text && BooleanText.boolean(bytes) != nil
        }
        if fitsNumber {
            fitsNumber =
                switch cell.form {
                case .number: NumberText.json(bytes) != nil
                case .delimited: NumberText.number(bytes) != nil
                default: false
                }
        }
        if fitsTimestamp { fitsTimestamp = Timestamp(utf8: bytes) != nil }
        // A date column keeps its order in spite of values that do not fit, which are bad rows.
        if fitsDate || isDate { noteDate(bytes, line: line) }
    }

    private mutating func noteDate(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) {
        guard let text = DateText(bytes) else {
            fitsDate = false
            return
        }
        let monthFirst = text.day(.monthFirst)
        let dayFirst = text.day(.dayFirst)
        switch (monthFirst, dayFirst) {
        case (nil, nil):
            fitsDate = false
            return
        case (.some, nil): monthFirstLine = monthFirstLine ?? line
        case (nil, .some): dayFirstLine = dayFirstLine ?? line
        case (.some, .some):
            if monthFirst != dayFirst { undecidedLine = undecidedLine ?? line }
        }
    }

    /// The kind that every value fits; nil when there is no value.
    package var kind: AttributeKind? {
        if present == 0 { return nil }
        if fitsBoolean { return .boolean }
        if fitsNumber { return .number }
        if fitsDate, monthFirstLine == nil || dayFirstLine == nil { return .date }
        if fitsTimestamp { return .timestamp }
        return .text
    }

    /// Whether every value so far can be read as that kind.
    func fits(_ kind: AttributeKind) -> Bool {
        switch kind {
        case .text: true
        case .number: fitsNumber
        case .boolean: fitsBoolean
        case .date: fitsDate
        case .timestamp: fitsTimestamp
        }
    }

    /// What the dates of the column say about their order.
    enum Order: Equatable {
        /// There is nothing to decide: no dates, or all with the year in front.
        case irrelevant
        case decided(DateOrder, line: Int)
        case undecided(line: Int)
        /// Some fit one order alone, and some the other.
        case contradictory(monthFirstLine: Int, dayFirstLine: Int)
    }

    var order: Order {
        switch (monthFirstLine, dayFirstLine, undecidedLine) {
        case (let month?, let day?, _): .contradictory(monthFirstLine: month, dayFirstLine: day)
        case (let line?, nil, _): .decided(.monthFirst, line: line)
        case (nil, let line?, _): .decided(.dayFirst, line: line)
        case (nil, nil, let line?): .undecided(line: line)
        case (nil, nil, nil): .irrelevant
        }
    }
}
