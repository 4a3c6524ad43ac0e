import Access
import Testing

@testable import Store

@Suite struct CatalogInvitationTests {
    private static let start = PeopleFixture.start

    /// A catalog without users, and an invitation for the first administrator.
    private func beginning() throws -> (catalog: Catalog, base: CatalogFixture, token: SecretToken)
    {
        let base = try CatalogFixture()
        let token = SecretToken.new(.invitation)
        try base.catalog.people.addInvitation(
            for: .firstAdministrator, token: token, expiresAt: Self.start + 10,
            by: CatalogFixture.actor)
        return (base.catalog, base, token)
    }

    @Test func `the first administrator is made once`() throws {
        let (catalog, _, token) = try beginning()
        #expect(try !catalog.people.hasAdministrator())
        #expect(
            try catalog.people.invitation(withToken: token, at: Self.start)?.purpose
                == .firstAdministrator)
        let password = try PeopleFixture.password(1)
        let user = try catalog.people.acceptFirstAdministrator(
            token: token, name: "Eve", password: password, at: Self.start)
        #expect(user.role == .administrator && user.hasPassword && user.name == "Eve")
        #expect(try catalog.people.hasAdministrator())
        let error = #expect(throws: StoreError.self) {
            try catalog.people.acceptFirstAdministrator(
                token: token, name: "mallory", password: password, at: Self.start)
        }
        #expect(error?.code == .invitationEnded)
        #expect(try catalog.people.users().count == 1)
    }

    @Test func `a name that is refused does not use the invitation up`() throws {
        let (catalog, _, token) = try beginning()
        let error = #expect(throws: StoreError.self) {
            try catalog.people.acceptFirstAdministrator(
                token: token, name: "no spaces", password: PeopleFixture.password(1),
                at: Self.start)
        }
        #expect(error?.code == .badName)
        #expect(try catalog.people.invitation(withToken: token, at: Self.start) != nil)
    }

    @Test func `an administrator made otherwise ends the first invitation`() throws {
        let (catalog, _, token) = try beginning()
        _ = try catalog.people.addUser(
            named: "ada", role: .administrator, password: nil, by: CatalogFixture.actor)
        #expect(try catalog.people.invitation(withToken: token, at: Self.start) == nil)
        #expect(throws: StoreError.self) {
            try catalog.people.acceptFirstAdministrator(
                token: token, name: "mallory", password: PeopleFixture.password(1), at: Self.start)
        }
    }

    @Test func `an invitation ends on the millisecond`() throws {
        let (catalog, _, token) = try beginning()
        #expect(try catalog.people.invitation(withToken: token, at: Self.start + 9) != nil)
        #expect(try catalog.people.invitation(withToken: token, at: Self.start + 10) == nil)
        #expect(throws: StoreError.self) {
            try catalog.people.acceptFirstAdministrator(
                token: token, name: "eve", password: PeopleFixture.password(1),
                at: Self.start + 10)
        }
    }

    @Test func `a newer invitation replaces the older one for the same purpose only`() throws {
        let (catalog, base, first) = try beginning()
        let vera = try catalog.people.addUser(
            named: "vera", role: .viewer, password: nil, by: CatalogFixture.actor)
        let tokens = (0..<3).map { _ in SecretToken.new(.invitation) }
        for (token, purpose) in [
            (tokens[0], Invitation.Purpose.setPassword(vera.id)),
            (tokens[1], .setPassword(vera.id)), (tokens[2], .firstAdministrator),
        ] {
            try catalog.people.addInvitation(
                for: purpose, token: token, expiresAt: .max, by: CatalogFixture.actor)
        }
        let isOpen = try ([first] + tokens).map {
            try catalog.people.invitation(withToken: $0, at: Self.start) != nil
        }
        #expect(isOpen == [false, false, true, true])
        #expect(try base.count("SELECT count(*) FROM invitation") == 2)
    }

    @Test func `an invited user sets a password once, and is signed out elsewhere`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let token = SecretToken.new(.invitation)
        _ = try people.begin(people.vera)
        try people.invite(people.vera, token)
        // The old password holds until the new one is set.
        #expect(
            try catalog.people.passwordHash(ofUser: people.vera.id) == PeopleFixture.password(1))
        let password = try PeopleFixture.password(2)
        let user = try catalog.people.acceptPassword(
            token: token, password: password, at: Self.start)
        #expect(user.id == people.vera.id)
        #expect(try catalog.people.passwordHash(ofUser: user.id) == password)
        #expect(try catalog.people.sessions(ofUser: user.id, at: Self.start).isEmpty)
        #expect(throws: StoreError.self) {
            try catalog.people.acceptPassword(token: token, password: password, at: Self.start)
        }
    }

    @Test func `an invitation of one purpose does not serve the other`() throws {
        let (catalog, _, first) = try beginning()
        let password = try PeopleFixture.password(2)
        #expect(throws: StoreError.self) {
            try catalog.people.acceptPassword(token: first, password: password, at: Self.start)
        }
        let people = try PeopleFixture()
        let token = SecretToken.new(.invitation)
        try people.invite(people.vera, token)
        #expect(throws: StoreError.self) {
            try people.catalog.people.acceptFirstAdministrator(
                token: token, name: "mallory", password: password, at: Self.start)
        }
    }

    @Test(arguments: ["password", "disable"])
    func `an open invitation ends with a new password, and when its user is disabled`(
        by change: String
    ) throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let token = SecretToken.new(.invitation)
        try people.invite(people.vera, token)
        if change == "password" {
            try catalog.people.setPassword(
                PeopleFixture.password(2), ofUser: people.vera.id, keepingSession: nil,
                by: Actor(user: "vera"))
        } else {
            try catalog.people.setDisabled(true, ofUser: people.vera.id, by: PeopleFixture.admin)
            #expect(throws: StoreError.self) { try people.invite(people.vera, .new(.invitation)) }
            try catalog.people.setDisabled(false, ofUser: people.vera.id, by: PeopleFixture.admin)
        }
        #expect(try catalog.people.invitation(withToken: token, at: Self.start) == nil)
    }
}
