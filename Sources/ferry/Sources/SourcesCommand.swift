import Acts
import ArgumentParser
import Profiles
import Store

/// Sources from the command line: files of the watched folder that the service imports when they change.
struct SourcesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources",
        abstract: "Declare files that the service imports again whenever they change.",
        subcommands: [Add.self, List.self, Remove.self])
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
            let desk = try ActDesk.open(.changing(purpose: "sources add"), sources: folder)
            guard !desk.isRemote || folder == nil else {
                throw UsageError("The service knows its watched folder: leave --sources out.")
            }
            do {
                let source = try await desk.perform(
                    AddSource(
                        SourceDraft(
                            name: name, file: file,
                            choices: ImportChoices(
                                ImportOptions(key: key ?? "", removeMissing: removeMissing)))))
                Output.line(
                    "Declared '\(source.name)': \(source.file) with the key '\(source.options.key)'."
                )
            } catch let error as ImportError {
                throw FileError(path: file, problem: Advice.sentence(error))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List sources.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let sources = try await ActDesk.open(.reading).all { ListSources(page: $0) }
                .map(SourceView.init).sorted {
                    $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
                }
            if json {
                struct View: Encodable { let sources: [SourceView] }
                return try Output.json(View(sources: sources))
            }
            Output.table(
                ["Source", "File", "Key", "State", "Last imported"],
                sources.map {
                    [
                        $0.name, $0.file, $0.key, $0.state?.rawValue ?? "not imported yet",
                        $0.importedAt ?? "never",
                    ]
                })
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a source; its file and the profiles it brought stay.")

        @Argument(help: "The source's name.")
        var name: String

        func run() async throws {
            let desk = try ActDesk.open(.changing(purpose: "sources remove"))
            _ = try await desk.perform(RemoveSource(.name(name)))
            Output.line("Removed the source '\(name)'.")
        }
    }

    private struct SourceView: Encodable {
        let name: String
        let file: String
        let key: String
        let active: Bool
        let state: Source.State?
        let importedAt: String?

        init(_ source: SourceAnswer) {
            name = source.name
            file = source.file
            key = source.options.key
            active = source.active
            state = source.state
            importedAt = source.importedAt.map { Output.time($0.milliseconds) }
        }
    }
}
