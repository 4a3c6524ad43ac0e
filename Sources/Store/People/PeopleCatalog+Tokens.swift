package import Access
import Foundation
import GRDB
import Profiles

extension PeopleCatalog {
    /// Stores an API token of a user. Refused when its role is above the user's, when the user has a live
    /// token of that name, or too many.
    @discardableResult
    package func addToken(
        of user: User, named name: String, role: Role, token: SecretToken, expiresAt: Int64,
        by actor: Actor, at now: Int64
    ) throws -> APIToken {
        try Catalog.checkName(name, of: "token")
        return try database.write { db in
            let user = try Self.requireUser(user.id, in: db)
            guard !user.isDisabled else {
                throw StoreError(.userDisabled, ["name": .text(user.name)])
            }
            guard role <= user.role else {
                throw StoreError(
                    .roleTooHigh,
                    [
                        "name": .text(user.name), "role": .word(user.role.rawValue),
                        "wanted": .word(role.rawValue),
                    ])
            }
            let live = try Self.tokens(ofUser: user.id, in: db).filter { $0.isLive(at: now) }
            guard !live.contains(where: { $0.name == name }) else {
                throw StoreError(
                    .nameTaken, what: "token", ["user": .text(user.name), "name": .text(name)])
            }
            guard live.count < APIToken.liveMax else {
                throw StoreError(
                    .tooMany, what: "tokens",
                    ["user": .text(user.name), "limit": .number(APIToken.liveMax)])
            }
            try db.execute(
                sql: """
                    INSERT INTO apiToken (user, name, role, digest, createdAt, expiresAt)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    user.id, name, role.rawValue, Data(token.digest), now, expiresAt,
                ])
            let id = APIToken.ID(db.lastInsertedRowID)
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "add", noun: "token", thing: "\(user.name) \(name)",
                    changes: ["role", "expiry"]), at: now, in: db)
            return try Self.requireToken(id, in: db)
        }
    }

    /// `addToken` at this moment. Throws as that does.
    @discardableResult
    package func addToken(
        of user: User, named name: String, role: Role, token: SecretToken, expiresAt: Int64,
        by actor: Actor
    ) throws -> APIToken {
        try addToken(
            of: user, named: name, role: role, token: token, expiresAt: expiresAt, by: actor,
            at: Catalog.now())
    }

    /// All tokens of a user, newest first, also those that let nobody in any more. Throws trouble
    /// of the catalog.
    package func tokens(ofUser user: User.ID) throws -> [APIToken] {
        try database.read { try Self.tokens(ofUser: user, in: $0) }
    }

    /// The token of that secret, with the role it has now: never more than its owner's. Nil when it is revoked
    /// or has expired, or the owner is disabled. Its use is noted. Throws trouble of the catalog.
    package func token(
        withSecret secret: SecretToken, at now: Int64
    ) throws -> (APIToken, User)? {
        let found: (APIToken, User)? = try database.read { db in
            guard
                let token = try Row.fetchOne(
                    db, sql: "SELECT * FROM apiToken WHERE digest = ?",
                    arguments: [Data(secret.digest)]
                ).map(Self.token), token.isLive(at: now),
                let user = try Self.user(id: token.user, in: db), !user.isDisabled
            else { return nil }
            return (token.limited(to: user.role), user)
        }
        if let (token, _) = found, token.isDueForTouch(at: now) {
            try database.write { db in
                try db.execute(
                    sql: """
                        UPDATE apiToken SET lastUsedAt = max(ifnull(lastUsedAt, 0), ?) WHERE id = ?
                        """,
                    arguments: [now, token.id])
            }
        }
        return found
    }

    /// Revokes a token, of the given user only if one is given. It never works again. Answers whether there
    /// was one that was not revoked. Throws `StoreError.notFound` when there never was one of that
    /// id.
    @discardableResult
    package func revokeToken(
        _ id: APIToken.ID, ofUser owner: User.ID? = nil, by actor: Actor
    ) throws -> Bool {
        try database.write { db in
            let token = try Self.requireToken(id, in: db)
            guard !token.isRevoked, owner == nil || owner == token.user else { return false }
            let user = try Self.requireUser(token.user, in: db)
            try Self.revoke(token, of: user, by: actor, in: db)
            return true
        }
    }
}

extension PeopleCatalog {
    /// Revokes what a user's new role does not cover.
    static func revokeTokens(
        of user: User, above role: Role, by actor: Actor, in db: Database
    ) throws {
        for token in try tokens(ofUser: user.id, in: db) where !token.isRevoked && token.role > role
        {
            try revoke(token, of: user, by: actor, in: db)
        }
    }

    private static func revoke(
        _ token: APIToken, of user: User, by actor: Actor, in db: Database
    ) throws {
        try db.execute(
            sql: "UPDATE apiToken SET isRevoked = 1 WHERE id = ?", arguments: [token.id])
        try Catalog.write(
            AuditEvent(
                actor: actor, verb: "revoke", noun: "token", thing: "\(user.name) \(token.name)"),
            in: db)
    }

    private static func tokens(ofUser user: User.ID, in db: Database) throws -> [APIToken] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM apiToken WHERE user = ? ORDER BY id DESC", arguments: [user]
        ).map(token)
    }

    private static func requireToken(_ id: APIToken.ID, in db: Database) throws -> APIToken {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM apiToken WHERE id = ?", arguments: [id])
        else { throw StoreError.missing("token", id) }
        return try token(row)
    }

    private static func token(_ row: Row) throws -> APIToken {
        APIToken(
            id: row["id"], user: row["user"], name: row["name"],
            role: try row.known(StoredPlace("apiToken", "role")),
            createdAt: row["createdAt"], expiresAt: row["expiresAt"],
            lastUsedAt: row["lastUsedAt"], isRevoked: row["isRevoked"])
    }
}
