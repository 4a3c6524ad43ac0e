import Exports
import Foundation
import GRDB
import Profiles
import Testing

@testable import Store

@Suite struct CatalogMigrationTests {
    @Test func `a new catalog has the schema on record`() throws {
        let fixture = try CatalogFixture()
        let schema = try fixture.catalog.database.read {
            try String.fetchAll(
                $0,
                sql:
                    "SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
            )
        }
        // Line by line, so that a difference is shown where it is.
        let lines = schema.joined(separator: ";\n\n").split(separator: "\n").map(String.init)
        #expect(lines == CatalogSchemaDump.text.split(separator: "\n").map(String.init))
    }

    @Test func `opening a catalog again changes nothing`() throws {
        let fixture = try CatalogFixture()
        let before = try fixture.contents()
        let again = try Catalog(path: fixture.path)
        #expect(try again.setup.exports() == fixture.catalog.setup.exports())
        #expect(try fixture.contents() == before)
    }

    @Test func `a catalog of the first version keeps its rows when people are added`() throws {
        let fixture = try CatalogFixture()
        let path = fixture.folder.appending(path: "first.sqlite").path
        let row = "SELECT * FROM audit"
        let first = try DatabaseQueue(path: path)
        try CatalogMigrations.migrator.migrate(first, upTo: "0001-create-catalog")
        let before = try first.write { db in
            try db.execute(
                sql: """
                    INSERT INTO audit (at, actor, verb, noun, thing, changes)
                    VALUES (7, 'cli:maria', 'add', 'segment', 'All', 'rule')
                    """)
            return try Row.fetchAll(db, sql: row)
        }
        try first.close()
        let catalog = try Catalog(path: path)
        #expect(try catalog.database.read { try Row.fetchAll($0, sql: row) } == before)
        #expect(try catalog.people.users().isEmpty)
        #expect(try catalog.history.auditEntries().map(\.thing) == ["All"])
    }

    @Test func `limits of older connections are carried over by the names of their quotas`() throws
    {
        let fixture = try CatalogFixture()
        let path = fixture.folder.appending(path: "older.sqlite").path
        let older = try DatabaseQueue(path: path)
        try CatalogMigrations.migrator.migrate(older, upTo: "0013-index-ends")
        try older.write { db in
            try db.execute(
                sql: """
                    INSERT INTO connection (name, destination, host, secret, audience, consentBy,
                      consentAt, exportUser, requestsPerSecond, importsPerMinute,
                      singleImportsPerMinute, createdAt)
                    VALUES ('acme', 'activecampaign', 'acme.example', x'0102', 'administrators',
                      'cli:maria', 7, 'cli:maria', 4, NULL, 20, 7)
                    """)
        }
        try older.close()
        let setup = try Catalog(path: path).setup
        let connection = try setup.connection(named: "acme")
        #expect(
            connection.pace
                == QuotaLimits([("requests", 4), ("imports", nil), ("single-imports", 20)]))
        #expect(connection.settings == [:])
        #expect(try setup.sealedSecret(ofConnection: connection.id) == [1, 2])
    }

    @Test func `settings and limits of any names come back as they were stored`() throws {
        let fixture = try CatalogFixture()
        let pace = QuotaLimits([("loads", 7), ("calls", nil)])
        let stored = try fixture.catalog.setup.add(
            NewConnection(
                name: "club", destination: "loyalty-club", host: "gold.club.example",
                settings: ["program": "gold"], sealedSecret: [1], pace: pace,
                facts: AccountFacts(user: "u", contactsMax: nil, contacts: nil)),
            by: CatalogFixture.actor)
        #expect(stored.settings == ["program": "gold"])
        #expect(stored.pace == pace)
        #expect(try fixture.catalog.setup.connection(id: stored.id) == stored)
        try fixture.catalog.setup.removeConnection(id: stored.id, by: CatalogFixture.actor)
        let left = try fixture.catalog.database.read {
            try Int.fetchOne(
                $0, sql: "SELECT count(*) FROM connectionQuota WHERE quota = 'loads'")
        }
        #expect(left == 0)
    }

    @Test func `a catalog of a newer version is refused and left as it is`() throws {
        let fixture = try CatalogFixture()
        try fixture.execute(
            """
            INSERT INTO grdb_migrations (identifier) VALUES ('9999-from-the-future');
            ALTER TABLE export ADD COLUMN something TEXT;
            """)
        let schema = "SELECT group_concat(sql, char(10)) FROM sqlite_master"
        let before = try fixture.contents()
        let schemaBefore = try fixture.catalog.database.read {
            try String.fetchOne($0, sql: schema)
        }
        let error = #expect(throws: StoreError.self) { try Catalog(path: fixture.path) }
        #expect(error?.code == .newerVersion)
        #expect(error?.facts["path"] == .text(fixture.path))
        #expect(try fixture.contents() == before)
        #expect(
            try fixture.catalog.database.read { try String.fetchOne($0, sql: schema) }
                == schemaBefore)
    }
}
