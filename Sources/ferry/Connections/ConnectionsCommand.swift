import Access
import Acts
import ArgumentParser
import Delivery
import Exports
import Foundation
import Phrases
import Store

struct ConnectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connections", abstract: "Connect accounts that receive people.",
        subcommands: [Add.self, Check.self, List.self, Set.self, Remove.self])
}

extension ConnectionsCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add an account that receives people.",
            discussion:
                "Prints what you agree to. Nothing is stored without --agree, or when the account refuses the key."
        )

        @Argument(help: "A name that tells purpose and target.")
        var name: String
        @Option(help: .destinations)
        var type: String?
        @OptionGroup
        var settings: SettingOptions
        @Option(
            help:
                "With --server: a file that holds your own password, which makes you the export user."
        )
        var passwordFile: String?
        @Flag(help: "Agree to the transfer of personal data described in the text.")
        var agree = false
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let destination = try Destinations.all.named(type)
            let consent = ConsentText.lines(destination)
            if json {
                Output.note(consent)
            } else {
                Output.line(consent + "\n")
            }
            guard agree else {
                throw UsageError(
                    "The connection '\(name)' was not added: read the text above and repeat with --agree."
                )
            }
            let typed = try settings.typed(for: destination)
            let desk = try ActDesk.open(.changing(purpose: "connections add"))
            let add = AddConnection(
                name: name, type: type, audience: .administrators, account: .typed(typed),
                agrees: true, password: try password(desk))
            let added = try await Failure.naming(host: typed[destination.host.name]) {
                try await desk.perform(add)
            }
            let view = ConnectionView(added)
            if json { return try Output.json(view) }
            Output.line(
                "Added the connection '\(name)' to \(destination.titleWithMark) at \(view.host ?? "")."
            )
            Output.line(view.account)
        }

        /// Whoever can open the data directory need not prove who they are.
        private func password(_ desk: ActDesk) throws -> OwnPassword {
            guard desk.isRemote else { return .confirmed }
            guard let passwordFile else {
                throw UsageError(
                    "With --server, name a file with your own password: --password-file. Runs act for your account."
                )
            }
            return .typed(try SecretSource.password(file: passwordFile))
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "See whether an account answers and takes the key.")

        @Argument(help: "The connection's name.")
        var name: String
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let desk = try ActDesk.open(.changing(purpose: "connections check"))
            let check = try await desk.perform(CheckConnection(.name(name)))
            if let trouble = check.trouble {
                throw RemoteProblem(status: 200, text: Advice.sentence(trouble.detail))
            }
            let lists = try await desk.perform(ListAccountLists(.id(check.connection.id))).items
            let view = ConnectionView(check.connection, lists: lists)
            if json { return try Output.json(view) }
            Output.line("The connection '\(name)' works. \(view.account)")
            guard !lists.isEmpty || Destinations.all.haveLists(view.type) else { return }
            Output.line()
            Output.table(["List", "Name"], lists.map { [$0.id, $0.name] })
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List connections.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let desk = try ActDesk.open(.reading)
            let found = try await desk.all { ListConnections(page: $0) }
                .sorted { $0.name < $1.name }
            if json {
                struct View: Encodable { let connections: [ConnectionView] }
                return try Output.json(View(connections: found.map { ConnectionView($0) }))
            }
            Output.table(
                [
                    "Connection", "Type", "Host", "Exports", "Requests/s", "Imports/min",
                    "Last check",
                ],
                found.map { answer in
                    let view = ConnectionView(answer)
                    return [
                        view.name,
                        Destinations.all.descriptor(of: view.type)?.titleWithMark ?? view.type,
                        view.host ?? "",
                        (answer.details?.exports ?? []).map(\.name).joined(separator: ", "),
                        view.limit("requestsPerSecond"), view.limit("importsPerMinute"),
                        view.checkedAt ?? "never",
                    ]
                })
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set an account's limits, or replace its key.",
            discussion: """
                \(Destinations.all.usual.title) allows 5 requests a second and 100 imports a minute (20 of single \
                contacts). Lower numbers leave room for other programs; higher ones, or 'unlimited', suit a sandbox.
                """)

        @Argument(help: "The connection's name.")
        var name: String
        @Option(help: "Requests a second, or 'unlimited'.")
        var requestsPerSecond: String?
        @Option(help: "Imports of several contacts a minute, or 'unlimited'.")
        var importsPerMinute: String?
        @Option(
            help:
                "Imports of single contacts a minute, or 'unlimited'. Follows --imports-per-minute when that is raised."
        )
        var singleImportsPerMinute: String?
        @Option(
            name: .customLong("limit"),
            help: "MEMBER=NUMBER or MEMBER=unlimited: any other limit of the account. Repeatable.")
        var limits: [String] = []
        @Option(help: "A file that holds a new API key.")
        var apiKeyFile: String?

        func run() async throws {
            let desk = try ActDesk.open(.changing(purpose: "connections set"))
            let stored = try await desk.perform(ShowConnection(.name(name)))
            let destination = try Destinations.all.named(stored.type)
            var change = ChangeConnection(.id(stored.id))
            change.limits = try changed(of: destination)
            if let apiKeyFile {
                change.account = .typed([
                    destination.secrets[0].name: try SecretSource.read(file: apiKeyFile)
                ])
            }
            _ = try await desk.perform(change)
            Output.line("Changed the connection '\(name)'.")
        }

        private func changed(of destination: DestinationDescriptor) throws -> QuotaLimits {
            var changed = QuotaLimits()
            if let requestsPerSecond {
                changed["requestsPerSecond"] = try Self.limit(
                    requestsPerSecond, "--requests-per-second")
            }
            if let importsPerMinute {
                let limit = try Self.limit(importsPerMinute, "--imports-per-minute")
                changed["importsPerMinute"] = limit
                changed["singleImportsPerMinute"] = limit.map { max(1, $0 / 5) }
            }
            if let singleImportsPerMinute {
                changed["singleImportsPerMinute"] = try Self.limit(
                    singleImportsPerMinute, "--single-imports-per-minute")
            }
            for text in limits {
                let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2, destination.quota(member: parts[0]) != nil else {
                    let known = destination.quotas.map(\.member).joined(separator: ", ")
                    throw UsageError(
                        "--limit takes MEMBER=NUMBER, and a member is one of \(known).")
                }
                changed[parts[0]] = try Self.limit(parts[1], "--limit")
            }
            return changed
        }

        private static func limit(_ text: String, _ option: String) throws -> Int? {
            if text == "unlimited" { return nil }
            guard let number = Int(text), (1...10_000_000).contains(number) else {
                throw UsageError("\(option) takes a whole number from 1, or 'unlimited'.")
            }
            return number
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Remove a connection that no export uses, with its key: this ends the transfer.")

        @Argument(help: "The connection's name.")
        var name: String

        func run() async throws {
            let desk = try ActDesk.open(.changing(purpose: "connections remove"))
            _ = try await desk.perform(RemoveConnection(.name(name)))
            Output.line("Removed the connection '\(name)' and its key.")
        }
    }
}
