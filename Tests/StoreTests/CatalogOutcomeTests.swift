import Exports
import Testing

@testable import Store

@Suite struct CatalogOutcomeTests {
    private static let ada = "ada@shop.test"
    private static let ben = "ben@shop.test"
    private static let cem = "cem@shop.test"
    private static let dov = "dov@shop.test"

    /// A run with one outcome of each sort, and a later one that moved half of them into the history.
    private func twoRuns(in fixture: CatalogFixture) throws -> (first: Run, second: Run) {
        let first = try fixture.carryOut(
            [
                CatalogMember("", id: "blank"), CatalogMember(Self.ada),
                CatalogMember(Self.ben), CatalogMember(Self.ben, id: "twin"),
                CatalogMember(Self.cem), CatalogMember(Self.dov), CatalogMember("nobody", id: "n"),
            ], refused: [Self.cem: .bounced, Self.dov: .excluded])
        let second = try fixture.carryOut(
            [
                CatalogMember(Self.ada, firstName: "Adele"), CatalogMember(Self.ben),
                CatalogMember(Self.dov),
            ], refused: [Self.dov: .bounced])
        return (first, second)
    }

    @Test func `everyone of a run is listed once in key order, in the ledger or in history`() throws
    {
        let fixture = try CatalogFixture()
        let runs = try twoRuns(in: fixture)
        let entries = try fixture.outcomes(ofRun: runs.first)
        #expect(
            entries.map { "\($0.key) \($0.profileID) \($0.outcome) \($0.reason ?? "-")" } == [
                " blank suppressed no-email",
                "\(Self.ada) \(Self.ada) delivered -",
                "\(Self.ben) \(Self.ben) delivered -",
                "\(Self.ben) twin suppressed duplicate-email",
                "\(Self.cem) \(Self.cem) refused bounced",
                "\(Self.dov) \(Self.dov) refused excluded",
                "nobody n suppressed invalid-email",
            ])
        #expect(entries.allSatisfy { $0.run == runs.first.id && $0.exportName == "News" })
        #expect(entries.map(\.winner) == [nil, nil, nil, Self.ben, nil, nil, nil])
        #expect(runs.first.members == entries.count)
    }

    @Test func `a later run lists those it touched and nobody else`() throws {
        let fixture = try CatalogFixture()
        let second = try twoRuns(in: fixture).second
        let entries = try fixture.outcomes(ofRun: second)
        #expect(entries.map(\.key) == [Self.ada, Self.cem, Self.dov])
        #expect(entries.map(\.outcome) == [.delivered, .left, .refused])
        #expect(entries.map(\.kind) == [.change, nil, .retry])
        #expect(second.unchanged == 1 && second.delivered == 1 && second.refused == 1)
        #expect(second.left == 1 && second.pending == 0)
    }

    @Test func `outcomes are filtered by outcome and by reason`() throws {
        let fixture = try CatalogFixture()
        let run = try twoRuns(in: fixture).first
        let keys = { outcome, reason in
            try fixture.outcomes(ofRun: run, outcome: outcome, reason: reason).map(\.key)
        }
        #expect(try keys(.delivered, nil) == [Self.ada, Self.ben])
        #expect(try keys(.refused, nil) == [Self.cem, Self.dov])
        #expect(try keys(.refused, "bounced") == [Self.cem])
        #expect(try keys(.suppressed, "duplicate-email") == [Self.ben])
        #expect(try keys(nil, "excluded") == [Self.dov])
        #expect(try keys(.delivered, "bounced").isEmpty)
        let sum = try Outcome.allCases.map { try keys($0, nil).count }.reduce(0, +)
        #expect(sum == 7)
    }

    @Test func `the listing stops when it is told to`() throws {
        let fixture = try CatalogFixture()
        let run = try twoRuns(in: fixture).first
        var seen = 0
        try fixture.catalog.ledger.forEachOutcome(ofRun: run.id) { _ in
            seen += 1
            return seen < 3
        }
        #expect(seen == 3)
    }

    @Test func `the reasons of a run stay the same when later runs move people`() throws {
        let fixture = try CatalogFixture()
        let runs = try twoRuns(in: fixture)
        let expected = [
            "no-email": 1, "invalid-email": 1, "duplicate-email": 1, "bounced": 1, "excluded": 1,
        ]
        #expect(runs.first.reasons == expected)
        #expect(try fixture.catalog.ledger.run(id: runs.first.id).reasons == expected)
        #expect(try fixture.catalog.ledger.run(id: runs.second.id).reasons == ["bounced": 1])
    }

    // MARK: One person

    @Test func `a person's story is entering, changing and leaving, with the values of each`()
        throws
    {
        let fixture = try CatalogFixture { $0.onLeave = .unsubscribe }
        let before = CatalogMember(Self.ada, firstName: "Ada")
        let after = CatalogMember(Self.ada, id: "other", firstName: "Adele")
        let first = try fixture.carryOut([before])
        let second = try fixture.carryOut([after])
        let third = try fixture.carryOut([])
        let story = try fixture.catalog.ledger.outcomes(ofPerson: Self.ada)
        #expect(story.map(\.run) == [third.id, second.id, first.id])
        #expect(story.map(\.kind) == [.leave, .change, .enter])
        #expect(story.map(\.outcome) == [.left, .delivered, .delivered])
        #expect(story.map(\.delivered) == [after.values, after.values, before.values])
        #expect(story.map(\.profileID).last == Self.ada)
        #expect(story.map(\.profileID)[1] == "other")
        #expect(try fixture.catalog.ledger.outcomes(ofPerson: Self.ada, limit: 2).count == 2)
        let entry = try #require(try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ada).first)
        #expect(entry.state == .left && entry.removedAt != nil)
    }

    @Test func `a refusal keeps the values that the destination holds`() throws {
        let fixture = try CatalogFixture()
        let before = CatalogMember(Self.ada, firstName: "Ada")
        try fixture.carryOut([before])
        try fixture.carryOut(
            [CatalogMember(Self.ada, firstName: "Adele")], refused: [Self.ada: .rejected])
        let story = try fixture.catalog.ledger.outcomes(ofPerson: Self.ada)
        #expect(story.map(\.outcome) == [.refused, .delivered])
        #expect(story.map(\.delivered) == [before.values, before.values])
    }

    @Test func `a person's story spans the exports`() throws {
        let fixture = try CatalogFixture()
        let other = try fixture.addExport("Offers")
        try fixture.carryOut([CatalogMember(Self.ada)])
        try fixture.carryOut([CatalogMember(Self.ada)], of: other)
        let story = try fixture.catalog.ledger.outcomes(ofPerson: Self.ada)
        #expect(story.map(\.exportName) == ["Offers", "News"])
        #expect(try fixture.catalog.ledger.outcomes(ofPerson: Self.ben).isEmpty)
    }

    // MARK: Exports that change or go

    @Test func `a removed export leaves its history`() throws {
        let fixture = try CatalogFixture()
        let runs = try twoRuns(in: fixture)
        let before = [
            try fixture.outcomes(ofRun: runs.first), try fixture.outcomes(ofRun: runs.second),
        ]
        try fixture.catalog.setup.removeExport(named: "News", by: CatalogFixture.actor)
        let after = [
            try fixture.outcomes(ofRun: runs.first), try fixture.outcomes(ofRun: runs.second),
        ]
        #expect(after == before)
        #expect(
            try fixture.catalog.ledger.runs(ofExport: "News").map(\.id) == [
                runs.second.id, runs.first.id,
            ])
        #expect(
            try fixture.catalog.ledger.outcomes(ofPerson: Self.ada).map(\.outcome)
                == [.delivered, .delivered])
        #expect(try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ada).isEmpty)
        #expect(try fixture.count("SELECT count(*) FROM ledger") == 0)
    }

    @Test func `an export that goes to another list starts a new ledger and keeps its history`()
        throws
    {
        let fixture = try CatalogFixture()
        let run = try fixture.carryOut([CatalogMember(Self.ada)])
        let before = try fixture.outcomes(ofRun: run)
        var export = fixture.export
        export.list = ListReference(id: "13", name: "Others")
        try fixture.catalog.setup.update(export, by: CatalogFixture.actor, changes: ["list"])
        #expect(try fixture.catalog.setup.export(named: "News") == export)
        #expect(try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ada).isEmpty)
        #expect(try fixture.outcomes(ofRun: run) == before)
        let next = try fixture.carryOut([CatalogMember(Self.ada)], of: export)
        #expect(next.plan?.enter == 1)
    }

    @Test func `an export that changes in other ways keeps its ledger`() throws {
        let fixture = try CatalogFixture()
        try fixture.carryOut([CatalogMember(Self.ada)])
        let before = try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ada)
        var export = fixture.export
        export.list = ListReference(id: "12", name: "Renamed")
        export.onLeave = .field(id: "7", inside: "in", outside: "out")
        export.tags = ["b", "a"]
        export.holdShare = 0.5
        export.startsAutomations = true
        try fixture.catalog.setup.update(export, by: CatalogFixture.actor, changes: ["tags"])
        #expect(try fixture.catalog.setup.export(named: "News") == export)
        #expect(before.count == 1)
        #expect(try fixture.catalog.ledger.ledgerEntries(ofPerson: Self.ada) == before)
    }
}
