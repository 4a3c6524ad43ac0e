package import Access
package import Exports
import Foundation
import GRDB
package import Profiles
import SQLiteKit

extension LedgerCatalog {
    /// Begins a run. Refused while another run of the export is unfinished; the answer names it.
    package func createRun(
        of export: Export, trigger: RunTrigger, by actor: Actor
    ) throws -> Run {
        try database.write { db in
            let stored = try SetupCatalog.requireExport(named: export.name, in: db)
            guard stored.id == export.id else {
                throw StoreError(
                    .notFound, what: "export-replaced", ["export": .text(export.name)])
            }
            if let open = try Self.openRun(ofExport: export.id, in: db) {
                guard open.state.isOpen else {
                    throw StoreError(
                        .alreadyRunning, what: "closing",
                        ["export": .text(export.name), "run": .digits(open.id)])
                }
                throw StoreError(
                    .alreadyRunning,
                    [
                        "export": .text(export.name), "run": .digits(open.id),
                        "state": .word(open.state.rawValue),
                    ])
            }
            try db.execute(
                sql: """
                    INSERT INTO run (export, exportName, trigger, actor, state, createdAt)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    export.id, export.name, trigger.rawValue, actor.name,
                    RunState.planning.rawValue, Catalog.now(),
                ])
            let id = Run.ID(db.lastInsertedRowID)
            try Catalog.write(
                AuditEvent(actor: actor, verb: "run", noun: "export", thing: export.name), in: db)
            return try Self.requireRun(id, in: db)
        }
    }

    /// The run that is planning, held or sending, or is being closed, if there is one. Throws
    /// trouble of the catalog.
    package func openRun(ofExport export: Export.ID) throws -> Run? {
        try database.read { try Self.openRun(ofExport: export, in: $0) }
    }

    /// All unfinished runs, oldest first. Throws trouble of the catalog.
    package func openRuns() throws -> [Run] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM run WHERE endedAt IS NULL ORDER BY id")
                .map { try Self.run($0, in: db) }
        }
    }

    /// The run of that id. Throws `StoreError.notFound` when there is none.
    package func run(id: Run.ID) throws -> Run {
        try database.read { try Self.requireRun(id, in: $0) }
    }

    /// Runs from newest to oldest, of one export if asked for; `before` pages. Throws trouble of
    /// the catalog.
    package func runs(
        ofExport name: String? = nil, before: Run.ID? = nil, limit: Int = 100
    ) throws -> [Run] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM run WHERE (?1 IS NULL OR exportName = ?1) AND (?2 IS NULL OR id < ?2)
                    ORDER BY id DESC LIMIT ?3
                    """,
                arguments: [name, before, limit]
            ).map { try Self.run($0, in: db) }
        }
    }

    /// Runs from newest to oldest, of one export and in one state if asked for; `before` pages. They come
    /// without their reasons, which take a count of people. Throws trouble of the catalog.
    package func runs(
        ofExport export: Export.ID?, state: RunState?, before: Run.ID?, limit: Int
    ) throws -> [Run] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM run WHERE (?1 IS NULL OR export = ?1) AND (?2 IS NULL OR state = ?2)
                      AND (?3 IS NULL OR id < ?3)
                    ORDER BY id DESC LIMIT ?4
                    """,
                arguments: [export, state?.rawValue, before, limit]
            ).map { try Self.run($0, withReasons: false, in: db) }
        }
    }

    /// What became of people so far, by the numbers that every batch brings up to date. Throws
    /// `StoreError.notFound` when there is no such run.
    package func counts(ofRun run: Run.ID) throws -> RunCounts {
        try database.read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT delivered, refused, left, leaveRefused, requests, batchesSent
                    FROM run WHERE id = ?
                    """,
                arguments: [run])
            guard let row else { throw StoreError.missing("run", run) }
            return RunCounts(
                delivered: row["delivered"], refused: row["refused"], left: row["left"],
                leaveRefused: row["leaveRefused"], requests: row["requests"],
                batches: row["batchesSent"])
        }
    }

    /// Marks a planned run as waiting for approval. Throws trouble of the catalog.
    package func hold(_ run: Run.ID, detail: Remark) throws {
        try database.write { db in
            try db.execute(
                sql:
                    "UPDATE run SET state = ?, reason = 'too-many-leavers', detail = ? WHERE id = ?",
                arguments: [RunState.held.rawValue, detail.stored, run])
        }
    }

    /// Lets a held run be planned anew and sent, as long as no more people leave than the plan says that
    /// was looked at. Refused when the run is not held.
    package func approve(_ run: Run.ID, by actor: Actor) throws -> Run {
        try database.write { db in
            let held = try Self.requireHeld(run, in: db)
            try db.execute(
                sql: """
                    UPDATE run SET state = ?, reason = NULL, detail = NULL, approvedLeavers = ? WHERE id = ?
                    """,
                arguments: [RunState.planning.rawValue, held.plan?.leave ?? 0, run])
            try Self.writeDecision("approve", on: held, by: actor, in: db)
            return try Self.requireRun(run, in: db)
        }
    }

    /// Ends a held run without sending. Refused when the run is not held. False when `finishEnd` has more to
    /// do.
    @discardableResult
    package func dismiss(_ run: Run.ID, by actor: Actor) throws -> Bool {
        try database.write { db in
            let held = try Self.requireHeld(run, in: db)
            try Self.beginEnd(run, state: .dismissed, reason: "dismissed", detail: nil, in: db)
            try Self.writeDecision("dismiss", on: held, by: actor, in: db)
            return try Self.takeStep(toEndOf: run, in: db)
        }
    }

    private static func requireHeld(_ id: Run.ID, in db: Database) throws -> Run {
        let run = try requireRun(id, in: db)
        guard run.state == .held else {
            throw StoreError(
                .notHeld, ["run": .digits(id), "state": .word(run.state.rawValue)])
        }
        return run
    }

    /// Says that a person wants a run to stop. Refused when it has ended, or is held and so sends nothing.
    package func writeStop(of run: Run.ID, by actor: Actor) throws -> Run {
        try database.write { db in
            let open = try Self.requireRun(run, in: db)
            guard open.state != .held else {
                throw StoreError(.runEnded, what: "held", ["run": .digits(run)])
            }
            guard open.state.isOpen else {
                throw StoreError(
                    .runEnded, ["run": .digits(run), "state": .word(open.state.rawValue)])
            }
            try Self.writeDecision("stop", on: open, by: actor, in: db)
            return open
        }
    }

    private static func writeDecision(
        _ verb: String, on run: Run, by actor: Actor, in db: Database
    ) throws {
        try Catalog.write(
            AuditEvent(
                actor: actor, verb: verb, noun: "run", thing: "\(run.exportName) \(run.id)"),
            in: db)
    }

    static func openRun(ofExport export: Export.ID, in db: Database) throws -> Run? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM run WHERE export = ? AND endedAt IS NULL ORDER BY id LIMIT 1",
            arguments: [export]
        ).map { try run($0, in: db) }
    }

    static func requireRun(_ id: Run.ID, in db: Database) throws -> Run {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM run WHERE id = ?", arguments: [id])
        else {
            throw StoreError.missing("run", id)
        }
        return try run(row, in: db)
    }

    static func run(
        _ row: Row, withReasons: Bool = true, in db: Database
    ) throws -> Run {
        var run = Run(
            id: row["id"], export: row["export"], exportName: row["exportName"],
            trigger: try row.known(StoredPlace("run", "trigger")), actor: row["actor"],
            state: try row.known(StoredPlace("run", "state")), reason: row["reason"],
            detail: (row["detail"] as String?).map { Remark(stored: $0) },
            plan: try row.jsonIfAny(PlanSummary.self, StoredPlace("run", "plan")),
            delivered: row["delivered"], refused: row["refused"], left: row["left"],
            leaveRefused: row["leaveRefused"], requests: row["requests"],
            batchesSent: row["batchesSent"], createdAt: row["createdAt"], endedAt: row["endedAt"],
            approvedLeavers: row["approvedLeavers"], reasons: [:],
            waiting: Run.Waiting(members: row["pending"], leavers: row["leavePending"]))
        run.reasons = run.plan?.suppressed ?? [:]
        if withReasons, run.refused > 0 {
            let refused =
                try row.jsonIfAny(
                    [String: Int].self, StoredPlace("run", "refusedReasons"))
                ?? refusedReasons(of: run.id, in: db)
            run.reasons.merge(refused, uniquingKeysWith: +)
        }
        return run
    }

    /// Refused members by reason code: a pass over the run's people.
    static func refusedReasons(of run: Run.ID, in db: Database) throws -> [String: Int] {
        let isNone = try Bool.fetchOne(
            db, sql: "SELECT refused = 0 FROM run WHERE id = ?", arguments: [run])
        if isNone == true { return [:] }
        var reasons: [String: Int] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT reason, count(*) AS people FROM outcome
                WHERE run = ?1 AND outcome = \(Outcome.refused.rawValue)
                  AND kind <> \(OperationKind.leave.rawValue) GROUP BY reason
                UNION ALL
                SELECT reason, count(*) AS people FROM ledger INDEXED BY ledgerRefused
                WHERE run = ?1 AND state = \(LedgerState.refused.rawValue) GROUP BY reason
                """,
            arguments: [run])
        while let row = try rows.next() {
            let reason: String = row["reason"] ?? ReasonCode.notStated.rawValue
            reasons[reason, default: 0] += row["people"]
        }
        return reasons
    }
}
