package import Access
import Foundation
import GRDB
import Profiles

extension PeopleCatalog {
    /// Signs a user in: a new session for which `token` stands. Refused for a disabled user, and when the
    /// password is no longer the one that was checked, since checking takes its time. Makes room by ending
    /// the user's oldest sessions.
    package func beginSession(
        of user: User, checked password: PasswordHash? = nil, token: SecretToken, agent: String?,
        address: String?, at now: Int64
    ) throws -> Session {
        try database.write { db in
            let user = try Self.requireUser(user.id, in: db)
            guard !user.isDisabled else {
                throw StoreError(.userDisabled, ["name": .text(user.name)])
            }
            if let password {
                try Self.requirePassword(password, of: user, in: db)
            }
            try Self.removeDeadSessions(at: now, in: db)
            try Self.makeRoomForSession(of: user, at: now, in: db)
            try db.execute(
                sql: """
                    INSERT INTO session (user, digest, createdAt, lastSeenAt, expiresAt, agent, address)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    user.id, Data(token.digest), now, now,
                    now + SessionLimits.lifetimeMilliseconds,
                    agent.map { String($0.unicodeScalars.prefix(200)) },
                    address.map { String($0.unicodeScalars.prefix(64)) },
                ])
            let id = Session.ID(db.lastInsertedRowID)
            try Self.noteSignIn(ofUser: user.id, at: now, in: db)
            try Catalog.write(
                AuditEvent(
                    actor: Actor(user: user.name), verb: "sign-in", noun: "user", thing: user.name),
                at: now, in: db)
            return try Self.requireSession(id, in: db)
        }
    }

    /// The session for which `token` stands, and its user. Nil when it has ended or the user is disabled.
    /// Throws trouble of the catalog.
    package func session(
        withToken token: SecretToken, at now: Int64
    ) throws -> (Session, User)? {
        try database.read { db in
            guard
                let session = try Row.fetchOne(
                    db, sql: "SELECT * FROM session WHERE digest = ?",
                    arguments: [Data(token.digest)]
                ).map(Self.session), session.isLive(at: now),
                let user = try Self.user(id: session.user, in: db), !user.isDisabled
            else { return nil }
            return (session, user)
        }
    }

    /// Writes down a visit, unless one was a short time ago. A session that has ended stays so.
    /// Throws trouble of the catalog.
    package func touchSession(_ id: Session.ID, at now: Int64) throws {
        let isDue = try database.read { db in
            try Self.session(id, in: db).map { $0.isLive(at: now) && $0.isDueForTouch(at: now) }
        }
        guard isDue == true else { return }
        try database.write { db in
            try db.execute(
                sql: "UPDATE session SET lastSeenAt = max(lastSeenAt, ?) WHERE id = ?",
                arguments: [now, id])
        }
    }

    /// The live sessions of a user, seen last first. Throws trouble of the catalog.
    package func sessions(ofUser user: User.ID, at now: Int64) throws -> [Session] {
        try database.read { try Self.sessions(ofUser: user, at: now, in: $0) }
    }

    /// Ends one session, of the given user only if one is given. Answers whether there was one.
    /// Throws trouble of the catalog.
    @discardableResult
    package func endSession(
        _ id: Session.ID, ofUser owner: User.ID? = nil, by actor: Actor
    ) throws -> Bool {
        try database.write { db in
            guard let session = try Self.session(id, in: db),
                owner == nil || owner == session.user
            else { return false }
            try db.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id])
            try Self.writeEnd(of: Self.requireUser(session.user, in: db), by: actor, in: db)
            return true
        }
    }

    /// Ends all sessions of a user but the one named. Answers how many there were. Throws
    /// `StoreError.notFound` when there is no such user.
    @discardableResult
    package func endSessions(
        ofUser id: User.ID, except session: Session.ID?, by actor: Actor
    ) throws -> Int {
        try database.write { db in
            let user = try Self.requireUser(id, in: db)
            try db.execute(
                sql: "DELETE FROM session WHERE user = ?1 AND (?2 IS NULL OR id <> ?2)",
                arguments: [id, session])
            let count = db.changesCount
            if count > 0 { try Self.writeEnd(of: user, by: actor, in: db) }
            return count
        }
    }

    /// Notes a wrong password. What was typed as a name stands in the audit only if it is one: people type
    /// passwords into that field. Throws trouble of the catalog.
    package func noteFailedSignIn(name: String, address: String?, at now: Int64) throws {
        try database.write { db in
            let user = try Self.user(named: name, in: db)
            let visitor = address.map { "visitor:\(String($0.unicodeScalars.prefix(64)))" }
            try Catalog.write(
                AuditEvent(
                    actor: Actor(name: visitor ?? "visitor"), verb: "fail-sign-in", noun: "user",
                    thing: user?.name ?? "unknown"), at: now, in: db)
        }
    }

    /// `noteFailedSignIn` at this moment. Throws trouble of the catalog.
    package func noteFailedSignIn(name: String, address: String?) throws {
        try noteFailedSignIn(name: name, address: address, at: Catalog.now())
    }

    /// Keeps when a user last signed in. Beginning a session does so too. Throws trouble of the
    /// catalog.
    package func noteSignIn(ofUser id: User.ID, at now: Int64) throws {
        try database.write { try Self.noteSignIn(ofUser: id, at: now, in: $0) }
    }

    private static func noteSignIn(ofUser id: User.ID, at now: Int64, in db: Database) throws {
        try db.execute(
            sql: "UPDATE user SET lastSignInAt = max(ifnull(lastSignInAt, 0), ?) WHERE id = ?",
            arguments: [now, id])
    }
}

extension PeopleCatalog {
    /// Sessions that have run out, of anybody, are of no use.
    private static func removeDeadSessions(at now: Int64, in db: Database) throws {
        try db.execute(
            sql: "DELETE FROM session WHERE expiresAt <= ?1 OR lastSeenAt <= ?2",
            arguments: [now, now - SessionLimits.idleMilliseconds])
    }

    private static func requirePassword(
        _ password: PasswordHash, of user: User, in db: Database
    ) throws {
        let stored = try String.fetchOne(
            db, sql: "SELECT password FROM user WHERE id = ?", arguments: [user.id])
        guard stored == password.text else {
            throw StoreError(.passwordChanged, ["name": .text(user.name)])
        }
    }

    private static func makeRoomForSession(
        of user: User, at now: Int64, in db: Database
    ) throws {
        let live = try sessions(ofUser: user.id, at: now, in: db)
        for session in live.dropFirst(SessionLimits.liveMax - 1) {
            try db.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [session.id])
            try writeEnd(of: user, by: Actor(user: user.name), at: now, in: db)
        }
    }

    private static func writeEnd(
        of user: User, by actor: Actor, at time: Int64 = Catalog.now(), in db: Database
    ) throws {
        try Catalog.write(
            AuditEvent(actor: actor, verb: "end", noun: "session", thing: user.name), at: time,
            in: db)
    }

    private static func sessions(
        ofUser user: User.ID, at now: Int64, in db: Database
    ) throws -> [Session] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM session WHERE user = ? ORDER BY lastSeenAt DESC, id DESC",
            arguments: [user]
        ).map(session).filter { $0.isLive(at: now) }
    }

    private static func session(_ id: Session.ID, in db: Database) throws -> Session? {
        try Row.fetchOne(db, sql: "SELECT * FROM session WHERE id = ?", arguments: [id])
            .map(session)
    }

    private static func requireSession(_ id: Session.ID, in db: Database) throws -> Session {
        guard let session = try session(id, in: db) else {
            throw StoreError.missing("session", id)
        }
        return session
    }

    private static func session(_ row: Row) -> Session {
        Session(
            id: row["id"], user: row["user"], createdAt: row["createdAt"],
            lastSeenAt: row["lastSeenAt"], expiresAt: row["expiresAt"], agent: row["agent"],
            address: row["address"])
    }
}
