package import Exports
import Foundation
import GRDB

/// What a plan needs of the catalog while it is made: the ledger of its export in key order, and who is
/// claimed by other exports. Lives inside one transaction.
package final class LedgerReader {
    private let rows: PreparedStatement
    /// Nil when no other export could claim anybody.
    private let claims: PreparedStatement?

    init(_ db: Database, export: Export) throws {
        rows = try PreparedStatement(
            db,
            "SELECT personKey, profileID, state, delivered FROM ledger WHERE export = ? ORDER BY personKey"
        )
        rows.bind(export.id, at: 1)
        let rivals = try Self.rivals(of: export, in: db)
        guard !rivals.isEmpty else {
            claims = nil
            return
        }
        claims = try PreparedStatement(
            db,
            """
            SELECT 1 FROM ledger WHERE personKey = ?1 AND delivered IS NOT NULL
              AND state <> \(LedgerState.left.rawValue)
              AND export IN (\(rivals.map(String.init).joined(separator: ", ")))
            LIMIT 1
            """)
    }

    /// Exports to the same account that want what leaving this one takes away: the place on the list, or the
    /// word in the field.
    private static func rivals(of export: Export, in db: Database) throws -> [Export.ID] {
        let others = try Row.fetchAll(
            db,
            sql: """
                SELECT other.id, other.listID, other.onLeave FROM export AS other
                JOIN connection AS theirs ON theirs.id = other.connection
                WHERE other.id <> ? AND theirs.host = (SELECT host FROM connection WHERE id = ?)
                """,
            arguments: [export.id, export.connection])
        return try others.compactMap { row in
            let listID: String = row["listID"]
            switch export.onLeave {
            case .keep: return nil
            case .unsubscribe: return listID == export.list.id ? row["id"] : nil
            case .field(let field, _, _):
                let theirs = try JSONColumn.value(LeavePolicy.self, from: row["onLeave"])
                if case .field(field, _, _) = theirs { return row["id"] }
                return nil
            }
        }
    }

    /// The next row in key order; valid until the next call.
    package func next() throws -> LedgerView? {
        guard try rows.step() else { return nil }
        return LedgerView(
            key: rows.text(0), profileID: rows.text(1),
            state: LedgerState(rawValue: Int(rows.integer(2))) ?? .refused, values: rows.blob(3))
    }

    /// Whether another export still holds a person in what leaving would take away.
    package func isClaimedElsewhere(_ key: UnsafeRawBufferPointer) throws -> Bool {
        guard let claims else { return false }
        claims.bindText(key, at: 1)
        let found = try claims.step()
        if found { claims.reset() }
        return found
    }
}

/// Stores a plan: its batches, and everyone who needs no batch.
package final class PlanWriter {
    package let ledger: LedgerReader
    private let db: Database
    private let run: Run.ID
    private let batch: PreparedStatement
    private let body: PreparedStatement
    private let outcome: PreparedStatement
    private let now = Catalog.now()
    private var nextNumber = 1

    init(_ db: Database, run: Run.ID, export: Export) throws {
        self.db = db
        self.run = run
        ledger = try LedgerReader(db, export: export)
        batch = try PreparedStatement(
            db,
            """
            INSERT INTO batch (run, number, isRetry, state, people)
            VALUES (?, ?, ?, \(BatchHead.State.planned.rawValue), ?)
            """)
        body = try PreparedStatement(db, "INSERT INTO batchBody (batch, operations) VALUES (?, ?)")
        outcome = try PreparedStatement(
            db,
            """
            INSERT INTO outcome (run, personKey, profileID, kind, outcome, reason, detail, at)
            VALUES (?, ?, ?, NULL, ?, ?, ?, ?)
            """)
    }

    package func store(_ packed: PlanPacker.Packed) throws {
        batch.bind(run, at: 1)
        batch.bind(Int64(nextNumber), at: 2)
        batch.bind(packed.isRetry ? 1 : 0, at: 3)
        batch.bind(Int64(packed.operations.count), at: 4)
        try batch.run()
        body.bind(db.lastInsertedRowID, at: 1)
        try packed.operations.bytes.withUnsafeBytes {
            body.bindBlob($0, at: 2)
            try body.run()
        }
        nextNumber += 1
    }

    /// Stores suppressed people and those who left without a request; others have a batch, or nothing to
    /// tell.
    package func store(_ row: PlanRow) throws {
        switch row {
        case .unchanged, .operation:
            return
        case .suppressed(let member, let reason, let winner):
            try store(
                key: member.key, profileID: member.profileID, outcome: .suppressed,
                reason: reason, detail: winner)
        case .leftSilently(let ledgerRow, let reason):
            try store(
                key: ledgerRow.key, profileID: ledgerRow.profileID, outcome: .left, reason: reason,
                detail: nil)
        }
    }

    private func store(
        key: UnsafeRawBufferPointer, profileID: UnsafeRawBufferPointer, outcome: Outcome,
        reason: ReasonCode?, detail: UnsafeRawBufferPointer?
    ) throws {
        self.outcome.bind(run, at: 1)
        self.outcome.bindText(key, at: 2)
        self.outcome.bindText(profileID, at: 3)
        self.outcome.bind(Int64(outcome.rawValue), at: 4)
        self.outcome.bind(reason?.rawValue.databaseValue ?? .null, at: 5)
        if let detail {
            self.outcome.bindText(detail, at: 6)
        } else {
            self.outcome.bindNull(at: 6)
        }
        self.outcome.bind(now, at: 7)
        try self.outcome.run()
    }
}

extension Catalog {
    /// Reads what a rehearsal needs, in one consistent view; nothing is written.
    package func readLedger<Result>(
        of export: Export, _ body: (LedgerReader) throws -> Result
    ) throws -> Result {
        try database.read { try body(LedgerReader($0, export: export)) }
    }

    /// Makes and stores the plan of a run in one transaction: a crash or an error leaves no half of it.
    package func writePlan(
        of run: Run.ID, export: Export, _ body: (PlanWriter) throws -> PlanSummary
    ) throws -> PlanSummary {
        try database.write { db in
            try db.execute(sql: "DELETE FROM batch WHERE run = ?", arguments: [run])
            try db.execute(sql: "DELETE FROM outcome WHERE run = ?", arguments: [run])
            let summary = try body(PlanWriter(db, run: run, export: export))
            try db.execute(
                sql: "UPDATE run SET plan = ? WHERE id = ?",
                arguments: [JSONColumn.text(summary), run])
            return summary
        }
    }
}
