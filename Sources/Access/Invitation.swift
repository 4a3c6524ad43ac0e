package import Profiles

/// A link that works once, without its secret.
package struct Invitation: Identifiable, Equatable, Sendable {
    package typealias ID = Identifier<Invitation>

    /// What the link is for.
    package enum Purpose: Equatable, Sendable {
        /// To make the first administrator, while there is none.
        case firstAdministrator
        /// To give this user a password.
        case setPassword(User.ID)
    }

    package let id: ID
    package let purpose: Purpose
    /// Milliseconds since 1970.
    package let createdAt: Int64
    /// From this millisecond on it is of no use.
    package let expiresAt: Int64

    /// How long a link works: 72 hours.
    package static let lifetimeMilliseconds: Int64 = 72 * 3_600_000

    package init(id: ID, purpose: Purpose, createdAt: Int64, expiresAt: Int64) {
        self.id = id
        self.purpose = purpose
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
