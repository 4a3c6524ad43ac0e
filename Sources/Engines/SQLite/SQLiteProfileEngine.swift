package import Exports
import GRDB
package import Profiles
package import SQLiteKit
package import Segments

/// The embedded profile engine: one SQLite file, one wide table, rules compiled to SQL.
package struct SQLiteProfileEngine: ProfileEngine {
    let database: DatabasePool

    /// Opens the profiles database and brings its schema up to date.
    package init(path: String) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("0001-create-profiles") {
            try ProfileSchemaTables.create(in: $0)
        }
        migrator.registerMigration("0002-search") { try SearchIndex.create(in: $0) }

        migrator.registerMigration("0003-mark-imports") { db in
            try db.execute(
                sql: """
                    CREATE TABLE importMark (
                      mark INTEGER PRIMARY KEY,
                      summary TEXT NOT NULL
                    ) STRICT
                    """)
        }
        do {
            database = try SQLiteFile.open(path: path, migrator: migrator) { db in
                try RuleFunctions.register(in: db)
                // Sorting a million members uses a second core and the disk, never more than the page cache.
                try db.execute(sql: "PRAGMA threads = 2")
            }
        } catch is SQLiteFile.NewerSchema {
            throw EngineError(.newerVersion, subject: path)
        }
    }

    /// The profiles as they are now, for a copy.
    package func copy() throws -> DatabaseCopy { try DatabaseCopy(of: database) }

    package func schema() throws -> ProfileSchema {
        try database.read(ProfileSchemaTables.schema)
    }

    package func count(_ predicate: Predicate) throws -> Int {
        try database.read { db in
            let rule = try StoredRule(predicate, in: db)
            return try Int.fetchOne(
                db, sql: "SELECT count(*) FROM profile WHERE \(rule.sql)", arguments: rule.arguments
            )
                ?? 0
        }
    }

    package func forEachMember(_ query: MemberQuery, _ body: (MemberView) throws -> Void) throws {
        // A connection of its own, so that pages do not wait for one as long as a plan is made.
        try database.makeSnapshot().read { db in
            let rule = try StoredRule(query.predicate, in: db)
            let email = try rule.column(of: query.email)
            let columns = try query.columns.map { try rule.column(of: $0.attribute) }
            // The values become one blob before they are sorted: fewer and smaller pieces to move.
            let packer = ValuePacker(query)
            try packer.register(in: db, arguments: columns.count)
            let statement = try PreparedStatement(
                db,
                """
                SELECT ferry_key(\(email)), id, ferry_values(\(columns.joined(separator: ", ")))
                FROM profile WHERE \(rule.sql)
                ORDER BY 1, changedAt DESC, id
                """)
            for (index, argument) in rule.values.enumerated() {
                statement.bind(argument, at: Int32(index + 1))
            }
            let empty = UnsafeRawBufferPointer(start: nil, count: 0)
            while try statement.step() {
                let values = statement.blob(2) ?? empty
                try body(
                    MemberView(
                        key: statement.text(0), profileID: statement.text(1), values: values))
            }
        }
    }

    package func profiles(
        matching predicate: Predicate, after: Profile.ID?, limit: Int
    ) throws -> [Profile] {
        try database.read { db in
            let rule = try StoredRule(predicate, in: db)
            let arguments = rule.arguments + [after ?? "", limit]
            func rows(_ hint: String) throws -> [GRDB.Row] {
                try GRDB.Row.fetchAll(
                    db,
                    sql: """
                        SELECT * FROM profile \(hint) WHERE \(rule.sql) AND id > ? ORDER BY id LIMIT ?
                        """,
                    arguments: arguments)
            }
            // In the order of ids the first of many are found at once, and a few among many never: then
            // reading all of them in the order they lie in takes a tenth of that.
            let end = ContinuousClock.now + Self.walkPatience
            do {
                return try Interruption.whileAsking({ ContinuousClock.now > end }, in: db) {
                    try rows("").map { try rule.profile($0) }
                }
            } catch is CancellationError {
                return try rows("NOT INDEXED").map { try rule.profile($0) }
            }
        }
    }

    /// How long members are looked for by walking along the ids.
    private static let walkPatience = Duration.milliseconds(30)

    package func profile(id: Profile.ID) throws -> Profile? {
        try database.read { db in
            let rule = try StoredRule(.always, in: db)
            return try GRDB.Row.fetchOne(
                db, sql: "SELECT * FROM profile WHERE id = ?", arguments: [id]
            ).map { try rule.profile($0) }
        }
    }

    package func isMember(_ id: Profile.ID, of predicate: Predicate) throws -> Bool {
        try database.read { db in
            let rule = try StoredRule(predicate, in: db)
            return try Int.fetchOne(
                db, sql: "SELECT 1 FROM profile WHERE \(rule.sql) AND id = ?",
                arguments: rule.arguments + [id]) != nil
        }
    }

    package func profiles(withKey key: String, emailAttribute: String) throws -> [Profile] {
        try database.read { db in
            let rule = try StoredRule(.always, in: db)
            guard let stored = rule.attributes.first(where: { $0.name == emailAttribute }) else {
                return []
            }
            if let rows = try Self.indexedRows(withKey: key, stored, rule, in: db) { return rows }
            let rows = try GRDB.Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM profile WHERE ferry_key(\(stored.columnName)) = ?
                    ORDER BY changedAt DESC, id LIMIT 100
                    """,
                arguments: [key])
            return try rows.map { try rule.profile($0) }
        }
    }

    /// The same through the search index; nil where that does not hold the attribute of every profile.
    private static func indexedRows(
        withKey key: String, _ attribute: StoredAttribute, _ rule: StoredRule, in db: Database
    ) throws -> [Profile]? {
        let indexed = try SearchIndex.searchable(in: db).attributes
        // Letters outside ASCII may fold otherwise in the index than in keys.
        guard key.utf8.allSatisfy({ $0 < 0x80 }), SearchTerms(key).phrase != nil,
            key.count <= PersonKey.lengthMax, indexed.contains(attribute),
            try SearchIndex.isComplete(SearchIndex.columns(of: indexed), in: db)
        else { return nil }
        let rows = try rowsWithKey(
            key, columns: [attribute.columnName], rule, limit: 100, in: db)
        return try rows.compactMap { row in
            try GRDB.Row.fetchOne(
                db, sql: "SELECT * FROM profile WHERE rowNumber = ?", arguments: [row])
        }.map { try rule.profile($0) }.sorted { ($1.changedAt, $0.id) < ($0.changedAt, $1.id) }
    }
}

// MARK: - Changing profiles

extension SQLiteProfileEngine {
    /// Imports a file in one transaction: a file that fails leaves nothing behind.
    package func importProfiles(
        _ file: ImportFile, options: ImportOptions, mark: Int64? = nil, now: Timestamp,
        progress: (ImportProgress) -> Void, isCancelled: () -> Bool
    ) throws -> ImportSummary {
        try database.write { db in
            let summary = try ProfileImporter.run(
                in: db, file: file, options: options, now: now, progress: progress,
                isCancelled: isCancelled)
            try SearchIndex.noteImport(changedAt: now, in: db)
            _ = try SearchIndex.advance(by: SearchIndex.rowsOfImport, in: db)
            if let mark {
                try db.execute(sql: "DELETE FROM importMark")
                try db.execute(
                    sql: "INSERT INTO importMark (mark, summary) VALUES (?, ?)",
                    arguments: [mark, try JSONColumn.text(summary)])
            }
            return summary
        }
    }

    package func lastImport() throws -> (mark: Int64, summary: ImportSummary)? {
        try database.read { db in
            try GRDB.Row.fetchOne(db, sql: "SELECT * FROM importMark").map { row in
                (row["mark"], try JSONColumn.value(ImportSummary.self, from: row["summary"]))
            }
        }
    }

    /// Makes the profiles a predicate holds for now the members of a static segment, in place of those it
    /// had. Returns how many there are.
    package func freeze(_ predicate: Predicate, as segment: Segment.ID) throws -> Int {
        try database.write { db in
            let rule = try StoredRule(predicate, in: db)
            try db.execute(sql: "DELETE FROM staticMember WHERE segment = ?", arguments: [segment])
            try db.execute(
                sql: """
                    INSERT INTO staticMember (segment, profileRow)
                    SELECT \(segment), rowNumber FROM profile WHERE \(rule.sql)
                    """,
                arguments: rule.arguments)
            return db.changesCount
        }
    }

    /// Makes the profiles with these ids the members of a static segment. Returns how many there are, and
    /// the ids that no profile has.
    package func freeze(
        ids: [Profile.ID], as segment: Segment.ID
    ) throws -> (members: Int, unknown: [Profile.ID]) {
        try database.write { db in
            try db.execute(sql: "DELETE FROM staticMember WHERE segment = ?", arguments: [segment])
            let insert = try db.makeStatement(
                sql: """
                    INSERT OR IGNORE INTO staticMember (segment, profileRow)
                    SELECT ?, rowNumber FROM profile WHERE id = ?
                    """)
            let exists = try db.makeStatement(sql: "SELECT 1 FROM profile WHERE id = ?")
            var members = 0
            var unknown: [Profile.ID] = []
            for id in ids {
                try insert.execute(arguments: [segment, id])
                members += db.changesCount
                if try db.changesCount == 0 && Int.fetchOne(exists, arguments: [id]) == nil {
                    unknown.append(id)
                }
            }
            return (members, unknown)
        }
    }

    /// Forgets the members of a removed static segment.
    package func removeMembers(of segment: Segment.ID) throws {
        try database.write { db in
            try db.execute(sql: "DELETE FROM staticMember WHERE segment = ?", arguments: [segment])
        }
    }
}
