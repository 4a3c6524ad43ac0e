/// How the rows of a file are written down.
package enum ImportFormat: String, CaseIterable, Codable, Sendable {
    /// Cells between delimiters (RFC 4180): CSV, and its kin with tabs or semicolons.
    case delimited
    /// One JSON object per line.
    case jsonLines = "json-lines"
}

/// Which number comes first in dates such as `4/8/1966`.
package enum DateOrder: String, CaseIterable, Codable, Sendable {
    case monthFirst = "mdy"
    case dayFirst = "dmy"
}

/// What stands between two cells of a row.
package enum Delimiter: String, CaseIterable, Codable, Sendable {
    case comma = ","
    case semicolon = ";"
    case tab = "\t"
    case bar = "|"

    var byte: UInt8 {
        switch self {
        case .comma: UInt8(ascii: ",")
        case .semicolon: UInt8(ascii: ";")
        case .tab: UInt8(ascii: "\t")
        case .bar: UInt8(ascii: "|")
        }
    }
}

/// What a person says about a file; everything but the key column can be left to the file itself.
package struct ImportOptions: Codable, Equatable, Sendable {
    /// The column whose values are the ids of the profiles.
    package var key: String
    /// Nil: by the ending of the file's name, or else by its first byte.
    package var format: ImportFormat?
    /// Nil: found in the header and the first rows.
    package var delimiter: Delimiter?
    /// Kinds by column, for those where the file's own should not count.
    package var kinds: [String: AttributeKind]
    /// Texts that mean absent, compared after trimming, `NA` for instance.
    package var nullTexts: [String]
    /// Nil: decided by the file, which is refused if it does not.
    package var dateOrder: DateOrder?
    /// Columns that are not imported.
    package var ignoredColumns: [String]
    /// Where rows that cannot be imported are set aside. Nil: such a row fails the import.
    package var badRowsPath: String?
    /// Whether profiles that are not in the file are removed. Not together with `badRowsPath`: a bad row
    /// would count as a customer who left.
    package var removeMissing: Bool

    /// Everything is left to the file unless said otherwise.
    package init(
        key: String, format: ImportFormat? = nil, delimiter: Delimiter? = nil,
        kinds: [String: AttributeKind] = [:], nullTexts: [String] = [],
        dateOrder: DateOrder? = nil, ignoredColumns: [String] = [],
        badRowsPath: String? = nil, removeMissing: Bool = false
    ) {
        self.key = key
        self.format = format
        self.delimiter = delimiter
        self.kinds = kinds
        self.nullTexts = nullTexts
        self.dateOrder = dateOrder
        self.ignoredColumns = ignoredColumns
        self.badRowsPath = badRowsPath
        self.removeMissing = removeMissing
    }
}
