import ActiveCampaign
import ArgumentParser
import Exports
import Foundation
import Phrases
import Runs
import Store

struct ConnectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connections", abstract: "Connect accounts that receive people.",
        subcommands: [Add.self, Check.self, List.self, Set.self, Remove.self])
}

/// The text a person agrees to before an account may receive personal data.
enum ConsentText {
    static var lines: String {
        let book = PhraseBook(.en)
        let names = ["product": "Ferry", "destination": "ActiveCampaign"]
        return "\(book.text(.consentTitle))\n\n\(book.text(.consentBody, names))"
    }
}

/// Secrets come from files or the environment, never from arguments, which other users can see.
enum SecretSource {
    static let bytesMax = 4_096

    /// The first line of a file.
    static func read(file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UsageError("The key file '\(file)' cannot be read.")
        }
        return try check(
            String(decoding: data.prefix(bytesMax), as: UTF8.self), from: "key file '\(file)'")
    }

    static func check(_ text: String, from source: String) throws -> String {
        let key = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let isKey = !key.isEmpty && key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isKey else {
            throw UsageError("The \(source) must hold one API key, and nothing else.")
        }
        return key
    }
}

extension ConnectionsCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add an ActiveCampaign account.",
            discussion:
                "Prints what you agree to. Nothing is stored without --agree, or when the account refuses the key."
        )

        @Argument(help: "A name that tells purpose and target.")
        var name: String
        @Option(help: "The host of the API URL, such as youraccount.api-us1.com.")
        var host: String
        @Option(help: "A file that holds the API key.")
        var apiKeyFile: String
        @Flag(help: "Agree to the transfer of personal data described in the text.")
        var agree = false
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            if json {
                Output.note(ConsentText.lines)
            } else {
                Output.line(ConsentText.lines + "\n")
            }
            guard agree else {
                throw UsageError(
                    "The connection '\(name)' was not added: read the text above and repeat with --agree."
                )
            }
            let host = try Workspace.parseHost(host)
            let key = try SecretSource.read(file: apiKeyFile)
            let workspace = try Workspace.open(.changing(purpose: "connections add"))
            if try workspace.catalog.connections().contains(where: { $0.name == name }) {
                throw StoreError(.nameTaken, "There is already a connection '\(name)'.")
            }
            let account = try await workspace.openAccount(
                host: host, key: key, pace: Workspace.defaultPace)
            let facts = try await workspace.withAccount(account) {
                try await $0.destination.check()
            }
            let connection = try workspace.catalog.add(
                NewConnection(
                    name: name, destination: "activecampaign", host: host.text,
                    sealedSecret: workspace.seal(key, host: host.text), pace: Workspace.defaultPace,
                    facts: facts),
                by: workspace.actor)
            if json { return try Output.json(ConnectionView(connection)) }
            Output.line(
                "Added the connection '\(name)' to ActiveCampaign (preview) at \(host.text).")
            Output.line(ConnectionView.describe(facts))
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
            let workspace = try Workspace.open(.changing(purpose: "connections check"))
            let connection = try workspace.catalog.connection(named: name)
            let account = try await workspace.openAccount(connection)
            let (facts, lists) = try await workspace.withAccount(account) {
                (try await $0.destination.check(), try await $0.destination.lists())
            }
            try workspace.catalog.setFacts(facts, ofConnection: connection.id)
            let updated = try workspace.catalog.connection(named: name)
            if json { return try Output.json(ConnectionView(updated, lists: lists)) }
            Output.line("The connection '\(name)' works. \(ConnectionView.describe(facts))")
            Output.line()
            Output.table(["List", "Name"], lists.map { [$0.id, $0.name] })
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List connections.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let workspace = try Workspace.open(.reading)
            let connections = try workspace.catalog.connections()
            if json {
                struct View: Encodable { let connections: [ConnectionView] }
                return try Output.json(View(connections: connections.map { ConnectionView($0) }))
            }
            let exports = try workspace.catalog.exports()
            Output.table(
                [
                    "Connection", "Type", "Host", "Exports", "Requests/s", "Imports/min",
                    "Last check",
                ],
                connections.map { connection in
                    [
                        connection.name, "ActiveCampaign (preview)", connection.host,
                        exports.filter { $0.connection == connection.id }.map(\.name)
                            .joined(separator: ", "),
                        ConnectionView.limit(connection.pace.requestsPerSecond),
                        ConnectionView.limit(connection.pace.importsPerMinute),
                        connection.checkedAt.map(Output.time) ?? "never",
                    ]
                })
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set an account's limits, or replace its key.",
            discussion: """
                ActiveCampaign allows 5 requests a second and 100 imports a minute (20 of single contacts). Lower \
                numbers leave room for other programs; higher ones, or 'unlimited', suit a sandbox.
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
        @Option(help: "A file that holds a new API key.")
        var apiKeyFile: String?

        func run() async throws {
            let workspace = try Workspace.open(.changing(purpose: "connections set"))
            let connection = try workspace.catalog.connection(named: name)
            var pace = connection.pace
            if let requestsPerSecond {
                pace.requestsPerSecond = try Self.limit(requestsPerSecond, "--requests-per-second")
            }
            if let importsPerMinute {
                pace.importsPerMinute = try Self.limit(importsPerMinute, "--imports-per-minute")
                pace.singleImportsPerMinute = Self.singles(besides: pace.importsPerMinute)
            }
            if let singleImportsPerMinute {
                pace.singleImportsPerMinute = try Self.limit(
                    singleImportsPerMinute, "--single-imports-per-minute")
            }
            if pace != connection.pace {
                try workspace.catalog.setPace(pace, ofConnection: name, by: workspace.actor)
            }
            if let apiKeyFile {
                let key = try SecretSource.read(file: apiKeyFile)
                let host = try Workspace.parseHost(connection.host)
                let account = try await workspace.openAccount(host: host, key: key, pace: pace)
                let facts = try await workspace.withAccount(account) {
                    try await $0.destination.check()
                }
                try workspace.catalog.setSecret(
                    workspace.seal(key, host: connection.host), ofConnection: name,
                    by: workspace.actor)
                try workspace.catalog.setFacts(facts, ofConnection: connection.id)
            }
            Output.line("Changed the connection '\(name)'.")
        }

        /// A fifth of the others, as the vendor has it.
        private static func singles(besides imports: Int?) -> Int? {
            imports.map { max(1, $0 / 5) }
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
            let workspace = try Workspace.open(.changing(purpose: "connections remove"))
            try workspace.catalog.removeConnection(named: name, by: workspace.actor)
            Output.line("Removed the connection '\(name)' and its key.")
        }
    }
}

/// A connection as JSON; it never holds the key.
struct ConnectionView: Encodable {
    let name: String
    let type: String
    let host: String
    let requestsPerSecond: Int?
    let importsPerMinute: Int?
    let singleImportsPerMinute: Int?
    let accountUser: String?
    let contactsMax: Int?
    let contacts: Int?
    let consentBy: String
    let consentAt: String
    let checkedAt: String?
    let lists: [ListView]?

    struct ListView: Encodable {
        let id: String
        let name: String
    }

    init(_ connection: Connection, lists: [DestinationList]? = nil) {
        name = connection.name
        type = connection.destination
        host = connection.host
        requestsPerSecond = connection.pace.requestsPerSecond
        importsPerMinute = connection.pace.importsPerMinute
        singleImportsPerMinute = connection.pace.singleImportsPerMinute
        accountUser = connection.facts?.user
        contactsMax = connection.facts?.contactsMax
        contacts = connection.facts?.contacts
        consentBy = connection.consentBy
        consentAt = Output.time(connection.consentAt)
        checkedAt = connection.checkedAt.map(Output.time)
        self.lists = lists?.map { ListView(id: $0.id, name: $0.name) }
    }

    static func limit(_ number: Int?) -> String { number.map(String.init) ?? "unlimited" }

    static func describe(_ facts: AccountFacts) -> String {
        let user = "The key belongs to the user '\(facts.user)'."
        guard let max = facts.contactsMax, let contacts = facts.contacts else {
            return "\(user) It may not read the account's contact limit."
        }
        return
            "\(user) The account holds \(Output.number(contacts)) of \(Output.number(max)) contacts."
    }
}
