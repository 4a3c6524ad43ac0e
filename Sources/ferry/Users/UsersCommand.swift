import Access
import Acts
import ArgumentParser
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
            let desk = try ActDesk.open(.reading)
            let users = try await desk.all { ListUsers(page: $0) }
                .map(UserView.init).sorted { UserName.folded($0.name) < UserName.folded($1.name) }
            if json {
                struct View: Encodable { let users: [UserView] }
                return try Output.json(View(users: users))
            }
            Output.table(
                ["User", "Role", "State", "Last sign-in"],
                users.map { [$0.name, $0.role, $0.state, $0.lastSignInAt ?? "never"] })
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
            let desk = try ActDesk.open(.changing(purpose: "users add"))
            let added = try await desk.perform(AddUser(name: name, role: role))
            Output.line("Added the \(role.rawValue) '\(added.user.name)'.")
            UsersCommand.tell(added.invitation, desk)
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the path of a link by which a user sets another password.")

        @Argument(help: "The user's name.")
        var name: String

        func run() async throws {
            let desk = try ActDesk.open(.changing(purpose: "users reset"))
            UsersCommand.tell(try await desk.perform(InviteUser(.name(name))), desk)
        }
    }

    /// Only a service knows the address under which it is reached.
    private static func tell(_ invitation: InvitationAnswer, _ desk: ActDesk) {
        let place = desk.isRemote ? invitation.link : "\(invitation.link) of the service"
        Output.line(
            "They set their password at \(place), once, until \(Output.time(invitation.expiresAt.milliseconds))."
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

    init(_ user: UserAnswer) {
        name = user.name
        role = user.role.rawValue
        state = user.disabled ? "disabled" : user.hasPassword ? "active" : "invited"
        createdAt = Output.time(user.createdAt.milliseconds)
        lastSignInAt = user.lastSignInAt.map { Output.time($0.milliseconds) }
    }
}
