import Acts
import Foundation
import Phrases
import Profiles
import Store

/// The part of a form that says how a file is read.
enum ImportChoicesForm {
    /// Texts that mean absent, at most.
    private static let nullTextsMax = 20

    /// What the fields say.
    static func choices(_ fields: FormFields) -> ImportChoices {
        var kinds: [String: AttributeKind] = [:]
        var ignored: [String] = []
        for (number, name) in fields.under("column.").prefix(ImportLimits.columnsMax) {
            switch fields["kind.\(number)"] ?? "" {
            case "ignore": ignored.append(name)
            case let word:
                if let kind = AttributeKind(rawValue: word) { kinds[name] = kind }
            }
        }
        let key = fields.text("key") ?? ""
        // The key is always text, and never left out.
        kinds[key] = nil
        ignored.removeAll { $0 == key }
        let nullTexts = (fields.text("nulls") ?? "").split(separator: ",")
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && $0.count <= 100 }
        return ImportChoices(
            ImportOptions(
                key: key, delimiter: fields["delimiter"].flatMap(Delimiter.init(word:)),
                kinds: kinds, nullTexts: Array(nullTexts.prefix(nullTextsMax)),
                dateOrder: fields["dateOrder"].flatMap(DateOrder.init(rawValue:)),
                ignoredColumns: ignored, removeMissing: fields.isOn("removeMissing")),
            skipsBadRows: fields.isOn("skipBadRows"))
    }
}

/// What that part of a form shows: the beginning of the file, and what is chosen.
struct ImportChoicesModel: Sendable {
    let keys: [Option]
    let isDelimited: Bool
    let delimiters: [Option]
    let dateOrders: [Option]
    let nulls: String
    let columns: [Column]
    let skipsBadRows: Bool
    let removesMissing: Bool
    /// False while other sources bring profiles too.
    let mayRemoveMissing: Bool
    let lookedAt: String
    let sample: [SampleRow]
    let hasSample: Bool
    let problem: Problem?
    let badRows: [ImportBadRowModel]
    let hasBadRows: Bool

    struct Option: Sendable {
        let value: String
        let text: String
        let isSelected: Bool
    }

    struct Column: Sendable {
        let number: String
        let name: String
        let kindLabel: String
        let kinds: [Option]
        let isKey: Bool
        let badge: BadgeMark
        let note: String?
        let present: String
        let absent: String
    }

    struct SampleRow: Sendable {
        let cells: [Cell]
    }

    struct Cell: Sendable {
        let text: String
        let isMissing: Bool
    }

    struct Problem: Sendable {
        let text: String
        let detail: String
    }

    init(
        _ preview: ImportPreview, _ choices: ImportChoices, mayRemoveMissing: Bool,
        _ book: PhraseBook
    ) {
        let options = choices.options
        keys = preview.columns.map {
            Option(value: $0.name, text: $0.name, isSelected: $0.name == preview.key)
        }
        isDelimited = preview.format == .delimited
        let found = preview.delimiter.map { Self.name($0, book) } ?? ""
        let auto = Option(
            value: "", text: book.text(.importsDelimiterAuto, ["delimiter": found]),
            isSelected: options.delimiter == nil)
        delimiters =
            [auto]
            + Delimiter.allCases.map {
                Option(
                    value: $0.word, text: Self.name($0, book), isSelected: $0 == options.delimiter)
            }
        dateOrders = [
            Option(
                value: "", text: book.text(.importsDateOrderAuto),
                isSelected: options.dateOrder == nil),
            Option(
                value: "dmy", text: book.text(.importsDateOrderDmy),
                isSelected: options.dateOrder == .dayFirst),
            Option(
                value: "mdy", text: book.text(.importsDateOrderMdy),
                isSelected: options.dateOrder == .monthFirst),
        ]
        nulls = options.nullTexts.joined(separator: ", ")
        columns = preview.columns.enumerated().map { Column($1, number: $0, options, book) }
        skipsBadRows = choices.skipsBadRows
        removesMissing = options.removeMissing
        self.mayRemoveMissing = mayRemoveMissing
        lookedAt =
            preview.isWhole
            ? book.text(.importsLookedAtAll, count: preview.rows)
            : book.text(.importsLookedAtFirst, count: preview.rows)
        sample = preview.sample.map { row in
            SampleRow(cells: row.map { Cell(text: $0 ?? "", isMissing: $0 == nil) })
        }
        hasSample = !sample.isEmpty
        problem = preview.problem.map {
            Problem(
                text: ImportWords.trouble($0.code.rawValue, book), detail: book.sentence(of: $0))
        }
        badRows = preview.badRows.map {
            ImportBadRowModel(FileImport.BadRow($0), book)
        }
        hasBadRows = !badRows.isEmpty
    }

    private static func name(_ delimiter: Delimiter, _ book: PhraseBook) -> String {
        book.text(at: "imports.delimiter.\(delimiter.word)") ?? delimiter.word
    }
}

extension ImportChoicesModel.Column {
    init(
        _ column: ImportPreview.Column, number: Int, _ options: ImportOptions, _ book: PhraseBook
    ) {
        let declared = options.kinds.first { $0.key.lowercased() == column.name.lowercased() }?
            .value
        let isIgnored = column.meeting == .ignored
        let auto = column.existing ?? column.found ?? .text
        self.number = String(number)
        name = column.name
        kindLabel = book.text(.importsKindOf, ["column": column.name])
        var kinds = [
            ImportChoicesModel.Option(
                value: "",
                text: book.text(.importsKindAuto, ["kind": ImportWords.kind(auto, book)]),
                isSelected: declared == nil && !isIgnored)
        ]
        for kind in AttributeKind.allCases {
            kinds.append(
                ImportChoicesModel.Option(
                    value: kind.rawValue, text: ImportWords.kind(kind, book),
                    isSelected: declared == kind && !isIgnored))
        }
        kinds.append(
            ImportChoicesModel.Option(
                value: "ignore", text: book.text(.importsKindIgnore), isSelected: isIgnored))
        self.kinds = kinds
        isKey = column.meeting == .key
        badge = ImportWords.badge(column.meeting, book)
        note =
            column.meeting == .clash
            ? column.existing.map {
                book.text(.importsClashNote, ["kind": ImportWords.kind($0, book)])
            } : nil
        present = book.number(column.present)
        absent = book.number(column.absent)
    }
}

/// A row that cannot be imported, without its values.
struct ImportBadRowModel: Sendable {
    let line: String
    let column: String?
    let text: String

    init(_ row: FileImport.BadRow, _ book: PhraseBook) {
        line = book.number(row.line)
        column = row.column
        text = ImportWords.row(row.code, book)
    }
}
