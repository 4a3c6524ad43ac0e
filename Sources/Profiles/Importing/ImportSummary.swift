/// How far an import has come.
package struct ImportProgress: Equatable, Sendable {
    /// What is being done.
    package enum Phase: String, CaseIterable, Codable, Sendable {
        /// The file is read to find the kinds of its columns.
        case inspecting
        /// The file is read again and stored.
        case storing
        /// Profiles that are not in the file are removed.
        case removing
    }

    /// What is being done.
    package let phase: Phase
    /// Rows of this phase so far.
    package let rows: Int
    /// Bytes of the file read in this phase.
    package let bytes: Int
    /// Bytes of the whole file.
    package let bytesTotal: Int

    /// A report from within an import.
    package init(phase: Phase, rows: Int, bytes: Int, bytesTotal: Int) {
        self.phase = phase
        self.rows = rows
        self.bytes = bytes
        self.bytesTotal = bytesTotal
    }
}

/// What an import did. `rows` = added + changed + unchanged + skipped.
package struct ImportSummary: Codable, Equatable, Sendable {
    /// As it was found or named.
    package var format: ImportFormat
    /// Nil for JSON lines.
    package var delimiter: Delimiter?
    /// Rows of the file, without its header and blank lines.
    package var rows = 0
    /// Profiles that did not exist before.
    package var added = 0
    /// Rows that changed a value of a profile, which moves its `changedAt`.
    package var changed = 0
    /// Rows that said what the profile held already.
    package var unchanged = 0
    /// Rows set aside as bad.
    package var skipped = 0
    /// Rows whose key stood in an earlier row too, and which replaced it; counted as changed or
    /// unchanged as well.
    package var repeated = 0
    /// Profiles removed because they are not in the file.
    package var removed = 0
    /// In the order of the file; the key is one of them.
    package var attributes: [ImportedAttribute] = []
    /// Columns of the file that were left out.
    package var ignoredColumns: [String] = []

    /// Before the first row.
    package init(format: ImportFormat, delimiter: Delimiter?) {
        self.format = format
        self.delimiter = delimiter
    }
}

/// What an import found out about a column, and made of it.
package struct ImportedAttribute: Codable, Equatable, Sendable {
    /// Why the attribute has its kind.
    package enum Reason: String, CaseIterable, Codable, Sendable {
        /// It is the key, which is always text.
        case key
        /// A person said so.
        case declared
        /// The attribute existed already.
        case existing
        /// All values of the file fit.
        case inferred
        /// The file has no value in this column: text, until an import brings some.
        case empty
    }

    /// The name of the attribute, which may differ from that of the column by case.
    package let name: String
    /// Its kind after the import.
    package let kind: AttributeKind
    /// Why it has that kind.
    package let reason: Reason
    /// The kind before, where this import converted the values that were stored.
    package var convertedFrom: AttributeKind?
    /// The order in which dates such as `4/8/1966` were read; nil where there were none.
    package let dateOrder: DateOrder?
    /// Rows of the file with a value.
    package let present: Int
    /// Rows that say there is none; rows of JSON lines may do neither.
    package let absent: Int

    /// What the file said about a column.
    package init(
        name: String, kind: AttributeKind, reason: Reason, dateOrder: DateOrder?, present: Int,
        absent: Int
    ) {
        self.name = name
        self.kind = kind
        self.reason = reason
        self.dateOrder = dateOrder
        self.present = present
        self.absent = absent
    }
}
