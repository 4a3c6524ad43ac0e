import Access
import Exports
import Profiles
import TestSupport
import Testing

@testable import Store

@Suite struct CatalogRunTests {
    private static let ada = "ada@shop.test"
    private static let ben = "ben@shop.test"
    private static let eve = "eve@shop.test"

    // MARK: One run at a time

    @Test(arguments: [RunState.planning, .held, .sending])
    func `a second run of an export is refused while one is open`(_ state: RunState) throws {
        let fixture = try CatalogFixture()
        let first = try fixture.planned([CatalogMember(Self.ada)])
        if state == .held { try fixture.catalog.ledger.hold(first.id, detail: "3 of 4 leave") }
        if state == .sending { try fixture.catalog.ledger.beginSending(first.id) }
        #expect(try fixture.catalog.ledger.run(id: first.id).state == state)
        let error = #expect(throws: StoreError.self) {
            try fixture.catalog.ledger.createRun(
                of: fixture.export, trigger: .schedule, by: CatalogFixture.actor)
        }
        #expect(error?.code == .alreadyRunning)
        #expect(
            error?.facts == [
                "export": "News", "run": .digits(first.id), "state": .word(state.rawValue),
            ])
        #expect(try fixture.catalog.ledger.openRun(ofExport: fixture.export.id)?.id == first.id)
        #expect(try fixture.catalog.ledger.openRuns().map(\.id) == [first.id])
    }

    @Test(arguments: RunState.allCases.filter { !$0.isOpen })
    func `a run that has ended makes room for the next`(_ state: RunState) throws {
        let fixture = try CatalogFixture()
        let first = try fixture.planned([])
        try fixture.catalog.ledger.end(first.id, state: state, reason: "r", detail: "d")
        let ended = try fixture.catalog.ledger.run(id: first.id)
        #expect(ended.state == state && ended.reason == "r" && ended.detail == "d")
        #expect(ended.endedAt != nil)
        let second = try fixture.planned([])
        #expect(second.id > first.id)
        #expect(try fixture.catalog.ledger.openRuns().map(\.id) == [second.id])
    }

    @Test func `another export may run at the same time`() throws {
        let fixture = try CatalogFixture()
        let other = try fixture.addExport("Offers")
        let first = try fixture.planned([])
        let second = try fixture.planned([], of: other)
        #expect(try fixture.catalog.ledger.openRuns().map(\.id) == [first.id, second.id])
    }

    @Test func `an export is neither changed nor removed while it runs`() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.sending([CatalogMember(Self.ada)])
        let before = try fixture.contents()
        let update = #expect(throws: StoreError.self) {
            try fixture.catalog.setup.update(
                fixture.export, by: CatalogFixture.actor, changes: ["tags"])
        }
        let remove = #expect(throws: StoreError.self) {
            try fixture.catalog.setup.removeExport(named: "News", by: CatalogFixture.actor)
        }
        for error in [update, remove] {
            #expect(error?.code == .alreadyRunning)
            #expect(error?.facts["run"] == .digits(run.id))
        }
        #expect(try fixture.contents() == before)
    }

    @Test func `runs are listed from newest to oldest, page by page, of one export or all`() throws
    {
        let fixture = try CatalogFixture()
        let other = try fixture.addExport("Offers")
        let first = try fixture.carryOut([])
        let second = try fixture.carryOut([], of: other)
        let third = try fixture.carryOut([])
        let catalog = fixture.catalog
        #expect(try catalog.ledger.runs().map(\.id) == [third.id, second.id, first.id])
        #expect(try catalog.ledger.runs(ofExport: "News").map(\.id) == [third.id, first.id])
        #expect(try catalog.ledger.runs(limit: 1).map(\.id) == [third.id])
        #expect(try catalog.ledger.runs(before: third.id, limit: 1).map(\.id) == [second.id])
    }

    // MARK: Leaving without a request

    @Test func `people who leave silently stand in the ledger as left once sending begins`() throws
    {
        let fixture = try CatalogFixture()
        try fixture.carryOut([CatalogMember(Self.ada), CatalogMember(Self.ben)])
        let run = try fixture.planned([CatalogMember(Self.ada)])
        #expect(
            try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ben).first?.state == .delivered)
        try fixture.catalog.ledger.beginSending(run.id)
        let entry = try #require(try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ben).first)
        #expect(entry.state == .left && entry.run == run.id && entry.reason == nil)
        #expect(entry.delivered == CatalogMember(Self.ben).values)
        #expect(try fixture.catalog.ledger.run(id: run.id).left == 1)
        #expect(try fixture.outcomes(ofRun: run).map(\.key) == [Self.ben])
        #expect(try fixture.outcomes(ofRun: run).map(\.outcome) == [.left])
        #expect(
            try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ada).first?.state == .delivered)
    }

    @Test func `somebody whom the destination never took is forgotten when they leave`() throws {
        let fixture = try CatalogFixture()
        let first = try fixture.carryOut(
            [CatalogMember(Self.ada), CatalogMember(Self.ben)], refused: [Self.ben: .bounced])
        let second = try fixture.carryOut([CatalogMember(Self.ada)])
        #expect(try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ben).isEmpty)
        #expect(second.left == 1)
        let story = try fixture.catalog.ledger.outcomes(ofPerson: Self.ben)
        #expect(story.map(\.run) == [second.id, first.id])
        #expect(story.map(\.outcome) == [.left, .refused])
        #expect(story.map(\.reason) == [nil, "bounced"])
        #expect(try fixture.catalog.ledger.run(id: first.id).reasons == ["bounced": 1])
    }

    @Test func `somebody another export claims leaves with that reason`() throws {
        let fixture = try CatalogFixture { $0.onLeave = .unsubscribe }
        let rival = try fixture.addExport("Offers")
        let everyone = [CatalogMember(Self.ada), CatalogMember(Self.ben)]
        try fixture.carryOut(everyone)
        try fixture.carryOut([CatalogMember(Self.ben)], of: rival)
        let run = try fixture.sending([])
        #expect(run.plan?.leave == 1 && run.plan?.leftSilently == 1)
        let entries = try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ben)
        #expect(entries.map(\.exportName) == ["News", "Offers"])
        #expect(entries.map(\.state) == [.left, .delivered])
        #expect(entries.map(\.reason) == ["claimed-elsewhere", nil])
        #expect(
            try fixture.outcomes(ofRun: run, outcome: .left, reason: "claimed-elsewhere")
                .map(\.key) == [Self.ben])
        #expect(try fixture.catalog.ledger.openBatches(of: run.id).map(\.people) == [1])
    }

    // MARK: The end

    @Test func `at the end everyone without an outcome is pending, with the reason`() throws {
        let fixture = try CatalogFixture { $0.onLeave = .unsubscribe }
        try fixture.carryOut([CatalogMember(Self.ada), CatalogMember(Self.ben)])
        let members = [
            CatalogMember(Self.ada, firstName: "Adele"), CatalogMember(Self.eve),
        ]
        let run = try fixture.sending(members)
        try fixture.catalog.ledger.end(run.id, state: .stopped, reason: "stopped")
        let pending = try fixture.outcomes(ofRun: run)
        #expect(pending.map(\.key) == [Self.ada, Self.eve])
        #expect(pending.allSatisfy { $0.outcome == .pending && $0.reason == "stopped" })
        #expect(pending.map(\.kind) == [.change, .enter])
        let after = try fixture.catalog.ledger.run(id: run.id)
        #expect(after.pending == 2 && after.leavePending == 1)
        // Nothing was confirmed, so the ledger stays as it was.
        #expect(
            try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ada).map(\.delivered)
                == [CatalogMember(Self.ada).values])
        #expect(
            try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ben).map(\.state) == [
                .delivered
            ])
        #expect(try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.eve).isEmpty)
        #expect(try fixture.count("SELECT count(*) FROM batchBody") == 0)
    }

    @Test func `people refused before are sent last, whatever the numbers of their batches`() throws
    {
        let fixture = try CatalogFixture()
        let run = try fixture.sending([CatalogMember(Self.ada), CatalogMember(Self.ben)])
        let ledger = fixture.catalog.ledger
        let all = try ledger.operations(ofBatch: 1, run: run.id)
        let first = all.filtered { position, _ in position == 0 }
        let second = all.filtered { position, _ in position == 1 }
        let retry = try ledger.replace(1, run: run.id, by: [first], isRetry: true)
        let fresh = try ledger.replace(1, run: run.id, by: [second], isRetry: false)
        #expect(retry[0].number < fresh[0].number)
        #expect(
            try ledger.openBatches(of: run.id).map(\.number) == [fresh, retry].map { $0[0].number })
    }

    // MARK: Imports under way

    @Test func `a run that ended with batches on the way is remembered until told otherwise`()
        throws
    {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let first = try fixture.sending([CatalogMember(Self.ada)])
        try catalog.ledger.markSending(1, run: first.id)
        try catalog.ledger.mark(1, run: first.id, accepted: Receipt(token: "t", queued: 1))
        #expect(try catalog.ledger.openBatches(of: first.id).map(\.state) == [.accepted])
        #expect(
            try catalog.ledger.openBatches(of: first.id).first?.receipt
                == Receipt(token: "t", queued: 1))
        #expect(try !catalog.ledger.hasImportsUnderWay(before: first))
        try catalog.ledger.end(first.id, state: .failed, reason: "unreachable")
        let second = try fixture.planned([CatalogMember(Self.ada)])
        #expect(try catalog.ledger.hasImportsUnderWay(before: second))
        let other = try fixture.planned([], of: try fixture.addExport("Offers"))
        #expect(try !catalog.ledger.hasImportsUnderWay(before: other))
        try catalog.ledger.forgetImportsUnderWay(before: second)
        #expect(try !catalog.ledger.hasImportsUnderWay(before: second))
    }

    @Test func `batches that were settled or never sent leave nothing under way`() throws {
        let fixture = try CatalogFixture()
        let settled = try fixture.sending([CatalogMember(Self.ada)])
        try fixture.catalog.ledger.markSending(1, run: settled.id)
        _ = try fixture.catalog.ledger.settle(BatchVerdict(number: 1, refused: [:]), run: settled)
        try fixture.catalog.ledger.end(settled.id, state: .completed)
        let unsent = try fixture.sending([CatalogMember(Self.ada), CatalogMember(Self.ben)])
        try fixture.catalog.ledger.end(unsent.id, state: .stopped)
        let next = try fixture.planned([])
        #expect(try !fixture.catalog.ledger.hasImportsUnderWay(before: next))
    }

    // MARK: Calls

    @Test func `calls are read back as they were recorded, and counted in their run`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let run = try fixture.sending([CatalogMember(Self.ada)])
        let first = call("import", at: 1_000, status: 200)
        let second = call("status", at: 2_000, status: 429, pause: 60_000)
        let third = call("status", at: 3_000, status: nil)
        try catalog.ledger.record([first, second], host: "acme.example", run: run.id)
        try catalog.ledger.markSending(1, run: run.id, calls: [third], host: "acme.example")
        try catalog.ledger.mark(1, run: run.id, accepted: Receipt(token: "t", queued: 1))
        try catalog.ledger.record([call("check", at: 9_000)], host: "acme.example", run: nil)
        try catalog.ledger.record([call("check", at: 9_000)], host: "other.example", run: nil)
        #expect(try catalog.ledger.calls(ofRun: run.id) == [first, second, third])
        #expect(try catalog.ledger.calls(ofRun: run.id, limit: 2) == [first, second])
        #expect(try catalog.ledger.run(id: run.id).requests == 3)
        #expect(try catalog.ledger.run(id: run.id).batchesSent == 1)
        #expect(try catalog.ledger.calls(toHost: "acme.example", endedAfter: 0).count == 4)
    }

    @Test func `a call is remembered as long as the pause it asked for lasts`() throws {
        let fixture = try CatalogFixture()
        let paused = call("import", at: 2_000, status: 429, pause: 60_000)
        let plain = call("import", at: 30_000)
        try fixture.catalog.ledger.record([plain, paused], host: "acme.example", run: nil)
        let calls = { time in
            try fixture.catalog.ledger.calls(toHost: "acme.example", endedAfter: time)
        }
        #expect(try calls(1_000) == [paused, plain])
        #expect(try calls(paused.endedAt + 59_999) == [paused])
        #expect(try calls(paused.endedAt + 60_000).isEmpty)
    }

    private func call(
        _ kind: String, at time: Int64, status: Int? = 200, pause: Int64? = nil
    ) -> CallEntry {
        CallEntry(
            kind: kind, method: "POST", path: "/api/3/import/bulk_import", startedAt: time,
            endedAt: time + 100, status: status, pause: pause)
    }
}
