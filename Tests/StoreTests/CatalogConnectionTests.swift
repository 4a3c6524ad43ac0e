import Access
import Exports
import Profiles
import Testing

@testable import Store

/// Changing connections by id.
struct CatalogConnectionTests {
    private let fixture: CatalogFixture
    private let connection: Connection

    init() throws {
        fixture = try CatalogFixture()
        connection = try fixture.catalog.setup.connection(named: "acme")
    }

    private var lastAudit: String? {
        get throws {
            try fixture.catalog.history.auditEntries().first.map {
                "\($0.verb) \($0.noun) \($0.thing) [\($0.changes.joined(separator: " "))]"
            }
        }
    }

    @Test func `each change writes its field and one row of the audit`() throws {
        let catalog = fixture.catalog
        let actor = CatalogFixture.actor
        let id = connection.id
        try catalog.setup.setAudience(.contributors, ofConnection: id, by: actor)
        #expect(try catalog.setup.requireConnection(id: id).audience == .contributors)
        #expect(try lastAudit == "set connection acme [audience]")
        try catalog.setup.rename(connection: id, to: "acme two", by: actor)
        #expect(try catalog.setup.requireConnection(id: id).name == "acme two")
        #expect(try lastAudit == "set connection acme two [name]")
        try catalog.setup.setExportUser(Actor(user: "ada"), ofConnection: id, by: actor)
        #expect(try catalog.setup.requireConnection(id: id).exportUser == "user:ada")
        #expect(try lastAudit == "set connection acme two [exportUser]")
        let facts = AccountFacts(user: "new", contactsMax: 9, contacts: 1)
        try catalog.setup.setHostAndSecret(
            .init(host: "new.example", sealedSecret: [7], facts: facts), ofConnection: id,
            by: actor)
        let changed = try catalog.setup.requireConnection(id: id)
        #expect(changed.host == "new.example")
        #expect(changed.facts == facts)
        #expect(try catalog.setup.sealedSecret(ofConnection: id) == [7])
        #expect(try lastAudit == "set connection acme two [host secret]")
    }

    @Test func `what does not differ is not written`() throws {
        let before = try fixture.contents()
        try fixture.catalog.setup.setAudience(
            .administrators, ofConnection: connection.id, by: CatalogFixture.actor)
        try fixture.catalog.setup.rename(
            connection: connection.id, to: "acme", by: CatalogFixture.actor)
        #expect(try fixture.contents() == before)
    }

    @Test func `a name that is taken or none, and an id that nobody has, change nothing`() throws {
        let catalog = fixture.catalog
        let actor = CatalogFixture.actor
        _ = try catalog.setup.add(CatalogFixture.connection("other"), by: actor)
        let before = try fixture.contents()
        for work: () throws -> Void in [
            { try catalog.setup.rename(connection: connection.id, to: "other", by: actor) },
            { try catalog.setup.rename(connection: connection.id, to: "", by: actor) },
            { try catalog.setup.setAudience(.contributors, ofConnection: 999, by: actor) },
            { try catalog.setup.removeConnection(id: 999, by: actor) },
        ] {
            #expect(throws: StoreError.self, performing: work)
        }
        #expect(try fixture.contents() == before)
    }

    @Test func `D12: a connection in use is not removed, and the answer names its exports`() throws
    {
        let catalog = fixture.catalog
        #expect(
            try catalog.setup.exports(ofConnection: connection.id).map(\.name).contains("News"))
        do {
            try catalog.setup.removeConnection(id: connection.id, by: CatalogFixture.actor)
            Issue.record("It was removed.")
        } catch let error as StoreError {
            #expect(error.code == .inUse)
            #expect(error.facts["users"] == .names(["News"]))
        }
    }

    @Test func `a check that failed is kept until one works`() throws {
        let catalog = fixture.catalog
        try catalog.setup.setCheckFailure("tls", ofConnection: connection.id)
        let failed = try catalog.setup.requireConnection(id: connection.id)
        #expect(failed.checkCode == "tls")
        #expect(failed.facts == connection.facts)
        try catalog.setup.setFacts(
            AccountFacts(user: "owner", contactsMax: nil, contacts: nil),
            ofConnection: connection.id)
        #expect(try catalog.setup.requireConnection(id: connection.id).checkCode == nil)
    }
}
