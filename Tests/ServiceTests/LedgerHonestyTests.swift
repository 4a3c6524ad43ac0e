import Exports
import Profiles
import Segments
import Store
import TestSupport
import Testing
import Transport

@testable import Delivery

struct LedgerHonestyTests {
    private static let ben = "ben@shop.test"

    @Test func `an opt-out Ferry knows of is not taken for its own removal`() throws {
        let fixture = try RunFixture()
        try fixture.carryOut(OperationList(.enter, [Self.ben]))
        // The account says that the person has unsubscribed; then they leave the segment.
        try fixture.carryOut(
            OperationList(.change, [Self.ben]), refused: [Self.ben: .unsubscribed])
        try fixture.carryOut(OperationList(.leave, [Self.ben]))
        #expect(try fixture.catalog.ledger.removedAt(Self.ben, export: fixture.export.id) == nil)
    }

    @Test func `a removal is forgotten once the person is delivered again`() throws {
        let fixture = try RunFixture()
        try fixture.carryOut(OperationList(.enter, [Self.ben]))
        try fixture.carryOut(OperationList(.leave, [Self.ben]))
        #expect(try fixture.catalog.ledger.removedAt(Self.ben, export: fixture.export.id) != nil)
        try fixture.carryOut(OperationList(.enter, [Self.ben]))
        #expect(try fixture.catalog.ledger.removedAt(Self.ben, export: fixture.export.id) == nil)
    }

    @Test func `somebody whose last change another export had refused is still claimed`() throws {
        let fixture = try RunFixture()
        let other = try fixture.addExport("Other")
        try fixture.carryOut(OperationList(.enter, [Self.ben]), of: other)
        try fixture.carryOut(
            OperationList(.change, [Self.ben]), refused: [Self.ben: .notStated], of: other)
        #expect(try isClaimed(fixture))
    }

    @Test func `somebody another export never delivered is not claimed`() throws {
        let fixture = try RunFixture()
        let other = try fixture.addExport("Other")
        #expect(try !isClaimed(fixture))
        try fixture.carryOut(
            OperationList(.enter, [Self.ben]), refused: [Self.ben: .bounced], of: other)
        #expect(try !isClaimed(fixture))
    }

    private func isClaimed(_ fixture: RunFixture) throws -> Bool {
        try fixture.catalog.ledger.readLedger(of: fixture.export) { ledger in
            try Array(Self.ben.utf8).withUnsafeBytes { try ledger.isClaimedElsewhere($0) }
        }
    }

    @Test func `a leaver's own field is written though another export claims them`() throws {
        let fixture = try RunFixture {
            $0.onLeave = .field(id: "7", inside: "in", outside: "out")
        }
        let other = try fixture.addExport("Other") { $0.onLeave = .keep }
        try fixture.carryOut(OperationList(.enter, [Self.ben]))
        try fixture.carryOut(OperationList(.enter, [Self.ben]), of: other)
        let summary = try plan(fixture, members: [])
        #expect(summary.leave == 1)
        #expect(summary.leftSilently == 0)
    }

    @Test func `another list is not taken to hold those delivered to the old one`() throws {
        let fixture = try RunFixture()
        let values: [UInt8] = [1, 1, 0x41]
        try fixture.carryOut(OperationList(.enter, [Self.ben], values: values))
        #expect(try plan(fixture, members: [Self.ben], values: values).unchanged == 1)
        var moved = fixture.export
        moved.list = ListReference(id: "13", name: nil)
        try fixture.catalog.setup.update(moved, by: RunFixture.actor, changes: ["list"])
        let summary = try plan(fixture, members: [Self.ben], values: values)
        #expect(summary.unchanged == 0)
        #expect(summary.operations == 1)
    }

    /// The numbers of a plan in which these people are the members.
    private func plan(
        _ fixture: RunFixture, members: [String], values: [UInt8] = []
    ) throws -> PlanSummary {
        let export = try fixture.catalog.setup.export(named: fixture.export.name)
        return try fixture.catalog.ledger.readLedger(of: export) { ledger in
            var summary = PlanSummary()
            var machine = PlanMachine(
                export: export, isClaimedElsewhere: ledger.isClaimedElsewhere,
                nextLedgerRow: ledger.next, emit: { summary.count($0) })
            for member in members.sorted() {
                try Array(member.utf8).withUnsafeBytes { key in
                    try values.withUnsafeBytes { values in
                        try machine.add(MemberView(key: key, profileID: key, values: values))
                    }
                }
            }
            try machine.finish()
            return summary
        }
    }

    // MARK: Everyone is accounted for

    @Test func `a batch settled twice counts nobody twice`() throws {
        let fixture = try RunFixture()
        let run = try fixture.run(batches: [OperationList(.enter, [Self.ben, "ada@shop.test"])])
        for _ in 0..<3 {
            _ = try fixture.catalog.ledger.settle(
                BatchVerdict(number: 1, refused: [Self.ben: .bounced]), run: run)
        }
        let after = try fixture.catalog.ledger.run(id: run.id)
        #expect(after.delivered == 1)
        #expect(after.refused == 1)
        #expect(after.pending == 0)
    }

    @Test func `ending a run makes everyone without an outcome pending, once`() throws {
        let fixture = try RunFixture()
        let run = try fixture.run(batches: [
            OperationList(.enter, [Self.ben, "ada@shop.test"]),
            OperationList(.enter, ["eve@shop.test", "ida@shop.test"]),
        ])
        _ = try fixture.catalog.ledger.settle(BatchVerdict(number: 1, refused: [:]), run: run)
        try fixture.catalog.ledger.end(run.id, state: .stopped, reason: "stopped")
        let after = try fixture.catalog.ledger.run(id: run.id)
        #expect(after.members == after.delivered + after.pending)
        var pending = 0
        try fixture.catalog.ledger.forEachOutcome(ofRun: run.id, outcome: .pending) { _ in
            pending += 1
            return true
        }
        #expect(pending == 2)
        #expect(after.pending == 2)
    }

    @Test func `halving and uniting keep everybody`() throws {
        let fixture = try RunFixture()
        let keys = (0..<7).map { "p\($0)@shop.test" }
        let run = try fixture.run(batches: [OperationList(.enter, keys)])
        let halves = try fixture.catalog.ledger.unite([1], run: run.id, isRetry: false) { whole in
            [
                whole.filtered { position, _ in position < 3 },
                whole.filtered { position, _ in position >= 3 },
            ]
        }
        #expect(halves.map(\.people) == [3, 4])
        let whole = try fixture.catalog.ledger.unite(
            halves.map(\.number), run: run.id, isRetry: false
        ) { [$0] }
        #expect(whole.map(\.people) == [7])
        #expect(try fixture.catalog.ledger.openBatches(of: run.id) == whole)
        let stored = try fixture.catalog.ledger.operations(ofBatch: whole[0].number, run: run.id)
        #expect(stored.keys == keys)
    }

    @Test func `a person sent once more has no outcome yet`() throws {
        let fixture = try RunFixture()
        let run = try fixture.run(batches: [OperationList(.enter, [Self.ben, "ada@shop.test"])])
        let again = try fixture.catalog.ledger.settle(
            BatchVerdict(number: 1, refused: [:], again: [Self.ben]), run: run)
        #expect(again?.people == 1)
        let between = try fixture.catalog.ledger.run(id: run.id)
        #expect(between.delivered == 1)
        #expect(between.pending == 1)
        _ = try fixture.catalog.ledger.settle(
            BatchVerdict(number: again?.number ?? 0, refused: [:]), run: run)
        #expect(try fixture.catalog.ledger.run(id: run.id).delivered == 2)
    }

    @Test func `a rate limit does not use up the tries of a later process`() throws {
        let fixture = try RunFixture()
        let run = try fixture.run(batches: [OperationList(.enter, [Self.ben])])
        for _ in 0..<20 {
            try fixture.catalog.ledger.markSending(1, run: run.id)
            // What the driver does after a rate-limit answer.
            try fixture.catalog.ledger.mark(1, run: run.id, state: .planned)
        }
        var machine = DeliveryMachine(
            batches: try fixture.catalog.ledger.openBatches(of: run.id), now: .seconds(1))
        #expect(machine.next(at: .seconds(1)) == .submit(1))
        _ = machine.delivered(1, .notTaken(detail: ""), took: .zero, at: .seconds(1))
        if case .giveUp = machine.next(at: .seconds(1)) { Issue.record("gave up after one try") }
    }

    // MARK: Restart

    @Test func `calls are written down before the next batch leaves, so a restart keeps the limit`()
        throws
    {
        let fixture = try RunFixture()
        let run = try fixture.run(batches: [OperationList(.enter, [Self.ben])])
        let calls = (1...60).map { number in
            CallEntry(
                kind: RequestKind.importMany.rawValue, method: "POST", path: "/import",
                startedAt: 1_000_000_000 + Int64(number), endedAt: 1_000_000_000 + Int64(number),
                status: 200, pause: nil)
        }
        try fixture.catalog.ledger.markSending(1, run: run.id, calls: calls, host: "acme.test")
        let limits = PaceLimits(
            requestsPerSecond: nil, importsPerMinute: 100, singleImportsPerMinute: 20)
        let now = Duration.seconds(1_000_001)
        var pacer = Pacer(
            limits: limits,
            earlierCalls: try fixture.catalog.ledger.calls(
                toHost: "acme.test", endedAfter: now.milliseconds - 60_000),
            afterCrash: true, now: now)
        var leaving = 0
        while leaving < 100, case .go = pacer.request(.importMany, at: now) { leaving += 1 }
        #expect(leaving == 39)
    }

    @Test func `a rule that is not understood any more ends the run`() async throws {
        let fixture = try RunFixture()
        try fixture.catalog.setup.setDefinition(
            .dynamic(rule: "Gone = 1"), ofSegment: "All", by: RunFixture.actor)
        let account = fixture.account(StubDestination())
        let runner = ExportRunner(
            catalog: fixture.catalog, engine: StubEngine(), time: fixture.time.timekeeper,
            openAccount: { _, _ in account })
        let request = ExportRunner.Request(
            trigger: .onDemand, actor: RunFixture.actor, isApproved: false, stop: StopSignal(),
            progress: { _ in })
        _ = try? await runner.run(fixture.export, request)
        #expect(try fixture.catalog.ledger.openRuns().isEmpty)
    }
}

/// Profiles with an address and nothing else, and none of them.
private struct StubEngine: EmptyEngine {
    func schema() throws -> ProfileSchema {
        ProfileSchema(attributes: [Attribute(name: "Email", kind: .text)])
    }
}
