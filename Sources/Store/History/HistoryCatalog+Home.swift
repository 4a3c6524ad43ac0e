import GRDB

/// What the runs that ended on one day came to.
package struct DayOfRuns: Equatable, Sendable {
    /// When the day begins in UTC, in milliseconds since 1970.
    package let day: Int64
    package let delivered: Int
    package let refused: Int
    package let left: Int

    package init(day: Int64, delivered: Int, refused: Int, left: Int) {
        self.day = day
        self.delivered = delivered
        self.refused = refused
        self.left = left
    }
}

extension HistoryCatalog {
    /// A day in milliseconds.
    package static let dayMilliseconds: Int64 = 86_400_000

    /// What runs came to by day, oldest first; days on which none ended are left out. Reads the runs of that
    /// time, no people. Throws trouble of the catalog.
    package func daysOfRuns(since moment: Int64) throws -> [DayOfRuns] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT endedAt / ?1 * ?1 AS day, sum(delivered) AS delivered,
                      sum(refused + leaveRefused) AS refused, sum(left) AS left
                    FROM run WHERE endedAt >= ?2 GROUP BY 1 ORDER BY 1
                    """,
                arguments: [Self.dayMilliseconds, moment]
            ).map {
                DayOfRuns(
                    day: $0["day"], delivered: $0["delivered"], refused: $0["refused"],
                    left: $0["left"])
            }
        }
    }

    /// Runs that ended since a moment and had somebody refused, newest first.
    package func runsThatRefused(since moment: Int64, limit: Int) throws -> [Run] {
        try database.read { db in
            let ids = try Run.ID.fetchAll(
                db,
                sql: """
                    SELECT id FROM run WHERE endedAt >= ? AND refused + leaveRefused > 0
                    ORDER BY id DESC LIMIT ?
                    """,
                arguments: [moment, limit])
            return try ids.map { try LedgerCatalog.requireRun($0, in: db) }
        }
    }

    /// The newest run of each export whose newest run failed or is held, the newest first. Throws
    /// trouble of the catalog.
    package func runsThatNeedSomebody(limit: Int) throws -> [Run] {
        try database.read { db in
            let ids = try Run.ID.fetchAll(
                db,
                sql: """
                    SELECT run.id FROM export
                    JOIN run ON run.id = (SELECT max(id) FROM run WHERE export = export.id)
                    WHERE run.state IN (?, ?) ORDER BY run.id DESC LIMIT ?
                    """,
                arguments: [RunState.held.rawValue, RunState.failed.rawValue, limit])
            return try ids.map { try LedgerCatalog.requireRun($0, in: db) }
        }
    }
}
