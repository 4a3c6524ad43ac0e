import GRDB
package import Profiles
import SQLiteKit

/// The catalog holds a value that this version does not know: another version wrote it, or another program. Nothing is
/// guessed in its place. It names where the value stands, never the value.
package struct StoredValueError: Refusing, Equatable {
    package let table: String
    package let column: String

    package init(table: String, column: String) {
        self.table = table
        self.column = column
    }

    package var refusalCode: String { "stored-value-unknown" }

    package var facts: Facts { ["table": .text(table), "column": .text(column)] }
}

/// A place in a table that a row was read from.
struct StoredPlace {
    let table: String
    let column: String
    /// What the column is called in the row, where that is another name.
    let name: String

    init(_ table: String, _ column: String, as name: String? = nil) {
        self.table = table
        self.column = column
        self.name = name ?? column
    }

    var error: StoredValueError { StoredValueError(table: table, column: column) }
}

extension Row {
    /// A word or a number that stands for one of a few things. Throws `StoredValueError` for any other.
    func known<Value: RawRepresentable>(_ place: StoredPlace) throws(StoredValueError) -> Value
    where Value.RawValue: DatabaseValueConvertible {
        guard let value: Value = try knownIfAny(place) else { throw place.error }
        return value
    }

    /// The same; nil where nothing is stored.
    func knownIfAny<Value: RawRepresentable>(
        _ place: StoredPlace
    ) throws(StoredValueError) -> Value? where Value.RawValue: DatabaseValueConvertible {
        let stored: DatabaseValue = self[place.name]
        if stored.isNull { return nil }
        guard let raw = Value.RawValue.fromDatabaseValue(stored), let value = Value(rawValue: raw)
        else { throw place.error }
        return value
    }

    /// A value stored as JSON. Throws `StoredValueError` for what is no such value.
    func json<Value: Decodable>(
        _ type: Value.Type, _ place: StoredPlace
    ) throws(StoredValueError) -> Value {
        guard let value = try jsonIfAny(type, place) else { throw place.error }
        return value
    }

    /// The same; nil where nothing is stored.
    func jsonIfAny<Value: Decodable>(
        _ type: Value.Type, _ place: StoredPlace
    ) throws(StoredValueError) -> Value? {
        let stored: DatabaseValue = self[place.name]
        if stored.isNull { return nil }
        guard let text = String.fromDatabaseValue(stored) else { throw place.error }
        do {
            return try JSONColumn.value(type, from: text)
        } catch {
            // What the reader of JSON says may hold the value.
            throw place.error
        }
    }
}
