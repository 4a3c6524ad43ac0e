import ArgumentParser
import Delivery
import Exports
import Foundation
import Store

struct RunExport: AsyncParsableCommand {
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
        if let service = try ServerOption.service() {
            return try await service.use { try await run(on: $0) }
        }
        let workspace = try Workspace.open(.changing(purpose: "exports run"))
        let export = try workspace.catalog.setup.export(named: name)
        let open = try workspace.catalog.ledger.openRun(ofExport: export.id)
        if let open, open.state != .held {
            Output.note(
                "Run \(open.id) was interrupted; it is finished now. Run again for what changed since."
            )
        }
        if !yes { try confirm(list: export.list.id, AutomationNote.text(export)) }
        let watcher = RunWatcher(isQuiet: json)
        let ended = try await workspace.runner.run(
            export,
            ExportRunner.Request(
                trigger: .onDemand, actor: workspace.actor, isApproved: approve,
                stop: watcher.stop, progress: watcher.show))
        try watcher.finish(RunView(ended), json: json)
    }

    private func run(on service: RemoteService) async throws {
        let export = try await service.export(named: name)
        if !yes {
            try confirm(
                list: export.list.id, AutomationNote.text(startsThem: export.startsAutomations))
        }
        let watcher = RunWatcher(isQuiet: json)
        let started = try await service.start(export, isApproved: approve)
        try watcher.finish(try await service.watch(started, with: watcher), json: json)
    }

    /// Asks a person at the terminal; without one, --yes is needed.
    private func confirm(list: String, _ automations: String) throws {
        guard isatty(STDIN_FILENO) == 1 else {
            throw UsageError(
                "'exports run' sends data. Look at 'ferry exports plan \(name)', then repeat with --yes."
            )
        }
        Output.note("\(automations) 'ferry exports plan \(name)' shows everything.")
        Output.note("Send '\(name)' to list \(list) now? [y/N] ")
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
    func show(_ run: RemoteRun) {
        let settled = run.delivered + run.refused
        let label = run.state == RunState.planning.rawValue ? "Planning" : "Sending"
        bar.show(label, settled, of: settled + run.pending, unit: "people")
    }

    /// Prints the outcome and ends with the code that tells it.
    func finish(_ run: RunView, json: Bool) throws {
        bar.clear()
        if json { try Output.json(run) } else { RunReport.print(run) }
        let code = RunReport.exitCode(run)
        if code != 0 { throw ExitCode(code) }
    }
}
