package import Profiles

/// How long sessions last. Times are milliseconds.
package enum SessionLimits {
    /// Unseen for so long, a session ends: 12 hours.
    package static let idleMilliseconds: Int64 = 12 * 3_600_000
    /// A session ends so long after sign-in, whatever happens: 14 days.
    package static let lifetimeMilliseconds: Int64 = 14 * 86_400_000
    /// A session's last visit is written down no more often than this: 5 minutes.
    package static let touchMilliseconds: Int64 = 5 * 60_000
    /// Live sessions of one user; the oldest is ended to make room.
    package static let liveMax = 20
}

/// One browser in which a user is signed in. The token is apart, and only its digest is stored.
package struct Session: Identifiable, Equatable, Sendable {
    package typealias ID = Identifier<Session>

    package let id: ID
    package let user: User.ID
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package let lastSeenAt: Int64
    /// When it ends at the latest. From this millisecond on it signs nobody in.
    package let expiresAt: Int64
    /// What the browser said it is.
    package let agent: String?
    /// Where the sign-in came from.
    package let address: String?

    package init(
        id: ID, user: User.ID, createdAt: Int64, lastSeenAt: Int64, expiresAt: Int64,
        agent: String?, address: String?
    ) {
        self.id = id
        self.user = user
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
        self.agent = agent
        self.address = address
    }

    /// Whether it signs its user in at that moment.
    package func isLive(at now: Int64) -> Bool {
        now < expiresAt && now < lastSeenAt + SessionLimits.idleMilliseconds
    }

    /// Whether a visit at that moment is to be written down.
    package func isDueForTouch(at now: Int64) -> Bool {
        now >= lastSeenAt + SessionLimits.touchMilliseconds
    }
}
