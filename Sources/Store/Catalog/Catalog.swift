import Access
import Foundation
import GRDB

/// The catalog database: connections, segments, exports, runs, the ledger, the audit. Its methods are
/// whole transactions in the words of the design.
package struct Catalog: Sendable {
    let database: DatabasePool
    let log = WriteLog()

    /// Opens the catalog and brings its schema up to date. A schema newer than this program is refused and
    /// left as it is.
    package init(path: String) throws {
        database = try Self.open(path: path, migrator: CatalogMigrations.migrator)
    }

    /// Memory for pages kept by each connection, in KiB; a sort may take twice as much besides.
    private static let cacheKibibytes = 4_096
    /// Size to which the log is cut when it is empty.
    private static let logBytesMax = 64 << 20

    /// Reads at the same time. Plans are not among them: each has a connection of its own.
    private static let readersMax = 5

    static func open(
        path: String, migrator: DatabaseMigrator,
        prepare: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) throws -> DatabasePool {
        var configuration = Configuration()
        // The command line may write while a service runs.
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = readersMax
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
            // A power cut may take back the last commits, never tear them. What is lost that way is sent
            // again, which is harmless; a commit is durable against any crash of the process.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            // A run rewrites the same few pages all the time; the log is emptied into the file more rarely than
            // every 4 MB, and does not stay large after a plan.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(WriteLog.pagesMax)")
            try db.execute(sql: "PRAGMA journal_size_limit = \(logBytesMax)")
            try prepare(db)
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        if try pool.read(migrator.hasBeenSuperseded) {
            throw StoreError(
                .newerVersion,
                "'\(path)' was written by a newer version of ferry. Use that version, or another data directory."
            )
        }
        try migrator.migrate(pool)
        return pool
    }

    static func write(_ event: AuditEvent, at time: Int64 = now(), in db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO audit (at, actor, verb, noun, thing, changes) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                time, event.actor, event.verb, event.noun, event.thing,
                event.changes.joined(separator: " "),
            ])
    }

    /// Milliseconds since 1970.
    static func now() -> Int64 {
        Int64((Date().timeIntervalSince1970 * 1_000).rounded())
    }

    /// Names of things: visible, without line breaks, at most 200 characters.
    package static func checkName(_ name: String, of noun: String) throws(StoreError) {
        let isVisible =
            !name.isEmpty && name.count <= 200
            && name == name.trimmingCharacters(in: .whitespacesAndNewlines)
            && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard isVisible else {
            throw StoreError(
                .badName,
                "The name of \(noun) must have 1 to 200 characters, without line breaks or spaces around it."
            )
        }
    }
}

/// Encodes small values into a column and back.
enum JSONColumn {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
