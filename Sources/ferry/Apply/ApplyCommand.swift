import ArgumentParser
import Foundation
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
        if let service = try ServerOption.service() {
            return try await service.use {
                try await apply(
                    declaration, to: ServiceInstallation(service: $0), ActDesk(at: $0))
            }
        }
        let workspace = try Workspace.open(.changing(purpose: "apply"))
        try await apply(
            declaration, to: DirectoryInstallation(workspace: workspace), ActDesk(in: workspace))
    }

    private func apply(
        _ declaration: Declaration, to installation: any Installation, _ desk: ActDesk
    ) async throws {
        let plan = try await ApplyPlan(declaration, installation: installation, desk)
        guard !plan.steps.isEmpty else { return Output.line("Nothing to change.") }
        for step in plan.steps { Output.line(step.text) }
        for warning in plan.warnings { Output.note("Note: \(warning)") }
        if dryRun { return }
        for consent in plan.consents { Output.line("\n\(consent)\n") }
        if !yes { try confirm() }
        for step in plan.steps { try await step.carryOut() }
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
