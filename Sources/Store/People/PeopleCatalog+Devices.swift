package import Access
import Foundation
import GRDB

extension PeopleCatalog {
    /// Browsers remembered of one user; the one used longest ago is forgotten.
    static let devicesMax = 20
    /// A browser that was not used for so long is a stranger again: 400 days, as long as cookies live.
    static let deviceMemory: Int64 = 400 * 86_400_000

    /// Remembers the browser in which a user has just signed in; `token` is its cookie, for this user alone. It
    /// gives no right but a counter of its own for wrong passwords, so the audit holds nothing of it.
    /// Throws trouble of the catalog.
    package func rememberDevice(ofUser user: User.ID, token: SecretToken, at now: Int64) throws {
        try database.write { db in
            try db.execute(
                sql: "DELETE FROM device WHERE lastUsedAt <= ?",
                arguments: [now - Self.deviceMemory])
            try db.execute(
                sql: """
                    INSERT INTO device (user, digest, createdAt, lastUsedAt) VALUES (?1, ?2, ?3, ?3)
                    ON CONFLICT (digest) DO UPDATE SET lastUsedAt = max(lastUsedAt, ?3)
                      WHERE user = ?1
                    """,
                arguments: [user, Data(token.digest), now])
            try db.execute(
                sql: """
                    DELETE FROM device WHERE user = ?1 AND id NOT IN
                      (SELECT id FROM device WHERE user = ?1 ORDER BY lastUsedAt DESC, id DESC LIMIT ?2)
                    """,
                arguments: [user, Self.devicesMax])
        }
    }

    /// The id of the browser that carries `token`, if the user of that name signed in from it before. What
    /// the sign-in throttle asks for. Throws trouble of the catalog.
    package func device(
        withToken token: SecretToken, ofUserNamed name: String, at now: Int64
    ) throws -> Int64? {
        guard let name = UserName.checked(name) else { return nil }
        return try database.read { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT device.id FROM device JOIN user ON user.id = device.user
                    WHERE digest = ? AND foldedName = ? AND lastUsedAt > ?
                    """,
                arguments: [
                    Data(token.digest), UserName.folded(name), now - Self.deviceMemory,
                ])
        }
    }
}
