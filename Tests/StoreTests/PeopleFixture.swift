import Access
import Foundation

@testable import Store

/// A catalog with an administrator, a contributor and a viewer, at a moment that tests move.
final class PeopleFixture: Sendable {
    static let admin = Actor(user: "ada")
    static let start: Int64 = 1_700_000_000_000
    static let hour: Int64 = 3_600_000

    let base: CatalogFixture
    let ada: User
    let carl: User
    let vera: User

    var catalog: Catalog { base.catalog }

    init() throws {
        base = try CatalogFixture()
        let catalog = base.catalog
        let password = try Self.password(1)
        ada = try catalog.people.addUser(
            named: "ada", role: .administrator, password: password, by: CatalogFixture.actor)
        carl = try catalog.people.addUser(
            named: "Carl", role: .contributor, password: password, by: Self.admin)
        vera = try catalog.people.addUser(
            named: "vera", role: .viewer, password: password, by: Self.admin)
        // Tests speak of what follows.
        try base.execute("DELETE FROM audit")
    }

    /// A hash that belongs to no password, and differs by number.
    static func password(_ number: UInt8) throws -> PasswordHash {
        let bytes = Data(repeating: number, count: 32).base64EncodedString()
            .trimmingCharacters(in: ["="])
        return try PasswordHash(text: "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$\(bytes)")
    }

    func begin(
        _ user: User, _ token: SecretToken = .new(.session), at now: Int64 = start
    ) throws -> Session {
        try catalog.people.beginSession(
            of: user, token: token, agent: "Browser", address: "203.0.113.1", at: now)
    }

    func invite(
        _ user: User, _ token: SecretToken, expiresAt: Int64 = start + 10
    ) throws {
        try catalog.people.addInvitation(
            for: .setPassword(user.id), token: token, expiresAt: expiresAt, by: Self.admin)
    }

    func addToken(
        _ name: String, of user: User, role: Role, token: SecretToken = .new(.api)
    ) throws -> APIToken {
        try catalog.people.addToken(
            of: user, named: name, role: role, token: token, expiresAt: Self.start + 10 * Self.hour,
            by: Actor(user: user.name), at: Self.start)
    }
}

extension CatalogAuditRow {
    /// A row of which a user is the actor.
    static func row(
        _ actor: String, _ verb: String, _ noun: String, _ thing: String, _ changes: String = ""
    ) -> CatalogAuditRow {
        CatalogAuditRow(actor: actor, verb: verb, noun: noun, thing: thing, changes: changes)
    }
}
