import ActiveCampaign
import ArgumentParser
import Exports
import Foundation
import Runs
import Segments
import Store
import Yams

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Bring segments, connections and exports into line with a YAML file.",
        discussion: """
            Shows the difference and asks before it applies it. What the file does not name is left alone. A \
            secret stands in the file only as 'env:NAME' or 'file:PATH'.
            """)

    @Argument(help: "The YAML file.")
    var file: String
    @Flag(help: "Do not ask.")
    var yes = false
    @Flag(help: "Show the difference only.")
    var dryRun = false

    private static let bytesMax = 1 << 20

    func run() async throws {
        let declaration = try Self.read(file)
        let workspace = try Workspace.open(.changing(purpose: "apply"))
        let plan = try await ApplyPlan(declaration, workspace: workspace)
        guard !plan.steps.isEmpty else { return Output.line("Nothing to change.") }
        for step in plan.steps { Output.line(step.text) }
        for warning in plan.warnings { Output.note("Note: \(warning)") }
        if dryRun { return }
        if plan.addsConnection { Output.line("\n\(ConsentText.lines)\n") }
        if !yes { try confirm() }
        for step in plan.steps { try step.carryOut() }
        Output.line("Applied \(plan.steps.count) changes. Nothing was sent.")
    }

    private func confirm() throws {
        guard isatty(STDIN_FILENO) == 1 else {
            throw UsageError("Nothing was applied. Repeat with --yes to apply the changes above.")
        }
        Output.note("Apply these changes? [y/N] ")
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw UsageError("Nothing was applied.")
        }
    }

    private static func read(_ file: String) throws -> Declaration {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UsageError("The file '\(file)' cannot be read.")
        }
        guard data.count <= bytesMax else {
            throw UsageError("The file '\(file)' is larger than 1 MB; that is no declaration.")
        }
        do {
            return try YAMLDecoder().decode(Declaration.self, from: data)
        } catch let error as DecodingError {
            throw UsageError("The file '\(file)' is not a declaration: \(describe(error)).")
        } catch let error as YamlError {
            throw UsageError("The file '\(file)' is not YAML: \(error)")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map { "[\($0 + 1)]" } ?? $0.stringValue }
                .joined(separator: " ")
        }
        switch error {
        case .keyNotFound(let key, let context):
            return "\(path(context)) has no '\(key.stringValue)'"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(path(context)) has a value of the wrong kind"
        case .dataCorrupted(let context):
            return "\(path(context)) cannot be read"
        @unknown default:
            return "a part of it cannot be read"
        }
    }
}

/// The difference between a declaration and what is stored, as steps.
struct ApplyPlan {
    struct Step {
        let text: String
        let carryOut: () throws -> Void
    }

    private(set) var steps: [Step] = []
    private(set) var warnings: [String] = []
    private(set) var addsConnection = false

    private let workspace: Workspace
    /// Segments as they will be when everything is applied.
    private let library: SegmentLibrary
    /// Lists and fields of the accounts that the file adds.
    private var newAccounts: [String: (lists: [DestinationList], fields: [DestinationField])] = [:]

    /// Looks up and checks everything, so that what is wrong in the file stops it before the first step.
    init(_ declaration: Declaration, workspace: Workspace) async throws {
        self.workspace = workspace
        library = try Self.library(after: declaration, workspace: workspace)
        for segment in try sorted(declaration.segments ?? []) { try add(segment) }
        for connection in declaration.connections ?? [] { try await add(connection) }
        for export in declaration.exports ?? [] { try await add(export) }
    }

    private static func library(
        after declaration: Declaration, workspace: Workspace
    ) throws -> SegmentLibrary {
        var segments = try workspace.catalog.segments()
        for (index, declared) in (declaration.segments ?? []).enumerated() {
            let state: SegmentState = declared.active == false ? .inactive : .active
            if let known = segments.firstIndex(where: { $0.name == declared.name }) {
                segments[known].definition = .dynamic(rule: declared.rule)
                segments[known].state = state
            } else {
                // A number of its own, which no stored segment has.
                segments.append(
                    Segment(
                        id: -Segment.ID(index) - 1, name: declared.name,
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

    private mutating func add(_ declared: DeclaredSegment) throws {
        let workspace = workspace
        let rule = try checked(declared)
        let state: SegmentState = declared.active == false ? .inactive : .active
        let stored = try workspace.catalog.segments().first { $0.name == declared.name }
        guard let stored else {
            steps.append(
                Step(text: "+ segment '\(declared.name)': \(rule)") {
                    _ = try workspace.catalog.addSegment(
                        named: declared.name, definition: .dynamic(rule: rule), by: workspace.actor)
                    if state == .inactive {
                        try workspace.catalog.setState(
                            state, ofSegment: declared.name, by: workspace.actor)
                    }
                    try workspace.evaluate(declared.name)
                })
            return
        }
        if stored.definition != .dynamic(rule: rule) {
            steps.append(
                Step(text: "~ segment '\(declared.name)': rule becomes \(rule)") {
                    try workspace.catalog.setDefinition(
                        .dynamic(rule: rule), ofSegment: declared.name, by: workspace.actor)
                    try workspace.evaluate(declared.name)
                })
        }
        if stored.state != state {
            steps.append(
                Step(text: "~ segment '\(declared.name)': becomes \(state.rawValue)") {
                    try workspace.catalog.setState(
                        state, ofSegment: declared.name, by: workspace.actor)
                })
        }
    }

    /// The canonical text of a rule that means something for the profiles and segments there will be.
    private func checked(_ declared: DeclaredSegment) throws -> String {
        do {
            let rule = try Rule(parsing: declared.rule)
            _ = try rule.resolved(
                schema: workspace.engine.schema(), segments: library, now: workspace.moment,
                as: declared.name)
            return rule.description
        } catch let error as RuleTextError {
            throw error.inText(declared.rule)
        }
    }

    private mutating func add(_ declared: DeclaredConnection) async throws {
        let workspace = workspace
        let host = try Workspace.parseHost(declared.host)
        let defaults = Workspace.defaultPace
        let pace = Connection.Pace(
            requestsPerSecond: declared.requestsPerSecond ?? defaults.requestsPerSecond,
            importsPerMinute: declared.importsPerMinute ?? defaults.importsPerMinute,
            singleImportsPerMinute: declared.singleImportsPerMinute
                ?? defaults.singleImportsPerMinute)
        let stored = try workspace.catalog.connections().first { $0.name == declared.name }
        if let stored {
            guard stored.host == host.text else {
                throw UsageError(
                    "The connection '\(declared.name)' leads to another host. Give the new account a name of its own."
                )
            }
            if stored.pace != pace {
                steps.append(
                    Step(text: "~ connection '\(declared.name)': limits change") {
                        try workspace.catalog.setPace(
                            pace, ofConnection: declared.name, by: workspace.actor)
                    })
            }
            return
        }
        guard declared.agree == true else {
            throw UsageError(
                "The connection '\(declared.name)' needs 'agree: true': \(ConsentText.lines)")
        }
        let key = try Self.secret(declared.apiKey, of: declared.name)
        let account = try await workspace.openAccount(host: host, key: key, pace: pace)
        let (facts, lists, fields) = try await workspace.withAccount(account) {
            (
                try await $0.destination.check(), try await $0.destination.lists(),
                try await $0.destination.fields()
            )
        }
        newAccounts[declared.name] = (lists, fields)
        let sealed = try workspace.seal(key, host: host.text)
        addsConnection = true
        steps.append(
            Step(text: "+ connection '\(declared.name)' to ActiveCampaign at \(host.text)") {
                _ = try workspace.catalog.add(
                    NewConnection(
                        name: declared.name, destination: "activecampaign", host: host.text,
                        sealedSecret: sealed, pace: pace, facts: facts),
                    by: workspace.actor)
            })
    }

    private static func secret(_ reference: String, of name: String) throws -> String {
        if reference.hasPrefix("env:") {
            let variable = String(reference.dropFirst(4))
            guard let text = ProcessInfo.processInfo.environment[variable] else {
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
        let workspace = workspace
        let stored = try workspace.catalog.exports().first { $0.name == declared.name }
        let connection = try workspace.catalog.connections().first {
            $0.name == declared.connection
        }
        let resolver: ExportResolver
        if let connection {
            let found = try await ExportResolver(workspace: workspace, connection: connection)
            resolver = try ExportResolver(
                workspace: workspace, lists: found.lists, fields: found.fields, segments: library)
        } else if let account = newAccounts[declared.connection] {
            resolver = try ExportResolver(
                workspace: workspace, lists: account.lists, fields: account.fields,
                segments: library)
        } else {
            _ = try workspace.catalog.connection(named: declared.connection)
            return
        }
        var (export, notes) = try resolver.export(
            of: declared.draft, connection: connection?.id, in: workspace)
        // The file says nothing of it, so it stays as people set it.
        if let stored { export.schedule = stored.schedule }
        let place = "list \(export.list.id) of '\(declared.connection)'"
        guard let stored else {
            warnings += notes
            steps.append(
                Step(text: "+ export '\(declared.name)' to \(place)") {
                    var export = export
                    export.connection =
                        try workspace.catalog.connection(named: declared.connection).id
                    _ = try workspace.catalog.add(export, by: workspace.actor)
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
                var export = export
                export.connection = try workspace.catalog.connection(named: declared.connection).id
                try workspace.catalog.update(export, by: workspace.actor, changes: changes)
            })
    }
}
