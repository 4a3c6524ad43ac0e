import Acts
import ArgumentParser
import Delivery
import Foundation
import Phrases
import Store
import Web

struct PlanExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract:
            "Rehearse an export: who would enter, change, leave, and why not. Nothing is sent.")

    @Argument(help: "The export's name.")
    var name: String
    @Option(help: "Write every row to this CSV file.")
    var csv: String?
    @Option(help: "How many examples of each group to show.")
    var samples = 5
    @Flag(help: "Print one JSON object.")
    var json = false

    /// Between two looks at a rehearsal; the first come sooner.
    private static let lookPause = Duration.milliseconds(300)

    func run() async throws {
        let desk = try ActDesk.open(.changing(purpose: "exports plan"))
        let export = try await desk.perform(ShowExport(.name(name)))
        let report = try await desk.whileRehearsing {
            let (id, report) = try await rehearse(export, desk)
            if let csv { try await desk.downloadPlan(of: id, to: csv) }
            return report
        }
        if let trouble = report.accountTrouble {
            Output.note(
                "Note: The account could not be asked for its contact limit. \(Advice.sentence(trouble.detail))"
            )
        }
        let view = PlanView(report, export: export, samples: max(0, samples))
        if json { return try Output.json(view) }
        PlanReport.print(
            view, list: export.list.id + (export.list.name.map { " '\($0)'" } ?? ""),
            onLeave: export.onLeave, seconds: report.seconds)
        if let csv { Output.line("\nEvery row is in \(csv).") }
    }

    /// Rehearses and waits for what is found.
    private func rehearse(
        _ export: ExportAnswer, _ desk: ActDesk
    ) async throws -> (Rehearsal.ID, RehearsalAnswer.Report) {
        let interruption = Interruption(message: "Stopping; nothing was changed.")
        let bar = ProgressBar(isQuiet: json)
        defer { bar.clear() }
        var rehearsal = try await desk.perform(StartRehearsal(.id(export.id)))
        var pause = Duration.milliseconds(5)
        while rehearsal.state == .planning {
            if interruption.stop.isRequested {
                _ = try await desk.perform(CancelRehearsal(rehearsal.id))
                throw CancellationError()
            }
            bar.show("Planning", rehearsal.members ?? 0, of: 0, unit: "members")
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.lookPause)
            rehearsal = try await desk.perform(ShowRehearsal(rehearsal.id))
        }
        if let report = rehearsal.report { return (rehearsal.id, report) }
        throw CommandError(
            rehearsal.failure.map { Advice.sentence($0.detail) }
                ?? "The rehearsal was cancelled by somebody else.")
    }
}
