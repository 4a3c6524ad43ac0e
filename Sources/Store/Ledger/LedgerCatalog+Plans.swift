package import Exports
import Foundation
import GRDB
import SQLiteKit

/// Plans of runs. A plan is whole when its run has numbers (`run.plan`); until then nothing of it is sent,
/// shown or counted.
extension LedgerCatalog {
    /// Makes and stores the plan of a run. The ledger is read in one view; the plan is written in many short
    /// transactions, of which the last one makes it whole. A crash or an error in between leaves rows that
    /// count for nothing and go when the run is planned again, or ends. Throws what `body` throws,
    /// and trouble of the catalog.
    package func writePlan(
        of run: Run.ID, export: Export, _ body: (PlanWriter) throws -> PlanSummary
    ) throws -> PlanSummary {
        try forgetPlan(of: run)
        let summary = try log.growing(in: database) {
            try readLedger(of: export) { ledger in
                let writer = PlanWriter(self, run: run, ledger: ledger)
                let summary = try body(writer)
                try writer.flush()
                return summary
            }
        }
        try database.write { db in
            try db.execute(
                sql: "UPDATE run SET plan = ? WHERE id = ?",
                arguments: [JSONColumn.text(summary), run])
        }
        return summary
    }

    /// Takes a plan, or a part of one, back.
    private func forgetPlan(of run: Run.ID) throws {
        try database.write { db in
            try db.execute(sql: "UPDATE run SET plan = NULL WHERE id = ?", arguments: [run])
        }
        while try database.write({ try Self.forgetPart(ofPlan: run, in: $0) }) {}
    }

    /// What one transaction deletes at most.
    private static let batchesMax = 32
    private static let peopleMax = 2_000

    /// Deletes some of what is stored of a plan; false when nothing was left.
    static func forgetPart(ofPlan run: Run.ID, in db: Database) throws -> Bool {
        try db.execute(
            sql: "DELETE FROM batch WHERE id IN (SELECT id FROM batch WHERE run = ? LIMIT ?)",
            arguments: [run, batchesMax])
        if db.changesCount > 0 { return true }
        let last = try Row.fetchOne(
            db,
            sql: """
                SELECT personKey, profileID FROM outcome WHERE run = ?
                ORDER BY personKey, profileID LIMIT 1 OFFSET ?
                """,
            arguments: [run, peopleMax - 1])
        guard let last else {
            try db.execute(sql: "DELETE FROM outcome WHERE run = ?", arguments: [run])
            return db.changesCount > 0
        }
        try db.execute(
            sql: "DELETE FROM outcome WHERE run = ? AND (personKey, profileID) <= (?, ?)",
            arguments: [run, last["personKey"] as String, last["profileID"] as String])
        return true
    }
}
