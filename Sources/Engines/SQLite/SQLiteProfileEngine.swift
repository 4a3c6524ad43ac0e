package import Exports
import GRDB
import Profiles
package import SQLiteKit

/// The embedded profile engine: one SQLite file, one wide table, rules compiled to SQL. It has every ability.
package struct SQLiteProfileEngine: ProfileEngine {
    let database: DatabasePool

    package var reading: any ProfileReading { self }
    package var importing: (any ProfileImporting)? { self }
    package var staticMembers: (any StaticMembers)? { self }
    package var search: (any ProfileSearch)? { self }

    /// Opens the profiles database and brings its schema up to date. Throws `EngineError`.
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
            database = try EngineError.replacingSQLite {
                try SQLiteFile.open(path: path, migrator: migrator) { db in
                    try RuleFunctions.register(in: db)
                    // Sorting a million members uses a second core and the disk, never more than the page cache.
                    try db.execute(sql: "PRAGMA threads = 2")
                }
            }
        } catch is SQLiteFile.NewerSchema {
            throw EngineError(.newerVersion, subject: path)
        }
    }

    /// The profiles as they are now, for a copy. Throws `EngineError`.
    package func copy() throws -> DatabaseCopy {
        try EngineError.replacingSQLite { try DatabaseCopy(of: database) }
    }

    /// Reads one state of the database within limits.
    func read<Value>(
        _ limits: CallLimits, _ body: (Database) throws -> Value
    ) throws -> Value {
        try EngineError.replacingSQLite {
            try limits.check()
            return try database.read { db in
                try Interruption.within(limits, in: db) { try body(db) }
            }
        }
    }

    /// Changes the database within limits, in one transaction.
    func write<Value>(
        _ limits: CallLimits, _ body: (Database) throws -> Value
    ) throws -> Value {
        try EngineError.replacingSQLite {
            try limits.check()
            return try database.write { db in
                try Interruption.within(limits, in: db) { try body(db) }
            }
        }
    }
}
