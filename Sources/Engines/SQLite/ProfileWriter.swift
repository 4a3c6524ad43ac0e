import GRDB
import Profiles
import SQLiteKit

/// Writes rows of a file into table `profile`, by the key.
final class ProfileWriter {
    enum Outcome {
        case added
        case changed
        case unchanged
    }

    private let db: Database
    private let columns: [ImportLayout.Column]
    private let columnNames: [String]
    private let now: Timestamp
    private let find: PreparedStatement
    private let whole: Statements
    /// Statements for rows that do not speak of every attribute, by which they do speak of.
    private var partial: [[Bool]: Statements] = [:]
    private var values: [CellValue] = []
    /// The text forms of the dates and timestamps of a row.
    private let scratch: UnsafeMutableBufferPointer<UInt8>

    private struct Statements {
        let insert: PreparedStatement
        let update: PreparedStatement
    }

    /// Statements kept for incomplete rows. Programs leave out the same few attributes again and again.
    private static let statementsMax = 64

    init(
        db: Database, columns: [ImportLayout.Column], columnNames: [String], now: Timestamp
    ) throws {
        self.db = db
        self.columns = columns
        self.columnNames = columnNames
        self.now = now
        find = try PreparedStatement(db, "SELECT rowNumber FROM profile WHERE id = ?1")
        whole = try Self.statements(db, columnNames)
        scratch = .allocate(capacity: max(1, columns.count) * Timestamp.utf8Count)
        values.reserveCapacity(columns.count)
    }

    deinit {
        scratch.deallocate()
    }

    /// Writes one row under its key and returns the number of the profile's row. Throws `RowError`, having
    /// written nothing, when a cell does not fit.
    func write(_ row: FileRow, key: CellValue) throws -> (Int64, Outcome) {
        let statements = try convert(row)
        bind(key, at: 1, of: find, scratchAt: 0)
        if let found = try find.firstInteger() {
            let update = statements.update
            bindValues(update)
            update.bind(1, found)
            update.bind(2, now.milliseconds)
            try update.run()
            return (found, update.changes > 0 ? .changed : .unchanged)
        }
        let insert = statements.insert
        bindValues(insert)
        bind(key, at: 1, of: insert, scratchAt: 0)
        insert.bind(2, now.milliseconds)
        try insert.run()
        return (insert.insertedRow, .added)
    }

    /// Fills `values`, and finds the statements for the attributes that the row speaks of.
    private func convert(_ row: FileRow) throws -> Statements {
        values.removeAll(keepingCapacity: true)
        var isWhole = true
        for column in columns {
            guard column.position < row.cells.count else {
                values.append(.missing)
                isWhole = false
                continue
            }
            let value = column.conversion.value(of: row.cells[column.position])
            switch value {
            case .misfit: throw column.misfit(line: row.line)
            case .missing: isWhole = false
            default: break
            }
            values.append(value)
        }
        if isWhole { return whole }
        let isPresent = values.map { if case .missing = $0 { false } else { true } }
        if let statements = partial[isPresent] { return statements }
        if partial.count == Self.statementsMax { partial.removeAll() }
        let statements = try Self.statements(
            db, zip(columnNames, isPresent).filter { $0.1 }.map(\.0))
        partial[isPresent] = statements
        return statements
    }

    private func bindValues(_ statement: PreparedStatement) {
        var index = 3
        for (position, value) in values.enumerated() {
            if case .missing = value { continue }
            bind(value, at: index, of: statement, scratchAt: position)
            index += 1
        }
    }

    private func bind(
        _ value: CellValue, at index: Int, of statement: PreparedStatement, scratchAt position: Int
    ) {
        switch value {
        case .missing, .absent, .misfit: statement.bindNull(index)
        case .text(let bytes): statement.bind(index, bytes)
        case .composed(let bytes): statement.bindCopy(index, bytes)
        case .number(let number): statement.bind(index, number)
        case .boolean(let boolean): statement.bind(index, boolean ? 1 : 0 as Int64)
        case .date(let day):
            let buffer = scratch(position)
            day.write(to: buffer)
            statement.bind(
                index, UnsafeBufferPointer(rebasing: buffer[..<CalendarDay.utf8Count]))
        case .timestamp(let timestamp):
            let buffer = scratch(position)
            timestamp.write(to: buffer)
            statement.bind(index, UnsafeBufferPointer(buffer))
        }
    }

    private func scratch(_ position: Int) -> UnsafeMutableBufferPointer<UInt8> {
        let start = position * Timestamp.utf8Count
        return UnsafeMutableBufferPointer(rebasing: scratch[start..<start + Timestamp.utf8Count])
    }

    /// Statements that take the id or row number, the time, and then the values.
    private static func statements(_ db: Database, _ names: [String]) throws -> Statements {
        let quoted = names.map { "\"\($0)\"" }
        let parameters = names.indices.map { "?\($0 + 3)" }
        let insert =
            "INSERT INTO profile (id, changedAt\(quoted.map { ", \($0)" }.joined())) "
            + "VALUES (?1, ?2\(parameters.map { ", \($0)" }.joined()))"
        let sets = zip(quoted, parameters).map { ", \($0) = \($1)" }.joined()
        // The key is an attribute of every row, so there is always something to compare.
        let update =
            "UPDATE profile SET changedAt = ?2\(sets) WHERE rowNumber = ?1 "
            + "AND (\(quoted.joined(separator: ", "))) IS NOT "
            + "(\(parameters.joined(separator: ", ")))"
        return Statements(
            insert: try PreparedStatement(db, insert), update: try PreparedStatement(db, update))
    }
}
