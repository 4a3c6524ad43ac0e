import Access
import Testing

@testable import Store

@Suite struct CatalogSessionTests {
    private static let start = PeopleFixture.start
    private static let hour = PeopleFixture.hour

    @Test func `a session signs its user in by its token alone`() throws {
        let people = try PeopleFixture()
        let token = SecretToken.new(.session)
        let session = try people.begin(people.carl, token)
        let found = try people.catalog.people.session(withToken: token, at: Self.start)
        #expect(found?.0 == session)
        #expect(found?.1.id == people.carl.id)
        #expect(session.agent == "Browser" && session.address == "203.0.113.1")
        #expect(session.expiresAt == Self.start + 14 * 24 * Self.hour)
        #expect(try people.catalog.people.session(withToken: .new(.session), at: Self.start) == nil)
    }

    @Test func `a session that is not seen for 12 hours ends on the millisecond`() throws {
        let people = try PeopleFixture()
        let token = SecretToken.new(.session)
        _ = try people.begin(people.carl, token)
        let end = Self.start + 12 * Self.hour
        #expect(try people.catalog.people.session(withToken: token, at: end - 1) != nil)
        #expect(try people.catalog.people.session(withToken: token, at: end) == nil)
        #expect(try people.catalog.people.sessions(ofUser: people.carl.id, at: end).isEmpty)
    }

    @Test func `visits keep a session alive, for 14 days and no longer`() throws {
        let people = try PeopleFixture()
        let token = SecretToken.new(.session)
        let session = try people.begin(people.carl, token)
        var now = Self.start
        while now + 11 * Self.hour < session.expiresAt {
            now += 11 * Self.hour
            try people.catalog.people.touchSession(session.id, at: now)
        }
        #expect(
            try people.catalog.people.session(withToken: token, at: session.expiresAt - 1) != nil)
        #expect(try people.catalog.people.session(withToken: token, at: session.expiresAt) == nil)
    }

    @Test func `a visit is written down after five minutes, and never revives a session`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let token = SecretToken.new(.session)
        let session = try people.begin(people.carl, token)
        try catalog.people.touchSession(session.id, at: Self.start + 299_999)
        #expect(
            try catalog.people.session(withToken: token, at: Self.start)?.0.lastSeenAt == Self.start
        )
        try catalog.people.touchSession(session.id, at: Self.start + 300_000)
        #expect(
            try catalog.people.session(withToken: token, at: Self.start)?.0.lastSeenAt
                == Self.start + 300_000)
        let tooLate = Self.start + 300_000 + 12 * Self.hour
        try catalog.people.touchSession(session.id, at: tooLate)
        #expect(try catalog.people.session(withToken: token, at: tooLate) == nil)
    }

    @Test func `a revoked session signs nobody in`() throws {
        let people = try PeopleFixture()
        let token = SecretToken.new(.session)
        let session = try people.begin(people.carl, token)
        #expect(try people.catalog.people.endSession(session.id, by: PeopleFixture.admin))
        #expect(try people.catalog.people.session(withToken: token, at: Self.start) == nil)
        #expect(try !people.catalog.people.endSession(session.id, by: PeopleFixture.admin))
    }

    @Test func `nobody ends the session of somebody else by its number`() throws {
        let people = try PeopleFixture()
        let token = SecretToken.new(.session)
        let session = try people.begin(people.carl, token)
        #expect(
            try !people.catalog.people.endSession(
                session.id, ofUser: people.vera.id, by: Actor(user: "vera")))
        #expect(try people.catalog.people.session(withToken: token, at: Self.start) != nil)
    }

    @Test func `a new password ends the user's other sessions and nobody else's`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let kept = try people.begin(people.carl)
        _ = try people.begin(people.carl)
        let other = try people.begin(people.vera)
        try catalog.people.setPassword(
            PeopleFixture.password(2), ofUser: people.carl.id, keepingSession: kept.id,
            by: Actor(user: "Carl"))
        #expect(try catalog.people.sessions(ofUser: people.carl.id, at: Self.start) == [kept])
        #expect(try catalog.people.sessions(ofUser: people.vera.id, at: Self.start) == [other])
        try catalog.people.setPassword(
            PeopleFixture.password(3), ofUser: people.carl.id, keepingSession: nil,
            by: PeopleFixture.admin)
        #expect(try catalog.people.sessions(ofUser: people.carl.id, at: Self.start).isEmpty)
    }

    @Test func `a password that was changed while it was checked signs nobody in`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let (old, new) = try (PeopleFixture.password(1), PeopleFixture.password(2))
        try catalog.people.setPassword(
            new, ofUser: people.carl.id, keepingSession: nil, by: PeopleFixture.admin)
        let begin = { (password: PasswordHash) throws in
            try catalog.people.beginSession(
                of: people.carl, checked: password, token: .new(.session), agent: nil,
                address: nil, at: Self.start)
        }
        let error = #expect(throws: StoreError.self) { try begin(old) }
        #expect(error?.code == .passwordChanged)
        #expect(try catalog.people.sessions(ofUser: people.carl.id, at: Self.start).isEmpty)
        _ = try begin(new)
    }

    @Test func `a disabled user is signed out and cannot sign in, even when enabled again`() throws
    {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let token = SecretToken.new(.session)
        _ = try people.begin(people.carl, token)
        try catalog.people.setDisabled(true, ofUser: people.carl.id, by: PeopleFixture.admin)
        #expect(try catalog.people.session(withToken: token, at: Self.start) == nil)
        let error = #expect(throws: StoreError.self) { try people.begin(people.carl) }
        #expect(error?.code == .userDisabled)
        try catalog.people.setDisabled(false, ofUser: people.carl.id, by: PeopleFixture.admin)
        #expect(try catalog.people.session(withToken: token, at: Self.start) == nil)
        _ = try people.begin(people.carl)
    }

    @Test func `the twenty-first session ends the one seen longest ago`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let begun = try (0..<20).map { try people.begin(people.carl, at: Self.start + Int64($0)) }
        // The first was seen again.
        try catalog.people.touchSession(begun[0].id, at: Self.start + 300_000)
        let last = try people.begin(people.carl, at: Self.start + 300_001)
        let left = try catalog.people.sessions(ofUser: people.carl.id, at: Self.start + 300_001)
        #expect(left.count == 20)
        #expect(left.first?.id == last.id)
        #expect(left.contains { $0.id == begun[0].id })
        #expect(!left.contains { $0.id == begun[1].id })
    }

    @Test func `sessions that have run out are cleared away at the next sign-in`() throws {
        let people = try PeopleFixture()
        _ = try people.begin(people.carl)
        _ = try people.begin(people.vera, at: Self.start + 12 * Self.hour)
        #expect(try people.base.count("SELECT count(*) FROM session") == 1)
    }

    @Test func `what a browser says of itself is cut short`() throws {
        let people = try PeopleFixture()
        let session = try people.catalog.people.beginSession(
            of: people.carl, token: .new(.session), agent: String(repeating: "x", count: 9_999),
            address: nil, at: Self.start)
        #expect(session.agent?.count == 200 && session.address == nil)
    }

    @Test func `a browser is known for its user, and forgotten after 400 days`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let token = SecretToken.new(.device)
        try catalog.people.rememberDevice(ofUser: people.carl.id, token: token, at: Self.start)
        let id = try catalog.people.device(withToken: token, ofUserNamed: "CARL", at: Self.start)
        #expect(id != nil)
        #expect(
            try catalog.people.device(withToken: token, ofUserNamed: "vera", at: Self.start) == nil)
        #expect(
            try catalog.people.device(withToken: .new(.device), ofUserNamed: "Carl", at: Self.start)
                == nil)
        // Signing in again from it keeps its number.
        let later = Self.start + 399 * 24 * Self.hour
        try catalog.people.rememberDevice(ofUser: people.carl.id, token: token, at: later)
        let end = later + 400 * 24 * Self.hour
        #expect(try catalog.people.device(withToken: token, ofUserNamed: "Carl", at: end - 1) == id)
        #expect(try catalog.people.device(withToken: token, ofUserNamed: "Carl", at: end) == nil)
        // Another user cannot take it over.
        try catalog.people.rememberDevice(ofUser: people.vera.id, token: token, at: later)
        #expect(try catalog.people.device(withToken: token, ofUserNamed: "vera", at: later) == nil)
    }

    @Test func `twenty browsers of one user are remembered`() throws {
        let people = try PeopleFixture()
        let tokens = (0..<21).map { _ in SecretToken.new(.device) }
        for (position, token) in tokens.enumerated() {
            try people.catalog.people.rememberDevice(
                ofUser: people.carl.id, token: token, at: Self.start + Int64(position))
        }
        let known = try tokens.map {
            try people.catalog.people.device(withToken: $0, ofUserNamed: "Carl", at: Self.start)
                != nil
        }
        #expect(known == [false] + Array(repeating: true, count: 20))
    }
}
