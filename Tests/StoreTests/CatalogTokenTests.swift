import Access
import Testing

@testable import Store

@Suite struct CatalogTokenTests {
    private static let start = PeopleFixture.start
    private static let end = start + 10 * PeopleFixture.hour

    @Test func `a token lets in as its owner until the millisecond it expires`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let secret = SecretToken.new(.api)
        let token = try people.addToken("nightly", of: people.carl, role: .viewer, token: secret)
        let found = try catalog.people.token(withSecret: secret, at: Self.start)
        #expect(found?.0 == token)
        #expect(found?.1.id == people.carl.id)
        #expect(try catalog.people.token(withSecret: secret, at: Self.end - 1) != nil)
        #expect(try catalog.people.token(withSecret: secret, at: Self.end) == nil)
        #expect(try catalog.people.token(withSecret: .new(.api), at: Self.start) == nil)
    }

    @Test(arguments: Role.allCases, Role.allCases)
    func `a token is never above its owner's role`(owner: Role, role: Role) throws {
        let people = try PeopleFixture()
        let user = try #require([people.ada, people.carl, people.vera].first { $0.role == owner })
        if role <= owner {
            #expect(try people.addToken("t", of: user, role: role).role == role)
        } else {
            let error = #expect(throws: StoreError.self) {
                try people.addToken("t", of: user, role: role)
            }
            #expect(error?.code == .roleTooHigh)
        }
    }

    @Test func `the role that counts is the one stored, not the one the caller remembers`() throws {
        let people = try PeopleFixture()
        try people.catalog.people.setRole(.viewer, ofUser: people.carl.id, by: PeopleFixture.admin)
        #expect(people.carl.role == .contributor)
        #expect(throws: StoreError.self) {
            try people.addToken("t", of: people.carl, role: .contributor)
        }
    }

    @Test func `demotion revokes what is above the new role, and promotion gives nothing back`()
        throws
    {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let (high, low) = (SecretToken.new(.api), SecretToken.new(.api))
        _ = try people.addToken("high", of: people.carl, role: .contributor, token: high)
        _ = try people.addToken("low", of: people.carl, role: .viewer, token: low)
        try catalog.people.setRole(.viewer, ofUser: people.carl.id, by: PeopleFixture.admin)
        #expect(try catalog.people.token(withSecret: high, at: Self.start) == nil)
        #expect(try catalog.people.token(withSecret: low, at: Self.start)?.0.role == .viewer)
        try catalog.people.setRole(.administrator, ofUser: people.carl.id, by: PeopleFixture.admin)
        #expect(try catalog.people.token(withSecret: high, at: Self.start) == nil)
        #expect(try catalog.people.token(withSecret: low, at: Self.start)?.0.role == .viewer)
    }

    @Test func `a token that was left above its owner's role is cut down when it is used`() throws {
        let people = try PeopleFixture()
        let secret = SecretToken.new(.api)
        _ = try people.addToken("t", of: people.carl, role: .contributor, token: secret)
        try people.base.execute("UPDATE user SET role = 'viewer' WHERE name = 'Carl'")
        #expect(
            try people.catalog.people.token(withSecret: secret, at: Self.start)?.0.role == .viewer)
    }

    @Test func `a revoked token never works again, and is still listed`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let secret = SecretToken.new(.api)
        let token = try people.addToken("t", of: people.carl, role: .viewer, token: secret)
        #expect(
            try !catalog.people.revokeToken(
                token.id, ofUser: people.vera.id, by: Actor(user: "vera")))
        #expect(try catalog.people.token(withSecret: secret, at: Self.start) != nil)
        #expect(
            try catalog.people.revokeToken(
                token.id, ofUser: people.carl.id, by: Actor(user: "Carl")))
        #expect(try catalog.people.token(withSecret: secret, at: Self.start) == nil)
        #expect(try !catalog.people.revokeToken(token.id, by: PeopleFixture.admin))
        #expect(try catalog.people.tokens(ofUser: people.carl.id).map(\.isRevoked) == [true])
        // Its name is free again.
        _ = try people.addToken("t", of: people.carl, role: .viewer)
    }

    @Test func `tokens of a disabled user rest`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let secret = SecretToken.new(.api)
        _ = try people.addToken("t", of: people.carl, role: .viewer, token: secret)
        try catalog.people.setDisabled(true, ofUser: people.carl.id, by: PeopleFixture.admin)
        #expect(try catalog.people.token(withSecret: secret, at: Self.start) == nil)
        let error = #expect(throws: StoreError.self) {
            try people.addToken("u", of: people.carl, role: .viewer)
        }
        #expect(error?.code == .userDisabled)
        try catalog.people.setDisabled(false, ofUser: people.carl.id, by: PeopleFixture.admin)
        #expect(try catalog.people.token(withSecret: secret, at: Self.start) != nil)
    }

    @Test func `the last use is noted once a minute`() throws {
        let people = try PeopleFixture()
        let secret = SecretToken.new(.api)
        _ = try people.addToken("t", of: people.carl, role: .viewer, token: secret)
        var noted: [Int64?] = []
        for now in [0, 59_999, 60_000, 60_001] as [Int64] {
            _ = try people.catalog.people.token(withSecret: secret, at: Self.start + now)
            noted.append(
                try people.catalog.people.tokens(ofUser: people.carl.id).first?.lastUsedAt.map {
                    $0 - Self.start
                })
        }
        #expect(noted == [0, 0, 60_000, 60_000])
    }

    @Test func `live tokens of a user have different names and are at most fifty`() throws {
        let people = try PeopleFixture()
        for number in 0..<50 {
            _ = try people.addToken("t\(number)", of: people.carl, role: .viewer)
        }
        let taken = #expect(throws: StoreError.self) {
            try people.addToken("t1", of: people.carl, role: .viewer)
        }
        #expect(taken?.code == .nameTaken)
        let tooMany = #expect(throws: StoreError.self) {
            try people.addToken("t50", of: people.carl, role: .viewer)
        }
        #expect(tooMany?.code == .tooMany)
        _ = try people.addToken("t1", of: people.vera, role: .viewer)
        // Those that have expired do not count.
        _ = try people.catalog.people.addToken(
            of: people.carl, named: "t1", role: .viewer, token: .new(.api), expiresAt: .max,
            by: PeopleFixture.admin, at: Self.end)
    }
}
