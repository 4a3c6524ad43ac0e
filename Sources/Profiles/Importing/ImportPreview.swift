/// What the beginning of a file holds, before anything is imported.
package struct ImportPreview: Equatable, Sendable {
    /// How a column meets what profiles hold already.
    package enum Meeting: String, CaseIterable, Sendable {
        /// Its values are the ids of the profiles.
        case key
        /// No attribute has this name yet.
        case new
        /// It fits the attribute of this name.
        case same
        /// The attribute of this name is of a kind that some of the values do not fit.
        case clash
        /// It is left out.
        case ignored
    }

    /// A column of the file.
    package struct Column: Equatable, Sendable {
        package let name: String
        /// What it becomes.
        package let kind: AttributeKind
        /// What its values alone suggest; nil when there are none.
        package let found: AttributeKind?
        /// The kind of the attribute of this name, where there is one.
        package let existing: AttributeKind?
        package let meeting: Meeting
        /// Rows with a value, and rows that say there is none.
        package let present: Int
        package let absent: Int
    }

    package let format: ImportFormat
    /// Nil for JSON lines.
    package let delimiter: Delimiter?
    package let columns: [Column]
    /// The column that holds the ids: as chosen, or else the likeliest.
    package let key: String
    /// The first rows as they stand in the file; nil where a row does not speak of a column.
    package let sample: [[String?]]
    /// Rows that were looked at, and whether they are all there are.
    package let rows: Int
    package let isWhole: Bool
    /// Rows among them that cannot be imported; the first few.
    package let badRows: [RowError]
    /// Why the file cannot be imported with these options, as far as the beginning tells.
    package let problem: ImportError?

    /// Rows that are looked at.
    package static let rowsMax = 1_000
    /// Bytes that are looked at.
    package static let bytesMax = 1 << 20
    /// Rows that are shown.
    package static let sampleMax = 20
    /// Characters of a value that are shown.
    private static let valueMax = 60

    /// Reads the beginning of `file`. Throws `ImportError` when it is no file of rows at all.
    ///
    /// - Parameters:
    ///   - options: an empty key lets the file decide.
    ///   - likelyKeys: names to be tried first, such as the key of the last import.
    package init(
        of file: ImportFile, options: ImportOptions, schema: ProfileSchema,
        likelyKeys: [String] = []
    ) throws {
        let (reader, form) = try RowReaders.open(file, options: options)
        var inspection = ImportInspection(options: options, schema: schema)
        var guess = KeyGuess()
        var sample: [[String?]] = []
        var bad: [RowError] = []
        var isWhole = false
        // The reader is ahead of its rows.
        var bytes = 0
        while inspection.rows < Self.rowsMax, bytes < Self.bytesMax {
            do {
                guard let row = try reader.next() else {
                    isWhole = true
                    break
                }
                bytes += reader.raw.count
                inspection.note(row, of: reader)
                guess.note(row)
                if sample.count < Self.sampleMax { sample.append(row.cells.map(Self.shown)) }
            } catch let error as RowError {
                bad.append(error)
                if bad.count == ImportLimits.rowErrorsMax { break }
            }
        }
        let names = reader.columns
        var options = options
        if options.key.isEmpty {
            options.key = guess.name(among: names, inspection.columns, likely: likelyKeys) ?? ""
        }
        var problem: ImportError?
        var layout: ImportLayout?
        do {
            layout = try ImportLayout(
                names: names, findings: inspection, options: options, schema: schema,
                fileName: file.path, hasValues: { _ in true })
        } catch let error as ImportError {
            // The rest of a file may decide what its beginning leaves open.
            if isWhole || error.code != .dateOrderUnknown { problem = error }
        }
        let key = layout?.keyName ?? options.key
        columns = Self.columns(
            names, inspection, layout: layout, key: key, options: options, schema: schema)
        format = form.format
        delimiter = form.delimiter
        self.key = key
        // Columns of JSON lines appear one after the other.
        self.sample = sample.map { $0 + Array(repeating: nil, count: names.count - $0.count) }
        rows = inspection.rows
        self.isWhole = isWhole
        badRows = bad
        self.problem = problem
    }

    /// What was found in each column, and what an import makes of it.
    private static func columns(
        _ names: [String], _ inspection: ImportInspection, layout: ImportLayout?, key: String,
        options: ImportOptions, schema: ProfileSchema
    ) -> [Column] {
        let decided = Dictionary(
            (layout?.columns ?? []).map { ($0.position, $0) },
            uniquingKeysWith: { first, _ in first })
        let ignored = Set(options.ignoredColumns.map { TextForm.clean($0).lowercased() })
        let declared = Dictionary(
            options.kinds.map { (TextForm.clean($0.key).lowercased(), $0.value) },
            uniquingKeysWith: { first, _ in first })
        return names.enumerated().map { position, name in
            let findings =
                position < inspection.columns.count
                ? inspection.columns[position] : ColumnFindings()
            let existing = schema.attribute(named: name)?.kind
            let kind =
                decided[position]?.attribute.kind ?? declared[name.lowercased()] ?? existing
                ?? findings.kind ?? .text
            let meeting: Meeting =
                if name == key {
                    .key
                } else if ignored.contains(name.lowercased()) {
                    .ignored
                } else if let existing {
                    kind == existing && findings.fits(kind) ? .same : .clash
                } else {
                    .new
                }
            return Column(
                name: name, kind: name == key ? .text : kind, found: findings.kind,
                existing: existing, meeting: meeting, present: findings.present,
                absent: findings.absent)
        }
    }

    private static func shown(_ cell: Cell) -> String? {
        if cell.form == .missing || cell.form == .null { return nil }
        let text = String(decoding: cell.bytes.prefix(4 * valueMax), as: UTF8.self)
        return text.count > valueMax ? text.prefix(valueMax) + "…" : text
    }
}

/// Finds the column that looks like the ids: every row has a value, and no two the same.
private struct KeyGuess {
    private var values: [Set<Int>] = []
    private var isUnique: [Bool] = []

    /// Names that ids usually have, letters and digits only, likeliest first.
    private static let names = [
        "id", "customerid", "profileid", "contactid", "personid", "userid", "memberid", "uuid",
        "guid",
        "key", "customernumber", "customerno", "number", "externalid", "email", "emailaddress",
        "mail",
    ]

    mutating func note(_ row: FileRow) {
        while isUnique.count < row.cells.count {
            values.append([])
            isUnique.append(true)
        }
        for index in row.cells.indices where isUnique[index] {
            let bytes = TextForm.trimmed(row.cells[index].bytes)
            var hasher = Hasher()
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            isUnique[index] = !bytes.isEmpty && values[index].insert(hasher.finalize()).inserted
        }
    }

    /// Nil when there is no column at all.
    func name(among names: [String], _ findings: [ColumnFindings], likely: [String]) -> String? {
        func position(_ wanted: String) -> Int? {
            names.firstIndex { $0.lowercased() == wanted.lowercased() }
        }
        if let known = likely.lazy.compactMap(position).first { return names[known] }
        let bare = names.map { $0.lowercased().filter { $0.isLetter || $0.isNumber } }
        let ordered = Self.names.compactMap { bare.firstIndex(of: $0) }
        let fitting = names.indices.filter { $0 < isUnique.count && isUnique[$0] }
        let best = ordered.first { fitting.contains($0) } ?? fitting.first ?? ordered.first ?? 0
        return names.indices.contains(best) ? names[best] : nil
    }
}
