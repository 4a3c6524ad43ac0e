package import Access
package import Exports
import GRDB
package import Profiles
import SQLiteKit

extension HistoryCatalog {
    /// Begins a refresh of these tasks, or answers the one that is under way: two never overlap.
    /// Throws trouble of the catalog.
    package func beginRefresh(
        _ tasks: [RefreshTask], trigger: RefreshTrigger, dueAt: Int64?, missed: Int,
        by actor: Actor, at now: Int64
    ) throws -> (refresh: Refresh, isNew: Bool) {
        try database.write { db in
            if let open = try Self.openRefresh(in: db) { return (open, false) }
            try db.execute(
                sql: """
                    INSERT INTO refresh (trigger, actor, dueAt, missed, state, createdAt)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    trigger.rawValue, actor.name, dueAt, missed, RefreshState.running.rawValue,
                    now,
                ])
            let id = Refresh.ID(db.lastInsertedRowID)
            for task in tasks { try Self.insert(task, of: id, in: db) }
            try Catalog.write(
                AuditEvent(actor: actor, verb: "run", noun: "refresh", thing: id.description),
                at: now, in: db)
            return (try Self.requireRefresh(id, in: db), true)
        }
    }

    /// The refresh that is under way; one at most. Throws trouble of the catalog.
    package func openRefresh() throws -> Refresh? {
        try database.read { try Self.openRefresh(in: $0) }
    }

    /// The refresh of that id. Throws `StoreError.notFound` when there is none.
    package func refresh(id: Refresh.ID) throws -> Refresh {
        try database.read { try Self.requireRefresh(id, in: $0) }
    }

    /// Refreshes from newest to oldest; `before` pages. Throws trouble of the catalog.
    package func refreshes(before: Refresh.ID? = nil, limit: Int) throws -> [Refresh] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM refresh WHERE (?1 IS NULL OR id < ?1) ORDER BY id DESC LIMIT ?2
                    """,
                arguments: [before, limit]
            ).map(Self.refresh)
        }
    }

    /// The tasks of a refresh in their order. Throws trouble of the catalog.
    package func tasks(ofRefresh id: Refresh.ID) throws -> [RefreshTask] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM refreshTask WHERE refresh = ? ORDER BY position",
                arguments: [id]
            ).map(Self.refreshTask)
        }
    }

    /// How many tasks of each of these refreshes stand how. Throws trouble of the catalog.
    package func numbers(ofRefreshes ids: [Refresh.ID]) throws -> [Refresh.ID: RefreshNumbers] {
        guard !ids.isEmpty else { return [:] }
        let request: SQLRequest<Row> = """
            SELECT refresh, state, count(*) AS tasks FROM refreshTask WHERE refresh IN \(ids)
            GROUP BY refresh, state
            """
        return try database.read { db in
            var byState: [Refresh.ID: [RefreshTaskState: Int]] = [:]
            for row in try request.fetchAll(db) {
                let state: RefreshTaskState = try row.known(StoredPlace("refreshTask", "state"))
                byState[row["refresh"], default: [:]][state, default: 0] += row["tasks"]
            }
            return byState.mapValues(RefreshNumbers.init)
        }
    }

    /// What the last refreshes did with one thing, newest first. Throws trouble of the catalog.
    package func refreshTasks(
        of stage: RefreshStage, thing: Int64, limit: Int
    ) throws -> [(refresh: Refresh, task: RefreshTask)] {
        try database.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM refreshTask WHERE stage = ? AND thing = ?
                    ORDER BY refresh DESC LIMIT ?
                    """,
                arguments: [stage.rawValue, thing, limit])
            return try rows.map { row in
                (try Self.requireRefresh(row["refresh"], in: db), try Self.refreshTask(row))
            }
        }
    }

    /// Writes down how far tasks have come. Throws trouble of the catalog.
    package func write(_ tasks: [RefreshTask], ofRefresh id: Refresh.ID) throws {
        guard !tasks.isEmpty else { return }
        try database.write { db in
            for task in tasks { try Self.update(task, of: id, in: db) }
        }
    }

    /// Says that a person wants a refresh to end, and what becomes of its tasks thereby. Refused when it has
    /// ended; asking twice changes nothing.
    package func cancelRefresh(
        _ id: Refresh.ID, changing tasks: [RefreshTask], by actor: Actor, at now: Int64
    ) throws -> Refresh {
        try database.write { db in
            let refresh = try Self.requireRefresh(id, in: db)
            guard refresh.state.isOpen else {
                throw StoreError(
                    .refreshEnded,
                    ["refresh": .digits(id), "state": .word(refresh.state.rawValue)])
            }
            for task in tasks { try Self.update(task, of: id, in: db) }
            guard refresh.state == .running else { return refresh }
            try db.execute(
                sql: "UPDATE refresh SET state = ? WHERE id = ?",
                arguments: [RefreshState.cancelling.rawValue, id])
            try Catalog.write(
                AuditEvent(actor: actor, verb: "stop", noun: "refresh", thing: id.description),
                at: now, in: db)
            return try Self.requireRefresh(id, in: db)
        }
    }

    /// Ends a refresh. Refused while a task is not ended.
    package func endRefresh(
        _ id: Refresh.ID, as state: RefreshState, reason: String? = nil, at now: Int64
    ) throws {
        try database.write { db in
            let open = try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM refreshTask WHERE refresh = ? AND state IN (?, ?)",
                arguments: [
                    id, RefreshTaskState.waiting.rawValue, RefreshTaskState.running.rawValue,
                ])
            guard open == 0, !state.isOpen else {
                throw StoreError(.inUse, what: "refresh", ["refresh": .digits(id)])
            }
            try db.execute(
                sql: """
                    UPDATE refresh SET state = ?, reason = ?, endedAt = ?
                    WHERE id = ? AND endedAt IS NULL
                    """,
                arguments: [state.rawValue, reason, now, id])
        }
    }

    /// Keeps in the history that an export was not run, and why. Nothing is kept while a run of it is
    /// unfinished, which would look as if that one had been skipped. Throws trouble of the catalog.
    package func recordSkippedRun(
        of export: Export.ID, trigger: RunTrigger, reason: String, detail: Remark?, by actor: Actor,
        at now: Int64
    ) throws -> Run? {
        try database.write { db in
            let name = try String.fetchOne(
                db, sql: "SELECT name FROM export WHERE id = ?", arguments: [export])
            guard let name, try LedgerCatalog.openRun(ofExport: export, in: db) == nil else {
                return nil
            }
            try db.execute(
                sql: """
                    INSERT INTO run (export, exportName, trigger, actor, state, reason, detail,
                      createdAt, endedAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    export, name, trigger.rawValue, actor.name, RunState.skipped.rawValue, reason,
                    detail?.stored, now, now,
                ])
            let id = Run.ID(db.lastInsertedRowID)
            try Catalog.write(
                AuditEvent(actor: actor, verb: "skip", noun: "export", thing: name), at: now,
                in: db)
            return try LedgerCatalog.requireRun(id, in: db)
        }
    }

    // MARK: Rows

    private static func insert(
        _ task: RefreshTask, of refresh: Refresh.ID, in db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO refreshTask (refresh, position, stage, thing, name, dependsOn, state)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                refresh, task.position, task.stage.rawValue, task.thing, task.name,
                try JSONColumn.text(task.dependsOn), task.state.rawValue,
            ])
        try update(task, of: refresh, in: db)
    }

    private static func update(
        _ task: RefreshTask, of refresh: Refresh.ID, in db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE refreshTask SET state = ?, reason = ?, detail = ?, cause = ?, run = ?,
                  count = ?, startedAt = ?, endedAt = ?
                WHERE refresh = ? AND position = ?
                """,
            arguments: [
                task.state.rawValue, task.reason, task.detail?.stored, task.cause, task.run,
                task.count, task.startedAt, task.endedAt, refresh, task.position,
            ])
    }

    private static func openRefresh(in db: Database) throws -> Refresh? {
        try Row.fetchOne(db, sql: "SELECT * FROM refresh WHERE endedAt IS NULL").map(refresh)
    }

    private static func requireRefresh(_ id: Refresh.ID, in db: Database) throws -> Refresh {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM refresh WHERE id = ?", arguments: [id])
        else {
            throw StoreError.missing("refresh", id)
        }
        return try refresh(row)
    }

    private static func refresh(_ row: Row) throws -> Refresh {
        Refresh(
            id: row["id"], trigger: try row.known(StoredPlace("refresh", "trigger")),
            actor: row["actor"], dueAt: row["dueAt"], missed: row["missed"],
            state: try row.known(StoredPlace("refresh", "state")), reason: row["reason"],
            createdAt: row["createdAt"], endedAt: row["endedAt"])
    }

    private static func refreshTask(_ row: Row) throws -> RefreshTask {
        RefreshTask(
            position: row["position"],
            stage: try row.known(StoredPlace("refreshTask", "stage")), thing: row["thing"],
            name: row["name"],
            dependsOn: try row.json([Int].self, StoredPlace("refreshTask", "dependsOn")),
            state: try row.known(StoredPlace("refreshTask", "state")), reason: row["reason"],
            detail: (row["detail"] as String?).map { Remark(stored: $0) }, cause: row["cause"],
            run: row["run"], count: row["count"],
            startedAt: row["startedAt"], endedAt: row["endedAt"])
    }
}
