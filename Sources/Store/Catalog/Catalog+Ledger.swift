package import Exports
import Foundation
import GRDB

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

extension Catalog {
    /// Teaches the ledger what the destination confirmed of a batch, one outcome per person, and settles
    /// the batch. A batch that is settled already is left alone, so that a repetition counts nobody twice.
    /// Returns the new batch of those to be sent once more.
    package func settle(_ verdict: BatchVerdict, run: Run) throws -> BatchHead? {
        try database.write { db in
            let recorder = try OutcomeRecorder(db, run: run)
            let read = try PreparedStatement(
                db, "SELECT state, people, operations FROM batch WHERE run = ? AND number = ?",
                isShared: true)
            read.bind(run.id, at: 1)
            read.bind(Int64(verdict.number), at: 2)
            guard try read.step(), Int(read.integer(0)) != BatchHead.State.settled.rawValue,
                let blob = read.blob(2)
            else {
                read.reset()
                return nil
            }
            let operations = OperationList(bytes: Array(blob), count: Int(read.integer(1)))
            read.reset()
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
            try recorder.finish()
            if !again.bytes.isEmpty {
                return try Self.replace(
                    verdict.number, run: run.id, by: [again], isRetry: true, in: db
                ).first
            }
            let settle = try PreparedStatement(
                db, "UPDATE batch SET state = ?1, operations = NULL WHERE run = ?2 AND number = ?3",
                isShared: true)
            settle.bind(Int64(BatchHead.State.settled.rawValue), at: 1)
            settle.bind(run.id, at: 2)
            settle.bind(Int64(verdict.number), at: 3)
            try settle.run()
            return nil
        }
    }

    /// Records people whom the destination named as offenders; their batch goes on without them.
    package func refuse(_ operations: OperationList, reason: ReasonCode, run: Run) throws {
        try database.write { db in
            let recorder = try OutcomeRecorder(db, run: run)
            try operations.visit { (operation: OperationView) throws in
                try recorder.record(operation, refused: reason)
            }
            try recorder.finish()
        }
    }

    /// When Ferry itself unsubscribed a person, if that was the last thing it did to them.
    package func removedAt(_ key: String, export: Export.ID) throws -> Int64? {
        try database.read { db in
            try Int64.fetchOne(
                db, sql: "SELECT removedAt FROM ledger WHERE export = ? AND personKey = ?",
                arguments: [export, key])
        }
    }
}

/// Writes outcomes and ledger rows, one pair per person.
private final class OutcomeRecorder {
    private let db: Database
    private let run: Run
    private let at = Catalog.now()
    private let unsubscribes: Bool
    private let outcome: PreparedStatement
    private let outcomeWithBefore: PreparedStatement
    private let deliver: PreparedStatement
    private let refuse: PreparedStatement
    private let leave: PreparedStatement
    private var delivered = 0
    private var refused = 0
    private var left = 0
    private var leaveRefused = 0

    init(_ db: Database, run: Run) throws {
        self.db = db
        self.run = run
        let onLeave = try String.fetchOne(
            db, sql: "SELECT onLeave FROM export WHERE id = ?", arguments: [run.export])
        let policy = try onLeave.map { try JSONColumn.value(LeavePolicy.self, from: $0) }
        unsubscribes = policy == .unsubscribe
        outcome = try PreparedStatement(
            db,
            """
            INSERT OR REPLACE INTO outcome (run, personKey, profileID, kind, outcome, reason, at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """, isShared: true)
        outcomeWithBefore = try PreparedStatement(
            db,
            """
            INSERT OR REPLACE INTO outcome (run, personKey, profileID, kind, outcome, reason, at, before)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,
              (SELECT delivered FROM ledger WHERE export = ?8 AND personKey = ?2))
            """, isShared: true)
        deliver = try PreparedStatement(
            db,
            """
            INSERT INTO ledger (export, personKey, profileID, state, delivered, run, at)
            VALUES (?1, ?2, ?3, \(LedgerState.delivered.rawValue), ?4, ?5, ?6)
            ON CONFLICT (export, personKey) DO UPDATE SET profileID = excluded.profileID,
              state = excluded.state, delivered = excluded.delivered, reason = NULL,
              run = excluded.run, at = excluded.at, removedAt = NULL
            """, isShared: true)
        refuse = try PreparedStatement(
            db,
            """
            INSERT INTO ledger (export, personKey, profileID, state, reason, run, at)
            VALUES (?1, ?2, ?3, \(LedgerState.refused.rawValue), ?4, ?5, ?6)
            ON CONFLICT (export, personKey) DO UPDATE SET profileID = excluded.profileID,
              state = excluded.state, reason = excluded.reason, run = excluded.run, at = excluded.at
            """, isShared: true)
        leave = try PreparedStatement(
            db,
            """
            UPDATE ledger SET state = \(LedgerState.left.rawValue), reason = NULL, run = ?1, at = ?2,
              removedAt = ?3 WHERE export = ?4 AND personKey = ?5
            """, isShared: true)
    }

    func record(_ operation: OperationView, refused reason: ReasonCode?) throws {
        if let reason {
            try write(operation, .refused, reason)
            if operation.kind == .leave {
                leaveRefused += 1
            } else {
                refused += 1
                try writeRefusal(operation, reason)
            }
        } else if operation.kind == .leave {
            left += 1
            try write(operation, .left, nil)
            leave.bind(run.id, at: 1)
            leave.bind(at, at: 2)
            leave.bind(unsubscribes ? at : nil, at: 3)
            leave.bind(run.export, at: 4)
            leave.bindText(operation.key, at: 5)
            try leave.run()
        } else {
            delivered += 1
            try write(operation, .delivered, nil)
            deliver.bind(run.export, at: 1)
            deliver.bindText(operation.key, at: 2)
            deliver.bindText(operation.profileID, at: 3)
            deliver.bindBlob(operation.values, at: 4)
            deliver.bind(run.id, at: 5)
            deliver.bind(at, at: 6)
            try deliver.run()
        }
    }

    /// Adds what was recorded to the numbers of the run.
    func finish() throws {
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

    private func writeRefusal(_ operation: OperationView, _ reason: ReasonCode) throws {
        let text = Array(reason.rawValue.utf8)
        try text.withUnsafeBytes {
            refuse.bind(run.export, at: 1)
            refuse.bindText(operation.key, at: 2)
            refuse.bindText(operation.profileID, at: 3)
            refuse.bindText($0, at: 4)
            refuse.bind(run.id, at: 5)
            refuse.bind(at, at: 6)
            try refuse.run()
        }
    }

    /// Must come before the ledger is changed: a change keeps the values it replaces.
    private func write(
        _ operation: OperationView, _ result: Outcome, _ reason: ReasonCode?
    ) throws {
        let keepsBefore = operation.kind == .change || operation.kind == .leave
        let statement = keepsBefore ? outcomeWithBefore : outcome
        statement.bind(run.id, at: 1)
        statement.bindText(operation.key, at: 2)
        statement.bindText(operation.profileID, at: 3)
        statement.bind(Int64(operation.kind.rawValue), at: 4)
        statement.bind(Int64(result.rawValue), at: 5)
        if keepsBefore { statement.bind(run.export, at: 8) }
        statement.bind(at, at: 7)
        guard let reason else {
            statement.bindNull(at: 6)
            return try statement.run()
        }
        let text = Array(reason.rawValue.utf8)
        try text.withUnsafeBytes {
            statement.bindText($0, at: 6)
            try statement.run()
        }
    }
}
