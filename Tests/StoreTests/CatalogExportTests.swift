import Access
import Exports
import Foundation
import GRDB
import Testing

@testable import Store

struct CatalogExportTests {
    @Test func `an export is changed by its id, and the audit names what differs`() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.catalog.ledger.createRun(
            of: fixture.export, trigger: .onDemand, by: CatalogFixture.actor)
        try fixture.catalog.ledger.end(run.id, state: .completed)
        var export = fixture.export
        export.name = "Letters"
        export.schedule = .manual
        export.tags = ["vip"]
        #expect(
            try fixture.catalog.setup.change(export, by: CatalogFixture.actor)
                == ["name", "tags", "schedule"])
        #expect(try fixture.catalog.setup.export(id: export.id) == export)
        #expect(try fixture.catalog.ledger.runs(ofExport: "Letters").map(\.id) == [run.id])
        let row = try #require(try fixture.catalog.history.auditEntries().first)
        #expect(row.thing == "Letters")
        #expect(row.changes == ["name", "tags", "schedule"])
    }

    @Test func `a change that changes nothing writes nothing`() throws {
        let fixture = try CatalogFixture()
        let before = try fixture.contents()
        #expect(try fixture.catalog.setup.change(fixture.export, by: CatalogFixture.actor) == [])
        #expect(try fixture.contents() == before)
    }

    @Test func `a name that is taken, a running export and an unknown one are refused`() throws {
        let fixture = try CatalogFixture()
        let other = try fixture.addExport("Other")
        var export = fixture.export
        export.name = "Other"
        func code(_ body: () throws -> Void) -> StoreError.Code? {
            #expect(throws: StoreError.self, performing: body)?.code
        }
        let catalog = fixture.catalog
        let actor = CatalogFixture.actor
        #expect(code { _ = try catalog.setup.change(export, by: actor) } == .nameTaken)
        _ = try catalog.ledger.createRun(of: other, trigger: .refresh, by: actor)
        #expect(code { try catalog.setup.removeExport(other.id, by: actor) } == .alreadyRunning)
    }

    @Test func `an export that was detached gets a connection again and keeps the rest`() throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.setup.detach([fixture.export.id], by: CatalogFixture.actor)
        #expect(try fixture.catalog.setup.export(id: fixture.export.id)?.connection == nil)
        #expect(
            try fixture.catalog.setup.change(fixture.export, by: CatalogFixture.actor)
                == ["connection"])
        #expect(try fixture.catalog.setup.export(id: fixture.export.id) == fixture.export)
    }

    @Test func `lists show each export with its connection and its newest run of any trigger`()
        throws
    {
        let fixture = try CatalogFixture()
        let other = try fixture.addExport("Archive") { $0.connection = nil }
        for (trigger, state) in [(RunTrigger.refresh, RunState.skipped), (.onDemand, .completed)] {
            let run = try fixture.catalog.ledger.createRun(
                of: fixture.export, trigger: trigger, by: CatalogFixture.actor)
            try fixture.catalog.ledger.end(run.id, state: state)
        }
        let entries = try fixture.catalog.setup.exportEntries()
        #expect(entries.map(\.export) == [other, fixture.export])
        #expect(entries[0].connection == nil)
        #expect(entries[0].lastRun == nil)
        #expect(entries[1].connection?.name == "acme")
        #expect(entries[1].lastRun?.state == .completed)
        #expect(entries[1].lastRun?.trigger == .onDemand)
        #expect(try fixture.catalog.setup.exportEntry(id: fixture.export.id) == entries[1])
        #expect(try fixture.catalog.setup.exportEntries(limit: 1).count == 1)
    }

    @Test(arguments: [(Role.viewer, 0), (.contributor, 0), (.administrator, 1)])
    func `a connection for administrators is offered to them alone`(role: Role, count: Int) throws {
        let fixture = try CatalogFixture()
        #expect(try fixture.catalog.setup.connections(usableBy: role).count == count)
    }

    @Test func `exports of an older catalog take part in every refresh`() throws {
        let fixture = try CatalogFixture()
        let path = fixture.folder.appending(path: "older.sqlite").path
        let older = try DatabaseQueue(path: path)
        try CatalogMigrations.migrator.migrate(older, upTo: "0002-add-people")
        try older.write { db in
            try db.execute(
                sql: """
                    INSERT INTO export (name, listID, mapping, tags, onLeave, peopleMax, holdShare,
                      startsAutomations, resubscribesRemoved, createdAt, changedAt)
                    SELECT name, listID, mapping, tags, onLeave, 10, 0.3, 0, 0, 1, 1 FROM
                      (SELECT 'Old' AS name, '1' AS listID, '{"email":"e","fields":[]}' AS mapping,
                        '[]' AS tags, '{"keep":{}}' AS onLeave)
                    """)
        }
        try older.close()
        #expect(try Catalog(path: path).setup.exports().map(\.schedule) == [.refresh])
    }
}
