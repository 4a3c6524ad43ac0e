import Access
import Foundation
import Testing

@testable import Store

@Suite struct CatalogSecretTests {
    private static let apiKey = "4f1d-an-api-key-nobody-may-read-77c2"
    private static let nextKey = "9b3e-another-api-key-for-the-same-account"

    private struct World {
        let fixture: CatalogFixture
        let key: MasterKey
        let connection: Connection
    }

    /// A connection whose key was stored, and then replaced.
    private func world() throws -> World {
        let fixture = try CatalogFixture()
        let key = try MasterKey(base64: MasterKey.newBase64())
        let connection = try fixture.catalog.setup.add(
            CatalogFixture.connection(
                "sealed", sealedSecret: key.seal(Self.apiKey, purpose: "acme.example")),
            by: CatalogFixture.actor)
        try fixture.catalog.setup.setSecret(
            key.seal(Self.nextKey, purpose: "acme.example"), ofConnection: "sealed",
            by: CatalogFixture.actor)
        return World(fixture: fixture, key: key, connection: connection)
    }

    @Test func `the file holds the sealed secret and never its text`() throws {
        let world = try world()
        let bytes = try world.fixture.fileBytes()
        let sealed = try world.fixture.catalog.setup.sealedSecret(ofConnection: world.connection.id)
        #expect(bytes.range(of: Data(sealed)) != nil)
        for secret in [Self.apiKey, Self.nextKey] {
            #expect(bytes.range(of: Data(secret.utf8)) == nil)
            #expect(bytes.range(of: Data(Data(secret.utf8).base64EncodedString().utf8)) == nil)
        }
    }

    @Test func `the audit names the secret as changed and does not hold it, sealed or not`() throws
    {
        let world = try world()
        let sealed = try world.fixture.catalog.setup.sealedSecret(ofConnection: world.connection.id)
        let rows = try world.fixture.audit().filter { $0.thing == "sealed" }
        #expect(rows.map(\.changes) == ["host secret consent", "secret"])
        let text = "\(rows)"
        #expect(!text.contains(Self.apiKey) && !text.contains(Self.nextKey))
        #expect(!text.contains(Data(sealed).base64EncodedString()))
    }

    @Test func `the secret last stored opens again, for its host only`() throws {
        let world = try world()
        let sealed = try world.fixture.catalog.setup.sealedSecret(ofConnection: world.connection.id)
        #expect(try world.key.open(sealed, purpose: "acme.example") == Self.nextKey)
        #expect(throws: MasterKey.SealError.self) {
            try world.key.open(sealed, purpose: "evil.example")
        }
    }

    @Test func `a connection that is described shows no secret`() throws {
        let world = try world()
        let sealed = try world.fixture.catalog.setup.sealedSecret(ofConnection: world.connection.id)
        let text = "\(try world.fixture.catalog.setup.connections())"
        #expect(!text.contains("\(sealed)") && !text.contains(Self.nextKey))
    }

    @Test func `a removed connection takes its secret along`() throws {
        let world = try world()
        try world.fixture.catalog.setup.removeConnection(named: "sealed", by: CatalogFixture.actor)
        #expect(
            try world.fixture.catalog.setup.sealedSecret(ofConnection: world.connection.id).isEmpty)
    }
}
