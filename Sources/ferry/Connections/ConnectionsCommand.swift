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

/// The text a person agrees to before an account may receive personal data.
enum ConsentText {
    static var lines: String {
        let book = PhraseBook(.en)
        let names = ["product": "Ferry", "destination": Destinations.all.usual.title]
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

    /// A file's contents without the line's end.
    static func password(file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UsageError("The password file '\(file)' cannot be read.")
        }
        let text = String(decoding: data.prefix(bytesMax), as: UTF8.self)
        return text.trimmingCharacters(in: .newlines)
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
            abstract: "Add an account that receives people.",
            discussion:
                "Prints what you agree to. Nothing is stored without --agree, or when the account refuses the key."
        )

        @Argument(help: "A name that tells purpose and target.")
        var name: String
        @Option(help: "The host of the API URL, such as youraccount.api-us1.com.")
        var host: String
        @Option(help: "A file that holds the API key.")
        var apiKeyFile: String
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
            let key = try SecretSource.read(file: apiKeyFile)
            let view = try await add(key)
            if json { return try Output.json(view) }
            Output.line(
                "Added the connection '\(name)' to \(Destinations.all.usual.titleWithMark) at \(view.host ?? host)."
            )
            Output.line(view.account)
        }

        private func add(_ key: String) async throws -> ConnectionView {
            if let service = try ServerOption.service() {
                guard let passwordFile else {
                    throw UsageError(
                        "With --server, name a file with your own password: --password-file. Runs act for your account."
                    )
                }
                let new = RemoteNewConnection(
                    name: name, host: host, apiKey: key,
                    password: try SecretSource.password(file: passwordFile))
                return ConnectionView(
                    try await service.use { try await $0.send("POST", "/api/v1/connections", new) })
            }
            let settings = try Self.settings(host: host, key: key)
            let workspace = try Workspace.open(.changing(purpose: "connections add"))
            if try workspace.catalog.setup.connections().contains(where: { $0.name == name }) {
                throw StoreError(.nameTaken, "There is already a connection '\(name)'.")
            }
            let usual = Destinations.all.usual
            let account = try await workspace.opener.open(settings, pace: usual.limits)
            let facts = try await workspace.withAccount(account) {
                try await $0.destination.check()
            }
            return ConnectionView(
                try workspace.catalog.setup.add(
                    NewConnection(
                        name: name, destination: usual.id, host: settings.host,
                        sealedSecret: workspace.opener.seal(settings), pace: usual.limits,
                        facts: facts),
                    by: workspace.actor))
        }

        static func settings(host: String, key: String) throws -> AccountSettings {
            let usual = Destinations.all.usual
            let host = try usual.host.clean(host, allowsLoopback: Workspace.allowsLoopback)
            return AccountSettings(
                destination: usual.id, host: host, secrets: [usual.secrets[0].name: key])
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
            let view = try await check()
            if json { return try Output.json(view) }
            Output.line("The connection '\(name)' works. \(view.account)")
            Output.line()
            Output.table(["List", "Name"], (view.lists ?? []).map { [$0.id, $0.name] })
        }

        private func check() async throws -> ConnectionView {
            if let service = try ServerOption.service() {
                let (connection, lists) = try await service.use {
                    try await $0.check($0.connection(named: name))
                }
                return ConnectionView(
                    connection, lists: lists.map { .init(id: $0.id, name: $0.name) })
            }
            let workspace = try Workspace.open(.changing(purpose: "connections check"))
            let connection = try workspace.catalog.setup.connection(named: name)
            let account = try await workspace.openAccount(connection)
            let (facts, lists) = try await workspace.withAccount(account) {
                (try await $0.destination.check(), try await $0.destination.lists())
            }
            try workspace.catalog.setup.setFacts(facts, ofConnection: connection.id)
            return ConnectionView(try workspace.catalog.setup.connection(named: name), lists: lists)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List connections.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let entries = try await found()
            if json {
                struct View: Encodable { let connections: [ConnectionView] }
                return try Output.json(View(connections: entries.map(\.view)))
            }
            Output.table(
                [
                    "Connection", "Type", "Host", "Exports", "Requests/s", "Imports/min",
                    "Last check",
                ],
                entries.map { entry in
                    [
                        entry.view.name,
                        Destinations.all.descriptor(of: entry.view.type)?.titleWithMark
                            ?? entry.view.type, entry.view.host ?? "",
                        entry.exports.joined(separator: ", "),
                        ConnectionView.limit(entry.view.requestsPerSecond),
                        ConnectionView.limit(entry.view.importsPerMinute),
                        entry.view.checkedAt ?? "never",
                    ]
                })
        }

        /// Connections, and the names of their exports.
        private func found() async throws -> [(view: ConnectionView, exports: [String])] {
            if let service = try ServerOption.service() {
                return try await service.use { try await $0.connections() }.map {
                    (ConnectionView($0), ($0.exports ?? []).map(\.name))
                }
            }
            let workspace = try Workspace.open(.reading)
            let exports = try workspace.catalog.setup.exports()
            return try workspace.catalog.setup.connections().map { connection in
                (
                    ConnectionView(connection),
                    exports.filter { $0.connection == connection.id }.map(\.name)
                )
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set an account's limits, or replace its key.",
            discussion: """
                The account allows 5 requests a second and 100 imports a minute (20 of single contacts). Lower \
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
            if let service = try ServerOption.service() {
                try await service.use { try await set(on: $0) }
            } else {
                try await setHere()
            }
            Output.line("Changed the connection '\(name)'.")
        }

        private func set(on service: RemoteService) async throws {
            let connection = try await service.connection(named: name)
            var change = RemoteConnectionChange()
            if let limits = connection.limits {
                var pace = limits.pace
                try adjust(&pace)
                change.limits = RemoteConnection.Limits(pace)
            }
            change.apiKey = try apiKeyFile.map(SecretSource.read(file:))
            try await service.change(connection, change)
        }

        private func adjust(_ pace: inout QuotaLimits) throws {
            if let requestsPerSecond {
                pace["requests"] = try Self.limit(requestsPerSecond, "--requests-per-second")
            }
            if let importsPerMinute {
                pace["imports"] = try Self.limit(importsPerMinute, "--imports-per-minute")
                pace["single-imports"] = Self.singles(besides: pace["imports"])
            }
            if let singleImportsPerMinute {
                pace["single-imports"] = try Self.limit(
                    singleImportsPerMinute, "--single-imports-per-minute")
            }
        }

        private func setHere() async throws {
            let workspace = try Workspace.open(.changing(purpose: "connections set"))
            let connection = try workspace.catalog.setup.connection(named: name)
            var pace = connection.pace
            try adjust(&pace)
            if pace != connection.pace {
                try workspace.catalog.setup.setPace(pace, ofConnection: name, by: workspace.actor)
            }
            if let apiKeyFile {
                let key = try SecretSource.read(file: apiKeyFile)
                let settings = AccountSettings(
                    destination: connection.destination, host: connection.host,
                    secrets: [Destinations.all.usual.secrets[0].name: key])
                let account = try await workspace.opener.open(settings, pace: pace)
                let facts = try await workspace.withAccount(account) {
                    try await $0.destination.check()
                }
                try workspace.catalog.setup.setSecret(
                    workspace.opener.seal(settings), ofConnection: name,
                    by: workspace.actor)
                try workspace.catalog.setup.setFacts(facts, ofConnection: connection.id)
            }
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
            if let service = try ServerOption.service() {
                try await service.use {
                    let connection = try await $0.connection(named: name)
                    try await $0.send("DELETE", "/api/v1/connections/\(connection.id)")
                }
            } else {
                let workspace = try Workspace.open(.changing(purpose: "connections remove"))
                try workspace.catalog.setup.removeConnection(named: name, by: workspace.actor)
            }
            Output.line("Removed the connection '\(name)' and its key.")
        }
    }
}

/// A connection as JSON; it never holds the key.
struct ConnectionView: Encodable {
    let name: String
    let type: String
    /// Only administrators of a service see what follows.
    let host: String?
    let requestsPerSecond: Int?
    let importsPerMinute: Int?
    let singleImportsPerMinute: Int?
    let accountUser: String?
    let contactsMax: Int?
    let contacts: Int?
    let consentBy: String?
    let consentAt: String?
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
        requestsPerSecond = connection.pace["requests"]
        importsPerMinute = connection.pace["imports"]
        singleImportsPerMinute = connection.pace["single-imports"]
        accountUser = connection.facts?.user
        contactsMax = connection.facts?.contactsMax
        contacts = connection.facts?.contacts
        consentBy = connection.consentBy
        consentAt = Output.time(connection.consentAt)
        checkedAt = connection.checkedAt.map(Output.time)
        self.lists = lists?.map { ListView(id: $0.id, name: $0.name) }
    }

    /// A connection as a service tells it.
    init(_ connection: RemoteConnection, lists: [ListView]? = nil) {
        name = connection.name
        type = connection.type
        host = connection.host
        requestsPerSecond = connection.limits?.requestsPerSecond
        importsPerMinute = connection.limits?.importsPerMinute
        singleImportsPerMinute = connection.limits?.singleImportsPerMinute
        accountUser = connection.accountUser
        contactsMax = connection.contactsMax
        contacts = connection.contacts
        consentBy = connection.consentBy
        consentAt = connection.consentAt?.text
        checkedAt = connection.checkedAt?.text
        self.lists = lists
    }

    static func limit(_ number: Int?) -> String { number.map(String.init) ?? "unlimited" }

    /// What the account told of itself.
    var account: String {
        guard let accountUser else { return "" }
        let user = "The key belongs to the user '\(accountUser)'."
        guard let max = contactsMax, let contacts else {
            return "\(user) It may not read the account's contact limit."
        }
        return
            "\(user) The account holds \(Output.number(contacts)) of \(Output.number(max)) contacts."
    }
}
