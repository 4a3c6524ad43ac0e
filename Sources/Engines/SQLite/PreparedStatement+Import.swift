import GRDB
import GRDBSQLite
import SQLiteKit

/// How an import binds and runs: by position, as its rows are laid out.
extension PreparedStatement {
    func bind(_ index: Int, _ integer: Int64) {
        bind(integer, at: Int32(index))
    }

    /// A whole number below 2^53 becomes an INTEGER.
    func bind(_ index: Int, _ number: Double) {
        if number == number.rounded(), abs(number) < 9_007_199_254_740_992 {
            bind(index, Int64(number))
        } else {
            sqlite3_bind_double(handle, Int32(index), number)
        }
    }

    /// The bytes must stay where they are until the statement has run.
    func bind(_ index: Int, _ text: UnsafeBufferPointer<UInt8>) {
        bindText(UnsafeRawBufferPointer(text), at: Int32(index))
    }

    /// Text that SQLite copies at once.
    func bindCopy(_ index: Int, _ text: [UInt8]) {
        text.withUnsafeBytes { bytes in
            _ = sqlite3_bind_text(
                handle, Int32(index), bytes.assumingMemoryBound(to: CChar.self).baseAddress,
                Int32(bytes.count), Self.transient)
        }
    }

    func bindNull(_ index: Int) {
        bindNull(at: Int32(index))
    }

    /// Runs the statement and returns the first column of its first row, if it gives a row.
    func firstInteger() throws -> Int64? {
        guard try step() else { return nil }
        defer { reset() }
        return integer(0)
    }

    /// Rows changed by the statement that ran last on this connection.
    var changes: Int { Int(sqlite3_changes(connection)) }

    /// The `rowNumber` that the last INSERT gave.
    var insertedRow: Int64 { sqlite3_last_insert_rowid(connection) }
}
