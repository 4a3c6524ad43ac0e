import Exports
import GRDB
import Profiles

/// The words by which customers are found: one document per profile in a full-text table.
///
/// Imports do not wait for it. The rows up to `throughRow` have been indexed at some time, `searchPending`
/// holds those of them that have changed since or are gone, and `advance` works both off in slices.
enum SearchIndex {
    /// Rows that an import brings into the index itself, so that small ones leave nothing to do.
    static let rowsOfImport = 2_000

    static func create(in db: Database) throws {
        try db.execute(
            sql: """
                -- The attributes an administrator chose; none leaves the choice to Ferry.
                CREATE TABLE searchAttribute (name TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
                CREATE TABLE searchState (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    -- The columns whose words the index holds.
                    columns TEXT NOT NULL,
                    throughRow INTEGER NOT NULL
                ) STRICT;
                INSERT INTO searchState (id, columns, throughRow) VALUES (1, '', 0);
                CREATE TABLE searchPending (rowNumber INTEGER PRIMARY KEY) STRICT;
                CREATE TRIGGER profile_removed AFTER DELETE ON profile BEGIN
                    INSERT OR IGNORE INTO searchPending (rowNumber) VALUES (old.rowNumber);
                END;
                """)
        try createWords(in: db)
    }

    /// Beginnings of up to three characters have lists of their own, for they are the long ones.
    private static func createWords(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE VIRTUAL TABLE profileSearch USING fts5(
                    words, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');
                """)
    }

    /// The attributes whose words are to be found, and whether somebody chose them.
    static func searchable(in db: Database) throws -> (attributes: [StoredAttribute], Bool) {
        let stored = try ProfileSchemaTables.attributes(in: db)
        let chosen = Set(try String.fetchAll(db, sql: "SELECT name FROM searchAttribute"))
        let names =
            chosen.isEmpty
            ? Set(AttributeRoles(try ProfileSchemaTables.schema(in: db)).searchable) : chosen
        return (
            stored.filter { $0.kind == .text && names.contains($0.name) }, !chosen.isEmpty
        )
    }

    static func choose(_ names: [String], in db: Database) throws {
        let stored = try ProfileSchemaTables.attributes(in: db)
        for name in names where !stored.contains(where: { $0.name == name && $0.kind == .text }) {
            throw EngineError(.columnGone, subject: name)
        }
        try db.execute(sql: "DELETE FROM searchAttribute")
        for name in Set(names) {
            try db.execute(sql: "INSERT INTO searchAttribute (name) VALUES (?)", arguments: [name])
        }
    }

    /// Notes what an import changed. One look at every profile is little beside the import.
    static func noteImport(changedAt: Timestamp, in db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO searchPending (rowNumber)
                SELECT rowNumber FROM profile WHERE changedAt = ?
                AND rowNumber <= (SELECT throughRow FROM searchState)
                """,
            arguments: [changedAt.milliseconds])
    }

    /// Whether the index holds every profile as it is now. `columns` are those it should hold.
    static func isComplete(_ columns: String, in db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT columns = ? AND throughRow >= (SELECT ifnull(max(rowNumber), 0) FROM profile)
                  AND NOT EXISTS (SELECT 1 FROM searchPending)
                FROM searchState
                """,
            arguments: [columns]) ?? false
    }

    static func columns(of attributes: [StoredAttribute]) -> String {
        attributes.map(\.columnName).joined(separator: " ")
    }

    /// Indexes at most about `rows` profiles. True when nothing is left.
    static func advance(by rows: Int, in db: Database) throws -> Bool {
        let attributes = try searchable(in: db).attributes
        let columns = columns(of: attributes)
        guard try !isComplete(columns, in: db) else { return true }
        let state = try Row.fetchOne(db, sql: "SELECT columns, throughRow FROM searchState")
        var through: Int64 = state?["throughRow"] ?? 0
        if state?["columns"] != columns {
            try db.execute(sql: "DROP TABLE profileSearch; DELETE FROM searchPending")
            try createWords(in: db)
            through = 0
        }
        // Column names are our own, never anything that a person wrote.
        let words = (["id"] + attributes.map { "ifnull(\($0.columnName), '')" })
            .joined(separator: " || ' ' || ")
        let pending = try Int64.fetchAll(
            db, sql: "SELECT rowNumber FROM searchPending ORDER BY rowNumber LIMIT ?",
            arguments: [rows])
        if let first = pending.first, let last = pending.last {
            try renew(from: first, to: last, words: words, in: db)
        }
        let end = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(rowNumber) FROM
                (SELECT rowNumber FROM profile WHERE rowNumber > ? ORDER BY rowNumber LIMIT ?)
                """,
            arguments: [through, max(0, rows - pending.count)])
        if let end {
            try db.execute(
                sql: """
                    INSERT INTO profileSearch (rowid, words) SELECT rowNumber, \(words) FROM profile
                    WHERE rowNumber > ? AND rowNumber <= ? ORDER BY rowNumber
                    """,
                arguments: [through, end])
            through = end
        }
        try db.execute(
            sql: "UPDATE searchState SET columns = ?, throughRow = ?",
            arguments: [columns, through]
        )
        return try isComplete(columns, in: db)
    }

    /// Takes the pending rows of a range out of the index and puts in again what they hold now.
    private static func renew(
        from first: Int64, to last: Int64, words: String, in db: Database
    ) throws {
        let range = "SELECT rowNumber FROM searchPending WHERE rowNumber BETWEEN ? AND ?"
        try db.execute(
            sql: "DELETE FROM profileSearch WHERE rowid IN (\(range))", arguments: [first, last])
        try db.execute(
            sql: """
                INSERT INTO profileSearch (rowid, words) SELECT rowNumber, \(words) FROM profile
                WHERE rowNumber IN (\(range)) ORDER BY rowNumber
                """,
            arguments: [first, last])
        try db.execute(
            sql: "DELETE FROM searchPending WHERE rowNumber BETWEEN ? AND ?",
            arguments: [first, last])
    }

    static func state(in db: Database) throws -> SearchIndexState {
        let (attributes, isChosen) = try searchable(in: db)
        let total = try Int.fetchOne(db, sql: "SELECT count(*) FROM profile") ?? 0
        let columns = columns(of: attributes)
        var indexed = total
        if try !isComplete(columns, in: db) {
            indexed =
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM profile
                        WHERE rowNumber <= (SELECT throughRow FROM searchState WHERE columns = ?)
                          AND rowNumber NOT IN (SELECT rowNumber FROM searchPending)
                        """,
                    arguments: [columns]) ?? 0
        }
        return SearchIndexState(
            attributes: attributes.map(\.name), isChosen: isChosen,
            // Only removed rows may be left to take out.
            indexed: indexed, total: total)
    }
}
