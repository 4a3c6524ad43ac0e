/// The first pass over a file: reads all of it to find out what its columns hold.
package struct ImportInspection {
    /// What was found out about each column so far.
    package private(set) var columns: [ColumnFindings] = []
    /// Rows so far.
    package private(set) var rows = 0
    private var areDates: [Bool] = []
    private let nullTexts: NullTexts
    private let dateNames: Set<String>

    /// Columns that are declared as dates, or belong to date attributes, are looked at as dates
    /// whatever else they hold.
    package init(options: ImportOptions, schema: ProfileSchema) {
        nullTexts = NullTexts(options.nullTexts)
        let declared = options.kinds.filter { $0.value == .date }.map(\.key)
        let existing = schema.attributes.filter { $0.kind == .date }.map(\.name)
        dateNames = Set((declared + existing).map { TextForm.clean($0).lowercased() })
    }

    /// Takes note of every cell of a row of `reader`.
    package mutating func note(_ row: FileRow, of reader: some RowReader) {
        rows += 1
        if columns.count < row.cells.count {
            for name in reader.columns[columns.count...] {
                columns.append(ColumnFindings())
                areDates.append(dateNames.contains(name.lowercased()))
            }
        }
        for index in row.cells.indices {
            columns[index].note(
                row.cells[index], line: row.line, isDate: areDates[index], nullTexts: nullTexts)
        }
    }
}
