import Exports
import GRDB
import GRDBSQLite
import SQLiteKit
import Segments

/// The SQL functions of the embedded engine, through SQLite's C interface because they run once per
/// profile: `ferry_key(address)` makes a person key, `ferry_fold(text)` folds case as rules do.
enum RuleFunctions {
    static func register(in db: Database) throws {
        guard let connection = db.sqliteConnection else {
            throw StorageTrouble.closed
        }
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC
        sqlite3_create_function_v2(
            connection, "ferry_key", 1, flags, nil,
            { context, _, values in RuleFunctions.key(context, values?[0]) }, nil, nil, nil)
        sqlite3_create_function_v2(
            connection, "ferry_fold", 1, flags, nil,
            { context, _, values in
                RuleFunctions.answer(context, values) { text in
                    Array(CaseFolding.fold(String(decoding: text, as: UTF8.self)).utf8)
                }
            }, nil, nil, nil)
    }

    /// An absent address has the empty key: a text like the others, which sorts faster than NULL among them.
    private static func key(_ context: OpaquePointer?, _ value: OpaquePointer?) {
        guard let value, let text = sqlite3_value_text(value) else {
            return sqlite3_result_text(context, "", 0, nil)
        }
        let address = UnsafeRawBufferPointer(start: text, count: Int(sqlite3_value_bytes(value)))
        // Most addresses are their own keys.
        if PersonKey.isNormalized(address) { return sqlite3_result_value(context, value) }
        var key: [UInt8] = []
        PersonKey.normalize(address, into: &key)
        key.withUnsafeBytes { bytes in
            // SQLite copies the text at once.
            sqlite3_result_text(
                context, bytes.assumingMemoryBound(to: CChar.self).baseAddress ?? emptyText,
                Int32(bytes.count), unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
    }

    private static var emptyText: UnsafePointer<CChar>? {
        let text: StaticString = ""
        return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    /// NULL stays NULL; any other value is taken as text.
    private static func answer(
        _ context: OpaquePointer?, _ values: UnsafeMutablePointer<OpaquePointer?>?,
        _ function: (UnsafeRawBufferPointer) -> [UInt8]
    ) {
        guard let value = values?[0], let text = sqlite3_value_text(value) else {
            return sqlite3_result_null(context)
        }
        let result = function(
            UnsafeRawBufferPointer(start: text, count: Int(sqlite3_value_bytes(value))))
        result.withUnsafeBytes { bytes in
            // SQLite copies the text at once.
            sqlite3_result_text(
                context, bytes.assumingMemoryBound(to: CChar.self).baseAddress,
                Int32(bytes.count), unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
    }
}
