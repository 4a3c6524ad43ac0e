import Access
import Profiles
import Testing

@testable import Store

@Suite struct CatalogUserTests {
    @Test func `a user is found by id, and by name however it is capitalised`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        #expect(try catalog.people.user(id: people.carl.id) == people.carl)
        #expect(try catalog.people.user(named: "cARL") == people.carl)
        #expect(try catalog.people.user(named: "carl ") == nil)
        #expect(try catalog.people.user(named: "") == nil)
        #expect(try catalog.people.user(id: 99) == nil)
        #expect(try catalog.people.users().map(\.name) == ["ada", "Carl", "vera"])
    }

    @Test(arguments: ["carl", "CARL", "Carl"])
    func `a name is given once, whatever its capitals`(name: String) throws {
        let people = try PeopleFixture()
        let error = #expect(throws: StoreError.self) {
            try people.catalog.people.addUser(
                named: name, role: .viewer, password: nil, by: PeopleFixture.admin)
        }
        #expect(error?.code == .nameTaken)
    }

    @Test func `a user without a password says so, until one is set`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let eve = try catalog.people.addUser(
            named: "eve", role: .viewer, password: nil, by: PeopleFixture.admin)
        #expect(!eve.hasPassword)
        #expect(try catalog.people.passwordHash(ofUser: eve.id) == nil)
        let password = try PeopleFixture.password(3)
        try catalog.people.setPassword(
            password, ofUser: eve.id, keepingSession: nil, by: PeopleFixture.admin)
        #expect(try catalog.people.user(id: eve.id)?.hasPassword == true)
        #expect(try catalog.people.passwordHash(ofUser: eve.id) == password)
    }

    @Test func `the last administrator cannot be demoted or disabled`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let admin = PeopleFixture.admin
        for change: () throws -> Void in [
            { try catalog.people.setRole(.contributor, ofUser: people.ada.id, by: admin) },
            { try catalog.people.setDisabled(true, ofUser: people.ada.id, by: admin) },
        ] {
            let error = #expect(throws: StoreError.self) { try change() }
            #expect(error?.code == .lastAdministrator)
        }
        try catalog.people.setRole(.administrator, ofUser: people.carl.id, by: admin)
        try catalog.people.setRole(.viewer, ofUser: people.ada.id, by: admin)
        #expect(throws: StoreError.self) {
            try catalog.people.setDisabled(true, ofUser: people.carl.id, by: admin)
        }
        #expect(try catalog.people.hasAdministrator())
    }

    @Test func `an administrator who is disabled, or cannot sign in yet, is no other one`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let admin = PeopleFixture.admin
        try catalog.people.setRole(.administrator, ofUser: people.carl.id, by: admin)
        try catalog.people.setDisabled(true, ofUser: people.carl.id, by: admin)
        let eve = try catalog.people.addUser(
            named: "eve", role: .administrator, password: nil, by: admin)
        #expect(throws: StoreError.self) {
            try catalog.people.setRole(.viewer, ofUser: people.ada.id, by: admin)
        }
        // Neither is needed, so both may go.
        try catalog.people.setRole(.viewer, ofUser: eve.id, by: admin)
        try catalog.people.setRole(.viewer, ofUser: people.carl.id, by: admin)
    }

    @Test func `an actor is looked up as an administrator`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        #expect(try catalog.people.isEnabledAdministrator(actorName: "user:ada") == true)
        #expect(try catalog.people.isEnabledAdministrator(actorName: "user:ada (token x)") == true)
        #expect(try catalog.people.isEnabledAdministrator(actorName: "user:Carl") == false)
        #expect(try catalog.people.isEnabledAdministrator(actorName: "user:nobody") == false)
        #expect(try catalog.people.isEnabledAdministrator(actorName: "cli:ada") == nil)
        try catalog.people.setRole(.administrator, ofUser: people.carl.id, by: PeopleFixture.admin)
        try catalog.people.setDisabled(true, ofUser: people.ada.id, by: PeopleFixture.admin)
        #expect(try catalog.people.isEnabledAdministrator(actorName: "user:ada") == false)
        #expect(try catalog.people.isEnabledAdministrator(actorName: "user:Carl") == true)
    }

    @Test func `a password is hashed anew only if it is still the one`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let (old, other, new) = try (
            PeopleFixture.password(1), PeopleFixture.password(2), PeopleFixture.password(3)
        )
        let session = try people.begin(people.carl)
        try catalog.people.rehashPassword(new, replacing: other, ofUser: people.carl.id)
        #expect(try catalog.people.passwordHash(ofUser: people.carl.id) == old)
        try catalog.people.rehashPassword(new, replacing: old, ofUser: people.carl.id)
        #expect(try catalog.people.passwordHash(ofUser: people.carl.id) == new)
        #expect(
            try catalog.people.sessions(ofUser: people.carl.id, at: PeopleFixture.start) == [
                session
            ])
    }

    @Test func `language and last sign-in are kept`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        try catalog.people.setLanguage("zh-Hans", ofUser: people.vera.id)
        try catalog.people.noteSignIn(ofUser: people.vera.id, at: 7)
        let vera = try #require(try catalog.people.user(id: people.vera.id))
        #expect(vera.language == "zh-Hans" && vera.lastSignInAt == 7)
        _ = try people.begin(people.vera)
        #expect(try catalog.people.user(id: vera.id)?.lastSignInAt == PeopleFixture.start)
    }
}
