import Access
import Exports
import GRDB
import Segments
import TestSupport
import Testing

@testable import Store

/// Plans are written in short transactions, and count for nothing until they are whole.
struct PlanWritingTests {
    private struct Crash: Error {}

    private static let ada = "ada@shop.test"
    private static let ben = "ben@shop.test"

    private func operations(_ keys: [String]) -> OperationList {
        var list = OperationList()
        for key in keys {
            Array(key.utf8).withUnsafeBytes { key in
                let values: [UInt8] = [1, 1, 0x41]
                values.withUnsafeBytes {
                    list.append(
                        OperationView(kind: .enter, key: key, profileID: key, values: $0))
                }
            }
        }
        return list
    }

    private func suppress(_ key: String, _ writer: PlanWriter) throws {
        try CatalogMember(key).withView {
            try writer.store(.suppressed($0, .invalidEmail, winner: nil))
        }
    }

    /// Half a plan: one batch and one suppressed person in the file, and then the end of the process.
    private func crash(_ fixture: CatalogFixture, batches: Int = 40) throws -> Run {
        let run = try fixture.catalog.ledger.createRun(
            of: fixture.export, trigger: .onDemand, by: CatalogFixture.actor)
        #expect(throws: Crash.self) {
            try fixture.catalog.ledger.writePlan(of: run.id, export: fixture.export) { writer in
                try suppress("nobody", writer)
                for number in 1...batches {
                    try writer.store(
                        PlanPacker.Packed(
                            operations: operations(["p\(number)@shop.test"]), isRetry: false))
                }
                throw Crash()
            }
        }
        try #require(fixture.count("SELECT count(*) FROM batch") > 0)
        try #require(fixture.count("SELECT count(*) FROM outcome") == 1)
        return try fixture.catalog.ledger.run(id: run.id)
    }

    @Test func `others write while a plan is made`() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.catalog.ledger.createRun(
            of: fixture.export, trigger: .onDemand, by: CatalogFixture.actor)
        _ = try fixture.catalog.ledger.writePlan(of: run.id, export: fixture.export) { writer in
            for number in 1...40 {
                try writer.store(
                    PlanPacker.Packed(
                        operations: operations(["p\(number)@shop.test"]), isRetry: false))
                _ = try fixture.catalog.setup.addSegment(
                    named: "Segment \(number)", definition: .static, by: CatalogFixture.actor)
            }
            return PlanSummary()
        }
        #expect(try fixture.catalog.setup.segments().count == 41)
        #expect(try fixture.catalog.ledger.openBatches(of: run.id).map(\.number) == Array(1...40))
    }

    @Test func `a plan sees the ledger as it was when planning began`() throws {
        let fixture = try CatalogFixture()
        try fixture.carryOut([CatalogMember(Self.ada)])
        let rival = try fixture.addExport("Offers")
        let run = try fixture.catalog.ledger.createRun(
            of: fixture.export, trigger: .onDemand, by: CatalogFixture.actor)
        _ = try fixture.catalog.ledger.writePlan(of: run.id, export: fixture.export) { writer in
            try fixture.carryOut([CatalogMember(Self.ben)], of: rival)
            let key = try #require(try writer.ledger.next()).key
            #expect(String(decoding: key, as: UTF8.self) == Self.ada)
            return PlanSummary()
        }
    }

    @Test func `half a plan is neither shown nor sent`() throws {
        let fixture = try CatalogFixture()
        let run = try crash(fixture)
        let catalog = fixture.catalog
        #expect(run.state == .planning && run.plan == nil && run.members == 0)
        #expect(run.pending == 0 && run.suppressed == 0 && run.reasons.isEmpty)
        #expect(try fixture.outcomes(ofRun: run).isEmpty)
        #expect(try catalog.ledger.people(ofRun: run.id, limit: 10).isEmpty)
        #expect(try catalog.ledger.outcomes(ofPerson: "nobody").isEmpty)
        #expect(throws: StoreError.self) { try catalog.ledger.beginSending(run.id) }
        #expect(try catalog.ledger.run(id: run.id).state == .planning)
        #expect(try catalog.ledger.runTotals().suppressed == 0)
    }

    @Test func `planning again after a crash leaves nothing of the first attempt`() throws {
        let fixture = try CatalogFixture()
        let run = try crash(fixture)
        let summary = try fixture.catalog.ledger.writePlan(of: run.id, export: fixture.export) {
            writer in
            try writer.store(
                PlanPacker.Packed(operations: operations([Self.ada]), isRetry: false))
            try suppress("else", writer)
            return PlanSummary()
        }
        #expect(summary == PlanSummary())
        #expect(try fixture.catalog.ledger.openBatches(of: run.id).map(\.people) == [1])
        #expect(try fixture.outcomes(ofRun: run).map(\.key) == ["else"])
        #expect(try fixture.count("SELECT count(*) FROM batchBody") == 1)
    }

    @Test func `a run that ends half planned leaves nothing of its plan`() throws {
        let fixture = try CatalogFixture()
        let run = try crash(fixture)
        try fixture.catalog.ledger.end(run.id, state: .stopped, reason: "stopped")
        let ended = try fixture.catalog.ledger.run(id: run.id)
        #expect(ended.endedAt != nil && ended.state == .stopped && ended.members == 0)
        #expect(try fixture.count("SELECT count(*) FROM batch") == 0)
        #expect(try fixture.count("SELECT count(*) FROM outcome") == 0)
    }

    @Test func `the plan of a run that was held counts no more once planning begins anew`() throws {
        let fixture = try CatalogFixture { $0.onLeave = .unsubscribe }
        try fixture.carryOut([CatalogMember(Self.ada), CatalogMember(Self.ben)])
        let held = try fixture.planned([CatalogMember("nobody", id: "7")])
        try fixture.catalog.ledger.hold(held.id, detail: "d")
        _ = try fixture.catalog.ledger.approve(held.id, by: CatalogFixture.actor)
        #expect(throws: Crash.self) {
            try fixture.catalog.ledger.writePlan(of: held.id, export: fixture.export) { _ in
                throw Crash()
            }
        }
        let run = try fixture.catalog.ledger.run(id: held.id)
        #expect(run.plan == nil && run.approvedLeavers == held.plan?.leave)
        #expect(throws: StoreError.self) { try fixture.catalog.ledger.beginSending(run.id) }
    }

    // MARK: The end of large runs

    @Test func `a large run is closed in steps, and everyone is pending once`() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.catalog.ledger.createRun(
            of: fixture.export, trigger: .onDemand, by: CatalogFixture.actor)
        _ = try fixture.catalog.ledger.writePlan(of: run.id, export: fixture.export) { writer in
            var summary = PlanSummary()
            for number in 1...100 {
                try writer.store(
                    PlanPacker.Packed(
                        operations: operations(["p\(number)@shop.test"]), isRetry: false))
                summary.members += 1
                summary.enter += 1
            }
            return summary
        }
        try fixture.catalog.ledger.beginSending(run.id)
        let catalog = fixture.catalog
        #expect(try !catalog.ledger.beginEnd(run.id, state: .stopped, reason: "stopped"))
        // The state is there at once; the export is free when everyone is accounted for.
        let closing = try catalog.ledger.run(id: run.id)
        #expect(closing.state == .stopped && closing.endedAt == nil && closing.pending == 100)
        let error = #expect(throws: StoreError.self) {
            try catalog.ledger.createRun(
                of: fixture.export, trigger: .onDemand, by: CatalogFixture.actor)
        }
        #expect(error?.code == .alreadyRunning)
        #expect(try catalog.ledger.openRuns().map(\.id) == [run.id])
        try catalog.ledger.finishEnd(of: run.id)
        #expect(try catalog.ledger.openRuns().isEmpty)
        let people = try fixture.outcomes(ofRun: run)
        #expect(people.count == 100)
        #expect(people.allSatisfy { $0.outcome == .pending && $0.reason == "stopped" })
        #expect(try fixture.count("SELECT count(*) FROM batchBody") == 0)
        let ended = try catalog.ledger.run(id: run.id)
        try catalog.ledger.finishEnd(of: run.id)
        #expect(try catalog.ledger.run(id: run.id) == ended)
    }

    @Test func `thousands who leave without a request are all recorded, once`() throws {
        let fixture = try CatalogFixture()
        let everyone = (0..<2_500).map { CatalogMember("p\($0 + 10_000)@shop.test") }
        try fixture.carryOut(everyone, refused: ["p10007@shop.test": .bounced])
        let run = try fixture.sending([everyone[0]])
        #expect(run.left == 2_499)
        #expect(try fixture.outcomes(ofRun: run, outcome: .left).count == 2_499)
        // As after a crash in between.
        try fixture.catalog.ledger.recordSilentLeavers(of: run.id)
        #expect(try fixture.catalog.ledger.run(id: run.id).left == 2_499)
        #expect(try fixture.outcomes(ofRun: run, outcome: .left).count == 2_499)
        #expect(try fixture.count("SELECT count(*) FROM ledger WHERE state = 2") == 2_498)
        #expect(try fixture.count("SELECT count(*) FROM ledger") == 2_499)
    }
}
