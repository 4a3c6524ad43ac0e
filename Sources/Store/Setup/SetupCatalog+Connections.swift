package import Access
package import Exports
import Foundation
import GRDB
import Profiles
import SQLiteKit

extension SetupCatalog {
    /// Stores a connection for which `actor` has agreed to the transfer. Throws `StoreError`:
    /// `.badName`, `.nameTaken`.
    package func add(_ new: NewConnection, by actor: Actor) throws -> Connection {
        try Catalog.checkName(new.name, of: "connection")
        return try database.write { db in
            if try Self.connection(named: new.name, in: db) != nil {
                throw StoreError.taken("connection", new.name)
            }
            let now = Catalog.now()
            try db.execute(
                sql: """
                    INSERT INTO connection (name, destination, host, settings, secret, audience,
                      consentBy, consentAt, exportUser, accountUser, contactsMax, contacts,
                      checkedAt, createdAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    new.name, new.destination, new.host, try JSONColumn.text(new.settings),
                    Data(new.sealedSecret), new.audience.rawValue,
                    (new.consentBy ?? actor).name, now, (new.exportUser ?? actor).name,
                    new.facts.user, new.facts.contactsMax, new.facts.contacts, now, now,
                ])
            try Self.write(new.pace, ofConnection: Connection.ID(db.lastInsertedRowID), in: db)
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "add", noun: "connection", thing: new.name,
                    changes: ["host", "secret", "consent"]), in: db)
            return try Self.requireConnection(named: new.name, in: db)
        }
    }

    /// All connections by name. Throws trouble of the catalog.
    package func connections() throws -> [Connection] {
        try database.read { db in
            try Row.fetchAll(db, sql: "\(Self.connectionRows) ORDER BY name")
                .map(Self.connection)
        }
    }

    /// The connection of that name. Throws `StoreError.notFound`, with the nearest name or those
    /// there are, when there is none.
    package func connection(named name: String) throws -> Connection {
        try database.read { try Self.requireConnection(named: name, in: $0) }
    }

    /// The connection of that id; nil when there is none. Throws trouble of the catalog.
    package func connection(id: Connection.ID) throws -> Connection? {
        try database.read { db in
            try Row.fetchOne(db, sql: "\(Self.connectionRows) WHERE id = ?", arguments: [id])
                .map(Self.connection)
        }
    }

    /// The sealed secret of a connection; empty when there is no such connection. Throws trouble of
    /// the catalog.
    package func sealedSecret(ofConnection id: Connection.ID) throws -> [UInt8] {
        try database.read { db in
            let secret = try Data.fetchOne(
                db, sql: "SELECT secret FROM connection WHERE id = ?", arguments: [id])
            return Array(secret ?? Data())
        }
    }

    /// Sets the limits of the account. Throws `StoreError.notFound` when there is no such
    /// connection.
    package func setPace(_ pace: QuotaLimits, ofConnection name: String, by actor: Actor) throws {
        try database.write { db in
            let connection = try Self.requireConnection(named: name, in: db)
            try Self.write(pace, ofConnection: connection.id, in: db)
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "set", noun: "connection", thing: name, changes: ["limits"]),
                in: db)
        }
    }

    /// Keeps what a check of the account found. Throws trouble of the catalog.
    package func setFacts(_ facts: AccountFacts, ofConnection id: Connection.ID) throws {
        try database.write { db in
            try db.execute(
                sql: """
                    UPDATE connection SET accountUser = ?, contactsMax = ?, contacts = ?, checkedAt = ?,
                      checkCode = NULL
                    WHERE id = ?
                    """,
                arguments: [facts.user, facts.contactsMax, facts.contacts, Catalog.now(), id])
        }
    }

    /// Replaces the secret of a connection. Throws `StoreError.notFound` when there is no such
    /// connection.
    package func setSecret(_ sealed: [UInt8], ofConnection name: String, by actor: Actor) throws {
        try database.write { db in
            let connection = try Self.requireConnection(named: name, in: db)
            try db.execute(
                sql: "UPDATE connection SET secret = ? WHERE id = ?",
                arguments: [Data(sealed), connection.id])
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "set", noun: "connection", thing: name, changes: ["secret"]),
                in: db)
        }
    }

    /// Removes a connection and its secret. Refused while exports use it; the answer names them.
    package func removeConnection(named name: String, by actor: Actor) throws {
        try database.write { db in
            try Self.remove(try Self.requireConnection(named: name, in: db), by: actor, in: db)
        }
    }

    static func remove(_ connection: Connection, by actor: Actor, in db: Database) throws {
        let users = try String.fetchAll(
            db, sql: "SELECT name FROM export WHERE connection = ? ORDER BY name",
            arguments: [connection.id])
        guard users.isEmpty else {
            throw StoreError(
                .inUse, what: "connection-in-exports",
                ["name": .text(connection.name), "users": .names(users)])
        }
        try db.execute(sql: "DELETE FROM connection WHERE id = ?", arguments: [connection.id])
        try Catalog.write(
            AuditEvent(actor: actor, verb: "remove", noun: "connection", thing: connection.name),
            in: db)
    }

    static func connection(named name: String, in db: Database) throws -> Connection? {
        try Row.fetchOne(db, sql: "\(connectionRows) WHERE name = ?", arguments: [name])
            .map(connection)
    }

    static func requireConnection(named name: String, in db: Database) throws -> Connection {
        if let connection = try connection(named: name, in: db) { return connection }
        let names = try String.fetchAll(db, sql: "SELECT name FROM connection ORDER BY name")
        throw Catalog.notFound("connection", name, among: names)
    }

    /// Rows of connections with their quotas as one JSON object; a condition may follow.
    static let connectionRows = """
        SELECT *, (SELECT json_group_object(quota, allowed) FROM connectionQuota
          WHERE connection = connection.id) AS quotas
        FROM connection
        """

    static func connection(_ row: Row) throws -> Connection {
        let user: String? = row["accountUser"]
        return Connection(
            id: row["id"], name: row["name"], destination: row["destination"], host: row["host"],
            settings: try row.json(
                [String: String].self, StoredPlace("connection", "settings")),
            audience: try row.known(StoredPlace("connection", "audience")),
            pace: try row.json(
                QuotaLimits.self, StoredPlace("connectionQuota", "allowed", as: "quotas")),
            consentBy: row["consentBy"], consentAt: row["consentAt"],
            exportUser: row["exportUser"],
            facts: user.map {
                AccountFacts(user: $0, contactsMax: row["contactsMax"], contacts: row["contacts"])
            },
            checkedAt: row["checkedAt"], checkCode: row["checkCode"],
            createdAt: row["createdAt"])
    }

    /// Replaces the limits of an account.
    static func write(
        _ pace: QuotaLimits, ofConnection id: Connection.ID, in db: Database
    ) throws {
        try db.execute(
            sql: "DELETE FROM connectionQuota WHERE connection = ?", arguments: [id])
        for name in pace.names {
            try db.execute(
                sql: "INSERT INTO connectionQuota (connection, quota, allowed) VALUES (?, ?, ?)",
                arguments: [id, name, pace[name]])
        }
    }
}
