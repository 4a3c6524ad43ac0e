import Acts
import ArgumentParser
import Delivery
import Foundation
import Store

struct RunExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Plan an export and send what changed.",
        discussion: """
            Shows the plan's numbers and asks, unless --yes is given. A run that was interrupted is finished \
            first. Ctrl-C stops sending; what was sent is still confirmed.
            """)

    @Argument(help: "The export's name.")
    var name: String
    @Flag(help: "Do not ask.")
    var yes = false
    @Flag(help: "Approve a plan that is held because too many people would leave.")
    var approve = false
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let desk = try ActDesk.open(.changing(purpose: "exports run"))
        let export = try await desk.perform(ShowExport(.name(name)))
        let last = export.lastRun
        if let last, last.state == .planning || last.state == .sending, !desk.isRemote {
            Output.note(
                "Run \(last.id) was interrupted; it is finished now. Run again for what changed since."
            )
        }
        if !yes { try confirm(export) }
        let watcher = RunWatcher(isQuiet: json)
        let begun = try await begin(export, desk)
        try watcher.finish(RunView(try await desk.carryOut(begun, watcher)), json: json)
    }

    /// A held run goes on when it is approved, up to what was seen of it; otherwise it makes way for another.
    private func begin(_ export: ExportAnswer, _ desk: ActDesk) async throws -> RunAnswer {
        if let held = export.lastRun, held.state == .held {
            if approve { return try await desk.perform(ApproveRun(held.id)) }
            _ = try await desk.perform(DismissRun(held.id))
        }
        return try await desk.perform(StartRun(.id(export.id)))
    }

    /// Asks a person at the terminal; without one, --yes is needed.
    private func confirm(_ export: ExportAnswer) throws {
        guard isatty(STDIN_FILENO) == 1 else {
            throw UsageError(
                "'exports run' sends data. Look at 'ferry exports plan \(name)', then repeat with --yes."
            )
        }
        let automations = AutomationNote.text(startsThem: export.startsAutomations)
        Output.note("\(automations) 'ferry exports plan \(name)' shows everything.")
        Output.note("Send '\(name)' to list \(export.list.id) now? [y/N] ")
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw UsageError("Nothing was sent.")
        }
    }
}

/// Shows a run while it goes, and its outcome at the end.
final class RunWatcher: Sendable {
    let stop: StopSignal
    private let bar: ProgressBar
    /// Kept alive as long as the run is watched.
    private let interruption: Interruption

    init(isQuiet: Bool) {
        bar = ProgressBar(isQuiet: isQuiet)
        interruption = Interruption(
            message:
                "Stopping: nothing more is sent; waiting for what was. Ctrl-C again ends at once.")
        stop = interruption.stop
    }

    var show: @Sendable (RunProgress) -> Void {
        { [bar] progress in
            switch progress.phase {
            case .waiting: break
            case .planning:
                bar.show("Planning", progress.members, of: 0, unit: "members")
            case .sending, .confirming, .stopping:
                bar.show(
                    progress.phase == .stopping ? "Stopping" : "Sending", progress.settled,
                    of: progress.people, unit: "people",
                    note: progress.sent > 0
                        ? "\(Output.number(progress.sent)) await confirmation" : "")
            }
        }
    }

    /// How far a run in a service is.
    func show(_ run: RunAnswer) {
        let settled = run.delivered + run.refused
        bar.show(
            run.state == .planning ? "Planning" : "Sending", settled, of: settled + run.pending,
            unit: "people")
    }

    /// Prints the outcome and ends with the code that tells it.
    func finish(_ run: RunView, json: Bool) throws {
        bar.clear()
        if json { try Output.json(run) } else { RunReport.print(run) }
        let code = RunReport.exitCode(run)
        if code != 0 { throw ExitCode(code) }
    }
}
