package import Access
import Foundation
import GRDB
import Profiles

extension PeopleCatalog {
    /// Stores a link that works once, in place of an older one for the same purpose. Refused for a disabled user,
    /// and for the first administrator once there is one.
    @discardableResult
    package func addInvitation(
        for purpose: Invitation.Purpose, token: SecretToken, expiresAt: Int64, by actor: Actor
    ) throws -> Invitation {
        try database.write { db in
            let now = Catalog.now()
            let (user, thing) = try Self.target(of: purpose, in: db)
            try db.execute(
                sql: "DELETE FROM invitation WHERE ifnull(user, 0) = ifnull(?, 0)",
                arguments: [user])
            try db.execute(
                sql: """
                    INSERT INTO invitation (user, digest, createdAt, expiresAt) VALUES (?, ?, ?, ?)
                    """,
                arguments: [user, Data(token.digest), now, expiresAt])
            let id = Invitation.ID(db.lastInsertedRowID)
            try Catalog.write(
                AuditEvent(actor: actor, verb: "add", noun: "invitation", thing: thing), in: db)
            return Invitation(id: id, purpose: purpose, createdAt: now, expiresAt: expiresAt)
        }
    }

    /// The invitation for which `token` stands. Nil when it has expired or was used or replaced, its user is
    /// disabled, or it was for the first administrator and there is one. Throws trouble of the
    /// catalog.
    package func invitation(withToken token: SecretToken, at now: Int64) throws -> Invitation? {
        try database.read { try Self.invitation(withToken: token, at: now, in: $0) }
    }

    /// Makes the first administrator, and ends the invitation. Throws `StoreError`:
    /// `.invitationEnded` when it is not valid or not for that, `.badName`, `.nameTaken`.
    package func acceptFirstAdministrator(
        token: SecretToken, name: String, password: PasswordHash, at now: Int64
    ) throws -> User {
        try database.write { db in
            let invitation = try Self.invitation(withToken: token, at: now, in: db)
            guard let invitation, invitation.purpose == .firstAdministrator else {
                throw Self.invitationEnded
            }
            try db.execute(sql: "DELETE FROM invitation WHERE id = ?", arguments: [invitation.id])
            return try Self.addUser(
                named: name, role: .administrator, password: password,
                by: Actor(user: UserName.checked(name) ?? ""), at: now, in: db)
        }
    }

    /// Sets the password of the invited user, and ends the invitation and the user's sessions.
    /// Throws `StoreError.invitationEnded` when it is not valid or not for that.
    package func acceptPassword(
        token: SecretToken, password: PasswordHash, at now: Int64
    ) throws -> User {
        try database.write { db in
            guard
                case .setPassword(let id)? = try Self.invitation(
                    withToken: token, at: now, in: db)?.purpose
            else { throw Self.invitationEnded }
            let user = try Self.requireUser(id, in: db)
            try Self.setPassword(password, of: user, keepingSession: nil, in: db)
            try Catalog.write(
                AuditEvent(
                    actor: Actor(user: user.name), verb: "set", noun: "user", thing: user.name,
                    changes: ["password"]), at: now, in: db)
            return try Self.requireUser(id, in: db)
        }
    }

    private static let invitationEnded = StoreError(.invitationEnded)

    /// The column `user` of an invitation, and its name in the audit.
    private static func target(
        of purpose: Invitation.Purpose, in db: Database
    ) throws -> (user: User.ID?, thing: String) {
        switch purpose {
        case .firstAdministrator:
            guard try !hasAdministrator(in: db) else { throw invitationEnded }
            return (nil, "first administrator")
        case .setPassword(let id):
            let user = try requireUser(id, in: db)
            guard !user.isDisabled else {
                throw StoreError(.userDisabled, what: "enable-first", ["name": .text(user.name)])
            }
            return (id, user.name)
        }
    }

    private static func invitation(
        withToken token: SecretToken, at now: Int64, in db: Database
    ) throws -> Invitation? {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM invitation WHERE digest = ? AND expiresAt > ?",
                arguments: [Data(token.digest), now])
        else { return nil }
        let user: User.ID? = row["user"]
        if let user {
            guard try requireUser(user, in: db).isDisabled == false else { return nil }
        } else {
            guard try !hasAdministrator(in: db) else { return nil }
        }
        return Invitation(
            id: row["id"], purpose: user.map { .setPassword($0) } ?? .firstAdministrator,
            createdAt: row["createdAt"], expiresAt: row["expiresAt"])
    }
}
