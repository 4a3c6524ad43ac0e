import Access
import Foundation
import Testing

@testable import Store

@Suite struct PeopleSecretTests {
    @Test func `no secret of a session, token, invitation or browser stands in the file`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let session = SecretToken.new(.session)
        let token = SecretToken.new(.api)
        let invitation = SecretToken.new(.invitation)
        let device = SecretToken.new(.device)
        _ = try people.begin(people.carl, session)
        _ = try people.addToken("t", of: people.carl, role: .viewer, token: token)
        try people.invite(people.vera, invitation)
        try catalog.people.rememberDevice(ofUser: people.carl.id, token: device, at: 1)

        let bytes = try people.base.fileBytes()
        for secret in [session, token, invitation, device] {
            #expect(bytes.range(of: Data(secret.digest)) != nil)
            #expect(bytes.range(of: Data(secret.text.dropFirst(3).utf8)) == nil)
        }
    }

    @Test func `a password stands in the file as a hash only, and not in the audit`() async throws {
        let people = try PeopleFixture()
        let password = "a sentence nobody else may know"
        let hash = try await PasswordHash.hash(password, cost: PasswordCost(roundsLog2: 4))
        try people.catalog.people.setPassword(
            hash, ofUser: people.carl.id, keepingSession: nil, by: PeopleFixture.admin)
        try people.catalog.people.noteFailedSignIn(name: password, address: "203.0.113.1")
        let bytes = try people.base.fileBytes()
        #expect(bytes.range(of: Data(hash.text.utf8)) != nil)
        #expect(bytes.range(of: Data(password.utf8)) == nil)
        #expect(try !"\(people.base.audit())".contains("scrypt"))
        let stored = try #require(try people.catalog.people.passwordHash(ofUser: people.carl.id))
        #expect(await stored.matches(password))
    }
}
