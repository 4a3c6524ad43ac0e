import Acts
import Delivery
import Exports
import Foundation
import Profiles
import Segments
import Store

/// The difference between a declaration and what is stored, as steps.
struct ApplyPlan {
    struct Step {
        let text: String
        let carryOut: () async throws -> Void
    }

    private(set) var steps: [Step] = []
    private(set) var warnings: [String] = []
    /// What is to be agreed to for the connections that are added, once a kind.
    private(set) var consents: [String] = []

    private let installation: any Installation
    private let desk: ActDesk
    /// Segments as they will be when everything is applied.
    private let library: SegmentLibrary
    /// Lists and fields of the accounts that the file adds.
    private var newAccounts: [String: AccountContents] = [:]

    /// Looks up and checks everything, so that what is wrong in the file stops it before the first step.
    init(
        _ declaration: Declaration, installation: any Installation, _ desk: ActDesk
    ) async throws {
        self.installation = installation
        self.desk = desk
        library = Self.library(after: declaration, segments: try await installation.segments())
        for segment in try sorted(declaration.segments ?? []) { try await add(segment) }
        for connection in declaration.connections ?? [] { try await add(connection) }
        for export in declaration.exports ?? [] { try await add(export) }
    }

    private static func library(
        after declaration: Declaration, segments: [Segment]
    ) -> SegmentLibrary {
        var segments = segments
        for (index, declared) in (declaration.segments ?? []).enumerated() {
            let state: SegmentState = declared.active == false ? .inactive : .active
            if let known = segments.firstIndex(where: { $0.name == declared.name }) {
                segments[known].definition = .dynamic(rule: declared.rule)
                segments[known].state = state
            } else {
                // A number of its own, which no stored segment has.
                segments.append(
                    Segment(
                        id: Segment.ID(-Int64(index) - 1), name: declared.name,
                        definition: .dynamic(rule: declared.rule), state: state))
            }
        }
        return SegmentLibrary(segments)
    }

    /// Segments come after those their rules use.
    private func sorted(_ segments: [DeclaredSegment]) throws -> [DeclaredSegment] {
        var rest = segments
        var ordered: [DeclaredSegment] = []
        while !rest.isEmpty {
            let index = try rest.firstIndex { segment in
                let used = SegmentReferences(of: try Rule(parsing: segment.rule)).segments
                return !rest.contains { other in
                    other.name != segment.name && used.contains(other.name)
                }
            }
            guard let index else {
                throw UsageError(
                    "The segments \(rest.map { "'\($0.name)'" }.joined(separator: ", ")) use each other in a circle."
                )
            }
            ordered.append(rest.remove(at: index))
        }
        return ordered
    }

    private mutating func add(_ declared: DeclaredSegment) async throws {
        let installation = installation
        let rule = try await checked(declared)
        let state: SegmentState = declared.active == false ? .inactive : .active
        let stored = try await installation.segments().first { $0.name == declared.name }
        guard let stored else {
            steps.append(
                Step(text: "+ segment '\(declared.name)': \(rule)") {
                    try await installation.addSegment(named: declared.name, rule: rule)
                    if state == .inactive {
                        try await installation.setState(state, ofSegment: declared.name)
                    }
                })
            return
        }
        if stored.definition != .dynamic(rule: rule) {
            steps.append(
                Step(text: "~ segment '\(declared.name)': rule becomes \(rule)") {
                    try await installation.setRule(rule, ofSegment: declared.name)
                })
        }
        if stored.state != state {
            steps.append(
                Step(text: "~ segment '\(declared.name)': becomes \(state.rawValue)") {
                    try await installation.setState(state, ofSegment: declared.name)
                })
        }
    }

    /// The canonical text of a rule that means something for the profiles and segments there will be.
    private func checked(_ declared: DeclaredSegment) async throws -> String {
        do {
            let rule = try Rule(parsing: declared.rule)
            _ = try rule.resolved(
                schema: try await installation.schema(), segments: library,
                now: installation.moment, as: declared.name)
            return rule.description
        } catch let error as RuleTextError {
            throw error.inText(declared.rule)
        }
    }

    private mutating func add(_ declared: DeclaredConnection) async throws {
        let installation = installation
        let destination = try Destinations.all.named(declared.type)
        let host = try destination.host.clean(
            declared.host, allowsLoopback: Workspace.allowsLoopback)
        let limits = try declared.limits(of: destination)
        let stored = try await installation.connections().first { $0.name == declared.name }
        if let stored {
            guard stored.host == host else {
                throw UsageError(
                    "The connection '\(declared.name)' leads to another host. Give the new account a name of its own."
                )
            }
            if stored.limits != limits {
                steps.append(
                    Step(text: "~ connection '\(declared.name)': limits change") {
                        try await installation.setLimits(limits, ofConnection: declared.name)
                    })
            }
            return
        }
        let consent = ConsentText.lines(destination)
        guard declared.agree == true else {
            throw UsageError("The connection '\(declared.name)' needs 'agree: true': \(consent)")
        }
        let account = try await installation.open(
            NewAccount(
                name: declared.name, destination: destination,
                settings: try Self.settings(declared, of: destination, host: host),
                limits: limits))
        newAccounts[declared.name] = account.offer
        if !consents.contains(consent) { consents.append(consent) }
        steps.append(
            Step(text: "+ connection '\(declared.name)' to \(destination.title) at \(host)") {
                try await account.store()
            })
    }

    private static func settings(
        _ declared: DeclaredConnection, of destination: DestinationDescriptor, host: String
    ) throws -> [String: String] {
        var settings = declared.settings ?? [:]
        settings[destination.host.name] = host
        if let apiKey = declared.apiKey { settings[destination.secrets[0].name] = apiKey }
        for setting in destination.settings {
            guard let text = settings[setting.name] else {
                throw UsageError("The connection '\(declared.name)' needs '\(setting.name)'.")
            }
            if setting.kind == .secret {
                settings[setting.name] = try secret(text, of: declared.name)
            }
        }
        return settings
    }

    private static func secret(_ reference: String, of name: String) throws -> String {
        if reference.hasPrefix("env:") {
            let variable = String(reference.dropFirst(4))
            guard let text = Settings.current.variable(variable) else {
                throw UsageError(
                    "The environment has no '\(variable)', which holds the key of '\(name)'.")
            }
            return try SecretSource.check(text, from: "environment variable '\(variable)'")
        }
        if reference.hasPrefix("file:") {
            return try SecretSource.read(file: String(reference.dropFirst(5)))
        }
        throw UsageError(
            "The key of the connection '\(name)' must be a reference, env:NAME or file:PATH, never the key itself."
        )
    }

    private mutating func add(_ declared: DeclaredExport) async throws {
        let installation = installation
        let desk = desk
        let stored = try await desk.all { ListExports(page: $0) }
            .first { $0.name == declared.name }?.export()
        let connections = try await installation.connections()
        let connection = connections.first { $0.name == declared.connection }
        let offer: AccountContents
        if let connection {
            offer = try await installation.offer(of: connection)
        } else if let account = newAccounts[declared.connection] {
            offer = account
        } else {
            let names = connections.map { "'\($0.name)'" }.joined(separator: ", ")
            throw CommandError(
                "There is no connection '\(declared.connection)', which the export '\(declared.name)' names."
                    + (names.isEmpty ? "" : " There are \(names)."))
        }
        let resolver = ExportResolver(
            schema: try await installation.schema(), lists: offer.lists, fields: offer.fields,
            destination: offer.destination, segments: library)
        // The file says nothing of it, so it stays as people set it.
        var draft = declared.draft
        if let stored { draft.schedule = stored.schedule }
        let wanted = draft
        let (export, notes) = try resolver.export(of: wanted, connection: connection?.id)
        let place =
            export.list.id.isEmpty
            ? "'\(declared.connection)'" : "list \(export.list.id) of '\(declared.connection)'"
        guard let stored else {
            warnings += notes
            steps.append(
                Step(text: "+ export '\(declared.name)' to \(place)") {
                    _ = try await desk.perform(
                        AddExport(wanted, connection: .name(declared.connection)))
                })
            return
        }
        let changes = export.changes(from: stored)
        guard !changes.isEmpty else { return }
        warnings += notes
        let moves = changes.contains("list") || changes.contains("connection")
        steps.append(
            Step(
                text: "~ export '\(declared.name)': \(changes.joined(separator: ", "))"
                    + (moves ? "; everyone is sent anew to \(place)" : "")
            ) {
                _ = try await desk.perform(
                    ChangeExport(.id(stored.id), wanted, connection: .name(declared.connection)))
            })
    }
}

extension DeclaredConnection {
    /// Limits by member: as the vendor has them where nothing is declared.
    fileprivate func limits(of destination: DestinationDescriptor) throws -> QuotaLimits {
        var declared = self.limits ?? [:]
        declared["requestsPerSecond"] = requestsPerSecond ?? declared["requestsPerSecond"]
        declared["importsPerMinute"] = importsPerMinute ?? declared["importsPerMinute"]
        declared["singleImportsPerMinute"] =
            singleImportsPerMinute ?? declared["singleImportsPerMinute"]
        var limits = destination.members(of: destination.limits)
        for (member, limit) in declared {
            guard limits.states(member) else {
                throw UsageError("\(destination.title) has no limit '\(member)'.")
            }
            limits[member] = limit
        }
        return limits
    }
}
