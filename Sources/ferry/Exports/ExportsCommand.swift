import ArgumentParser

struct ExportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exports", abstract: "Say who goes where, rehearse it, and run it.",
        subcommands: [
            AddExport.self, ListExports.self, ShowExport.self, PlanExport.self, RunExport.self,
            RemoveExport.self,
        ])
}
