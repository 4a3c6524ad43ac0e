import Access
import Exports
import Foundation
import GRDB
import Profiles
import Schedules
import Testing

@testable import Store

struct CatalogScheduleTests {
    private static let day: Int64 = 86_400_000
    /// 2026-11-21T16:00Z, a Saturday.
    private static let start: Int64 = 1_795_276_800_000
    /// 06:00 UTC on the day after.
    private static let six = start + 14 * 3_600_000

    private func daily(_ times: String..., zone: String = "UTC") throws -> Schedule {
        try Schedule(.daily, at: times.compactMap { TimeOfDay($0) }, in: zone)
    }

    /// An export with a daily schedule of its own.
    private func own(_ name: String, _ time: String, _ fixture: CatalogFixture) throws -> Export {
        let schedule = try daily(time)
        return try fixture.addExport(name) { $0.schedule = .own(schedule) }
    }

    @Test func `L8: the schedule of the refresh is off until somebody turns it on`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        #expect(try catalog.setup.systemSchedule() == nil)
        #expect(try catalog.setup.takeDue(now: Self.start) == ScheduleLook(owed: [], nextDue: nil))
        let schedule = try daily("06:00")
        try catalog.setup.setSystemSchedule(schedule, isActive: false, by: CatalogFixture.actor)
        #expect(try catalog.setup.takeDue(now: Self.six).nextDue == nil)
        #expect(try catalog.setup.systemSchedule()?.isActive == false)
        try catalog.setup.setSystemSchedule(schedule, isActive: true, by: CatalogFixture.actor)
        #expect(try catalog.setup.takeDue(now: Self.start).nextDue == Self.six)
        #expect(try catalog.setup.systemSchedule()?.schedule == schedule)
    }

    @Test func `every change of the schedule stands in the audit with its parts`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let before = try fixture.audit().count
        let six = try #require(TimeOfDay("06:00"))
        #expect(
            try catalog.setup.setSystemSchedule(
                try daily("06:00"), isActive: true, by: CatalogFixture.actor)
                == ["isActive", "days", "times", "timeZone"])
        try catalog.setup.setSystemSchedule(
            try daily("06:00"), isActive: true, by: CatalogFixture.actor)
        try catalog.setup.setSystemSchedule(
            try Schedule(.weekly([.friday]), at: [six], in: "Europe/Berlin"), isActive: false,
            by: CatalogFixture.actor)
        #expect(
            try fixture.audit().dropFirst(before) == [
                CatalogAuditRow(
                    verb: "set", noun: "schedule", thing: "refresh",
                    changes: "isActive days times timeZone"),
                CatalogAuditRow(
                    verb: "set", noun: "schedule", thing: "refresh",
                    changes: "isActive days timeZone"),
            ])
    }

    @Test func `what is due is taken once, and owed until it was started`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        try catalog.setup.setSystemSchedule(
            try daily("06:00"), isActive: true, by: CatalogFixture.actor)
        #expect(try catalog.setup.takeDue(now: Self.start).owed == [])
        let due = DueStart(.system, dueAt: Self.six, missed: 0)
        let look = try catalog.setup.takeDue(now: Self.six)
        #expect(look == ScheduleLook(owed: [due], nextDue: Self.six + Self.day))
        // Another process finds it still owed, and nothing new.
        #expect(try Catalog(path: fixture.path).setup.takeDue(now: Self.six + 60_000).owed == [due])
        try catalog.setup.startedDue(due)
        #expect(try catalog.setup.takeDue(now: Self.six + 120_000).owed == [])
        // A clock that jumps back repeats nothing.
        #expect(
            try catalog.setup.takeDue(now: Self.start)
                == ScheduleLook(owed: [], nextDue: look.nextDue))
    }

    @Test func `a machine that slept makes up one start, and counts the others`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        try catalog.setup.setSystemSchedule(
            try daily("06:00", "18:00"), isActive: true, by: CatalogFixture.actor)
        _ = try catalog.setup.takeDue(now: Self.start)
        let late = Self.six + 2 * Self.day
        #expect(
            try catalog.setup.takeDue(now: late).owed == [DueStart(.system, dueAt: late, missed: 5)]
        )
    }

    @Test func `a start that waits gives way to the next one`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let export = try own("Own", "06:00", fixture)
        _ = try catalog.setup.takeDue(now: Self.start)
        _ = try catalog.setup.takeDue(now: Self.six)
        let next = DueStart(.export(export.id), dueAt: Self.six + Self.day, missed: 1)
        #expect(try catalog.setup.takeDue(now: Self.six + Self.day).owed == [next])
        // Whoever started the first one has not started this one.
        try catalog.setup.startedDue(DueStart(.export(export.id), dueAt: Self.six, missed: 0))
        #expect(try catalog.setup.takeDue(now: Self.six + Self.day).owed == [next])
    }

    @Test func `a look that finds nothing writes nothing`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        try catalog.setup.setSystemSchedule(
            try daily("06:00"), isActive: true, by: CatalogFixture.actor)
        _ = try catalog.setup.takeDue(now: Self.start)
        let before = try fixture.contents()
        _ = try catalog.setup.takeDue(now: Self.start + 60_000)
        #expect(try fixture.contents() == before)
    }

    @Test func `an export keeps its own schedule, gives it up, and takes it with it`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let own = ExportSchedule.own(try daily("06:00", "18:00", zone: "Asia/Jerusalem"))
        var export = try fixture.addExport("Own") { $0.schedule = own }
        #expect(export.schedule == own)
        #expect(try catalog.setup.export(id: export.id)?.schedule == own)
        #expect(try catalog.setup.exports().map(\.schedule) == [.refresh, own])
        #expect(try catalog.setup.exportEntry(id: export.id)?.export.schedule == own)
        #expect(try catalog.setup.exportEntries().map(\.export.schedule) == [.refresh, own])
        export.schedule = .manual
        #expect(try catalog.setup.change(export, by: CatalogFixture.actor) == ["schedule"])
        #expect(try fixture.count("SELECT count(*) FROM schedule") == 0)
        export.schedule = own
        #expect(try catalog.setup.change(export, by: CatalogFixture.actor) == ["schedule"])
        try catalog.setup.removeExport(export.id, by: CatalogFixture.actor)
        #expect(try fixture.count("SELECT count(*) FROM schedule") == 0)
    }

    @Test func `changing an export otherwise does not touch how far its schedule was carried out`()
        throws
    {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        var export = try own("Own", "06:00", fixture)
        _ = try catalog.setup.takeDue(now: Self.start)
        export.tags = ["vip"]
        _ = try catalog.setup.change(export, by: CatalogFixture.actor)
        #expect(
            try catalog.setup.takeDue(now: Self.six).owed == [
                DueStart(.export(export.id), dueAt: Self.six, missed: 0)
            ])
    }

    @Test func `the refresh comes before exports, and what waits longest first`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let late = try own("Late", "06:00", fixture)
        let early = try own("Early", "05:00", fixture)
        try catalog.setup.setSystemSchedule(
            try daily("06:00"), isActive: true, by: CatalogFixture.actor)
        _ = try catalog.setup.takeDue(now: Self.start)
        _ = try catalog.setup.takeDue(now: Self.six)
        #expect(
            try catalog.setup.takeDue(now: Self.six).owed.map(\.subject) == [
                .system, .export(early.id), .export(late.id),
            ])
    }

    @Test func `a schedule that cannot be read does not keep the others from their times`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let broken = try own("Broken", "06:00", fixture)
        let good = try own("Good", "06:00", fixture)
        try fixture.execute("UPDATE schedule SET definition = '{}' WHERE export = \(broken.id)")
        _ = try catalog.setup.takeDue(now: Self.start)
        #expect(try catalog.setup.takeDue(now: Self.six).owed.map(\.subject) == [.export(good.id)])
    }

    @Test func `exports keep their schedule when the catalog learns of own ones`() throws {
        let fixture = try CatalogFixture()
        let path = fixture.folder.appending(path: "older.sqlite").path
        let older = try DatabaseQueue(path: path)
        try CatalogMigrations.migrator.migrate(older, upTo: "0005-approve-runs")
        try older.write { db in
            for (name, schedule) in [("A", "refresh"), ("B", "manual")] {
                try db.execute(
                    sql: """
                        INSERT INTO export (name, listID, mapping, tags, onLeave, peopleMax, holdShare,
                          startsAutomations, resubscribesRemoved, schedule, createdAt, changedAt)
                        VALUES (?, '1', '{"email":"e","fields":[]}', '[]', '{"keep":{}}', 10, 0.3, 0, 0,
                          ?, 1, 1)
                        """,
                    arguments: [name, schedule])
            }
        }
        try older.close()
        let catalog = try Catalog(path: path)
        #expect(try catalog.setup.exports().map(\.schedule) == [.refresh, .manual])
        #expect(throws: DatabaseError.self) {
            try catalog.database.write {
                try $0.execute(sql: "UPDATE export SET schedule = 'sometimes'")
            }
        }
    }
}
