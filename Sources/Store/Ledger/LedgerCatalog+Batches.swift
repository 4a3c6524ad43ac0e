package import Exports
import Foundation
import GRDB
import Profiles
import SQLiteKit

extension LedgerCatalog {
    /// The batches of a run that are not settled, in sending order: fresh people first, then those refused
    /// before.
    package func openBatches(of run: Run.ID) throws -> [BatchHead] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT number, isRetry, state, people, attempts, token, queued FROM batch
                    WHERE run = ? AND state <> ? ORDER BY isRetry, number
                    """,
                arguments: [run, BatchHead.State.settled.rawValue]
            ).map { row in
                let token: String? = row["token"]
                return BatchHead(
                    number: row["number"], isRetry: row["isRetry"],
                    state: try row.known(StoredPlace("batch", "state")),
                    people: row["people"], attempts: row["attempts"],
                    receipt: token.map { Receipt(token: $0, queued: row["queued"]) })
            }
        }
    }

    /// The operations of a batch whose run has not ended. Throws `StoreError` (`.storage`) when
    /// they are gone or damaged.
    package func operations(ofBatch number: Int, run: Run.ID) throws -> OperationList {
        try database.read { try Self.operations(ofBatch: number, run: run, in: $0) }
    }

    static func operations(
        ofBatch number: Int, run: Run.ID, in db: Database
    ) throws -> OperationList {
        let select = try PreparedStatement(
            db,
            """
            SELECT operations, people FROM batch JOIN batchBody ON batchBody.batch = batch.id
            WHERE run = ? AND number = ?
            """, isShared: true)
        select.bind(run, at: 1)
        select.bind(Int64(number), at: 2)
        defer { select.reset() }
        guard try select.step(), let blob = select.blob(0) else {
            throw StoreError(
                .storage, what: "batch-empty", ["batch": .digits(number), "run": .digits(run)])
        }
        return try operations(
            stored: Array(blob), count: Int(select.integer(1)), number: number, run: run)
    }

    /// A list as it stands in the database: whole, or an error.
    static func operations(
        stored bytes: [UInt8], count: Int, number: Int, run: Run.ID
    ) throws -> OperationList {
        do {
            return try OperationList(stored: bytes, count: count)
        } catch {
            throw StoreError(
                .storage, what: "batch-damaged",
                [
                    "batch": .digits(number), "run": .digits(run), "answer": .text(error.rawValue),
                ])
        }
    }

    /// Says that a batch is about to be sent; must be stored before its first byte leaves. With it go the
    /// calls made before, so that a later process knows what the account's limits have left. Throws
    /// trouble of the catalog.
    package func markSending(
        _ number: Int, run: Run.ID, calls: [CallEntry] = [], host: String = ""
    ) throws {
        try database.write { db in
            try Self.record(calls, host: host, run: run, in: db)
            try Self.execute(
                db,
                "UPDATE batch SET state = ?1, attempts = attempts + 1, sentAt = ?2, token = NULL, queued = NULL WHERE run = ?3 AND number = ?4",
                [
                    Int64(BatchHead.State.sending.rawValue), Catalog.now(), run.rawValue,
                    Int64(number),
                ])
        }
    }

    /// Keeps what the destination answered to a batch. Throws trouble of the catalog.
    package func mark(_ number: Int, run: Run.ID, accepted receipt: Receipt) throws {
        try database.write { db in
            try db.execute(
                sql:
                    "UPDATE batch SET state = ?, token = ?, queued = ? WHERE run = ? AND number = ?",
                arguments: [
                    BatchHead.State.accepted.rawValue, receipt.token, receipt.queued, run, number,
                ])
            try Self.execute(
                db, "UPDATE run SET batchesSent = batchesSent + 1 WHERE id = ?1", [run.rawValue])
        }
    }

    /// Puts a batch back to be sent, which costs no attempt, or marks it as of unknown fate. Throws
    /// trouble of the catalog.
    package func mark(_ number: Int, run: Run.ID, state: BatchHead.State) throws {
        try database.write { db in
            try Self.execute(
                db,
                "UPDATE batch SET state = ?1, attempts = max(0, attempts - ?4) WHERE run = ?2 AND number = ?3",
                [Int64(state.rawValue), run.rawValue, Int64(number), state == .planned ? 1 : 0])
        }
    }

    /// Replaces a batch by others that hold its operations: after a rejection, when it is halved or freed
    /// of offenders. Returns the new heads. Throws trouble of the catalog.
    package func replace(
        _ number: Int, run: Run.ID, by parts: [OperationList], isRetry: Bool
    ) throws -> [BatchHead] {
        try database.write {
            try Self.replace(number, run: run, by: parts, isRetry: isRetry, in: $0)
        }
    }

    /// Unites batches into one list of operations, and replaces them by its parts. Throws
    /// `StoreError` (`.storage`) when the operations of one are gone or damaged.
    package func unite(
        _ numbers: [Int], run: Run.ID, isRetry: Bool, into split: (OperationList) -> [OperationList]
    ) throws -> [BatchHead] {
        try database.write { db in
            var whole = OperationList()
            for number in numbers {
                try Self.operations(ofBatch: number, run: run, in: db).visit { whole.append($0) }
            }
            for number in numbers.dropFirst() {
                _ = try Self.replace(number, run: run, by: [], isRetry: isRetry, in: db)
            }
            let parts = split(whole)
            precondition(
                parts.reduce(0) { $0 + $1.count } == whole.count, "parts hold everyone of a whole")
            return try Self.replace(numbers[0], run: run, by: parts, isRetry: isRetry, in: db)
        }
    }

    static func replace(
        _ number: Int, run: Run.ID, by parts: [OperationList], isRetry: Bool, in db: Database
    ) throws -> [BatchHead] {
        let last = try Int.fetchOne(
            db, sql: "SELECT max(number) FROM batch WHERE run = ?", arguments: [run])
        try db.execute(
            sql: "UPDATE batch SET state = ?, people = 0 WHERE run = ? AND number = ?",
            arguments: [BatchHead.State.settled.rawValue, run, number])
        var heads: [BatchHead] = []
        for (offset, part) in parts.enumerated() {
            let new = (last ?? 0) + offset + 1
            try db.execute(
                sql: """
                    INSERT INTO batch (run, number, isRetry, state, people) VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [run, new, isRetry, BatchHead.State.planned.rawValue, part.count])
            try db.execute(
                sql: "INSERT INTO batchBody (batch, operations) VALUES (?, ?)",
                arguments: [db.lastInsertedRowID, Data(part.bytes)])
            heads.append(
                BatchHead(
                    number: new, isRetry: isRetry, state: .planned, people: part.count,
                    attempts: 0, receipt: nil))
        }
        return heads
    }

    /// Whether an earlier run of the same export ended while batches it had sent were not settled.
    /// Throws trouble of the catalog.
    package func hasImportsUnderWay(before run: Run) throws -> Bool {
        try database.read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM run CROSS JOIN batch ON batch.run = run.id
                      WHERE run.export = ?1 AND run.id < ?2 AND batch.state IN (2, 3, 4))
                    """,
                arguments: [run.export, run.id]) ?? false
        }
    }

    /// Says that what earlier runs had sent is finished by now. Throws trouble of the catalog.
    package func forgetImportsUnderWay(before run: Run) throws {
        try database.write { db in
            try db.execute(
                sql: """
                    UPDATE batch SET state = \(BatchHead.State.settled.rawValue)
                    WHERE state IN (2, 3, 4) AND run IN
                      (SELECT id FROM run WHERE export = ? AND id < ? AND endedAt IS NOT NULL)
                    """,
                arguments: [run.export, run.id])
        }
    }

    /// Runs a statement of the hot loop, prepared once for each connection.
    private static func execute(_ db: Database, _ sql: String, _ arguments: [Int64]) throws {
        let statement = try PreparedStatement(db, sql, isShared: true)
        for (position, argument) in arguments.enumerated() {
            statement.bind(argument, at: Int32(position + 1))
        }
        try statement.run()
    }
}
