package import Access
import Foundation
import GRDB

/// The answer to a request that carried a key, kept in case the request comes again.
package struct IdempotencyRecord: Equatable, Sendable {
    /// Digest of the request, by which another request with the same key is told apart.
    package let requestDigest: [UInt8]
    package let status: Int
    package let body: [UInt8]

    package init(requestDigest: [UInt8], status: Int, body: [UInt8]) {
        self.requestDigest = requestDigest
        self.status = status
        self.body = body
    }
}

extension PeopleCatalog {
    /// How long an answer is kept: 24 hours.
    static let idempotencyMemory: Int64 = 24 * 3_600_000

    /// The answer given to this user's request with that key; nil when there was none within 24 hours.
    /// Throws trouble of the catalog.
    package func idempotencyRecord(
        user: User.ID, key: String, at now: Int64
    ) throws -> IdempotencyRecord? {
        try database.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT requestDigest, status, body FROM idempotency
                    WHERE user = ? AND key = ? AND at > ?
                    """,
                arguments: [user, key, now - Self.idempotencyMemory]
            ).map { row in
                let digest: Data = row["requestDigest"]
                let body: Data = row["body"]
                return IdempotencyRecord(
                    requestDigest: Array(digest), status: row["status"], body: Array(body))
            }
        }
    }

    /// How many keys of this user are remembered. Throws trouble of the catalog.
    package func idempotencyKeys(of user: User.ID, at now: Int64) throws -> Int {
        try database.read { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM idempotency WHERE user = ? AND at > ?",
                arguments: [user, now - Self.idempotencyMemory]) ?? 0
        }
    }

    /// Keeps an answer, and forgets those that are too old. The first answer to a key stands. What was
    /// answered is no change of its own, so the audit holds nothing of it. Throws trouble of the
    /// catalog.
    package func storeIdempotency(
        _ record: IdempotencyRecord, user: User.ID, key: String, at now: Int64
    ) throws {
        try database.write { db in
            try db.execute(
                sql: "DELETE FROM idempotency WHERE at <= ?",
                arguments: [now - Self.idempotencyMemory])
            try db.execute(
                sql: """
                    INSERT INTO idempotency (user, key, requestDigest, status, body, at)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (user, key) DO NOTHING
                    """,
                arguments: [
                    user, key, Data(record.requestDigest), record.status, Data(record.body), now,
                ])
        }
    }
}
