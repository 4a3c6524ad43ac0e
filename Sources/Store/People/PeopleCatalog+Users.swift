package import Access
import GRDB
import Profiles

extension PeopleCatalog {
    /// Whether there is an administrator who is not disabled. Throws trouble of the catalog.
    package func hasAdministrator() throws -> Bool {
        try database.read(Self.hasAdministrator)
    }

    /// Stores a new user. Without a password the user needs an invitation to get one. Throws
    /// `StoreError`: `.badName`, `.nameTaken`.
    package func addUser(
        named name: String, role: Role, password: PasswordHash?, by actor: Actor
    ) throws -> User {
        try database.write { db in
            try Self.addUser(
                named: name, role: role, password: password, by: actor, at: Catalog.now(), in: db)
        }
    }

    /// All users in the order of their names. Throws trouble of the catalog.
    package func users() throws -> [User] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM user ORDER BY foldedName").map(Self.user)
        }
    }

    /// The user of that id; nil when there is none. Throws trouble of the catalog.
    package func user(id: User.ID) throws -> User? {
        try database.read { try Self.user(id: id, in: $0) }
    }

    /// The user of that name, however it is capitalised. Throws trouble of the catalog.
    package func user(named name: String) throws -> User? {
        try database.read { try Self.user(named: name, in: $0) }
    }

    /// What is kept of a user's password; nil when none was set. Throws `PasswordHash.HashError`
    /// for one that cannot be read.
    package func passwordHash(ofUser id: User.ID) throws -> PasswordHash? {
        try database.read { db in
            try String.fetchOne(db, sql: "SELECT password FROM user WHERE id = ?", arguments: [id])
                .map { text throws in try PasswordHash(text: text) }
        }
    }

    /// Sets a user's password. It ends the user's sessions but the one named, and an open invitation.
    /// Throws `StoreError.notFound` when there is no such user.
    package func setPassword(
        _ password: PasswordHash, ofUser id: User.ID, keepingSession session: Session.ID?,
        by actor: Actor
    ) throws {
        try database.write { db in
            let user = try Self.requireUser(id, in: db)
            try Self.setPassword(password, of: user, keepingSession: session, in: db)
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "set", noun: "user", thing: user.name,
                    changes: ["password"]), in: db)
        }
    }

    /// Stores the same password hashed anew, unless another was set meanwhile. The user notices nothing, so
    /// the audit holds nothing of it. Throws trouble of the catalog.
    package func rehashPassword(
        _ password: PasswordHash, replacing old: PasswordHash, ofUser id: User.ID
    ) throws {
        try database.write { db in
            try db.execute(
                sql: "UPDATE user SET password = ? WHERE id = ? AND password = ?",
                arguments: [password.text, id, old.text])
        }
    }

    /// Gives a user another role, and revokes API tokens that are above it. Refused for the last
    /// administrator.
    package func setRole(_ role: Role, ofUser id: User.ID, by actor: Actor) throws {
        try database.write { db in
            let user = try Self.requireUser(id, in: db)
            guard user.role != role else { return }
            if user.role == .administrator { try Self.requireAnotherAdministrator(than: user, db) }
            try db.execute(
                sql: "UPDATE user SET role = ? WHERE id = ?", arguments: [role.rawValue, id])
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "set", noun: "user", thing: user.name, changes: ["role"]),
                in: db)
            try Self.revokeTokens(of: user, above: role, by: actor, in: db)
        }
    }

    /// Shuts a user out, or lets them in again. Shutting out ends sessions and an open invitation; API tokens
    /// rest. Refused for the last administrator.
    package func setDisabled(_ isDisabled: Bool, ofUser id: User.ID, by actor: Actor) throws {
        try database.write { db in
            let user = try Self.requireUser(id, in: db)
            guard user.isDisabled != isDisabled else { return }
            if isDisabled {
                if user.role == .administrator {
                    try Self.requireAnotherAdministrator(than: user, db)
                }
                try db.execute(sql: "DELETE FROM session WHERE user = ?", arguments: [id])
                try db.execute(sql: "DELETE FROM invitation WHERE user = ?", arguments: [id])
            }
            try db.execute(
                sql: "UPDATE user SET isDisabled = ? WHERE id = ?", arguments: [isDisabled, id])
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: isDisabled ? "disable" : "enable", noun: "user",
                    thing: user.name), in: db)
        }
    }

    /// Keeps the language a user chose, at most 20 characters; nil follows the browser. Throws
    /// `StoreError.notFound` when there is no such user.
    package func setLanguage(_ language: String?, ofUser id: User.ID) throws {
        try database.write { db in
            let user = try Self.requireUser(id, in: db)
            let language = language.map { String($0.prefix(20)) }
            guard user.language != language else { return }
            try db.execute(
                sql: "UPDATE user SET language = ? WHERE id = ?", arguments: [language, id])
            try Catalog.write(
                AuditEvent(
                    actor: Actor(user: user.name), verb: "set", noun: "user", thing: user.name,
                    changes: ["language"]), in: db)
        }
    }

    /// Whether the account of that actor is an administrator who is not disabled, also through a token.
    /// Nil for whoever is no user, the command line for instance. Throws trouble of the catalog.
    package func isEnabledAdministrator(actorName: String) throws -> Bool? {
        guard let name = Actor(name: actorName).userName else { return nil }
        return try database.read { db in
            let user = try Self.user(named: name, in: db)
            return user?.role == .administrator && user?.isDisabled == false
        }
    }
}

extension PeopleCatalog {
    static func hasAdministrator(in db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS
                  (SELECT 1 FROM user WHERE role = 'administrator' AND isDisabled = 0)
                """) ?? false
    }

    static func addUser(
        named text: String, role: Role, password: PasswordHash?, by actor: Actor, at now: Int64,
        in db: Database
    ) throws -> User {
        guard let name = UserName.checked(text) else {
            throw StoreError(
                .badName, ["noun": .word("user"), "limit": .number(UserName.charactersMax)])
        }
        if let other = try user(named: name, in: db) {
            throw StoreError.taken("user", other.name)
        }
        try db.execute(
            sql: """
                INSERT INTO user (name, foldedName, role, password, createdAt)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [name, UserName.folded(name), role.rawValue, password?.text, now])
        let user = try requireUser(User.ID(db.lastInsertedRowID), in: db)
        try Catalog.write(
            AuditEvent(
                actor: actor, verb: "add", noun: "user", thing: name,
                changes: password == nil ? ["role"] : ["role", "password"]), at: now, in: db)
        return user
    }

    static func setPassword(
        _ password: PasswordHash, of user: User, keepingSession session: Session.ID?,
        in db: Database
    ) throws {
        try db.execute(
            sql: "UPDATE user SET password = ? WHERE id = ?", arguments: [password.text, user.id])
        try db.execute(
            sql: "DELETE FROM session WHERE user = ?1 AND (?2 IS NULL OR id <> ?2)",
            arguments: [user.id, session])
        try db.execute(sql: "DELETE FROM invitation WHERE user = ?", arguments: [user.id])
    }

    /// An administrator who never set a password cannot take the place of one who can sign in.
    private static func requireAnotherAdministrator(than user: User, _ db: Database) throws {
        guard !user.isDisabled else { return }
        let hasAnother = try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM user
                  WHERE role = 'administrator' AND isDisabled = 0 AND id <> ?1
                    AND (password IS NOT NULL OR NOT ?2))
                """,
            arguments: [user.id, user.hasPassword])
        guard hasAnother == true else {
            throw StoreError(
                .lastAdministrator, ["name": .text(user.name)])
        }
    }

    static func requireUser(_ id: User.ID, in db: Database) throws -> User {
        guard let user = try user(id: id, in: db) else {
            throw StoreError.missing("user", id)
        }
        return user
    }

    static func user(id: User.ID, in db: Database) throws -> User? {
        try Row.fetchOne(db, sql: "SELECT * FROM user WHERE id = ?", arguments: [id]).map(user)
    }

    static func user(named name: String, in db: Database) throws -> User? {
        guard let name = UserName.checked(name) else { return nil }
        return try Row.fetchOne(
            db, sql: "SELECT * FROM user WHERE foldedName = ?",
            arguments: [UserName.folded(name)]
        ).map(user)
    }

    private static func user(_ row: Row) throws -> User {
        let password: String? = row["password"]
        return User(
            id: row["id"], name: row["name"], role: try row.known(StoredPlace("user", "role")),
            language: row["language"], isDisabled: row["isDisabled"],
            hasPassword: password != nil, createdAt: row["createdAt"],
            lastSignInAt: row["lastSignInAt"])
    }
}
