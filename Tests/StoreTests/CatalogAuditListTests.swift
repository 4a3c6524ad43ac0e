import Access
import GRDB
import Testing

@testable import Store

@Suite struct CatalogAuditListTests {
    private static let base: Int64 = 1_000

    /// Six rows, each a second after the other, and nothing else.
    private func fixture() throws -> CatalogFixture {
        let fixture = try CatalogFixture()
        try fixture.execute("DELETE FROM audit")
        let rows = [
            ("user:ada", "add", "user", "Carl", ["role", "password"]),
            ("user:ada", "set", "export", "News", ["tags"]),
            ("user:Carl", "run", "export", "News", []),
            ("cli:maria", "run", "export", "100 % of them", []),
            ("user:ada", "set", "user", "Carl", ["role"]),
            ("user:Carl", "sign-in", "user", "Carl", []),
        ]
        try fixture.catalog.database.write { db in
            for (position, row) in rows.enumerated() {
                try Catalog.write(
                    AuditEvent(
                        actor: Actor(name: row.0), verb: row.1, noun: row.2, thing: row.3,
                        changes: row.4), at: Self.base + Int64(position), in: db)
            }
        }
        return fixture
    }

    @Test func `the audit is read from the newest row to the oldest`() throws {
        let entries = try fixture().catalog.history.auditEntries()
        #expect(entries.map { $0.at - Self.base } == [5, 4, 3, 2, 1, 0])
        #expect(
            entries.last
                == AuditEntry(
                    id: try #require(entries.last?.id), at: Self.base, actor: "user:ada",
                    verb: "add", noun: "user", thing: "Carl", changes: ["role", "password"]))
        #expect(entries.first?.changes == [])
    }

    @Test func `pages follow each other without gap or repetition`() throws {
        let catalog = try fixture().catalog
        let first = try catalog.history.auditEntries(limit: 4)
        let second = try catalog.history.auditEntries(before: first.last?.id, limit: 4)
        #expect((first + second).map { $0.at - Self.base } == [5, 4, 3, 2, 1, 0])
    }

    @Test(arguments: [
        (AuditFilter(actor: "user:ada"), [4, 1, 0] as [Int64]), (AuditFilter(verb: "run"), [3, 2]),
        (AuditFilter(noun: "user"), [5, 4, 0]), (AuditFilter(thing: "new"), [2, 1]),
        (AuditFilter(thing: "%"), [3]), (AuditFilter(thing: "_"), []),
        (AuditFilter(thing: "' OR 1 --"), []), (AuditFilter(from: base + 4), [5, 4]),
        (AuditFilter(to: base + 2), [1, 0]), (AuditFilter(from: base + 2, to: base + 3), [2]),
        (AuditFilter(actor: "user:ada", verb: "set", noun: "user", thing: "carl"), [4]),
        (AuditFilter(actor: "user:nobody"), []),
    ])
    func `a filter lets through what it says`(filter: AuditFilter, times: [Int64]) throws {
        let catalog = try fixture().catalog
        #expect(try catalog.history.auditEntries(filter).map { $0.at - Self.base } == times)
        var visited: [Int64] = []
        try catalog.history.forEachAuditEntry(filter) {
            visited.append($0.at - Self.base)
            return true
        }
        #expect(visited == times)
    }

    @Test func `filters offer the words there are`() throws {
        let words = try fixture().catalog.history.auditWords()
        #expect(words.actors == ["cli:maria", "user:Carl", "user:ada"])
        #expect(words.verbs == ["add", "run", "set", "sign-in"])
        #expect(words.nouns == ["export", "user"])
    }

    @Test func `an empty audit has no words`() throws {
        let fixture = try CatalogFixture()
        try fixture.execute("DELETE FROM audit")
        #expect(try fixture.catalog.history.auditWords().actors.isEmpty)
        #expect(try fixture.catalog.history.auditEntries().isEmpty)
    }

    @Test func `a download visits every row once, over many pages, and can be stopped`() throws {
        let fixture = try fixture()
        try fixture.execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1494)
            INSERT INTO audit (at, actor, verb, noun, thing, changes)
            SELECT 2000 + i, 'cli:x', 'run', 'export', 'News', '' FROM n
            """)
        var ids: [AuditEntry.ID] = []
        try fixture.catalog.history.forEachAuditEntry {
            ids.append($0.id)
            return true
        }
        #expect(ids.count == 1_500)
        #expect(ids == ids.sorted(by: >) && Set(ids).count == 1_500)
        var visits = 0
        try fixture.catalog.history.forEachAuditEntry { _ in
            visits += 1
            return visits < 501
        }
        #expect(visits == 501)
    }

    @Test(arguments: [
        "actor = 'x'", "verb = 'x'", "noun = 'x'",
    ])
    func `a filter by word is served by an index, in the order of the page`(
        condition: String
    ) throws {
        let plan = try CatalogFixture().catalog.database.read {
            try Row.fetchAll(
                $0,
                sql:
                    "EXPLAIN QUERY PLAN SELECT * FROM audit WHERE \(condition) ORDER BY id DESC LIMIT 9"
            ).map { "\($0["detail"] as String? ?? "")" }
        }
        #expect(plan.count == 1)
        #expect(plan.first?.contains("USING INDEX auditBy") == true)
    }
}

@Suite struct CatalogIdempotencyTests {
    private static let day: Int64 = 24 * PeopleFixture.hour

    private func record(_ status: Int) -> IdempotencyRecord {
        IdempotencyRecord(requestDigest: [1, 2], status: status, body: Array("{}".utf8))
    }

    @Test func `an answer is found again by its user and key, for 24 hours`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        try catalog.people.storeIdempotency(record(201), user: people.carl.id, key: "k", at: 0)
        #expect(try catalog.people.idempotencyKeys(of: people.carl.id, at: Self.day - 1) == 1)
        #expect(try catalog.people.idempotencyKeys(of: people.carl.id, at: Self.day) == 0)
        #expect(try catalog.people.idempotencyKeys(of: people.vera.id, at: 0) == 0)
        #expect(
            try catalog.people.idempotencyRecord(user: people.carl.id, key: "k", at: Self.day - 1)
                == record(201))
        #expect(
            try catalog.people.idempotencyRecord(user: people.carl.id, key: "k", at: Self.day)
                == nil)
        #expect(try catalog.people.idempotencyRecord(user: people.vera.id, key: "k", at: 0) == nil)
        #expect(try catalog.people.idempotencyRecord(user: people.carl.id, key: "K", at: 0) == nil)
    }

    @Test func `the first answer stands, until it is forgotten`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        try catalog.people.storeIdempotency(record(201), user: people.carl.id, key: "k", at: 0)
        try catalog.people.storeIdempotency(record(409), user: people.carl.id, key: "k", at: 1)
        #expect(
            try catalog.people.idempotencyRecord(user: people.carl.id, key: "k", at: 1)
                == record(201))
        try catalog.people.storeIdempotency(
            record(409), user: people.carl.id, key: "k", at: Self.day)
        #expect(
            try catalog.people.idempotencyRecord(user: people.carl.id, key: "k", at: Self.day)
                == record(409))
        try catalog.people.storeIdempotency(
            record(201), user: people.vera.id, key: "other", at: 2 * Self.day)
        #expect(try people.base.count("SELECT count(*) FROM idempotency") == 1)
    }
}
