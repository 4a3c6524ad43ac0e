/// What becomes of the columns of a file: the decisions between the first pass and the second.
package struct ImportLayout {
    /// A column that is imported.
    package struct Column {
        /// Its place in the file, from 0.
        package let position: Int
        /// What the column becomes.
        package let attribute: Attribute
        /// Why it has its kind.
        package let reason: ImportedAttribute.Reason
        /// The kind of the existing attribute, where the stored values have to be converted.
        package let storedKind: AttributeKind?
        /// How its cells become values.
        package let conversion: CellConversion
        /// Rows of the file with a value.
        package let present: Int
        /// Rows that say there is none.
        package let absent: Int

        /// The error for a cell that does not fit.
        package func misfit(line: Int) -> RowError {
            RowError(
                .valueDoesNotFit, line: line, column: position + 1, columnName: attribute.name,
                [
                    "what": .word(reason == .existing ? "stored" : "new"),
                    "attribute": .text(attribute.name),
                    "expected": .word("expected-\(attribute.kind.rawValue)"),
                ])
        }
    }

    /// The place of the key column in the file, from 0.
    package let keyPosition: Int
    /// Its name in the file.
    package let keyName: String
    /// In the order of the file; the key column is one of them.
    package let columns: [Column]
    /// The names of those that are left out.
    package let ignoredColumns: [String]
    private let keyConversion: CellConversion

    /// Decides, or throws `ImportError`: options name unknown columns or contradict each other, or the
    /// order of day and month cannot be told.
    ///
    /// - Parameters:
    ///   - names: the columns of the file, as its reader gives them after the whole file was read.
    ///   - hasValues: whether an existing attribute has a value in any profile. A text attribute without
    ///     values takes the kind that the file suggests.
    package init(
        names: [String], findings: ImportInspection, options: ImportOptions,
        schema: ProfileSchema, fileName: String, hasValues: (Attribute) throws -> Bool
    ) throws {
        func position(_ name: String, _ option: String) throws -> Int {
            try ColumnNames.position(of: name, in: names, option: option, fileName: fileName)
        }
        keyPosition = try position(options.key, "key")
        keyName = names[keyPosition]
        let ignored = try Set(options.ignoredColumns.map { try position($0, "ignore") })
        var declared: [Int: AttributeKind] = [:]
        for (name, kind) in options.kinds.sorted(by: { $0.key < $1.key }) {
            declared[try position(name, "type")] = kind
        }
        if ignored.contains(keyPosition) {
            throw ImportError(
                .conflictingOptions, what: "key-ignored", ["column": .text(keyName)])
        }
        if let kind = declared[keyPosition], kind != .text {
            throw ImportError(
                .conflictingOptions, what: "key-kind",
                ["column": .text(keyName), "kind": .word("kind-\(kind.rawValue)")])
        }
        if let both = ignored.first(where: { declared[$0] != nil }) {
            throw ImportError(
                .conflictingOptions, what: "ignored-kind", ["column": .text(names[both])])
        }

        var drafts: [Draft] = []
        for (position, name) in names.enumerated() where !ignored.contains(position) {
            let found =
                position < findings.columns.count
                ? findings.columns[position] : ColumnFindings()
            let existing = schema.attribute(named: name)
            var draft = Draft(
                position: position, name: existing?.name ?? name, existing: existing?.kind,
                findings: found)
            if position == keyPosition {
                (draft.kind, draft.reason) = (.text, .key)
            } else if let kind = declared[position] {
                (draft.kind, draft.reason) = (kind, .declared)
            } else if let existing {
                (draft.kind, draft.reason) = (existing.kind, .existing)
                if existing.kind == .text, let kind = found.kind, kind != .text,
                    try !hasValues(existing)
                {
                    (draft.kind, draft.reason) = (kind, .inferred)
                }
            } else if let kind = found.kind {
                (draft.kind, draft.reason) = (kind, .inferred)
            }
            drafts.append(draft)
        }
        let orders = try Self.dateOrders(of: drafts, option: options.dateOrder)
        columns = zip(drafts, orders).map { draft, order in
            Column(
                position: draft.position,
                attribute: Attribute(name: draft.name, kind: draft.kind), reason: draft.reason,
                storedKind: draft.existing == draft.kind ? nil : draft.existing,
                conversion: CellConversion(
                    kind: draft.kind, dateOrder: order, nullTexts: options.nullTexts),
                present: draft.findings.present, absent: draft.findings.absent)
        }
        ignoredColumns = ignored.sorted().map { names[$0] }
        keyConversion = CellConversion(
            kind: .text, dateOrder: nil, nullTexts: options.nullTexts)
    }

    /// The id of the profile that a row speaks of; throws `RowError` when there is none. Never
    /// anything but `.text` and `.composed`.
    package func key(of row: FileRow) throws -> CellValue {
        // A row of JSON lines may end before the key column was first seen.
        if keyPosition < row.cells.count {
            let value = keyConversion.value(of: row.cells[keyPosition])
            switch value {
            case .text, .composed: return value
            default: break
            }
        }
        throw RowError(
            .missingKey, line: row.line, column: keyPosition + 1, columnName: keyName)
    }

    private struct Draft {
        let position: Int
        let name: String
        let existing: AttributeKind?
        let findings: ColumnFindings
        var kind = AttributeKind.text
        var reason = ImportedAttribute.Reason.empty
    }

    /// The order of day and month in each column. What one column decides holds for the others too,
    /// because one program wrote the file.
    private static func dateOrders(
        of drafts: [Draft], option: DateOrder?
    ) throws -> [DateOrder?] {
        var decided: Set<DateOrder> = []
        for draft in drafts where draft.kind == .date {
            if case .decided(let order, _) = draft.findings.order { decided.insert(order) }
        }
        return try drafts.map { draft in
            guard draft.kind == .date else { return nil }
            switch draft.findings.order {
            case .irrelevant:
                return option
            case .decided(let order, let line):
                guard let option, option != order else { return order }
                throw ImportError(
                    .dateOrderContradicted, what: order == .monthFirst ? "month" : "day",
                    ["column": .text(draft.name), "at": .digits(line)])
            case .undecided(let line):
                if let order = option ?? (decided.count == 1 ? decided.first : nil) {
                    return order
                }
                throw ImportError(
                    .dateOrderUnknown, ["column": .text(draft.name), "at": .digits(line)])
            case .contradictory(let monthFirstLine, let dayFirstLine):
                if let option { return option }
                throw ImportError(
                    .dateOrderContradicted, what: "both",
                    [
                        "column": .text(draft.name), "month": .digits(monthFirstLine),
                        "day": .digits(dayFirstLine),
                    ])
            }
        }
    }
}
