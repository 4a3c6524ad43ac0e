import Access
import Exports
import Profiles
import TestSupport
import Testing

@testable import Store

@Suite struct CatalogRunPageTests {
    @Test func `runs are paged of one export in one state`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let other = try fixture.addExport("Offers")
        let first = try fixture.carryOut([])
        let second = try fixture.carryOut([], of: other)
        let third = try fixture.planned([])
        try catalog.ledger.hold(third.id, detail: "Too many leave.")
        func ids(_ export: Export.ID?, _ state: RunState?, before: Run.ID? = nil) throws -> [Run.ID]
        {
            try catalog.ledger.runs(ofExport: export, state: state, before: before, limit: 2).map(
                \.id)
        }
        #expect(try ids(nil, nil) == [third.id, second.id])
        #expect(try ids(nil, nil, before: second.id) == [first.id])
        #expect(try ids(other.id, nil) == [second.id])
        #expect(try ids(nil, .held) == [third.id])
        #expect(try ids(other.id, .held).isEmpty)
    }

    @Test func `calls of a run are paged by their number`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let run = try fixture.carryOut([])
        let calls = (1...5).map {
            CallEntry(
                kind: "general", method: "GET", path: "/api/3/lists/\($0)", startedAt: Int64($0),
                endedAt: Int64($0) + 1, status: 200, pause: nil)
        }
        try catalog.ledger.record(calls, host: "acme.example", run: run.id)
        let first = try catalog.ledger.calls(ofRun: run.id, after: nil, limit: 3)
        #expect(first.map(\.call) == Array(calls.prefix(3)))
        let rest = try catalog.ledger.calls(ofRun: run.id, after: first.last?.number, limit: 3)
        #expect(rest.map(\.call) == Array(calls.suffix(2)))
        #expect(
            try catalog.ledger.calls(ofRun: Run.ID(run.id.rawValue + 1), after: nil, limit: 3)
                .isEmpty)
    }

    @Test func `a held run is approved or dismissed once`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let run = try fixture.planned([])
        #expect(throws: StoreError.self) {
            try catalog.ledger.approve(run.id, by: CatalogFixture.actor)
        }
        try catalog.ledger.hold(run.id, detail: "Too many leave.")
        let approved = try catalog.ledger.approve(run.id, by: CatalogFixture.actor)
        #expect(approved.state == .planning)
        #expect(approved.reason == nil)
        #expect(approved.approvedLeavers == run.plan?.leave)
        let before = try fixture.contents()
        for decide in [
            { _ = try catalog.ledger.approve(run.id, by: CatalogFixture.actor) },
            { try catalog.ledger.dismiss(run.id, by: CatalogFixture.actor) },
        ] {
            let error = #expect(throws: StoreError.self) { try decide() }
            #expect(error?.code == .notHeld)
        }
        #expect(try fixture.contents() == before)
    }
}
