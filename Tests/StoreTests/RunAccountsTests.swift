import Exports
import GRDB
import Profiles
import Testing

@testable import Store

/// Everyone of a run is in one group; a run that loses somebody, or counts somebody twice, has failed.
struct RunAccountsTests {
    private static let ada = "ada@shop.test"
    private static let ben = "ben@shop.test"
    private static let eve = "eve@shop.test"

    /// A run of three that is sending one batch, as `spoil` leaves it, brought to its end.
    private func ended(
        state: RunState = .completed, settles: Bool = true, _ spoil: (CatalogFixture) throws -> Void
    ) throws -> Run {
        let fixture = try CatalogFixture { $0.onLeave = .unsubscribe }
        try fixture.carryOut([CatalogMember(Self.ada), CatalogMember(Self.eve)])
        // Ada changes, Ben enters, somebody has no address, and Eve leaves.
        let run = try fixture.sending([
            CatalogMember("", id: "blank"), CatalogMember(Self.ada, firstName: "Adele"),
            CatalogMember(Self.ben),
        ])
        if settles {
            for batch in try fixture.catalog.ledger.openBatches(of: run.id) {
                _ = try fixture.catalog.ledger.settle(
                    BatchVerdict(number: batch.number, refused: [Self.ben: .bounced]), run: run)
            }
        }
        try spoil(fixture)
        try fixture.catalog.ledger.end(run.id, state: state)
        return try fixture.catalog.ledger.run(id: run.id)
    }

    @Test func `a run whose groups add up ends as it was told to`() throws {
        let run = try ended { _ in }
        #expect(run.state == .completed && run.reason == nil)
        #expect(run.members == 3 && run.delivered == 1 && run.refused == 1 && run.suppressed == 1)
        #expect(run.pending == 0 && run.left == 1 && run.leavePending == 0)
        #expect(RunAccounts(run).addUp)
    }

    @Test func `those who wait are counted one by one`() throws {
        let run = try ended(state: .stopped, settles: false) { _ in }
        #expect(run.state == .stopped)
        #expect(run.waiting == Run.Waiting(members: 2, leavers: 1))
        #expect(run.pending == 2 && run.leavePending == 1)
        #expect(RunAccounts(run).addUp)
    }

    @Test(arguments: [
        "UPDATE run SET delivered = delivered - 1", "UPDATE run SET delivered = delivered + 1",
        "UPDATE run SET refused = refused + 1, delivered = delivered - 2",
        "UPDATE run SET left = left - 1", "UPDATE run SET leaveRefused = leaveRefused + 1",
        "UPDATE run SET plan = json_set(plan, '$.unchanged', 1)",
        "UPDATE run SET plan = json_set(plan, '$.members', 4)",
        "UPDATE run SET plan = json_set(plan, '$.suppressed.\"no-email\"', 0)",
        // Two mistakes that hide each other in the sum.
        "UPDATE run SET delivered = -1, refused = refused + 2",
    ])
    func `a run that does not add up has failed, and tells the numbers`(spoil: String) throws {
        let run = try ended { fixture in
            try fixture.execute("\(spoil) WHERE id = (SELECT max(id) FROM run)")
        }
        #expect(run.state == .failed)
        #expect(run.reason == "accounts-differ")
        #expect(run.detail == RunAccounts(run).remark)
        #expect(run.detail?.facts["members"] == .number(run.members))
        #expect(run.endedAt != nil)
    }

    @Test func `whoever waits for news hears of the failure alone`() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.sending([CatalogMember(Self.ada)])
        _ = try fixture.catalog.ledger.settle(BatchVerdict(number: 1, refused: [:]), run: run)
        try fixture.execute("UPDATE run SET delivered = 2")
        try fixture.catalog.ledger.end(run.id, state: .completed)
        #expect(try fixture.catalog.history.runTurns(limit: 10).map(\.state) == [.failed])
    }

    @Test func `people of a batch that is lost are missed, not called pending`() throws {
        let run = try ended(state: .stopped, settles: false) { fixture in
            try fixture.execute(
                "DELETE FROM batchBody WHERE batch = (SELECT max(id) FROM batch)")
        }
        #expect(run.state == .failed && run.reason == "accounts-differ")
        #expect(run.pending == 0 && run.members == 3)
    }

    @Test func `somebody who has an outcome already is not pending as well`() throws {
        let run = try ended(state: .stopped, settles: false) { fixture in
            try fixture.execute(
                """
                INSERT INTO outcome (run, personKey, profileID, kind, outcome, at)
                SELECT max(id), '\(Self.ben)', '\(Self.ben)', 1, 2, 7 FROM run
                """)
        }
        #expect(run.reason == "accounts-differ" && run.pending == 1)
    }

    @Test func `leavers without a request wait until a run begins to send`() throws {
        let fixture = try CatalogFixture()
        try fixture.carryOut([CatalogMember(Self.ada), CatalogMember(Self.ben)])
        let planned = try fixture.planned([])
        try fixture.catalog.ledger.end(planned.id, state: .skipped, reason: "too-many-people")
        let skipped = try fixture.catalog.ledger.run(id: planned.id)
        #expect(skipped.state == .skipped)
        #expect(skipped.leavePending == 2 && skipped.left == 0)
        let sent = try fixture.carryOut([])
        #expect(sent.state == .completed && sent.left == 2 && sent.leavePending == 0)
    }

    @Test func `a run that never had a plan has nothing to compare`() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.catalog.ledger.createRun(
            of: fixture.export, trigger: .onDemand, by: CatalogFixture.actor)
        try fixture.catalog.ledger.end(run.id, state: .failed, reason: "timeout")
        #expect(try fixture.catalog.ledger.run(id: run.id).reason == "timeout")
    }

    // MARK: Damage

    @Test(arguments: [
        "UPDATE batch SET people = people + 1", "UPDATE batchBody SET operations = x'63'",
        "UPDATE batchBody SET operations = substr(operations, 1, length(operations) - 1)",
        "UPDATE batchBody SET operations = CAST(operations || x'01' AS BLOB)",
    ])
    func `a damaged batch is an error, and nobody of it is sent`(damage: String) throws {
        let fixture = try CatalogFixture()
        let run = try fixture.sending([CatalogMember(Self.ada), CatalogMember(Self.ben)])
        try fixture.execute(damage)
        let catalog = fixture.catalog
        let reading = #expect(throws: StoreError.self) {
            try catalog.ledger.operations(ofBatch: 1, run: run.id)
        }
        #expect(reading?.code == .storage)
        #expect(reading.map { "\($0.facts)".contains("@") } == false)
        let ending = #expect(throws: StoreError.self) {
            try catalog.ledger.end(run.id, state: .stopped)
        }
        #expect(ending?.code == .storage)
        #expect(try catalog.ledger.people(ofRun: run.id, limit: 10).isEmpty)
    }

    @Test func `an outcome that the ledger cannot learn is not counted`() throws {
        let fixture = try CatalogFixture()
        try fixture.carryOut([CatalogMember(Self.ada)])
        let run = try fixture.sending([CatalogMember(Self.ada, firstName: "Adele")])
        try fixture.execute("DELETE FROM ledger")
        let error = #expect(throws: StoreError.self) {
            try fixture.catalog.ledger.settle(BatchVerdict(number: 1, refused: [:]), run: run)
        }
        #expect(error?.code == .storage)
        #expect(try fixture.catalog.ledger.run(id: run.id).delivered == 0)
    }
}
