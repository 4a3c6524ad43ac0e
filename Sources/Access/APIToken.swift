package import Profiles

/// A user's token for the API, without its secret.
package struct APIToken: Identifiable, Equatable, Sendable {
    package typealias ID = Identifier<APIToken>

    package let id: ID
    package let user: User.ID
    package let name: String
    /// What it may do at most; never more than its owner.
    package let role: Role
    /// Milliseconds since 1970.
    package let createdAt: Int64
    /// From this millisecond on it lets nobody in.
    package let expiresAt: Int64
    package let lastUsedAt: Int64?
    package let isRevoked: Bool

    /// Its last use is written down no more often than this: once a minute.
    package static let touchMilliseconds: Int64 = 60_000
    /// Live tokens of one user.
    package static let liveMax = 50

    package init(
        id: ID, user: User.ID, name: String, role: Role, createdAt: Int64, expiresAt: Int64,
        lastUsedAt: Int64?, isRevoked: Bool
    ) {
        self.id = id
        self.user = user
        self.name = name
        self.role = role
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.isRevoked = isRevoked
    }

    /// Whether it lets anybody in at that moment.
    package func isLive(at now: Int64) -> Bool {
        !isRevoked && now < expiresAt
    }

    /// Whether a use at that moment is to be written down.
    package func isDueForTouch(at now: Int64) -> Bool {
        lastUsedAt.map { now >= $0 + Self.touchMilliseconds } ?? true
    }

    /// The same token with no more rights than its owner has now.
    package func limited(to owner: Role) -> APIToken {
        APIToken(
            id: id, user: user, name: name, role: min(role, owner), createdAt: createdAt,
            expiresAt: expiresAt, lastUsedAt: lastUsedAt, isRevoked: isRevoked)
    }
}

/// How long a new token may live, in days.
package enum TokenLifetime: Int, CaseIterable, Sendable {
    case week = 7
    case month = 30
    case quarter = 90
    case year = 365

    /// When a token made at that moment ends, in milliseconds since 1970.
    package func end(from now: Int64) -> Int64 {
        now + Int64(rawValue) * 86_400_000
    }
}
