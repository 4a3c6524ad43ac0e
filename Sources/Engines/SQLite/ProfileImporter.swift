import GRDB
import Profiles
import SQLiteKit

/// Brings a file of customers into the profiles database, in two passes over the file: the first finds
/// out what its columns hold, the second stores it. Memory does not grow with the file.
///
/// Everything happens in the transaction of the caller, so a file that fails leaves nothing behind.
struct ProfileImporter {
    /// Imports `file`. Must run inside one write transaction, which the caller rolls back when this
    /// throws: `ImportError` for the file, `CancellationError` when `isCancelled` said so, or
    /// `DatabaseError`.
    ///
    /// - Parameters:
    ///   - now: becomes `changedAt` of the profiles of which some value differs.
    ///   - progress: called now and then, from within the transaction.
    ///   - isCancelled: asked as often.
    static func run(
        in db: Database, file: ImportFile, options: ImportOptions, now: Timestamp,
        progress: (ImportProgress) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> ImportSummary {
        precondition(db.isInsideTransaction, "an import needs a transaction around it")
        return try withoutActuallyEscaping(progress) { progress in
            try withoutActuallyEscaping(isCancelled) { isCancelled in
                let importer = try ProfileImporter(
                    db: db, file: file, options: options, now: now, progress: progress,
                    isCancelled: isCancelled)
                return try importer.run()
            }
        }
    }

    private let db: Database
    private let file: ImportFile
    private let options: ImportOptions
    private let now: Timestamp
    private let progress: (ImportProgress) -> Void
    private let isCancelled: () -> Bool

    /// Rows between two reports of progress.
    private static let rowsPerReport = 4_096
    /// Profiles looked at or converted at a time, which bounds memory.
    private static let rowsPerPage = 10_000
    /// Memory for pages of the database during an import, in KiB: with SQLite's default of 2 MiB, keys in
    /// no order would be written and read again all the time.
    private static let cacheKibibytes = 24 << 10

    private init(
        db: Database, file: ImportFile, options: ImportOptions, now: Timestamp,
        progress: @escaping (ImportProgress) -> Void, isCancelled: @escaping () -> Bool
    ) throws {
        if options.removeMissing, options.badRowsPath != nil {
            throw ImportError(.conflictingOptions, what: "replace-skip")
        }
        self.db = db
        self.file = file
        self.options = options
        self.now = now
        self.progress = progress
        self.isCancelled = isCancelled
    }

    private func run() throws -> ImportSummary {
        let cacheSize = try Int.fetchOne(db, sql: "PRAGMA cache_size") ?? -2_000
        try db.execute(sql: "PRAGMA cache_size = -\(Self.cacheKibibytes)")
        defer {
            // Loses nothing but memory when it fails.
            try? db.execute(sql: "PRAGMA cache_size = \(cacheSize)")
        }

        let (names, form, inspection) = try inspect()
        let stored = try ProfileSchemaTables.attributes(in: db)
        let layout = try ImportLayout(
            names: names, findings: inspection, options: options,
            schema: try ProfileSchemaTables.schema(in: db), fileName: file.path
        ) { attribute in
            guard let stored = stored.first(where: { $0.name == attribute.name }) else {
                return false
            }
            return try hasValues(stored)
        }
        if options.removeMissing, inspection.rows == 0 {
            throw ImportError(
                .emptyFile, what: "replace", ["path": .text(file.path)])
        }
        var summary = ImportSummary(format: form.format, delimiter: form.delimiter)
        summary.ignoredColumns = layout.ignoredColumns
        let columnNames = try prepareAttributes(layout, stored: stored, summary: &summary)

        var seen = RowNumbers()
        try store(layout, columnNames: columnNames, seen: &seen, summary: &summary)
        try file.checkUnchanged()
        if options.removeMissing { summary.removed = try removeOthers(than: seen) }
        return summary
    }

    // MARK: The first pass

    private func inspect() throws -> ([String], RowReaders.Form, ImportInspection) {
        let (reader, form) = try RowReaders.open(file, options: options)
        var inspection = ImportInspection(
            options: options, schema: try ProfileSchemaTables.schema(in: db))
        var errors = RowErrors(isCollecting: options.badRowsPath == nil)
        var turns = 0
        while true {
            if turns % Self.rowsPerReport == 0 {
                try report(.inspecting, rows: inspection.rows, reader)
            }
            turns += 1
            do {
                guard let row = try reader.next() else { break }
                inspection.note(row, of: reader)
            } catch let error as RowError {
                try errors.add(error)
            }
            if inspection.rows > ImportLimits.rowsMax {
                throw ImportError(
                    .tooLarge, what: "rows",
                    ["path": .text(file.path), "limit": .number(ImportLimits.rowsMax)])
            }
        }
        try errors.finish()
        try report(.inspecting, rows: inspection.rows, reader)
        return (reader.columns, form, inspection)
    }

    private func report(
        _ phase: ImportProgress.Phase, rows: Int, _ reader: any RowReader
    ) throws {
        if isCancelled() { throw CancellationError() }
        progress(
            ImportProgress(
                phase: phase, rows: rows, bytes: reader.bytesRead, bytesTotal: file.bytes))
    }

    // MARK: Attributes

    /// Adds and converts attributes, and returns the column of `profile` for each column of the layout.
    private func prepareAttributes(
        _ layout: ImportLayout, stored: [StoredAttribute], summary: inout ImportSummary
    ) throws -> [String] {
        let new = layout.columns.count { column in
            !stored.contains { $0.name == column.attribute.name }
        }
        guard stored.count + new <= ImportLimits.columnsMax else {
            throw ImportError(
                .tooLarge, what: "attributes",
                [
                    "path": .text(file.path), "count": .number(stored.count + new),
                    "limit": .number(ImportLimits.columnsMax),
                ])
        }
        return try layout.columns.map { column in
            var imported = ImportedAttribute(
                name: column.attribute.name, kind: column.attribute.kind, reason: column.reason,
                dateOrder: column.conversion.dateOrder, present: column.present,
                absent: column.absent)
            let existing = stored.first { $0.name == column.attribute.name }
            if let existing, let storedKind = column.storedKind {
                if try convert(existing, to: column.conversion) {
                    imported.convertedFrom = storedKind
                }
            }
            summary.attributes.append(imported)
            return try (existing ?? ProfileSchemaTables.add(column.attribute, in: db)).columnName
        }
    }

    private func hasValues(_ attribute: StoredAttribute) throws -> Bool {
        let column = Column(attribute.columnName)
        let request: SQLRequest<Bool> =
            "SELECT EXISTS (SELECT 1 FROM profile WHERE \(column) IS NOT NULL)"
        return try request.fetchOne(db) ?? false
    }

    /// Turns the stored values of an attribute into another kind by way of their text. False when there
    /// were none. Throws `ImportError` with the number of those that do not fit.
    private func convert(
        _ attribute: StoredAttribute, to wanted: CellConversion
    ) throws -> Bool {
        let column = Column(attribute.columnName)
        var last: Int64 = 0
        var converted = 0
        var misfits = 0
        let update = try PreparedStatement(
            db,
            "UPDATE profile SET \"\(column.name)\" = ?1, changedAt = coalesce(?2, changedAt) "
                + "WHERE rowNumber = ?3")
        while true {
            if isCancelled() { throw CancellationError() }
            let page: SQLRequest<Row> = """
                SELECT rowNumber, \(column) FROM profile
                WHERE rowNumber > \(last) AND \(column) IS NOT NULL
                ORDER BY rowNumber LIMIT \(Self.rowsPerPage)
                """
            let rows = try page.fetchAll(db)
            guard let final = rows.last else { break }
            last = final[0]
            for row in rows {
                var text = Self.text(row[1] as DatabaseValue, attribute.kind)
                let before = text
                let value: AttributeValue?? = text.withUTF8 { bytes in
                    let value = wanted.value(of: Cell(bytes: bytes))
                    // A text that means absent from now on is no misfit.
                    if case .absent = value { return .some(nil) }
                    return value.attributeValue.map { .some($0) }
                }
                guard let value else {
                    misfits += 1
                    continue
                }
                converted += 1
                if let value { bind(value, at: 1, of: update) } else { update.bindNull(1) }
                if value?.exported == before {
                    update.bindNull(2)
                } else {
                    update.bind(2, now.milliseconds)
                }
                update.bind(3, row[0] as Int64)
                try update.run()
            }
        }
        guard misfits == 0 else {
            throw ImportError(
                .doesNotConvert,
                [
                    "attribute": .text(attribute.name), "misfits": .number(misfits),
                    "count": .number(misfits + converted),
                    "expected": .word("expected-\(wanted.kind.rawValue)"),
                ])
        }
        try db.execute(
            sql: "UPDATE attribute SET kind = ? WHERE position = ?",
            arguments: [wanted.kind.rawValue, attribute.position])
        return converted > 0
    }

    /// A stored value as people would write it.
    private static func text(_ value: DatabaseValue, _ kind: AttributeKind) -> String {
        switch value.storage {
        case .int64(let integer):
            kind == .boolean ? (integer == 0 ? "false" : "true") : "\(integer)"
        case .double(let number): AttributeValue.text(of: number)
        case .string(let text):
            kind == .timestamp ? Timestamp(text)?.shortDescription ?? text : text
        case .null, .blob: ""
        }
    }

    private func bind(_ value: AttributeValue, at index: Int, of statement: PreparedStatement) {
        switch value {
        case .text(let text): statement.bindCopy(index, Array(text.utf8))
        case .number(let number): statement.bind(index, number)
        case .boolean(let boolean): statement.bind(index, boolean ? 1 : 0 as Int64)
        case .date(let day): statement.bindCopy(index, Array(day.description.utf8))
        case .timestamp(let time): statement.bindCopy(index, Array(time.description.utf8))
        }
    }

    // MARK: The second pass

    private func store(
        _ layout: ImportLayout, columnNames: [String], seen: inout RowNumbers,
        summary: inout ImportSummary
    ) throws {
        let badRows = try options.badRowsPath.map { try BadRowsFile(path: $0) }
        let (reader, _) = try RowReaders.open(file, options: options)
        let writer = try ProfileWriter(
            db: db, columns: layout.columns, columnNames: columnNames, now: now)
        var errors = RowErrors(isCollecting: true)
        var turns = 0
        while true {
            if turns % Self.rowsPerReport == 0 { try report(.storing, rows: turns, reader) }
            turns += 1
            do {
                guard let row = try reader.next() else { break }
                let (profileRow, outcome) = try writer.write(row, key: layout.key(of: row))
                switch outcome {
                case .added: summary.added += 1
                case .changed: summary.changed += 1
                case .unchanged: summary.unchanged += 1
                }
                if !seen.insert(profileRow) { summary.repeated += 1 }
            } catch let error as RowError {
                if let badRows {
                    summary.skipped += 1
                    try badRows.add(error, raw: reader.raw)
                } else {
                    try errors.add(error)
                }
            }
        }
        try errors.finish()
        try badRows?.flush()
        summary.rows = summary.added + summary.changed + summary.unchanged + summary.skipped
        try report(.storing, rows: summary.rows, reader)
    }

    /// Removes the profiles whose row number is not among `seen`.
    private func removeOthers(than seen: RowNumbers) throws -> Int {
        let delete = try PreparedStatement(db, "DELETE FROM profile WHERE rowNumber = ?1")
        var removed = 0
        var looked = 0
        var last = Int64.min
        while true {
            if isCancelled() { throw CancellationError() }
            progress(
                ImportProgress(
                    phase: .removing, rows: looked, bytes: file.bytes, bytesTotal: file.bytes))
            let page = try Int64.fetchAll(
                db,
                sql: "SELECT rowNumber FROM profile WHERE rowNumber > ? ORDER BY rowNumber LIMIT ?",
                arguments: [last, Self.rowsPerPage])
            guard let final = page.last else { return removed }
            last = final
            looked += page.count
            for row in page where !seen.contains(row) {
                delete.bind(1, row)
                try delete.run()
                removed += 1
            }
        }
    }
}

/// Bad rows on the way to one `ImportError`.
private struct RowErrors {
    /// False where bad rows are dealt with elsewhere.
    let isCollecting: Bool
    private var rows: [RowError] = []

    init(isCollecting: Bool) {
        self.isCollecting = isCollecting
    }

    mutating func add(_ error: RowError) throws {
        guard isCollecting else { return }
        rows.append(error)
        if rows.count == ImportLimits.rowErrorsMax { throw ImportError(rows: rows, isCutOff: true) }
    }

    func finish() throws {
        if !rows.isEmpty { throw ImportError(rows: rows, isCutOff: false) }
    }
}

/// A set of row numbers, which are dense: one bit each.
struct RowNumbers {
    private var words: [UInt64] = []

    /// False when the number was there already.
    mutating func insert(_ row: Int64) -> Bool {
        precondition(row >= 0, "row numbers are not negative")
        let (index, bit) = (Int(row >> 6), UInt64(1) << UInt64(row & 63))
        if index >= words.count {
            words.append(contentsOf: repeatElement(0, count: index + 1 - words.count))
        }
        defer { words[index] |= bit }
        return words[index] & bit == 0
    }

    func contains(_ row: Int64) -> Bool {
        let index = Int(row >> 6)
        return words.indices.contains(index) && words[index] & 1 << UInt64(row & 63) != 0
    }
}
