import GRDB
import Profiles

/// An attribute and the column of table `profile` that holds its values.
struct StoredAttribute: Equatable, Sendable {
    let position: Int
    let name: String
    let kind: AttributeKind
    /// `a1`, `a2`, …: never anything that needs quoting.
    let columnName: String
}

/// The tables of the profiles database. Attributes are data, so `profile` gets a column for each one
/// when it first appears.
///
/// | kind | stored as |
/// |---|---|
/// | text | TEXT in NFC, trimmed, never empty |
/// | number | INTEGER when whole and below 2^53, else REAL |
/// | boolean | INTEGER 0 or 1 |
/// | date | TEXT `YYYY-MM-DD` |
/// | timestamp | TEXT `YYYY-MM-DDTHH:MM:SS.mmmZ` |
/// | absent | NULL |
enum ProfileSchemaTables {
    /// Creates the tables in a database that has none of them.
    static func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE attribute (
                    position INTEGER PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,
                    kind TEXT NOT NULL,
                    columnName TEXT NOT NULL UNIQUE
                ) STRICT;
                CREATE TABLE profile (
                    rowNumber INTEGER PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    -- milliseconds since 1970-01-01T00:00:00Z
                    changedAt INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE staticMember (
                    segment INTEGER NOT NULL,
                    profileRow INTEGER NOT NULL REFERENCES profile(rowNumber) ON DELETE CASCADE,
                    PRIMARY KEY (segment, profileRow)
                ) STRICT, WITHOUT ROWID;
                -- Removing a profile looks for its memberships.
                CREATE INDEX staticMember_profileRow ON staticMember(profileRow);
                """)
    }

    /// The attributes in the order in which they were first imported.
    static func attributes(in db: Database) throws -> [StoredAttribute] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT position, name, kind, columnName FROM attribute ORDER BY position")
        return try rows.map { row in
            let kind: String = row["kind"]
            guard let kind = AttributeKind(rawValue: kind) else {
                throw DatabaseError(
                    resultCode: .SQLITE_MISMATCH,
                    message: "table attribute holds the unknown kind '\(kind)'")
            }
            return StoredAttribute(
                position: row["position"], name: row["name"], kind: kind,
                columnName: row["columnName"])
        }
    }

    /// The same as the other rooms know it.
    static func schema(in db: Database) throws -> ProfileSchema {
        ProfileSchema(
            attributes: try attributes(in: db).map { Attribute(name: $0.name, kind: $0.kind) })
    }

    /// Adds an attribute with its column behind the others.
    static func add(_ attribute: Attribute, in db: Database) throws -> StoredAttribute {
        let last = try Int.fetchOne(db, sql: "SELECT max(position) FROM attribute") ?? 0
        let stored = StoredAttribute(
            position: last + 1, name: attribute.name, kind: attribute.kind,
            columnName: "a\(last + 1)")
        try db.execute(
            sql: "INSERT INTO attribute (position, name, kind, columnName) VALUES (?, ?, ?, ?)",
            arguments: [stored.position, stored.name, stored.kind.rawValue, stored.columnName])
        try db.alter(table: "profile") { table in table.add(column: stored.columnName, .any) }
        return stored
    }
}
