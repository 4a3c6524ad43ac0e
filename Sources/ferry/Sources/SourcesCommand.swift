import ArgumentParser
import Foundation
import Logging
import Profiles
import Service
import Store

/// Sources from the command line: files of the watched folder that the service imports when they change.
struct SourcesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources",
        abstract: "Declare files that the service imports again whenever they change.",
        subcommands: [Add.self, List.self, Remove.self])

    /// The watched folder: in the data directory unless it is named as `ferry serve` has it.
    static func center(_ workspace: Workspace, folder: String?) -> ImportCenter {
        ImportCenter(
            catalog: workspace.catalog, engine: workspace.engine,
            folder: SourceFolder(path: folder ?? "\(workspace.directory.path)/sources"),
            uploads: UploadFolder(path: "\(workspace.directory.path)/uploads", bytesMax: 0),
            logger: Logger(label: "ferry", factory: { _ in SwiftLogNoOpLogHandler() }),
            now: { Int64(Date().timeIntervalSince1970 * 1_000) })
    }
}

extension SourcesCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Declare a file of the watched folder; its columns are looked at, nothing is imported."
        )

        @Argument(help: "The source's name.")
        var name: String
        @Option(help: "The file's name inside the watched folder.")
        var file: String
        @Option(
            help: "The column that identifies a customer; found in the file unless it is given.")
        var key: String?
        @Option(
            name: .customLong("sources"),
            help: "The watched folder, as 'ferry serve --sources' has it.")
        var folder: String?
        @Flag(
            name: .customLong("remove-missing"),
            help: "The file is the whole: remove profiles that are missing from it.")
        var removeMissing = false

        func run() async throws {
            if let service = try ServerOption.service() {
                guard folder == nil else {
                    throw UsageError("The service knows its watched folder: leave --sources out.")
                }
                let draft = RemoteSourceDraft(
                    name: name, file: file,
                    options: .init(key: key, removeMissing: removeMissing))
                let source: RemoteSource = try await service.use {
                    try await $0.send("POST", "/api/v1/sources", draft)
                }
                return Output.line(
                    "Declared '\(source.name)': \(source.file) with the key '\(source.options.key)'."
                )
            }
            let workspace = try Workspace.open(.changing(purpose: "sources add"))
            let center = SourcesCommand.center(workspace, folder: folder)
            center.folder.make()
            do {
                let source = try await center.declare(
                    SourceDraft(
                        name: name, file: file,
                        choices: ImportChoices(
                            ImportOptions(key: key ?? "", removeMissing: removeMissing))),
                    by: workspace.actor)
                Output.line(
                    "Declared '\(source.name)': \(source.file) with the key '\(source.choices.options.key)'."
                )
            } catch let error as ImportError {
                throw FileError(path: file, problem: error.description)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List sources.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let sources = try await found()
            if json {
                struct View: Encodable { let sources: [SourceView] }
                return try Output.json(View(sources: sources))
            }
            Output.table(
                ["Source", "File", "Key", "State", "Last imported"],
                sources.map {
                    [
                        $0.name, $0.file, $0.key, $0.state ?? "not imported yet",
                        $0.importedAt ?? "never",
                    ]
                })
        }

        private func found() async throws -> [SourceView] {
            if let service = try ServerOption.service() {
                let sources: [RemoteSource] = try await service.use {
                    try await $0.list("/api/v1/sources")
                }
                return sources.map(SourceView.init)
            }
            return try Workspace.open(.reading).catalog.setup.sources().map(SourceView.init)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a source; its file and the profiles it brought stay.")

        @Argument(help: "The source's name.")
        var name: String

        func run() async throws {
            if let service = try ServerOption.service() {
                try await service.use {
                    let source: RemoteSource = try await $0.named(
                        name, in: "/api/v1/sources", noun: "source")
                    try await $0.send("DELETE", "/api/v1/sources/\(source.id)")
                }
                return Output.line("Removed the source '\(name)'.")
            }
            let workspace = try Workspace.open(.changing(purpose: "sources remove"))
            let source = try workspace.catalog.setup.source(named: name)
            _ = try workspace.catalog.setup.removeSource(source.id, by: workspace.actor)
            Output.line("Removed the source '\(source.name)'.")
        }
    }

    private struct SourceView: Encodable {
        let name: String
        let file: String
        let key: String
        let active: Bool
        let state: String?
        let importedAt: String?

        /// A source as a service tells it.
        init(_ source: RemoteSource) {
            name = source.name
            file = source.file
            key = source.options.key
            active = source.active
            state = source.state
            importedAt = source.importedAt?.text
        }

        init(_ source: Source) {
            name = source.name
            file = source.file
            key = source.choices.options.key
            active = source.isActive
            state = source.lastState?.rawValue
            importedAt = source.lastImportedAt.map(Output.time)
        }
    }
}
