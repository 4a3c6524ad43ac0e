package import Access

/// A user as those see them who may manage users; never anything of the password but whether there is one.
package struct UserAnswer: Codable, Equatable, Sendable {
    package let id: User.ID
    package let name: String
    package let role: Role
    @Nullable package var language: String?
    package let disabled: Bool
    package let hasPassword: Bool
    package let createdAt: Moment
    @Nullable package var lastSignInAt: Moment?

    package init(_ user: User) {
        id = user.id
        name = user.name
        role = user.role
        language = user.language
        disabled = user.isDisabled
        hasPassword = user.hasPassword
        createdAt = Moment(user.createdAt)
        lastSignInAt = user.lastSignInAt.map(Moment.init)
    }
}

/// A link by which a user sets a password. It is told once and never again.
package struct InvitationAnswer: Codable, Equatable, Sendable {
    /// The path of the page, until a skin that knows the service's address puts that before it.
    package var link: String
    package let expiresAt: Moment
}

/// A user who was just added, and the link for their first password.
package struct InvitedUserAnswer: Codable, Equatable, Sendable {
    package let user: UserAnswer
    package var invitation: InvitationAnswer
}
