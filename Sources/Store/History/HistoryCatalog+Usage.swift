import GRDB

/// Calls to an account within one minute, hour or longer.
package struct CallCount: Equatable, Sendable {
    /// Requests of every kind.
    package var calls = 0
    /// Imports of several people.
    package var imports = 0
    /// Imports of one person.
    package var singleImports = 0
    /// Answers 429.
    package var limited = 0
    /// No answer, or one of 500 and above.
    package var errors = 0
    /// Times the account asked to be left alone.
    package var pauses = 0
    /// Milliseconds it asked for in all.
    package var paused: Int64 = 0

    package init() {}

    package static func += (sum: inout CallCount, other: CallCount) {
        sum.calls += other.calls
        sum.imports += other.imports
        sum.singleImports += other.singleImports
        sum.limited += other.limited
        sum.errors += other.errors
        sum.pauses += other.pauses
        sum.paused += other.paused
    }
}

/// Calls to one account within a minute.
package struct CallMinute: Equatable, Sendable {
    /// Minutes since 1970.
    package let minute: Int64
    package let count: CallCount

    package init(minute: Int64, count: CallCount) {
        self.minute = minute
        self.count = count
    }
}

extension HistoryCatalog {
    /// How long minutes are kept: 35 days.
    static let callMinuteMemory: Int64 = 35 * 24 * 60

    /// The words of `call.kind` for imports.
    private static let importKind = "import"
    private static let singleImportKind = "single-import"

    /// Minutes with calls to a host, from one minute on and before another, oldest first. A week has 10,080 of
    /// them at most. Throws trouble of the catalog.
    package func callMinutes(
        toHost host: String, from first: Int64, before end: Int64
    ) throws -> [CallMinute] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT minute, sum(calls) AS calls,
                      sum(CASE kind WHEN ?4 THEN calls ELSE 0 END) AS imports,
                      sum(CASE kind WHEN ?5 THEN calls ELSE 0 END) AS singleImports,
                      sum(limited) AS limited, sum(errors) AS errors, sum(pauses) AS pauses,
                      sum(paused) AS paused
                    FROM callMinute WHERE host = ?1 AND minute >= ?2 AND minute < ?3
                    GROUP BY minute ORDER BY minute
                    """,
                arguments: [host, first, end, Self.importKind, Self.singleImportKind]
            ).map { row in
                var count = CallCount()
                count.calls = row["calls"]
                count.imports = row["imports"]
                count.singleImports = row["singleImports"]
                count.limited = row["limited"]
                count.errors = row["errors"]
                count.pauses = row["pauses"]
                count.paused = row["paused"]
                return CallMinute(minute: row["minute"], count: count)
            }
        }
    }

    /// Hosts that were called since a minute, in the order of their names. Throws trouble of the
    /// catalog.
    package func hostsCalled(sinceMinute minute: Int64) throws -> [String] {
        try database.read { db in
            // One look into the index per host, however many minutes each has.
            try String.fetchAll(
                db,
                sql: """
                    WITH RECURSIVE hosts(host) AS (
                      SELECT min(host) FROM callMinute
                      UNION ALL
                      SELECT (SELECT min(host) FROM callMinute WHERE host > hosts.host)
                      FROM hosts WHERE host IS NOT NULL)
                    SELECT host FROM hosts WHERE host IS NOT NULL
                      AND EXISTS (SELECT 1 FROM callMinute
                        WHERE callMinute.host = hosts.host AND minute >= ?)
                    """,
                arguments: [minute])
        }
    }

    /// Adds calls to the minutes in which they began, and forgets minutes that are too old.
    static func count(_ calls: [CallEntry], host: String, in db: Database) throws {
        struct Place: Hashable {
            let minute: Int64
            let kind: String
        }
        var counts: [Place: CallCount] = [:]
        for call in calls {
            let place = Place(minute: call.startedAt / 60_000, kind: call.kind)
            var count = CallCount()
            count.calls = 1
            count.limited = call.status == 429 ? 1 : 0
            count.errors = call.status.map { $0 >= 500 } ?? true ? 1 : 0
            count.pauses = call.pause == nil ? 0 : 1
            count.paused = call.pause ?? 0
            counts[place, default: CallCount()] += count
        }
        let add = try db.cachedStatement(
            sql: """
                INSERT INTO callMinute (host, minute, kind, calls, limited, errors, pauses, paused)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (host, minute, kind) DO UPDATE SET calls = calls + excluded.calls,
                  limited = limited + excluded.limited, errors = errors + excluded.errors,
                  pauses = pauses + excluded.pauses, paused = paused + excluded.paused
                """)
        for (place, count) in counts {
            try add.execute(arguments: [
                host, place.minute, place.kind, count.calls, count.limited, count.errors,
                count.pauses, count.paused,
            ])
        }
        guard let newest = counts.keys.map(\.minute).max() else { return }
        try db.cachedStatement(sql: "DELETE FROM callMinute WHERE host = ? AND minute < ?")
            .execute(arguments: [host, newest - callMinuteMemory])
    }
}
