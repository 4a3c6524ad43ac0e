import Exports
import GRDB
import GRDBSQLite
import Profiles
import SQLiteKit

/// The SQL function `ferry_values(column, …)`: makes the value list of a profile from its mapped columns,
/// in the text forms that leave the system. It belongs to one query, whose columns it knows.
final class ValuePacker {
    private struct Column {
        /// Where its header stands among all of them.
        let headerStart: Int
        let headerEnd: Int
        let kind: AttributeKind
    }

    private let columns: [Column]
    private let headers: [UInt8]
    private let constants: [UInt8]
    private var buffer: [UInt8] = []
    private var scratch: [UInt8] = []

    init(_ query: MemberQuery) {
        var headers: [UInt8] = []
        columns = query.columns.map { column in
            headers += column.header
            return Column(
                headerStart: headers.count - column.header.count, headerEnd: headers.count,
                kind: column.attribute.kind)
        }
        self.headers = headers
        constants = query.constants
    }

    /// Defines the function on a connection, in place of the one of an earlier query. SQLite keeps the packer
    /// alive as long as the function exists.
    func register(in db: Database, arguments: Int) throws {
        guard let connection = db.sqliteConnection else {
            throw StorageTrouble.closed
        }
        let code = sqlite3_create_function_v2(
            connection, "ferry_values", Int32(arguments), SQLITE_UTF8,
            Unmanaged.passRetained(self).toOpaque(),
            { context, _, values in
                guard let owner = sqlite3_user_data(context) else {
                    return sqlite3_result_null(context)
                }
                Unmanaged<ValuePacker>.fromOpaque(owner).takeUnretainedValue()
                    .answer(context, values)
            }, nil, nil,
            { owner in
                if let owner { Unmanaged<ValuePacker>.fromOpaque(owner).release() }
            })
        guard code == SQLITE_OK else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    private func answer(
        _ context: OpaquePointer?, _ arguments: UnsafeMutablePointer<OpaquePointer?>?
    ) {
        // Taken out while it is filled: a property of a class costs a check at every access.
        var values = buffer
        buffer = []
        values.removeAll(keepingCapacity: true)
        headers.withUnsafeBufferPointer { headers in
            for (index, column) in columns.enumerated() {
                guard let value = arguments?[index], sqlite3_value_type(value) != SQLITE_NULL else {
                    continue
                }
                values.append(
                    contentsOf: UnsafeBufferPointer(
                        rebasing: headers[column.headerStart..<column.headerEnd]))
                append(value, kind: column.kind, to: &values)
            }
        }
        values.append(contentsOf: constants)
        values.withUnsafeBytes { bytes in
            // SQLite copies the bytes at once.
            sqlite3_result_blob(
                context, bytes.baseAddress, Int32(bytes.count),
                unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
        buffer = values
    }

    private func append(
        _ value: OpaquePointer, kind: AttributeKind, to values: inout [UInt8]
    ) {
        switch kind {
        case .text, .date: appendText(value, to: &values)
        case .number:
            if sqlite3_value_type(value) == SQLITE_FLOAT {
                scratch.removeAll(keepingCapacity: true)
                AttributeValue.appendText(of: sqlite3_value_double(value), to: &scratch)
                scratch.withUnsafeBytes { ValueList.append($0, to: &values) }
            } else {
                appendText(value, to: &values)
            }
        case .boolean:
            append(sqlite3_value_int64(value) == 0 ? "false" : "true", to: &values)
        case .timestamp:
            let text = String(cString: sqlite3_value_text(value))
            append(text.hasSuffix(".000Z") ? text.dropLast(5) + "Z" : text, to: &values)
        }
    }

    private func appendText(_ value: OpaquePointer, to values: inout [UInt8]) {
        let text = sqlite3_value_text(value)
        ValueList.append(
            UnsafeRawBufferPointer(start: text, count: Int(sqlite3_value_bytes(value))),
            to: &values)
    }

    private func append(_ text: String, to values: inout [UInt8]) {
        var copy = text
        copy.withUTF8 { ValueList.append(UnsafeRawBufferPointer($0), to: &values) }
    }
}
