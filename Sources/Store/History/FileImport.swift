package import Profiles

/// What a person chose for a file: how it is read, and what becomes of rows that cannot be read.
package struct ImportChoices: Codable, Equatable, Sendable {
    /// Without a path for bad rows: whoever carries out the import knows one.
    package var options: ImportOptions
    /// Whether rows that cannot be imported are set aside; otherwise such a row fails the import.
    package var skipsBadRows: Bool

    package init(_ options: ImportOptions, skipsBadRows: Bool = false) {
        self.options = options
        self.skipsBadRows = skipsBadRows
    }
}

/// How far an import has come.
package enum ImportState: String, CaseIterable, Codable, Sendable {
    /// The file is there; nobody has started it.
    case draft
    /// Others go first.
    case waiting
    case running
    case done
    case failed
    case cancelled

    /// Whether it may be started.
    package var isStartable: Bool { self == .draft || self == .failed || self == .cancelled }
}

/// A file of customers on its way into the profiles, or what became of it.
package struct FileImport: Equatable, Sendable, Identifiable {
    package typealias ID = Identifier<FileImport>

    package let id: ID
    /// Nil for an upload.
    package let source: Source.ID?
    /// The file's name as people know it.
    package let fileName: String
    package let bytes: Int
    /// The file's name in the folder of uploads, as long as it lies there.
    package let upload: String?
    /// The same for the rows that were set aside.
    package let badRows: String?
    package var choices: ImportChoices
    /// As the audit names them.
    package let actor: String
    package let state: ImportState
    package let summary: ImportSummary?
    /// Why it failed or was cancelled: a stable code, and what there is to know besides, without values.
    package let reason: String?
    package let detail: Remark?
    package let problems: [BadRow]
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package let startedAt: Int64?
    package let endedAt: Int64?

    /// A row that could not be imported, without its values.
    package struct BadRow: Codable, Equatable, Sendable {
        package let code: RowError.Code
        package let line: Int
        package let column: String?
        package let detail: Remark

        package init(_ error: RowError) {
            code = error.code
            line = error.line
            column = error.columnName
            detail = Remark(error)
        }

        private enum Key: String, CodingKey {
            case code, line, column, detail
        }

        package init(from decoder: any Decoder) throws {
            let row = try decoder.container(keyedBy: Key.self)
            code = try row.decode(RowError.Code.self, forKey: .code)
            line = try row.decode(Int.self, forKey: .line)
            column = try row.decodeIfPresent(String.self, forKey: .column)
            detail = Remark(stored: try row.decode(String.self, forKey: .detail))
        }

        package func encode(to encoder: any Encoder) throws {
            var row = encoder.container(keyedBy: Key.self)
            try row.encode(code, forKey: .code)
            try row.encode(line, forKey: .line)
            try row.encodeIfPresent(column, forKey: .column)
            try row.encode(detail.stored, forKey: .detail)
        }
    }
}

/// Why an import did not bring its file in: a stable code, and what there is to know besides, without values.
package struct ImportTrouble: Refusing, Equatable {
    package let code: String
    package let detail: Remark
    package let problems: [FileImport.BadRow]

    package init(_ code: String, _ detail: Remark, problems: [FileImport.BadRow] = []) {
        self.code = code
        self.detail = detail
        self.problems = problems
    }

    /// Trouble whose sentence is that of the import itself: `refusal.import-<code>`.
    package init(_ code: String, _ facts: Facts = [:]) {
        self.init(code, Remark("import-\(code)", facts))
    }

    package init(_ error: ImportError) {
        self.init(
            error.code.rawValue, Remark(error),
            problems: error.rows.map(FileImport.BadRow.init))
    }

    package var refusalCode: String { detail.refusalCode }
    package var facts: Facts { detail.facts }

    /// The process ended in the middle.
    package static let interrupted = ImportTrouble("interrupted")
    /// It was uploaded and never started.
    package static let expired = ImportTrouble("expired")
}
