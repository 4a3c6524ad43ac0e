import Access
import Exports
import Foundation
import Segments
import TestSupport
import Testing

@testable import Store

/// A change of the catalog that a person can cause, and the audit row it must leave.
enum CatalogChange: String, CaseIterable, Sendable {
    case addConnection, setPace, setSecret, removeConnection
    case addSegment, setDefinition, freeze, setState, removeSegment
    case addExport, updateExport, removeExport
    case run, approve

    static let sealed = Array("sealed-bytes-of-a-secret".utf8)

    /// Makes the change to things that are there; `prepare` has made those that must be.
    func carryOut(in fixture: CatalogFixture) throws {
        let catalog = fixture.catalog
        let actor = CatalogFixture.actor
        switch self {
        case .addConnection:
            _ = try catalog.setup.add(
                CatalogFixture.connection("other", sealedSecret: Self.sealed), by: actor)
        case .setPace:
            let pace = QuotaLimits(
                requestsPerSecond: 2, importsPerMinute: 30, singleImportsPerMinute: 5)
            try catalog.setup.setPace(pace, ofConnection: "acme", by: actor)
        case .setSecret:
            try catalog.setup.setSecret(Self.sealed, ofConnection: "acme", by: actor)
        case .removeConnection:
            try catalog.setup.removeConnection(named: "spare", by: actor)
        case .addSegment:
            _ = try catalog.setup.addSegment(named: "New", definition: .static, by: actor)
        case .setDefinition:
            try catalog.setup.setDefinition(
                .dynamic(rule: "Email is empty"), ofSegment: "All", by: actor)
        case .freeze:
            try catalog.setup.noteFreezing(of: catalog.setup.segment(named: "All").id, by: actor)
        case .setState:
            try catalog.setup.setState(.inactive, ofSegment: "All", by: actor)
        case .removeSegment:
            _ = try catalog.setup.removeSegment(named: "Spare", by: actor)
        case .addExport:
            _ = try fixture.addExport("More")
        case .updateExport:
            var export = fixture.export
            export.tags = ["reader"]
            export.peopleMax = 10
            try catalog.setup.update(export, by: actor, changes: ["tags", "peopleMax"])
        case .removeExport:
            try catalog.setup.removeExport(named: "News", by: actor)
        case .run:
            _ = try catalog.ledger.createRun(of: fixture.export, trigger: .onDemand, by: actor)
        case .approve:
            let run = try #require(catalog.ledger.runs().first)
            _ = try catalog.ledger.approve(run.id, by: actor)
        }
    }

    func prepare(_ fixture: CatalogFixture) throws {
        let catalog = fixture.catalog
        _ = try catalog.setup.add(CatalogFixture.connection("spare"), by: CatalogFixture.actor)
        _ = try catalog.setup.addSegment(
            named: "Spare", definition: .static, by: CatalogFixture.actor)
        if self == .approve {
            try catalog.ledger.hold(try fixture.planned([]).id, detail: "Too many leave.")
        }
    }

    var auditRow: CatalogAuditRow {
        switch self {
        case .addConnection: row("add", "connection", "other", "host secret consent")
        case .setPace: row("set", "connection", "acme", "limits")
        case .setSecret: row("set", "connection", "acme", "secret")
        case .removeConnection: row("remove", "connection", "spare")
        case .addSegment: row("add", "segment", "New")
        case .setDefinition: row("set", "segment", "All", "rule")
        case .freeze: row("freeze", "segment", "All")
        case .setState: row("set", "segment", "All", "state")
        case .removeSegment: row("remove", "segment", "Spare")
        case .addExport: row("add", "export", "More")
        case .updateExport: row("set", "export", "News", "tags peopleMax")
        case .removeExport: row("remove", "export", "News")
        case .run: row("run", "export", "News")
        case .approve: row("approve", "run", "News 1")
        }
    }

    private func row(
        _ verb: String, _ noun: String, _ thing: String, _ changes: String = ""
    ) -> CatalogAuditRow {
        CatalogAuditRow(verb: verb, noun: noun, thing: thing, changes: changes)
    }
}

@Suite struct CatalogAuditTests {
    @Test(arguments: CatalogChange.allCases)
    func `a change writes one audit row: who did what to which thing`(
        _ change: CatalogChange
    ) throws {
        let fixture = try CatalogFixture()
        try change.prepare(fixture)
        let before = try fixture.audit()
        try change.carryOut(in: fixture)
        #expect(try fixture.audit() == before + [change.auditRow])
    }

    @Test(arguments: CatalogChange.allCases)
    func `a change that cannot be audited does not happen`(_ change: CatalogChange) throws {
        let fixture = try CatalogFixture()
        try change.prepare(fixture)
        try fixture.execute(
            """
            CREATE TRIGGER refuseAudit AFTER INSERT ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit is closed'); END
            """)
        let before = try fixture.contents()
        #expect(throws: (any Error).self) { try change.carryOut(in: fixture) }
        #expect(try fixture.contents() == before)
    }

    @Test(arguments: ["connection", "segment", "export", "exportSegment", "run"])
    func `a change that fails in the file leaves no audit row`(_ table: String) throws {
        let fixture = try CatalogFixture()
        for change in CatalogChange.allCases where change != .approve {
            try change.prepare(fixture)
            for event in ["INSERT", "UPDATE", "DELETE"] {
                try fixture.execute(
                    """
                    CREATE TRIGGER refuse\(event) AFTER \(event) ON \(table)
                    BEGIN SELECT RAISE(ABORT, 'the table is closed'); END
                    """)
            }
            let before = try fixture.contents()
            let wasMade = (try? change.carryOut(in: fixture)) != nil
            if !wasMade { #expect(try fixture.contents() == before) }
            for event in ["INSERT", "UPDATE", "DELETE"] {
                try fixture.execute("DROP TRIGGER refuse\(event)")
            }
            // Each change begins with the same things.
            try clear(fixture)
        }
    }

    private func clear(_ fixture: CatalogFixture) throws {
        try fixture.execute(
            """
            DELETE FROM run; DELETE FROM export WHERE name <> 'News';
            DELETE FROM connection WHERE name <> 'acme'; DELETE FROM segment WHERE name <> 'All';
            """)
        if try fixture.catalog.setup.exports().isEmpty { _ = try fixture.addExport("News") }
    }

    @Test func `a change that is refused leaves no audit row`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let actor = CatalogFixture.actor
        let run = try catalog.ledger.createRun(of: fixture.export, trigger: .schedule, by: actor)
        #expect(run.isOpenState)
        let before = try fixture.contents()
        let refused: [() throws -> Void] = [
            { _ = try catalog.setup.add(CatalogFixture.connection("acme"), by: actor) },
            { _ = try catalog.setup.add(CatalogFixture.connection(" "), by: actor) },
            { try catalog.setup.setSecret([1], ofConnection: "nobody", by: actor) },
            {
                try catalog.setup.setPace(
                    CatalogFixture.openPace, ofConnection: "nobody", by: actor)
            },
            { try catalog.setup.removeConnection(named: "acme", by: actor) },
            { _ = try catalog.setup.addSegment(named: "all", definition: .static, by: actor) },
            { try catalog.setup.setState(.active, ofSegment: "nobody", by: actor) },
            { try catalog.setup.setDefinition(.static, ofSegment: "nobody", by: actor) },
            { _ = try catalog.setup.removeSegment(named: "All", by: actor) },
            { _ = try fixture.addExport("News") },
            { _ = try fixture.addExport("More") { $0.segments = ["All", "nobody"] } },
            { try catalog.setup.update(fixture.export, by: actor, changes: ["tags"]) },
            { try catalog.setup.removeExport(named: "News", by: actor) },
            { _ = try catalog.ledger.createRun(of: fixture.export, trigger: .onDemand, by: actor) },
        ]
        for (position, change) in refused.enumerated() {
            #expect(throws: StoreError.self, "change \(position)") { try change() }
            #expect(try fixture.contents() == before, "change \(position)")
        }
    }
}

extension Run {
    fileprivate var isOpenState: Bool { state.isOpen && endedAt == nil }
}
