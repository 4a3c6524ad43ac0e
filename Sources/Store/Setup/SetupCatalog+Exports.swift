package import Access
package import Exports
import GRDB
import Profiles
import SQLiteKit
import Schedules

extension SetupCatalog {
    /// Stores a new export; its `id` is given here. Saving never runs. Throws `StoreError`:
    /// `.badName`, `.nameTaken`, `.notFound` for a segment that there is not.
    package func add(_ export: Export, by actor: Actor) throws -> Export {
        try Catalog.checkName(export.name, of: "export")
        return try database.write { db in
            if try Self.export(named: export.name, in: db) != nil {
                throw StoreError.taken("export", export.name)
            }
            let now = Catalog.now()
            try db.execute(
                sql: """
                    INSERT INTO export (name, connection, listID, listName, mapping, tags, onLeave, peopleMax,
                      holdShare, startsAutomations, resubscribesRemoved, schedule, createdAt, changedAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: try Self.values(of: export) + [now, now])
            let id = Export.ID(db.lastInsertedRowID)
            try Self.setSegments(export.segments, ofExport: id, in: db)
            try Self.setOwnSchedule(export.schedule, ofExport: id, in: db)
            try Catalog.write(
                AuditEvent(actor: actor, verb: "add", noun: "export", thing: export.name), in: db)
            return try Self.requireExport(named: export.name, in: db)
        }
    }

    /// Replaces an export of the same name; the ledger stays, unless people now go elsewhere. Refused while a run of it is unfinished.
    package func update(_ export: Export, by actor: Actor, changes: [String]) throws {
        try database.write { db in
            let stored = try Self.requireExport(named: export.name, in: db)
            try Self.replace(stored, with: export, changes: changes, by: actor, in: db)
        }
    }

    /// Replaces the export of that id and answers the fields that changed; nothing is written when none did.
    ///
    /// The name may change too; its runs follow it. The ledger stays, unless people now go elsewhere. Refused
    /// while a run of it is unfinished.
    package func change(_ export: Export, by actor: Actor) throws -> [String] {
        try Catalog.checkName(export.name, of: "export")
        return try database.write { try Self.change(export, by: actor, in: $0) }
    }

    static func change(_ export: Export, by actor: Actor, in db: Database) throws -> [String] {
        let stored = try requireExport(export.id, in: db)
        let changes = export.changes(from: stored)
        guard !changes.isEmpty else { return [] }
        if stored.name != export.name {
            if try Self.export(named: export.name, in: db) != nil {
                throw StoreError.taken("export", export.name)
            }
            try db.execute(
                sql: "UPDATE run SET exportName = ? WHERE export = ?",
                arguments: [export.name, export.id])
        }
        try replace(stored, with: export, changes: changes, by: actor, in: db)
        return changes
    }

    private static func replace(
        _ stored: Export, with export: Export, changes: [String], by actor: Actor, in db: Database
    ) throws {
        try checkIdle(stored, in: db)
        if stored.list.id != export.list.id || stored.connection != export.connection {
            // Another list knows nothing of what the old one was told.
            try db.execute(
                sql: "\(LedgerCatalog.historySQL) WHERE export = ?", arguments: [stored.id])
            try db.execute(sql: "DELETE FROM ledger WHERE export = ?", arguments: [stored.id])
        }
        try db.execute(
            sql: """
                UPDATE export SET name = ?, connection = ?, listID = ?, listName = ?, mapping = ?, tags = ?,
                  onLeave = ?, peopleMax = ?, holdShare = ?, startsAutomations = ?,
                  resubscribesRemoved = ?, schedule = ?, changedAt = ? WHERE id = ?
                """,
            arguments: try values(of: export) + [Catalog.now(), stored.id])
        try db.execute(sql: "DELETE FROM exportSegment WHERE export = ?", arguments: [stored.id])
        try setSegments(export.segments, ofExport: stored.id, in: db)
        if stored.schedule != export.schedule {
            try setOwnSchedule(export.schedule, ofExport: stored.id, in: db)
        }
        try Catalog.write(
            AuditEvent(
                actor: actor, verb: "set", noun: "export", thing: export.name, changes: changes),
            in: db)
    }

    /// All exports by name. Throws trouble of the catalog.
    package func exports() throws -> [Export] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM export ORDER BY name")
                .map { try Self.export($0, in: db) }
        }
    }

    /// The export of that name. Throws `StoreError.notFound`, with the nearest name or those there
    /// are, when there is none.
    package func export(named name: String) throws -> Export {
        try database.read { try Self.requireExport(named: name, in: $0) }
    }

    /// The export of that id; nil when there is none. Throws trouble of the catalog.
    package func export(id: Export.ID) throws -> Export? {
        try database.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM export WHERE id = ?", arguments: [id])
                .map { try Self.export($0, in: db) }
        }
    }

    /// Removes an export with its ledger; its runs stay in the history. Throws `StoreError`:
    /// `.notFound`, `.alreadyRunning` while a run is unfinished.
    package func removeExport(named name: String, by actor: Actor) throws {
        try database.write { db in
            try Self.remove(try Self.requireExport(named: name, in: db), by: actor, in: db)
        }
    }

    /// Removes an export with its ledger; its runs stay in the history. Refused while one is unfinished.
    package func removeExport(_ id: Export.ID, by actor: Actor) throws {
        try database.write { db in
            try Self.remove(try Self.requireExport(id, in: db), by: actor, in: db)
        }
    }

    private static func remove(_ export: Export, by actor: Actor, in db: Database) throws {
        try checkIdle(export, in: db)
        // The ledger's rows are the latest outcomes; they become history before it goes.
        try db.execute(sql: "\(LedgerCatalog.historySQL) WHERE export = ?", arguments: [export.id])
        try db.execute(sql: "DELETE FROM export WHERE id = ?", arguments: [export.id])
        try Catalog.write(
            AuditEvent(actor: actor, verb: "remove", noun: "export", thing: export.name), in: db)
    }

    /// Takes the connection off exports; they keep everything else and do not run until they get one again.
    /// Throws trouble of the catalog.
    package func detach(_ exports: [Export.ID], by actor: Actor) throws {
        try database.write { db in
            for id in exports {
                let name = try String.fetchOne(
                    db, sql: "SELECT name FROM export WHERE id = ? AND connection IS NOT NULL",
                    arguments: [id])
                guard let name else { continue }
                try db.execute(
                    sql: "UPDATE export SET connection = NULL, changedAt = ? WHERE id = ?",
                    arguments: [Catalog.now(), id])
                try Catalog.write(
                    AuditEvent(actor: actor, verb: "detach", noun: "export", thing: name), in: db)
            }
        }
    }

    private static func checkIdle(_ export: Export, in db: Database) throws {
        guard let open = try LedgerCatalog.openRun(ofExport: export.id, in: db) else { return }
        throw StoreError(
            .alreadyRunning, what: "unfinished",
            [
                "export": .text(export.name), "run": .digits(open.id),
                "state": .word(open.state.rawValue),
            ])
    }

    private static func values(of export: Export) throws -> StatementArguments {
        [
            export.name, export.connection, export.list.id, export.list.name,
            try JSONColumn.text(export.mapping), try JSONColumn.text(export.tags),
            try JSONColumn.text(export.onLeave), export.peopleMax, export.holdShare,
            export.startsAutomations, export.resubscribesRemoved, export.schedule.kind.rawValue,
        ]
    }

    private static func setSegments(
        _ names: [String], ofExport id: Export.ID, in db: Database
    ) throws {
        for (position, name) in names.enumerated() {
            let segment = try requireSegmentID(named: name, in: db)
            try db.execute(
                sql: "INSERT INTO exportSegment (export, position, segment) VALUES (?, ?, ?)",
                arguments: [id, position, segment])
        }
    }

    private static func export(named name: String, in db: Database) throws -> Export? {
        try Row.fetchOne(db, sql: "SELECT * FROM export WHERE name = ?", arguments: [name])
            .map { try export($0, in: db) }
    }

    static func requireExport(named name: String, in db: Database) throws -> Export {
        if let export = try export(named: name, in: db) { return export }
        let names = try String.fetchAll(db, sql: "SELECT name FROM export ORDER BY name")
        throw Catalog.notFound("export", name, among: names)
    }

    static func requireExport(_ id: Export.ID, in db: Database) throws -> Export {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM export WHERE id = ?", arguments: [id])
        else {
            throw StoreError.missing("export", id)
        }
        return try export(row, in: db)
    }

    private static func export(_ row: Row, in db: Database) throws -> Export {
        let id: Export.ID = row["id"]
        let segments = try String.fetchAll(
            db,
            sql: """
                SELECT segment.name FROM exportSegment JOIN segment ON segment.id = exportSegment.segment
                WHERE export = ? ORDER BY position
                """,
            arguments: [id])
        return try export(
            row, segments: segments, own: try ownSchedules(ofExport: id, in: db)[id])
    }

    /// An export from its row, the names of its segments, and the schedule of its own if it has one.
    static func export(_ row: Row, segments: [String], own: Schedule?) throws -> Export {
        Export(
            id: row["id"], name: row["name"], connection: row["connection"],
            list: ListReference(id: row["listID"], name: row["listName"]), segments: segments,
            mapping: try row.json(Mapping.self, StoredPlace("export", "mapping")),
            tags: try row.json([String].self, StoredPlace("export", "tags")),
            onLeave: try row.json(LeavePolicy.self, StoredPlace("export", "onLeave")),
            peopleMax: row["peopleMax"], holdShare: row["holdShare"],
            startsAutomations: row["startsAutomations"],
            resubscribesRemoved: row["resubscribesRemoved"],
            schedule: try schedule(row.known(StoredPlace("export", "schedule")), own: own))
    }

    /// An export that says that it has a schedule of its own has one. Throws `StoredValueError` when it has none.
    private static func schedule(
        _ kind: ExportSchedule.Kind, own: Schedule?
    ) throws(StoredValueError) -> ExportSchedule {
        switch kind {
        case .refresh: return .refresh
        case .own:
            guard let own else { throw StoredValueError(table: "export", column: "schedule") }
            return .own(own)
        case .manual: return .manual
        }
    }
}
