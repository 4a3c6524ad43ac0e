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
        /// How the badge looks.
        let state: String
        let icon: String
        let stateText: String
        let created: MomentText
        let lastSignIn: MomentText?

        init(_ user: User, _ book: PhraseBook) {
            href = "/admin/users/\(user.id)"
            name = user.name
            role = book.text(user.role.phrase)
            let mark = BadgeMark(user, book)
            state = mark.kind
            icon = mark.icon
            stateText = mark.text
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
    let id: User.ID
    let name: String
    let state: BadgeMark
    let isDisabled: Bool
    let isSelf: Bool
    let roles: [RoleChoice]
    /// The link to set a password, when one has just been made.
    let secret: String?
    let linkHint: String?
    let created: MomentText
    let lastSignIn: MomentText?
    let auditHref: String
}

extension BadgeMark {
    /// Whether a user can sign in.
    init(_ user: User, _ book: PhraseBook) {
        if user.isDisabled {
            self.init(kind: "idle", icon: "withheld", text: book.text(.usersDisabled))
        } else if user.hasPassword {
            self.init(kind: "ok", icon: "done", text: book.text(.usersActive))
        } else {
            self.init(kind: "info", icon: "waits", text: book.text(.usersInvited))
        }
    }
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
