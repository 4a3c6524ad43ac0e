package import Exports
import Foundation
import GRDB
import Profiles
import SQLiteKit

/// What became of the operations of one batch.
package struct BatchVerdict: Sendable {
    package let number: Int
    /// People the destination did not take, with the best known reason; everybody else was taken.
    package let refused: [String: ReasonCode]
    /// People who are to be sent once more in this run.
    package let again: Set<String>

    package init(number: Int, refused: [String: ReasonCode], again: Set<String> = []) {
        self.number = number
        self.refused = refused
        self.again = again
    }
}

extension LedgerCatalog {
    /// Teaches the ledger what the destination confirmed of a batch, one outcome per person, and settles
    /// the batch. A batch that is settled already is left alone, so that a repetition counts nobody twice.
    /// Returns the new batch of those to be sent once more. `operations` spares reading the batch, when
    /// they are at hand. Throws `StoreError` (`.storage`) when the operations are gone or damaged,
    /// or the ledger does not know somebody; nothing is counted then.
    package func settle(
        _ verdict: BatchVerdict, run: Run, operations known: OperationList? = nil
    ) throws -> BatchHead? {
        try database.write { db in
            let recorder = try OutcomeRecorder(db, run: run)
            let read = try PreparedStatement(
                db, "SELECT state FROM batch WHERE run = ? AND number = ?", isShared: true)
            read.bind(run.id, at: 1)
            read.bind(Int64(verdict.number), at: 2)
            let isOpen = try read.step() && Int(read.integer(0)) != BatchHead.State.settled.rawValue
            read.reset()
            guard isOpen else { return nil }
            let operations =
                try known ?? Self.operations(ofBatch: verdict.number, run: run.id, in: db)
            let isClean = verdict.refused.isEmpty && verdict.again.isEmpty
            var again = OperationList()
            try operations.visit { (operation: OperationView) throws in
                if isClean { return try recorder.record(operation, refused: nil) }
                let key = operation.keyText
                if verdict.again.contains(key) {
                    again.append(operation)
                } else {
                    try recorder.record(operation, refused: verdict.refused[key])
                }
            }
            try recorder.finish(of: operations.count - again.count)
            if again.count > 0 {
                return try Self.replace(
                    verdict.number, run: run.id, by: [again], isRetry: true, in: db
                ).first
            }
            let settle = try PreparedStatement(
                db, "UPDATE batch SET state = ?1 WHERE run = ?2 AND number = ?3",
                isShared: true)
            settle.bind(Int64(BatchHead.State.settled.rawValue), at: 1)
            settle.bind(run.id, at: 2)
            settle.bind(Int64(verdict.number), at: 3)
            try settle.run()
            return nil
        }
    }

    /// When Ferry itself unsubscribed a person, if that was the last thing it did to them. Throws
    /// trouble of the catalog.
    package func removedAt(_ key: String, export: Export.ID) throws -> Int64? {
        try database.read { db in
            try Int64.fetchOne(
                db, sql: "SELECT removedAt FROM ledger WHERE export = ? AND personKey = ?",
                arguments: [export, key])
        }
    }
}

/// Writes one outcome per person. The latest outcome of a person is their ledger row; the one it replaces
/// moves to the table of outcomes, so that a first export writes one row for each person, not two.
final class OutcomeRecorder {
    private let db: Database
    private let run: Run
    private let at = Catalog.now()
    private let unsubscribes: Bool
    private let enter: PreparedStatement
    private let keep: PreparedStatement
    private let deliver: PreparedStatement
    private let refuse: PreparedStatement
    private let leave: PreparedStatement
    private let refusedLeaver: PreparedStatement
    private var delivered = 0
    private var refused = 0
    private var left = 0
    private var leaveRefused = 0

    init(_ db: Database, run: Run) throws {
        self.db = db
        self.run = run
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT onLeave FROM export WHERE id = ?"),
            arguments: [run.export])
        let policy = try row?.json(LeavePolicy.self, StoredPlace("export", "onLeave"))
        unsubscribes = policy == .unsubscribe
        enter = try PreparedStatement(
            db,
            """
            INSERT INTO ledger (export, personKey, profileID, state, delivered, run, kind, at)
            VALUES (?1, ?2, ?3, \(LedgerState.delivered.rawValue), ?4, ?5, ?6, ?7)
            ON CONFLICT (export, personKey) DO NOTHING
            """, isShared: true)
        keep = try PreparedStatement(
            db, LedgerCatalog.historySQL + " WHERE export = ?1 AND personKey = ?2", isShared: true)
        deliver = try PreparedStatement(
            db,
            """
            UPDATE ledger SET profileID = ?3, state = \(LedgerState.delivered.rawValue), delivered = ?4,
              reason = NULL, run = ?5, kind = ?6, at = ?7, removedAt = NULL
            WHERE export = ?1 AND personKey = ?2
            """, isShared: true)
        refuse = try PreparedStatement(
            db,
            """
            INSERT INTO ledger (export, personKey, profileID, state, reason, run, kind, at)
            VALUES (?1, ?2, ?3, \(LedgerState.refused.rawValue), ?4, ?5, ?6, ?7)
            ON CONFLICT (export, personKey) DO UPDATE SET profileID = excluded.profileID,
              state = excluded.state, reason = excluded.reason, run = excluded.run,
              kind = excluded.kind, at = excluded.at
            """, isShared: true)
        leave = try PreparedStatement(
            db,
            """
            UPDATE ledger SET state = \(LedgerState.left.rawValue), reason = NULL, run = ?3, kind = ?4,
              at = ?5, removedAt = CASE reason WHEN 'unsubscribed' THEN removedAt ELSE ?6 END
            WHERE export = ?1 AND personKey = ?2
            """, isShared: true)
        refusedLeaver = try PreparedStatement(
            db,
            """
            INSERT OR REPLACE INTO outcome (run, personKey, profileID, kind, outcome, reason, at)
            VALUES (?1, ?2, ?3, ?4, \(Outcome.refused.rawValue), ?5, ?6)
            """, isShared: true)
    }

    func record(_ operation: OperationView, refused reason: ReasonCode?) throws {
        switch (operation.kind, reason) {
        case (.leave, nil):
            left += 1
            try writeLeave(operation)
        case (.leave, let reason?):
            leaveRefused += 1
            try writeRefusedLeaver(operation, reason)
        case (_, nil):
            delivered += 1
            try writeDelivery(operation)
        case (_, let reason?):
            refused += 1
            try writeRefusal(operation, reason)
        }
    }

    /// Adds what was recorded to the numbers of the run: one outcome for everyone of a batch.
    func finish(of people: Int) throws {
        precondition(
            delivered + refused + left + leaveRefused == people, "everyone has one outcome")
        let count = try PreparedStatement(
            db,
            """
            UPDATE run SET delivered = delivered + ?1, refused = refused + ?2, left = left + ?3,
              leaveRefused = leaveRefused + ?4 WHERE id = ?5
            """, isShared: true)
        for (index, number) in [delivered, refused, left, leaveRefused].enumerated() {
            count.bind(Int64(number), at: Int32(index + 1))
        }
        count.bind(run.id, at: 5)
        try count.run()
    }

    private func writeDelivery(_ operation: OperationView) throws {
        if operation.kind == .enter {
            bindDelivery(operation, to: enter)
            try enter.run()
            // Most people who enter are new; those who come back have a row already.
            if db.changesCount == 1 { return }
        }
        try keepHistory(operation)
        bindDelivery(operation, to: deliver)
        try deliver.run()
        try expectOneRow()
    }

    private func bindDelivery(_ operation: OperationView, to statement: PreparedStatement) {
        bindPerson(operation, to: statement)
        statement.bindText(operation.profileID, at: 3)
        statement.bindBlob(operation.values, at: 4)
        statement.bind(run.id, at: 5)
        statement.bind(Int64(operation.kind.rawValue), at: 6)
        statement.bind(at, at: 7)
    }

    private func writeRefusal(_ operation: OperationView, _ reason: ReasonCode) throws {
        try keepHistory(operation)
        let text = Array(reason.rawValue.utf8)
        try text.withUnsafeBytes {
            bindPerson(operation, to: refuse)
            refuse.bindText(operation.profileID, at: 3)
            refuse.bindText($0, at: 4)
            refuse.bind(run.id, at: 5)
            refuse.bind(Int64(operation.kind.rawValue), at: 6)
            refuse.bind(at, at: 7)
            try refuse.run()
        }
    }

    private func writeLeave(_ operation: OperationView) throws {
        try keepHistory(operation)
        bindPerson(operation, to: leave)
        leave.bind(run.id, at: 3)
        leave.bind(Int64(operation.kind.rawValue), at: 4)
        leave.bind(at, at: 5)
        leave.bind(unsubscribes ? at : nil, at: 6)
        try leave.run()
        try expectOneRow()
    }

    /// What the ledger does not know cannot change in it: an outcome that is counted must also be learnt.
    private func expectOneRow() throws {
        guard db.changesCount == 1 else {
            throw StoreError(
                .storage, what: "ledger-short",
                ["export": .digits(run.export), "run": .digits(run.id)])
        }
    }

    /// The person stays delivered, for nothing changed at the destination; the next run tries again.
    private func writeRefusedLeaver(_ operation: OperationView, _ reason: ReasonCode) throws {
        let text = Array(reason.rawValue.utf8)
        try text.withUnsafeBytes {
            refusedLeaver.bind(run.id, at: 1)
            refusedLeaver.bindText(operation.key, at: 2)
            refusedLeaver.bindText(operation.profileID, at: 3)
            refusedLeaver.bind(Int64(operation.kind.rawValue), at: 4)
            refusedLeaver.bindText($0, at: 5)
            refusedLeaver.bind(at, at: 6)
            try refusedLeaver.run()
        }
    }

    private func keepHistory(_ operation: OperationView) throws {
        bindPerson(operation, to: keep)
        try keep.run()
    }

    private func bindPerson(_ operation: OperationView, to statement: PreparedStatement) {
        statement.bind(run.export, at: 1)
        statement.bindText(operation.key, at: 2)
    }
}

extension LedgerCatalog {
    /// Copies ledger rows, as the outcomes that they are, into the history; a condition follows.
    static let historySQL = """
        INSERT OR REPLACE INTO outcome (run, personKey, profileID, kind, outcome, reason, delivered, at)
        SELECT run, personKey, profileID, kind, \(outcomeOfState), reason, delivered, at
        FROM (SELECT * FROM ledger WHERE run IN (SELECT id FROM run)) AS ledger
        """

    /// The outcome that a ledger state stands for.
    static let outcomeOfState = """
        CASE state WHEN \(LedgerState.delivered.rawValue) THEN \(Outcome.delivered.rawValue)
          WHEN \(LedgerState.left.rawValue) THEN \(Outcome.left.rawValue)
          ELSE \(Outcome.refused.rawValue) END
        """
}
