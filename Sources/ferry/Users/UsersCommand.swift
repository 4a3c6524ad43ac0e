import Access
import ArgumentParser
import Foundation
import Store

/// Users from the command line: for the operator whose administrators have lost their passwords.
struct UsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "List users, add one, or give one a link to a new password.",
        subcommands: [List.self, Add.self, Reset.self])
}

extension UsersCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List users.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            let users = try Workspace.open(.reading).catalog.users()
            if json {
                struct View: Encodable { let users: [UserView] }
                return try Output.json(View(users: users.map(UserView.init)))
            }
            Output.table(
                ["User", "Role", "State", "Last sign-in"],
                users.map { user in
                    let view = UserView(user)
                    return [user.name, view.role, view.state, view.lastSignInAt ?? "never"]
                })
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a user and print the path of the link by which they set a password.")

        @Argument(help: "The user's name: letters, digits and the signs . _ - @")
        var name: String
        @Option(help: "viewer, contributor or administrator.")
        var role: String

        func run() throws {
            guard let role = Role(rawValue: role) else {
                throw UsageError(
                    "--role takes viewer, contributor or administrator, not '\(role)'.")
            }
            guard UserName.checked(name) != nil else {
                throw UsageError(
                    "A user's name has 1 to \(UserName.charactersMax) letters, digits and the signs . _ - @."
                )
            }
            let workspace = try Workspace.open(.changing(purpose: "users add"))
            let user = try workspace.catalog.addUser(
                named: name, role: role, password: nil, by: workspace.actor)
            Output.line("Added the \(role.rawValue) '\(user.name)'.")
            try UsersCommand.printLink(for: user, workspace)
        }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the path of a link by which a user sets another password.")

        @Argument(help: "The user's name.")
        var name: String

        func run() throws {
            let workspace = try Workspace.open(.changing(purpose: "users reset"))
            guard let user = try workspace.catalog.user(named: name) else {
                throw StoreError(
                    .notFound,
                    "There is no user '\(name)'. 'ferry users list' shows those there are.")
            }
            try UsersCommand.printLink(for: user, workspace)
        }
    }

    private static func printLink(for user: User, _ workspace: Workspace) throws {
        let token = SecretToken.new(.invitation)
        let end = Int64(Date().timeIntervalSince1970 * 1_000) + Invitation.lifetimeMilliseconds
        _ = try workspace.catalog.addInvitation(
            for: .setPassword(user.id), token: token, expiresAt: end, by: workspace.actor)
        Output.line(
            "They set their password at /invitation/\(token.text) of the service, once, until \(Output.time(end))."
        )
    }
}

/// A user as JSON.
struct UserView: Encodable {
    let name: String
    let role: String
    let state: String
    let createdAt: String
    let lastSignInAt: String?

    init(_ user: User) {
        name = user.name
        role = user.role.rawValue
        state = user.isDisabled ? "disabled" : user.hasPassword ? "active" : "invited"
        createdAt = Output.time(user.createdAt)
        lastSignInAt = user.lastSignInAt.map(Output.time)
    }
}
