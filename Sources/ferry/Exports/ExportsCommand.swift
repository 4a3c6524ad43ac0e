import ArgumentParser

struct ExportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exports", abstract: "Say who goes where, rehearse it, and run it.",
        subcommands: [
            AddExportCommand.self, ListExportsCommand.self, ShowExportCommand.self,
            PlanExportCommand.self, RunExportCommand.self, RemoveExportCommand.self,
        ])
}
