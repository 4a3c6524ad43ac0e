import GRDB
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
        #expect(try again.exports() == fixture.catalog.exports())
        #expect(try fixture.contents() == before)
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
        #expect(error?.description.contains("'\(fixture.path)'") == true)
        #expect(try fixture.contents() == before)
        #expect(
            try fixture.catalog.database.read { try String.fetchOne($0, sql: schema) }
                == schemaBefore)
    }
}
