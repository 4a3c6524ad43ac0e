import GRDB

/// A request made to an account, for the record: no query, no body, no secret.
package struct CallEntry: Equatable, Sendable {
    package let kind: String
    package let method: String
    package let path: String
    /// Milliseconds since 1970.
    package let startedAt: Int64
    package let endedAt: Int64
    /// Nil when no answer came.
    package let status: Int?
    /// Milliseconds the server asked to be left alone.
    package let pause: Int64?

    package init(
        kind: String, method: String, path: String, startedAt: Int64, endedAt: Int64, status: Int?,
        pause: Int64?
    ) {
        self.kind = kind
        self.method = method
        self.path = path
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.status = status
        self.pause = pause
    }
}

extension LedgerCatalog {
    /// Keeps calls, and adds them to the numbers of their run. Throws trouble of the catalog.
    package func record(_ calls: [CallEntry], host: String, run: Run.ID?) throws {
        guard !calls.isEmpty else { return }
        try database.write { try Self.record(calls, host: host, run: run, in: $0) }
    }

    static func record(_ calls: [CallEntry], host: String, run: Run.ID?, in db: Database) throws {
        guard !calls.isEmpty else { return }
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO call (host, run, kind, method, path, startedAt, endedAt, status, pause)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for call in calls {
            try insert.execute(arguments: [
                host, run, call.kind, call.method, call.path, call.startedAt, call.endedAt,
                call.status, call.pause,
            ])
        }
        try HistoryCatalog.count(calls, host: host, in: db)
        guard let run else { return }
        try db.execute(
            sql: "UPDATE run SET requests = requests + ? WHERE id = ?",
            arguments: [calls.count, run])
    }

    /// Calls to a host that ended after `time`, or whose pause lasts beyond it, oldest first.
    /// Throws trouble of the catalog.
    package func calls(toHost host: String, endedAfter time: Int64) throws -> [CallEntry] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM call WHERE host = ?1
                      AND (endedAt > ?2 OR (pause IS NOT NULL AND endedAt + pause > ?2))
                    ORDER BY endedAt
                    """,
                arguments: [host, time]
            ).map(Self.call)
        }
    }

    /// The calls of a run, oldest first. Throws trouble of the catalog.
    package func calls(ofRun run: Run.ID, limit: Int = 1_000) throws -> [CallEntry] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM call WHERE run = ? ORDER BY id LIMIT ?",
                arguments: [run, limit]
            ).map(Self.call)
        }
    }

    /// The calls of a run, oldest first, a page at a time. The number of a call is the cursor: those after
    /// `after`, `limit` of them at most. Throws trouble of the catalog.
    package func calls(
        ofRun run: Run.ID, after: Int64?, limit: Int
    ) throws -> [(number: Int64, call: CallEntry)] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM call WHERE run = ? AND id > ? ORDER BY id LIMIT ?",
                arguments: [run, after ?? 0, limit]
            ).map { ($0["id"], Self.call($0)) }
        }
    }

    private static func call(_ row: Row) -> CallEntry {
        CallEntry(
            kind: row["kind"], method: row["method"], path: row["path"],
            startedAt: row["startedAt"], endedAt: row["endedAt"], status: row["status"],
            pause: row["pause"])
    }
}
