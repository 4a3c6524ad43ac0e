import Access
import Foundation
import GRDB
import Profiles
import SQLiteKit

/// The catalog database: what is set up, what was delivered, who may do what, what happened. Each of its four
/// subjects has a type of its own, whose methods are whole transactions in the words of the design.
///
/// All of them throw trouble of the catalog: the database's own errors, and `StoredValueError` for
/// a value that this version does not know. What else one throws stands at it.
package struct Catalog: Sendable {
    let database: DatabasePool

    /// Connections, segments, exports, sources, schedules, who is notified.
    package let setup: SetupCatalog
    /// Runs with their plans, batches and outcomes, and the ledger that learns from them.
    package let ledger: LedgerCatalog
    /// Users, how they sign in, their tokens.
    package let people: PeopleCatalog
    /// What happened: the audit, imports, refreshes, notifications, sizes of segments, calls.
    package let history: HistoryCatalog

    /// Opens the catalog and brings its schema up to date. Throws `StoreError` for a schema newer than this
    /// program, which is left as it is, and the database's own errors.
    package init(path: String) throws {
        do {
            database = try SQLiteFile.open(path: path, migrator: CatalogMigrations.migrator)
        } catch let error as SQLiteFile.NewerSchema {
            throw StoreError(newer: error.path)
        }
        setup = SetupCatalog(database: database)
        ledger = LedgerCatalog(database: database)
        people = PeopleCatalog(database: database)
        history = HistoryCatalog(database: database)
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
            throw StoreError(.badName, ["noun": .word(noun)])
        }
    }
}

/// The catalog of what is set up: tables `connection`, `segment`, `export`, `exportSegment`, `source`, `schedule`,
/// `notificationSettings`.
package struct SetupCatalog: Sendable {
    let database: DatabasePool
}

/// The catalog of what was sent: tables `run`, `batch`, `batchBody`, `outcome`, `ledger`, `call`.
package struct LedgerCatalog: Sendable {
    let database: DatabasePool
    let log = WriteLog()
}

/// The catalog of who may do what: tables `user`, `session`, `device`, `apiToken`, `invitation`, `idempotency`.
package struct PeopleCatalog: Sendable {
    let database: DatabasePool
}

/// The catalog of what happened: tables `audit`, `import`, `refresh`, `refreshTask`, `notification`, `runTurn`,
/// `segmentSize`, `callMinute`.
package struct HistoryCatalog: Sendable {
    let database: DatabasePool
}
