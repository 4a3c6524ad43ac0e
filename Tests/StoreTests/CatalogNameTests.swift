import Exports
import Profiles
import Segments
import Testing

@testable import Store

@Suite struct CatalogNameTests {
    private static let actor = CatalogFixture.actor

    private func failure(_ body: () throws -> Void) -> StoreError? {
        do {
            try body()
            return nil
        } catch {
            return error as? StoreError
        }
    }

    @Test func `a name that is taken is refused and named`() throws {
        let fixture = try CatalogFixture()
        let connection = failure {
            _ = try fixture.catalog.setup.add(CatalogFixture.connection("acme"), by: Self.actor)
        }
        #expect(connection == StoreError.taken("connection", "acme"))
        let segment = failure {
            _ = try fixture.catalog.setup.addSegment(
                named: "ALL", definition: .static, by: Self.actor)
        }
        #expect(segment == StoreError.taken("segment", "ALL"))
        let export = failure { _ = try fixture.addExport("News") }
        #expect(export == StoreError.taken("export", "News"))
    }

    @Test func `an unknown name is answered with the nearest one`() throws {
        let fixture = try CatalogFixture()
        let errors = [
            failure { _ = try fixture.catalog.setup.connection(named: "acmee") },
            failure { _ = try fixture.catalog.setup.segment(named: "Alle") },
            failure { _ = try fixture.catalog.setup.export(named: "Nwes") },
        ]
        #expect(
            errors == [
                Self.unknown("connection", "acmee", nearest: "acme"),
                Self.unknown("segment", "Alle", nearest: "All"),
                Self.unknown("export", "Nwes", nearest: "News"),
            ])
    }

    private static func unknown(
        _ noun: String, _ name: String, nearest: String
    ) -> StoreError {
        StoreError(
            .notFound,
            ["noun": .word(noun), "name": .text(name), "nearest": .text(nearest)])
    }

    @Test func `a name like no other is answered with those there are`() throws {
        let fixture = try CatalogFixture()
        _ = try fixture.addExport("Offers")
        let error = failure { _ = try fixture.catalog.setup.export(named: "Something else") }
        #expect(error?.code == .notFound)
        #expect(error?.facts["names"] == .names(["News", "Offers"]))
    }

    @Test func `a name among none is answered with none`() throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.setup.removeExport(named: "News", by: Self.actor)
        let error = failure { _ = try fixture.catalog.setup.export(named: "News") }
        #expect(error?.code == .notFound)
        #expect(error?.facts["names"] == .names([]))
    }

    @Test(arguments: ["", " ", " acme", "acme\n", "ac\u{7}me", String(repeating: "a", count: 201)])
    func `a name that cannot be shown on one line is refused`(_ name: String) throws {
        let fixture = try CatalogFixture()
        let errors = [
            failure {
                _ = try fixture.catalog.setup.add(CatalogFixture.connection(name), by: Self.actor)
            },
            failure {
                _ = try fixture.catalog.setup.addSegment(
                    named: name, definition: .static, by: Self.actor)
            },
            failure { _ = try fixture.addExport(name) },
        ]
        #expect(errors.map { $0?.code } == [.badName, .badName, .badName])
    }

    @Test func `a name may have 200 characters of any script`() throws {
        let fixture = try CatalogFixture()
        let name = String(repeating: "ü", count: 199) + "界"
        _ = try fixture.addExport(name)
        #expect(try fixture.catalog.setup.export(named: name).name == name)
    }

    // MARK: Things in use

    @Test func `a connection in use stays, and the answer names its exports`() throws {
        let fixture = try CatalogFixture()
        for number in 1...5 { _ = try fixture.addExport("Export \(number)") }
        let error = failure {
            try fixture.catalog.setup.removeConnection(named: "acme", by: Self.actor)
        }
        #expect(error?.code == .inUse)
        #expect(
            error?.facts["users"] == .names((1...5).map { "Export \($0)" } + ["News"]))
        #expect(try fixture.catalog.setup.connections().map(\.name) == ["acme"])
    }

    @Test func `a connection nobody uses can be removed`() throws {
        let fixture = try CatalogFixture()
        try fixture.catalog.setup.removeExport(named: "News", by: Self.actor)
        try fixture.catalog.setup.removeConnection(named: "acme", by: Self.actor)
        #expect(try fixture.catalog.setup.connections().isEmpty)
    }

    @Test func `a segment of an export stays, and the answer names the export`() throws {
        let fixture = try CatalogFixture()
        let error = failure {
            _ = try fixture.catalog.setup.removeSegment(named: "all", by: Self.actor)
        }
        #expect(error?.code == .inUse)
        #expect(
            error?.facts == [
                "what": .word("segment-in-exports"), "name": "All", "users": .names(["News"]),
            ])
        #expect(try fixture.catalog.setup.segments().map(\.name) == ["All"])
    }

    @Test func `a segment that another one's rule speaks of stays until the rule does not`() throws
    {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        _ = try catalog.setup.addSegment(named: "Core", definition: .static, by: Self.actor)
        _ = try catalog.setup.addSegment(
            named: "Fans",
            definition: .dynamic(rule: "Email is not empty and not in segment 'core'"),
            by: Self.actor)
        let error = failure { _ = try catalog.setup.removeSegment(named: "Core", by: Self.actor) }
        #expect(error?.code == .inUse)
        #expect(
            error?.facts == [
                "what": .word("segment-in-segments"), "name": "Core", "users": .names(["Fans"]),
            ])
        try catalog.setup.setDefinition(
            .dynamic(rule: "Email is not empty"), ofSegment: "Fans", by: Self.actor)
        #expect(try catalog.setup.removeSegment(named: "Core", by: Self.actor).name == "Core")
        #expect(try catalog.setup.segments().map(\.name) == ["All", "Fans"])
    }

    @Test func `an export of a segment that is not there is not stored`() throws {
        let fixture = try CatalogFixture()
        let error = failure {
            _ = try fixture.addExport("More") { $0.segments = ["All", "Al"] }
        }
        #expect(
            error == Self.unknown("segment", "Al", nearest: "All"))
        #expect(try fixture.catalog.setup.exports().map(\.name) == ["News"])
    }
}
