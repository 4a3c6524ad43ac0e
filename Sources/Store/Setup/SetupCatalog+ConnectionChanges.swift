package import Access
package import Exports
import Foundation
import GRDB
import Profiles
import SQLiteKit

/// Changing connections by id, as pages and the API do.
extension SetupCatalog {
    /// The connection of that id. Throws `StoreError.notFound` when there is none.
    package func requireConnection(id: Connection.ID) throws -> Connection {
        try database.read { try Self.requireConnection(id: id, in: $0) }
    }

    /// The exports that use a connection, by name. Throws trouble of the catalog.
    package func exports(ofConnection id: Connection.ID) throws -> [Export] {
        try exports().filter { $0.connection == id }
    }

    /// Changes what differs and answers the connection as it is then. One row of the audit names the fields;
    /// when nothing differs, none is written. Throws `StoreError`: `.notFound`, `.badName`,
    /// `.nameTaken`.
    @discardableResult
    package func change(
        _ change: ConnectionChange, ofConnection id: Connection.ID, by actor: Actor
    ) throws -> Connection {
        if let name = change.name { try Catalog.checkName(name, of: "connection") }
        return try database.write { db in
            let stored = try Self.requireConnection(id: id, in: db)
            var fields: [String] = []
            if let name = change.name, name != stored.name {
                if try Self.connection(named: name, in: db) != nil {
                    throw StoreError.taken("connection", name)
                }
                try Self.set(["name": name], of: stored, in: db)
                fields.append("name")
            }
            if let audience = change.audience, audience != stored.audience {
                try Self.set(["audience": audience.rawValue], of: stored, in: db)
                fields.append("audience")
            }
            if let account = change.account {
                fields += try Self.setAccount(account, of: stored, in: db)
            }
            if change.renewsConsent {
                try Self.set(
                    ["consentBy": actor.name, "consentAt": Catalog.now()], of: stored, in: db)
                fields.append("consent")
            }
            if let user = change.exportUser, user.name != stored.exportUser {
                try Self.set(["exportUser": user.name], of: stored, in: db)
                fields.append("exportUser")
            }
            if !fields.isEmpty {
                try Catalog.write(
                    AuditEvent(
                        actor: actor, verb: "set", noun: "connection",
                        thing: change.name ?? stored.name, changes: fields), in: db)
            }
            return try Self.requireConnection(id: id, in: db)
        }
    }

    /// Lets other people use a connection, or no longer. Exports on it stay as they are. Throws
    /// `StoreError.notFound` when there is no such connection.
    package func setAudience(
        _ audience: Audience, ofConnection id: Connection.ID, by actor: Actor
    ) throws {
        var change = ConnectionChange()
        change.audience = audience
        try self.change(change, ofConnection: id, by: actor)
    }

    /// Gives a connection another name. Throws `StoreError`: `.notFound`, `.badName`, `.nameTaken`.
    package func rename(
        connection id: Connection.ID, to name: String, by actor: Actor
    ) throws {
        var change = ConnectionChange()
        change.name = name
        try self.change(change, ofConnection: id, by: actor)
    }

    /// Makes somebody the one on whose behalf runs read profiles. Throws `StoreError.notFound` when
    /// there is no such connection.
    package func setExportUser(
        _ user: Actor, ofConnection id: Connection.ID, by actor: Actor
    ) throws {
        var change = ConnectionChange()
        change.exportUser = user
        try self.change(change, ofConnection: id, by: actor)
    }

    /// Replaces host and key after a check of both. Throws `StoreError.notFound` when there is no
    /// such connection.
    package func setHostAndSecret(
        _ account: ConnectionChange.CheckedAccount, ofConnection id: Connection.ID,
        by actor: Actor
    ) throws {
        var change = ConnectionChange()
        change.account = account
        try self.change(change, ofConnection: id, by: actor)
    }

    /// Keeps what a check found wrong; what the account said of itself earlier stays. Throws
    /// trouble of the catalog.
    package func setCheckFailure(_ code: String, ofConnection id: Connection.ID) throws {
        try database.write { db in
            try db.execute(
                sql: "UPDATE connection SET checkCode = ?, checkedAt = ? WHERE id = ?",
                arguments: [code, Catalog.now(), id])
        }
    }

    /// Removes a connection and its secret. Refused while exports use it; the answer names them.
    package func removeConnection(id: Connection.ID, by actor: Actor) throws {
        try database.write { db in
            try Self.remove(try Self.requireConnection(id: id, in: db), by: actor, in: db)
        }
    }

    private static func setAccount(
        _ account: ConnectionChange.CheckedAccount, of stored: Connection, in db: Database
    ) throws -> [String] {
        try set(
            [
                "host": account.host, "settings": try JSONColumn.text(account.settings),
                "secret": Data(account.sealedSecret),
                "accountUser": account.facts.user, "contactsMax": account.facts.contactsMax,
                "contacts": account.facts.contacts, "checkedAt": Catalog.now(), "checkCode": nil,
            ], of: stored, in: db)
        return account.host == stored.host ? ["secret"] : ["host", "secret"]
    }

    /// Sets columns; their names are ours.
    private static func set(
        _ columns: KeyValuePairs<String, (any DatabaseValueConvertible)?>, of stored: Connection,
        in db: Database
    ) throws {
        let assignments = columns.map { "\($0.key) = ?" }.joined(separator: ", ")
        try db.execute(
            sql: "UPDATE connection SET \(assignments) WHERE id = ?",
            arguments: StatementArguments(columns.map(\.value) + [stored.id]))
    }

    private static func requireConnection(
        id: Connection.ID, in db: Database
    ) throws -> Connection {
        guard
            let row = try Row.fetchOne(
                db, sql: "\(connectionRows) WHERE id = ?", arguments: [id])
        else {
            throw StoreError.missing("connection", id)
        }
        return try connection(row)
    }
}

extension SetupCatalog {
    /// Refuses a name that no connection may have.
    package static func checkConnectionName(_ name: String) throws(StoreError) {
        try Catalog.checkName(name, of: "connection")
    }
}
