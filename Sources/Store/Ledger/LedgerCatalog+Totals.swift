import GRDB

/// The history of runs in numbers.
package struct RunTotals: Equatable, Sendable {
    /// How many runs there are in each state.
    package var runs: [RunState: Int] = [:]
    package var delivered = 0
    package var refused = 0
    package var suppressed = 0
    /// Batches of unfinished runs that were sent and have no outcome yet.
    package var batchesInFlight = 0
}

extension LedgerCatalog {
    /// What all runs of the history come to. Reads every run, no people. Throws trouble of the
    /// catalog.
    package func runTotals() throws -> RunTotals {
        try database.read { db in
            var totals = RunTotals()
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT state, count(*) AS runs, sum(delivered) AS delivered, sum(refused) AS refused,
                      sum(ifnull((SELECT sum(value) FROM json_each(run.plan, '$.suppressed')), 0))
                        AS suppressed
                    FROM run GROUP BY state
                    """)
            while let row = try rows.next() {
                let state: RunState = try row.known(StoredPlace("run", "state"))
                totals.runs[state] = row["runs"]
                totals.delivered += row["delivered"]
                totals.refused += row["refused"]
                totals.suppressed += row["suppressed"]
            }
            totals.batchesInFlight =
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM batch JOIN run ON run.id = batch.run
                        WHERE run.endedAt IS NULL AND batch.state IN (?, ?, ?)
                        """,
                    arguments: [
                        BatchHead.State.sending.rawValue, BatchHead.State.accepted.rawValue,
                        BatchHead.State.unclear.rawValue,
                    ]) ?? 0
            return totals
        }
    }
}
