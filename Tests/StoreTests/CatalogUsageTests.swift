import Foundation
import GRDB
import Testing

@testable import Store

@Suite struct CatalogUsageTests {
    private func call(
        minute: Int64, kind: String = "general", status: Int? = 200, pause: Int64? = nil
    ) -> CallEntry {
        CallEntry(
            kind: kind, method: "POST", path: "/api/3/x", startedAt: minute * 60_000 + 59_999,
            endedAt: minute * 60_000 + 60_500, status: status, pause: pause)
    }

    @Test func `calls count in the minute in which they began, by kind, answer and pause`() throws {
        let catalog = try CatalogFixture().catalog
        try catalog.ledger.record(
            [
                call(minute: 10), call(minute: 10, kind: "import"),
                call(minute: 10, kind: "single-import", status: 429, pause: 2_000),
                call(minute: 11, status: nil), call(minute: 11, status: 503, pause: 500),
            ], host: "a.example", run: nil)
        try catalog.ledger.record([call(minute: 10)], host: "a.example", run: nil)
        try catalog.ledger.record([call(minute: 10)], host: "b.example", run: nil)
        let minutes = try catalog.history.callMinutes(toHost: "a.example", from: 10, before: 12)
        var ten = CallCount()
        ten.calls = 4
        ten.imports = 1
        ten.singleImports = 1
        ten.limited = 1
        ten.pauses = 1
        ten.paused = 2_000
        var eleven = CallCount()
        eleven.calls = 2
        eleven.errors = 2
        eleven.pauses = 1
        eleven.paused = 500
        #expect(
            minutes == [
                CallMinute(minute: 10, count: ten), CallMinute(minute: 11, count: eleven),
            ])
        #expect(try catalog.history.callMinutes(toHost: "a.example", from: 11, before: 11).isEmpty)
        #expect(try catalog.history.hostsCalled(sinceMinute: 10) == ["a.example", "b.example"])
        #expect(try catalog.history.hostsCalled(sinceMinute: 11) == ["a.example"])
    }

    @Test func `nobody was called before anybody was`() throws {
        #expect(try CatalogFixture().catalog.history.hostsCalled(sinceMinute: 0) == [])
    }

    @Test func `minutes are forgotten after 35 days, of their own host only`() throws {
        let fixture = try CatalogFixture()
        let old = call(minute: 10)
        try fixture.catalog.ledger.record([old], host: "a.example", run: nil)
        try fixture.catalog.ledger.record([old], host: "b.example", run: nil)
        try fixture.catalog.ledger.record(
            [call(minute: 11 + HistoryCatalog.callMinuteMemory)], host: "a.example", run: nil)
        #expect(
            try fixture.catalog.history.hostsCalled(sinceMinute: 0) == ["a.example", "b.example"])
        #expect(try fixture.count("SELECT count(*) FROM callMinute WHERE minute = 10") == 1)
    }

    @Test func `calls recorded before there were minutes are counted when the catalog is opened`()
        throws
    {
        let fixture = try CatalogFixture()
        let path = fixture.folder.appending(path: "old.sqlite").path
        let old = try DatabaseQueue(path: path)
        try CatalogMigrations.migrator.migrate(old, upTo: "0005-approve-runs")
        try old.write { db in
            for (host, status) in [("a.example", 429), ("a.example", 200), ("b.example", 200)] {
                try db.execute(
                    sql: """
                        INSERT INTO call (host, kind, method, path, startedAt, endedAt, status, pause)
                        VALUES (?, 'import', 'POST', '/', 600001, 600500, ?, 7)
                        """,
                    arguments: [host, status])
            }
        }
        try old.close()
        let catalog = try Catalog(path: path)
        let minutes = try catalog.history.callMinutes(toHost: "a.example", from: 0, before: 100)
        #expect(minutes.map(\.minute) == [10])
        #expect(minutes.first?.count.imports == 2 && minutes.first?.count.limited == 1)
        #expect(minutes.first?.count.paused == 14)
    }
}
