import GRDB
import GRDBSQLite
import Profiles

/// A statement that is run for each row of an import through SQLite's C interface: GRDB's own binding
/// costs more per row than SQLite's work. Bound bytes must stay where they are until the next `run`.
final class RawStatement {
    private let statement: OpaquePointer
    private let connection: OpaquePointer

    init(_ db: Database, sql: String) throws {
        guard let connection = db.sqliteConnection else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the database is closed")
        }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(
            connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else {
            throw Self.error(code, connection)
        }
        self.statement = statement
        self.connection = connection
    }

    deinit {
        sqlite3_finalize(statement)
    }

    func bind(_ index: Int, _ integer: Int64) {
        check(sqlite3_bind_int64(statement, Int32(index), integer))
    }

    /// A whole number below 2^53 becomes an INTEGER.
    func bind(_ index: Int, _ number: Double) {
        if number == number.rounded(), abs(number) < 9_007_199_254_740_992 {
            bind(index, Int64(number))
        } else {
            check(sqlite3_bind_double(statement, Int32(index), number))
        }
    }

    func bind(_ index: Int, _ text: UnsafeBufferPointer<UInt8>) {
        text.withMemoryRebound(to: CChar.self) { characters in
            // No destructor: the bytes are the caller's and stay until the statement has run.
            check(
                sqlite3_bind_text(
                    statement, Int32(index), characters.baseAddress, Int32(characters.count), nil))
        }
    }

    /// Text that SQLite copies at once.
    func bindCopy(_ index: Int, _ text: [UInt8]) {
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        text.withUnsafeBytes { bytes in
            check(
                sqlite3_bind_text(
                    statement, Int32(index), bytes.assumingMemoryBound(to: CChar.self).baseAddress,
                    Int32(bytes.count), transient))
        }
    }

    func bindNull(_ index: Int) {
        check(sqlite3_bind_null(statement, Int32(index)))
    }

    /// Runs the statement and returns the first column of its first row, if it gives a row.
    @discardableResult
    func run() throws -> Int64? {
        let code = sqlite3_step(statement)
        let result = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : nil
        guard code == SQLITE_ROW || code == SQLITE_DONE else {
            let error = Self.error(code, connection)
            sqlite3_reset(statement)
            throw error
        }
        sqlite3_reset(statement)
        return result
    }

    /// Rows changed by the statement that ran last on this connection.
    var changes: Int { Int(sqlite3_changes(connection)) }

    /// The `rowNumber` that the last INSERT gave.
    var insertedRow: Int64 { sqlite3_last_insert_rowid(connection) }

    /// Binding fails only for a wrong position, or a text beyond SQLite's limit of a billion bytes.
    private func check(_ code: Int32) {
        precondition(code == SQLITE_OK, "a value of an import could not be bound (\(code))")
    }

    private static func error(_ code: Int32, _ connection: OpaquePointer) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(connection)))
    }
}
