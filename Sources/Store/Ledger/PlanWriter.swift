package import Exports
import Foundation
import GRDB
import SQLiteKit

/// Stores a plan while it is made: its batches, and everyone who needs no batch.
///
/// What comes is gathered and written in short transactions, so that nobody who writes to the catalog waits
/// for a plan of a million people.
package final class PlanWriter {
    package let ledger: LedgerReader
    private let catalog: LedgerCatalog
    private let run: Run.ID
    private let now = Catalog.now()
    private var nextNumber = 1
    private var batches: [PlanPacker.Packed] = []
    private var batchBytes = 0
    private var people = PlannedOutcomes()
    /// Counted as it is stored, apart from the plan's own numbers.
    private var stored = (operations: 0, batches: 0, suppressed: 0, leftSilently: 0)

    /// What one transaction writes at most, give or take a batch: a few milliseconds of work.
    private static let batchesMax = 16
    private static let bytesMax = 1 << 20
    private static let peopleMax = 2_000

    init(_ catalog: LedgerCatalog, run: Run.ID, ledger: LedgerReader) {
        self.catalog = catalog
        self.run = run
        self.ledger = ledger
    }

    /// Stores a batch. Throws trouble of the catalog.
    package func store(_ packed: PlanPacker.Packed) throws {
        batches.append(packed)
        stored.batches += 1
        stored.operations += packed.operations.count
        batchBytes += packed.operations.bytes.count
        if batches.count >= Self.batchesMax || batchBytes >= Self.bytesMax { try flush() }
    }

    /// Stores suppressed people and those who left without a request; others have a batch, or nothing to
    /// tell. Throws trouble of the catalog.
    package func store(_ row: PlanRow) throws {
        switch row {
        case .unchanged, .operation:
            return
        case .suppressed(let member, let reason, let winner):
            stored.suppressed += 1
            people.append(
                key: member.key, profileID: member.profileID, outcome: .suppressed,
                reason: reason, detail: winner)
        case .leftSilently(let ledgerRow, let reason):
            stored.leftSilently += 1
            people.append(
                key: ledgerRow.key, profileID: ledgerRow.profileID, outcome: .left, reason: reason,
                detail: nil)
        }
        if people.count >= Self.peopleMax { try flush() }
    }

    /// Compares what was stored with what the plan counts. Throws `AccountsDiffer`.
    package func compare(with plan: PlanSummary) throws {
        guard stored.operations == plan.operations, stored.batches == plan.batches,
            stored.suppressed == plan.suppressedTotal, stored.leftSilently == plan.leftSilently
        else {
            throw AccountsDiffer(
                plan: plan, operations: stored.operations,
                notSent: stored.suppressed + stored.leftSilently)
        }
    }

    /// Writes what was gathered.
    func flush() throws {
        guard !batches.isEmpty || people.count > 0 else { return }
        try catalog.database.write { db in
            try writeBatches(in: db)
            try people.write(ofRun: run, at: now, in: db)
        }
        nextNumber += batches.count
        batches.removeAll(keepingCapacity: true)
        batchBytes = 0
        people.removeAll()
    }

    private func writeBatches(in db: Database) throws {
        guard !batches.isEmpty else { return }
        let batch = try PreparedStatement(
            db,
            """
            INSERT INTO batch (run, number, isRetry, state, people)
            VALUES (?, ?, ?, \(BatchHead.State.planned.rawValue), ?)
            """, isShared: true)
        let body = try PreparedStatement(
            db, "INSERT INTO batchBody (batch, operations) VALUES (?, ?)", isShared: true)
        for (offset, packed) in batches.enumerated() {
            batch.bind(run, at: 1)
            batch.bind(Int64(nextNumber + offset), at: 2)
            batch.bind(packed.isRetry ? 1 : 0, at: 3)
            batch.bind(Int64(packed.operations.count), at: 4)
            try batch.run()
            body.bind(db.lastInsertedRowID, at: 1)
            try packed.operations.bytes.withUnsafeBytes {
                body.bindBlob($0, at: 2)
                try body.run()
            }
        }
    }
}

/// People of a plan who need no batch, one behind the other in few pieces of memory.
private struct PlannedOutcomes {
    private struct Entry {
        let keyBytes: Int
        let profileBytes: Int
        /// Nil when there is nothing to add.
        let detailBytes: Int?
        let outcome: Outcome
        let reason: ReasonCode?
    }

    private var entries: [Entry] = []
    private var bytes: [UInt8] = []

    var count: Int { entries.count }

    mutating func append(
        key: UnsafeRawBufferPointer, profileID: UnsafeRawBufferPointer, outcome: Outcome,
        reason: ReasonCode?, detail: UnsafeRawBufferPointer?
    ) {
        bytes.append(contentsOf: key)
        bytes.append(contentsOf: profileID)
        if let detail { bytes.append(contentsOf: detail) }
        entries.append(
            Entry(
                keyBytes: key.count, profileBytes: profileID.count, detailBytes: detail?.count,
                outcome: outcome, reason: reason))
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    func write(ofRun run: Run.ID, at now: Int64, in db: Database) throws {
        guard !entries.isEmpty else { return }
        let insert = try PreparedStatement(
            db,
            """
            INSERT INTO outcome (run, personKey, profileID, kind, outcome, reason, detail, at)
            VALUES (?, ?, ?, NULL, ?, ?, ?, ?)
            """, isShared: true)
        try bytes.withUnsafeBytes { all in
            var start = 0
            let next = { (count: Int) -> UnsafeRawBufferPointer in
                defer { start += count }
                return UnsafeRawBufferPointer(rebasing: all[start..<start + count])
            }
            for entry in entries {
                insert.bind(run, at: 1)
                insert.bindText(next(entry.keyBytes), at: 2)
                insert.bindText(next(entry.profileBytes), at: 3)
                insert.bind(Int64(entry.outcome.rawValue), at: 4)
                insert.bind(entry.reason?.rawValue.databaseValue ?? .null, at: 5)
                if let detail = entry.detailBytes {
                    insert.bindText(next(detail), at: 6)
                } else {
                    insert.bindNull(at: 6)
                }
                insert.bind(now, at: 7)
                try insert.run()
            }
        }
    }
}
