package import Access

/// An API token without its secret.
package struct TokenAnswer: Codable, Equatable, Sendable {
    /// What a token is good for.
    package enum State: String, Codable, Sendable {
        case active, expired, revoked
    }

    package let id: APIToken.ID
    package let name: String
    package let role: Role
    package let state: State
    package let createdAt: Moment
    package let expiresAt: Moment
    @Nullable package var lastUsedAt: Moment?

    package init(_ token: APIToken, at now: Int64) {
        id = token.id
        name = token.name
        role = token.role
        state = token.isRevoked ? .revoked : token.expiresAt <= now ? .expired : .active
        createdAt = Moment(token.createdAt)
        expiresAt = Moment(token.expiresAt)
        lastUsedAt = token.lastUsedAt.map(Moment.init)
    }
}

/// A token that was just made. Its secret is told once and never again.
package struct IssuedTokenAnswer: Codable, Equatable, Sendable {
    package let token: TokenAnswer
    package let secret: String
}

/// Where somebody is signed in.
package struct SessionAnswer: Codable, Equatable, Sendable {
    package let id: Session.ID
    @Nullable package var agent: String?
    @Nullable package var address: String?
    package let createdAt: Moment
    package let lastSeenAt: Moment
    package let expiresAt: Moment

    package init(_ session: Session) {
        id = session.id
        agent = session.agent
        address = session.address
        createdAt = Moment(session.createdAt)
        lastSeenAt = Moment(session.lastSeenAt)
        expiresAt = Moment(session.expiresAt)
    }
}

/// Who somebody is and what they may do.
package struct MeAnswer: Codable, Equatable, Sendable {
    package let user: UserAnswer
    /// The token they ask with; null on pages.
    @Nullable package var token: TokenAnswer?
    /// For a token the lower one of its own and its owner's.
    package let role: Role
    package let permissions: [String]
}
