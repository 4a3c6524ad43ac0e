import Access
import Phrases

/// The list of users.
struct UsersModel: Sendable {
    let users: [Row]
    let count: String

    struct Row: Sendable {
        let href: String
        let name: String
        let role: String
        /// `active`, `invited` or `disabled`: how the badge looks.
        let state: String
        let stateText: String
        let created: MomentText
        let lastSignIn: MomentText?

        init(_ user: User, _ book: PhraseBook) {
            href = "/admin/users/\(user.id)"
            name = user.name
            role = book.text(user.role.phrase)
            let phrase: Phrase
            (state, phrase) =
                user.isDisabled
                ? ("disabled", .usersDisabled)
                : user.hasPassword ? ("active", .usersActive) : ("invited", .usersInvited)
            stateText = book.text(phrase)
            created = MomentText(user.createdAt, book)
            lastSignIn = user.lastSignInAt.map { MomentText($0, book) }
        }
    }
}

/// The form for a new user.
struct NewUserModel: Sendable {
    let name: String
    let nameFinding: String?
    let roles: [RoleChoice]
}

/// One user.
struct UserModel: Sendable {
    let id: Int64
    let name: String
    let isDisabled: Bool
    let isSelf: Bool
    let hasPassword: Bool
    let roles: [RoleChoice]
    /// The link to set a password, when one has just been made.
    let link: String?
    let linkHint: String?
    let lastSignIn: MomentText?
}

/// A role to choose, with what it allows in words.
struct RoleChoice: Sendable {
    let value: String
    let name: String
    let explanation: String
    let isSelected: Bool

    static func all(selected: Role, _ book: PhraseBook, upTo most: Role = .administrator) -> [Self]
    {
        Role.allCases.filter { $0 <= most }.map { role in
            RoleChoice(
                value: role.rawValue, name: book.text(role.phrase),
                explanation: book.text(role.explanation), isSelected: role == selected)
        }
    }
}

extension Role {
    /// What the role allows, in a sentence.
    var explanation: Phrase {
        switch self {
        case .viewer: .roleViewerMeans
        case .contributor: .roleContributorMeans
        case .administrator: .roleAdministratorMeans
        }
    }
}
