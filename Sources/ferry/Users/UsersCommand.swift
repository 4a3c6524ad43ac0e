import Access
import ArgumentParser
import Foundation
import Store

/// Users from the command line: for the operator whose administrators have lost their passwords.
struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "List users, add one, or give one a link to a new password.",
        subcommands: [List.self, Add.self, Reset.self])
}

extension UsersCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List users.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let users = try await found()
            if json {
                struct View: Encodable { let users: [UserView] }
                return try Output.json(View(users: users))
            }
            Output.table(
                ["User", "Role", "State", "Last sign-in"],
                users.map { [$0.name, $0.role, $0.state, $0.lastSignInAt ?? "never"] })
        }

        private func found() async throws -> [UserView] {
            if let service = try ServerOption.service() {
                return try await service.use { try await $0.users() }.map(UserView.init)
            }
            return try Workspace.open(.reading).catalog.users().map(UserView.init)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a user and print the path of the link by which they set a password.")

        @Argument(help: "The user's name: letters, digits and the signs . _ - @")
        var name: String
        @Option(help: "viewer, contributor or administrator.")
        var role: String

        func run() async throws {
            guard let role = Role(rawValue: role) else {
                throw UsageError(
                    "--role takes viewer, contributor or administrator, not '\(role)'.")
            }
            guard UserName.checked(name) != nil else {
                throw UsageError(
                    "A user's name has 1 to \(UserName.charactersMax) letters, digits and the signs . _ - @."
                )
            }
            if let service = try ServerOption.service() {
                let link = try await service.use { try await $0.addUser(name, role: role.rawValue) }
                Output.line("Added the \(role.rawValue) '\(name)'.")
                return UsersCommand.printLink(link.link, until: link.expiresAt.text)
            }
            let workspace = try Workspace.open(.changing(purpose: "users add"))
            let user = try workspace.catalog.addUser(
                named: name, role: role, password: nil, by: workspace.actor)
            Output.line("Added the \(role.rawValue) '\(user.name)'.")
            try UsersCommand.printLink(for: user, workspace)
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the path of a link by which a user sets another password.")

        @Argument(help: "The user's name.")
        var name: String

        func run() async throws {
            if let service = try ServerOption.service() {
                let link = try await service.use { try await $0.invite(userNamed: name) }
                return UsersCommand.printLink(link.link, until: link.expiresAt.text)
            }
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
        printLink("/invitation/\(token.text) of the service", until: Output.time(end))
    }

    private static func printLink(_ place: String, until end: String) {
        Output.line("They set their password at \(place), once, until \(end).")
    }
}

/// A user as JSON.
struct UserView: Encodable {
    let name: String
    let role: String
    let state: String
    let createdAt: String
    let lastSignInAt: String?

    /// A user as a service tells it.
    init(_ user: RemoteUser) {
        name = user.name
        role = user.role
        state = user.disabled ? "disabled" : user.hasPassword ? "active" : "invited"
        createdAt = user.createdAt.text
        lastSignInAt = user.lastSignInAt?.text
    }

    init(_ user: User) {
        name = user.name
        role = user.role.rawValue
        state = user.isDisabled ? "disabled" : user.hasPassword ? "active" : "invited"
        createdAt = Output.time(user.createdAt)
        lastSignInAt = user.lastSignInAt.map(Output.time)
    }
}
