import Foundation
package import GRDB
package import GRDBSQLite
package import Profiles

/// A prepared statement without conversions, for the loops that run once per person.
///
/// Text and blobs are bound without a copy: the memory must stay valid until `step` has returned.
package final class PreparedStatement {
    private let statement: Statement
    package let handle: OpaquePointer
    package let connection: OpaquePointer

    /// `isShared` takes the statement from the connection's cache; no two loops may use it at once.
    /// Throws `StorageTrouble.closed` when the database is closed, and `DatabaseError`.
    package init(_ db: Database, _ sql: String, isShared: Bool = false) throws {
        guard let connection = db.sqliteConnection else {
            throw StorageTrouble.closed
        }
        statement = try isShared ? db.cachedStatement(sql: sql) : db.makeStatement(sql: sql)
        handle = statement.sqliteStatement
        self.connection = connection
        if isShared {
            sqlite3_reset(handle)
        }
    }

    deinit {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    package func bind(_ value: Int64?, at index: Int32) {
        if let value {
            sqlite3_bind_int64(handle, index, value)
        } else {
            sqlite3_bind_null(handle, index)
        }
    }

    package func bind<Thing>(_ id: Identifier<Thing>, at index: Int32) {
        sqlite3_bind_int64(handle, index, id.rawValue)
    }

    package func bindText(_ bytes: UnsafeRawBufferPointer, at index: Int32) {
        // A nil base would bind NULL, and an empty text is a value.
        let base = bytes.baseAddress ?? UnsafeRawPointer(Self.emptyBase.utf8Start)
        sqlite3_bind_text(
            handle, index, base.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil)
    }

    package func bindText(_ text: StaticString, at index: Int32) {
        bindText(
            UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), at: index)
    }

    package func bindNull(at index: Int32) {
        sqlite3_bind_null(handle, index)
    }

    package func bindBlob(_ bytes: UnsafeRawBufferPointer, at index: Int32) {
        let base = bytes.baseAddress ?? UnsafeRawPointer(Self.emptyBase.utf8Start)
        sqlite3_bind_blob(handle, index, base, Int32(bytes.count), nil)
    }

    /// Binds values as GRDB would; for the few that a loop does not repeat.
    package func bind(_ value: DatabaseValue, at index: Int32) {
        switch value.storage {
        case .null: sqlite3_bind_null(handle, index)
        case .int64(let number): sqlite3_bind_int64(handle, index, number)
        case .double(let number): sqlite3_bind_double(handle, index, number)
        case .string(let text):
            sqlite3_bind_text(handle, index, text, -1, Self.transient)
        case .blob(let data):
            data.withUnsafeBytes {
                _ = sqlite3_bind_blob(
                    handle, index, $0.baseAddress, Int32($0.count), Self.transient)
            }
        }
    }

    /// Moves to the next row; false at the end, when the statement is ready for another run. Throws
    /// `DatabaseError`.
    package func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code),
                message: String(cString: sqlite3_errmsg(connection)))
        }
        return false
    }

    /// Runs a statement that yields no rows. Throws `DatabaseError`.
    package func run() throws {
        _ = try step()
    }

    package func reset() {
        sqlite3_reset(handle)
    }

    package func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    package func isReal(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_FLOAT
    }

    package func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    package func real(_ column: Int32) -> Double {
        sqlite3_column_double(handle, column)
    }

    /// The text of a column; valid until the next step.
    package func text(_ column: Int32) -> UnsafeRawBufferPointer {
        let base = UnsafeRawPointer(sqlite3_column_text(handle, column))
        return UnsafeRawBufferPointer(
            start: base, count: Int(sqlite3_column_bytes(handle, column)))
    }

    /// The blob of a column; valid until the next step. Nil for NULL.
    package func blob(_ column: Int32) -> UnsafeRawBufferPointer? {
        if isNull(column) { return nil }
        let base = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(
            start: base, count: Int(sqlite3_column_bytes(handle, column)))
    }

    package static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    private static let emptyBase: StaticString = ""
}
