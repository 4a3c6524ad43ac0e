package import Access
import GRDB

/// The outbox of what people are told.
extension HistoryCatalog {
    /// How long what was sent, or given up, is kept: 90 days.
    static let noticeMemory: Int64 = 90 * 86_400_000

    /// The longest pause between two attempts, in milliseconds: 16 hours. What lies further ahead was put there
    /// before the clock was set back, and is due.
    package static let noticePauseMax: Int64 = 16 * 3_600_000

    /// What runs have turned into and nobody has decided on yet, oldest first. Throws trouble of
    /// the catalog.
    package func runTurns(limit: Int) throws -> [RunTurn] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM runTurn ORDER BY id LIMIT ?", arguments: [limit]
            ).map { row in
                let run = try LedgerCatalog.requireRun(row["run"], in: db)
                return RunTurn(
                    id: row["id"], state: try row.known(StoredPlace("runTurn", "state")),
                    at: row["at"], run: run, previous: try Self.ending(before: run, in: db))
            }
        }
    }

    private static func ending(before run: Run, in db: Database) throws -> RunEnding? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT state, reason, endedAt FROM run
                WHERE export = ? AND id < ? AND endedAt IS NOT NULL
                  AND state IN ('failed', 'completed', 'completed-with-warnings')
                ORDER BY id DESC LIMIT 1
                """,
            arguments: [run.export, run.id]
        ).map {
            RunEnding(
                state: try $0.known(StoredPlace("run", "state")), reason: $0["reason"],
                endedAt: $0["endedAt"])
        }
    }

    /// Ends a turn: what is told of it stands in the outbox from then on. A turn that somebody else ended
    /// meanwhile tells nothing more. Throws trouble of the catalog.
    package func settle(
        _ turn: RunTurn.ID, telling notices: [NewNotice], at now: Int64
    ) throws {
        try database.write { db in
            try db.execute(sql: "DELETE FROM runTurn WHERE id = ?", arguments: [turn])
            guard db.changesCount > 0 else { return }
            try Self.add(notices, at: now, in: db)
        }
    }

    /// Puts something into the outbox; what stands there by the same cause and way is left as it is.
    /// Throws trouble of the catalog.
    package func tell(_ notices: [NewNotice], at now: Int64) throws {
        try database.write { try Self.add(notices, at: now, in: $0) }
    }

    /// Puts a test into the outbox that a person has asked for. Its one attempt counts as begun: whoever calls
    /// this makes it, and it is looked at again at `nextTryAt`, in case they could not end it.
    /// Throws trouble of the catalog.
    package func beginTest(
        _ notices: [NewNotice], nextTryAt: Int64, by actor: Actor, at now: Int64
    ) throws {
        try database.write { db in
            try Self.add(notices, attempts: 1, nextTryAt: nextTryAt, at: now, in: db)
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "test", noun: "notifications", thing: "notifications",
                    changes: notices.map(\.channel.rawValue)), in: db)
        }
    }

    private static func add(
        _ notices: [NewNotice], attempts: Int = 0, nextTryAt: Int64? = nil, at now: Int64,
        in db: Database
    ) throws {
        for notice in notices {
            try db.execute(
                sql: """
                    INSERT INTO notification
                      (uid, channel, event, cause, notice, state, attempts, nextTryAt, createdAt)
                    VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, ?)
                    ON CONFLICT (cause, channel) DO NOTHING
                    """,
                arguments: [
                    notice.uid, notice.channel.rawValue, notice.event.rawValue, notice.cause,
                    notice.text, attempts, nextTryAt ?? now, now,
                ])
        }
        try db.execute(
            sql: "DELETE FROM notification WHERE state <> 'pending' AND endedAt < ?",
            arguments: [now - noticeMemory])
    }

    /// Notices whose time has come, by one way, longest due first. Throws trouble of the catalog.
    package func dueNotices(
        _ channel: NoticeChannel, at now: Int64, limit: Int
    ) throws -> [OutgoingNotice] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM notification
                    WHERE state = 'pending' AND nextTryAt NOT BETWEEN ? AND ? AND channel = ?
                    ORDER BY nextTryAt, id LIMIT ?
                    """,
                arguments: [now + 1, now + Self.noticePauseMax, channel.rawValue, limit]
            ).map(Self.notice)
        }
    }

    /// Counts an attempt before it is made, and when the next one would be. False when the notice is not due
    /// any more: somebody else is at it. Throws trouble of the catalog.
    package func beginAttempt(
        _ id: OutgoingNotice.ID, nextTryAt: Int64, at now: Int64
    ) throws -> Bool {
        try database.write { db in
            try db.execute(
                sql: """
                    UPDATE notification SET attempts = attempts + 1, nextTryAt = ?
                    WHERE id = ? AND state = 'pending' AND nextTryAt NOT BETWEEN ? AND ?
                    """,
                arguments: [nextTryAt, id, now + 1, now + Self.noticePauseMax])
            return db.changesCount > 0
        }
    }

    /// Notes what came of an attempt. With `isLast` a trouble ends it. Throws trouble of the
    /// catalog.
    package func endAttempt(
        _ id: OutgoingNotice.ID, trouble: String?, isLast: Bool, at now: Int64
    ) throws {
        let state: OutgoingNotice.State =
            trouble == nil ? .sent : isLast ? .failed : .pending
        try database.write { db in
            try db.execute(
                sql: """
                    UPDATE notification SET state = ?1, trouble = ?2,
                      nextTryAt = CASE ?1 WHEN 'pending' THEN nextTryAt END,
                      endedAt = CASE ?1 WHEN 'pending' THEN NULL ELSE ?3 END
                    WHERE id = ?4 AND state = 'pending'
                    """,
                arguments: [state.rawValue, trouble, now, id])
        }
    }

    /// What was told, newest first; `before` pages. Throws trouble of the catalog.
    package func notices(before: OutgoingNotice.ID?, limit: Int) throws -> [OutgoingNotice] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM notification WHERE (?1 IS NULL OR id < ?1)
                    ORDER BY id DESC LIMIT ?2
                    """,
                arguments: [before, limit]
            ).map(Self.notice)
        }
    }

    /// The notices of one thing that happened. Throws trouble of the catalog.
    package func notices(ofCause cause: String) throws -> [OutgoingNotice] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM notification WHERE cause = ? ORDER BY id",
                arguments: [cause]
            ).map(Self.notice)
        }
    }

    private static func notice(_ row: Row) throws -> OutgoingNotice {
        OutgoingNotice(
            id: row["id"], uid: row["uid"],
            channel: try row.known(StoredPlace("notification", "channel")),
            event: try row.known(StoredPlace("notification", "event")), text: row["notice"],
            state: try row.known(StoredPlace("notification", "state")),
            attempts: row["attempts"], nextTryAt: row["nextTryAt"], trouble: row["trouble"],
            createdAt: row["createdAt"], endedAt: row["endedAt"])
    }
}
