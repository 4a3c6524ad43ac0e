package import Access
import Exports
import GRDB
import Profiles
import SQLiteKit
package import Schedules

extension SetupCatalog {
    // MARK: What people set

    /// The schedule of the refresh; nil until somebody sets it, which is as good as off. Throws
    /// trouble of the catalog.
    package func systemSchedule() throws -> SystemSchedule? {
        try database.read { try Self.systemSchedule(in: $0) }
    }

    /// Sets the schedule of the refresh, and answers what changed. Moments that have passed by then are not
    /// made up when it is turned on or changed. Throws trouble of the catalog.
    @discardableResult
    package func setSystemSchedule(
        _ schedule: Schedule, isActive: Bool, by actor: Actor
    ) throws -> [String] {
        try database.write { db in
            let stored = try Self.systemSchedule(in: db)
            var changes = schedule.changes(from: stored?.schedule)
            if stored?.isActive ?? false != isActive { changes.insert("isActive", at: 0) }
            guard !changes.isEmpty else { return [] }
            try db.execute(sql: "DELETE FROM schedule WHERE export IS NULL")
            try Self.insert(schedule, of: nil, isActive: isActive, in: db)
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "set", noun: "schedule", thing: "refresh", changes: changes),
                in: db)
            return changes
        }
    }

    private static func systemSchedule(in db: Database) throws -> SystemSchedule? {
        try Row.fetchOne(db, sql: "SELECT * FROM schedule WHERE export IS NULL").map { row in
            SystemSchedule(
                isActive: row["isActive"], schedule: try definition(row),
                changedAt: row["changedAt"])
        }
    }

    /// Gives an export the schedule of its own that it is to have, or none.
    static func setOwnSchedule(
        _ schedule: ExportSchedule, ofExport id: Export.ID, in db: Database
    ) throws {
        try db.execute(sql: "DELETE FROM schedule WHERE export = ?", arguments: [id])
        if case .own(let own) = schedule { try insert(own, of: id, isActive: true, in: db) }
    }

    /// The schedules that exports have of their own.
    static func ownSchedules(
        ofExport id: Export.ID? = nil, in db: Database
    ) throws -> [Export.ID: Schedule] {
        var schedules: [Export.ID: Schedule] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT export, definition FROM schedule
                WHERE export IS NOT NULL AND export = ifnull(?, export)
                """,
            arguments: [id])
        while let row = try rows.next() { schedules[row["export"]] = try definition(row) }
        return schedules
    }

    private static func insert(
        _ schedule: Schedule, of export: Export.ID?, isActive: Bool, in db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO schedule (export, isActive, definition, changedAt) VALUES (?, ?, ?, ?)
                """,
            arguments: [export, isActive, try JSONColumn.text(schedule), Catalog.now()])
    }

    private static func definition(_ row: Row) throws -> Schedule {
        try row.json(Schedule.self, StoredPlace("schedule", "definition"))
    }

    // MARK: Carrying out

    /// Looks at every active schedule: takes what is due, once, in one transaction with the record that it
    /// was taken, and answers every start that is owed. `now` is in milliseconds since 1970. Throws
    /// trouble of the catalog.
    ///
    /// A start stays owed until `startedDue` says otherwise. One that becomes due meanwhile takes its place.
    package func takeDue(now: Int64) throws -> ScheduleLook {
        // Most looks find nothing, and leave those alone who write.
        let (look, changes) = try database.read { try Self.look(now, in: $0) }
        guard !changes.isEmpty else { return look }
        return try database.write { db in
            let (look, changes) = try Self.look(now, in: db)
            for change in changes {
                try db.execute(
                    sql: """
                        UPDATE schedule
                        SET handledThrough = ?, mendedFrom = ?, owedAt = ?, owedMissed = ? WHERE id = ?
                        """,
                    arguments: [
                        change.mark.handledThrough, change.mark.mendedFrom, change.owedAt,
                        change.missed, change.id,
                    ])
            }
            return look
        }
    }

    /// Notes that a start was carried out, or was merged into one under way. Throws trouble of the
    /// catalog.
    package func startedDue(_ start: DueStart) throws {
        try database.write { db in
            try db.execute(
                sql: """
                    UPDATE schedule SET owedAt = NULL, owedMissed = 0
                    WHERE ifnull(export, 0) = ? AND owedAt = ?
                    """,
                arguments: [start.subject.column ?? 0, start.dueAt])
        }
    }

    private struct Change {
        let id: Int64
        let mark: ScheduleMark
        let owedAt: Int64?
        let missed: Int
    }

    private static func look(
        _ now: Int64, in db: Database
    ) throws -> (ScheduleLook, [Change]) {
        var owed: [DueStart] = []
        var changes: [Change] = []
        var nextDue: Int64?
        let rows = try Row.fetchCursor(
            db, sql: "SELECT * FROM schedule WHERE isActive ORDER BY id"
        )
        while let row = try rows.next() {
            // One that cannot be read must not keep the others from their times.
            guard let schedule = try? definition(row) else { continue }
            let found = settle(schedule, row, now)
            if let change = found.change { changes.append(change) }
            if let start = found.owed { owed.append(start) }
            if let wait = found.wait { nextDue = min(nextDue ?? wait, wait) }
        }
        owed.sort { $0.turn < $1.turn }
        return (ScheduleLook(owed: owed, nextDue: nextDue), changes)
    }

    /// One schedule: what it owes, and what is to be stored about it.
    private static func settle(
        _ schedule: Schedule, _ row: Row, _ now: Int64
    ) -> (change: Change?, owed: DueStart?, wait: Int64?) {
        var owedAt: Int64? = row["owedAt"]
        var missed: Int = row["owedMissed"]
        let handledThrough: Int64? = row["handledThrough"]
        var mark = ScheduleMark(
            handledThrough: handledThrough ?? now, mendedFrom: row["mendedFrom"])
        var isChanged = handledThrough == nil
        var wait: Int64?
        // After a step that changed something there is one that waits.
        var isSettled = false
        while !isSettled {
            switch ScheduleClock.step(schedule, mark, now: now) {
            case .wait(let until):
                wait = until
                isSettled = true
            case .mended(let mended):
                mark = mended
                isChanged = true
            case .due(let due, let count, let taken):
                mark = taken
                missed += count + (owedAt == nil ? 0 : 1)
                owedAt = due
                isChanged = true
            }
        }
        let change =
            isChanged ? Change(id: row["id"], mark: mark, owedAt: owedAt, missed: missed) : nil
        let subject = (row["export"] as Export.ID?).map(ScheduleSubject.export) ?? .system
        return (
            change, owedAt.map { DueStart(subject, dueAt: $0, missed: missed) }, wait
        )
    }
}

extension ScheduleSubject {
    /// The export's id; nil for the refresh.
    fileprivate var column: Export.ID? {
        if case .export(let id) = self { return id }
        return nil
    }
}

extension DueStart {
    /// The refresh before exports, then who has waited longest.
    fileprivate var turn: (Int64, Int64, Int64) {
        guard let export = subject.column else { return (0, dueAt, 0) }
        return (1, dueAt, export.rawValue)
    }
}

extension Schedule {
    /// The parts in which it differs from another, in the words of the audit log; all when there is none.
    fileprivate func changes(from old: Schedule?) -> [String] {
        var changes: [String] = []
        if old?.rhythm != rhythm { changes.append("days") }
        if old?.times != times { changes.append("times") }
        if old?.timeZone != timeZone { changes.append("timeZone") }
        return changes
    }
}
