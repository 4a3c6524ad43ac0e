import Exports
import Foundation
import GRDB
package import Profiles
import SQLiteKit

/// The end of runs. A run gets its last state at once; it has ended (`endedAt`) when everyone is accounted
/// for, which takes as many short transactions as its size asks for.
extension LedgerCatalog {
    /// Ends a run. Operations that have no outcome become pending people, so that everyone stays
    /// accounted for. A plan that was never whole counts nobody and goes. Throws `StoreError`
    /// (`.storage`) for a batch that is damaged.
    package func end(
        _ run: Run.ID, state: RunState, reason: String? = nil, detail: Remark? = nil
    ) throws {
        if try !beginEnd(run, state: state, reason: reason, detail: detail) {
            try finishEnd(of: run)
        }
    }

    /// Gives a run its last state. False when `finishEnd` has more to do. Throws `StoreError`
    /// (`.storage`) for a batch that is damaged.
    package func beginEnd(
        _ run: Run.ID, state: RunState, reason: String? = nil, detail: Remark? = nil
    ) throws -> Bool {
        try database.write { db in
            try Self.beginEnd(run, state: state, reason: reason, detail: detail, in: db)
            return try Self.takeStep(toEndOf: run, in: db)
        }
    }

    /// Closes a run that has its last state; also one whose closing a crash cut off. Throws
    /// `StoreError` (`.storage`) for a batch that is damaged.
    package func finishEnd(of run: Run.ID) throws {
        while try !database.write({ try Self.takeStep(toEndOf: run, in: $0) }) {}
    }

    static func beginEnd(
        _ run: Run.ID, state: RunState, reason: String?, detail: Remark?, in db: Database
    ) throws {
        try db.execute(
            sql: "UPDATE run SET state = ?, reason = ?, detail = ? WHERE id = ?",
            arguments: [state.rawValue, reason, detail?.stored, run])
    }

    /// Batches whose people become pending in one transaction.
    private static let openMax = 16
    /// Batches whose operations are deleted in one transaction.
    private static let bodiesMax = 64

    /// Does a part of what the end of a run asks for, or all of a small one; true when it has ended.
    static func takeStep(toEndOf run: Run.ID, in db: Database) throws -> Bool {
        let stored = try Row.fetchOne(
            db,
            sql:
                "SELECT state, reason, plan IS NOT NULL AS isPlanned, endedAt FROM run WHERE id = ?",
            arguments: [run])
        guard let stored, RunState(rawValue: stored["state"])?.isOpen == false,
            (stored["endedAt"] as Int64?) == nil
        else { return true }
        if !stored["isPlanned"] {
            if try forgetPart(ofPlan: run, in: db) { return false }
        } else {
            if try recordPending(of: run, reason: stored["reason"], in: db) == openMax {
                return false
            }
            try db.execute(
                sql: """
                    DELETE FROM batchBody WHERE batch IN
                      (SELECT batchBody.batch FROM batch CROSS JOIN batchBody
                       ON batchBody.batch = batch.id WHERE run = ? LIMIT ?)
                    """,
                arguments: [run, bodiesMax])
            if db.changesCount == bodiesMax { return false }
        }
        try compareAccounts(of: run, in: db)
        let reasons = try refusedReasons(of: run, in: db)
        try db.execute(
            sql: "UPDATE run SET endedAt = ?, refusedReasons = ? WHERE id = ?",
            arguments: [Catalog.now(), JSONColumn.text(reasons), run])
        return true
    }

    /// A run whose groups do not add up to its members has failed, whatever it took itself for.
    private static func compareAccounts(of id: Run.ID, in db: Database) throws {
        // Those who left without a request have an outcome once the run began to send, and wait until then.
        try db.execute(
            sql: """
                UPDATE run SET leavePending = leavePending + json_extract(plan, '$.leftSilently')
                WHERE id = ? AND left < json_extract(plan, '$.leftSilently')
                """,
            arguments: [id])
        let row = try Row.fetchOne(db, sql: "SELECT * FROM run WHERE id = ?", arguments: [id])
        guard let row else { return }
        let accounts = RunAccounts(try Self.run(row, withReasons: false, in: db))
        guard !accounts.addUp else { return }
        // Nobody is told that it went well.
        try db.execute(sql: "DELETE FROM runTurn WHERE run = ?", arguments: [id])
        try beginEnd(
            id, state: .failed, reason: Run.accountsDiffer,
            detail: accounts.remark, in: db)
    }

    /// Makes the people of some batches pending, and forgets the operations, so that each batch is taken
    /// once. Returns how many batches they were.
    private static func recordPending(
        of run: Run.ID, reason: String?, in db: Database
    ) throws -> Int {
        let insert = try PreparedStatement(
            db,
            """
            INSERT OR IGNORE INTO outcome (run, personKey, profileID, kind, outcome, reason, at)
            VALUES (?, ?, ?, ?, \(Outcome.pending.rawValue), ?, ?)
            """, isShared: true)
        let now = Catalog.now()
        var waiting = Run.Waiting()
        let batches = try Row.fetchAll(
            db,
            sql: """
                SELECT batch.id, number, operations, people FROM batch CROSS JOIN batchBody
                ON batchBody.batch = batch.id
                WHERE run = ? AND state <> ? LIMIT ?
                """,
            arguments: [run, BatchHead.State.settled.rawValue, openMax])
        for row in batches {
            let data: Data = row["operations"]
            let operations = try operations(
                stored: Array(data), count: row["people"], number: row["number"], run: run)
            try operations.visit { (operation: OperationView) throws in
                guard operation.kind != .leave else {
                    waiting.leavers += 1
                    return
                }
                insert.bind(run, at: 1)
                insert.bindText(operation.key, at: 2)
                insert.bindText(operation.profileID, at: 3)
                insert.bind(Int64(operation.kind.rawValue), at: 4)
                insert.bind(reason?.databaseValue ?? .null, at: 5)
                insert.bind(now, at: 6)
                try insert.run()
                // Nobody who has an outcome in this run already is pending as well.
                waiting.members += db.changesCount
            }
            try db.execute(
                sql: "DELETE FROM batchBody WHERE batch = ?", arguments: [row["id"] as Int64])
        }
        try db.execute(
            sql: """
                UPDATE run SET pending = pending + ?, leavePending = leavePending + ? WHERE id = ?
                """,
            arguments: [waiting.members, waiting.leavers, run])
        return batches.count
    }
}
