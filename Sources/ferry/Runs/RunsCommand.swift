import ArgumentParser
import Exports
import Foundation
import Runs
import Store

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Every run, and what became of every person.",
        subcommands: [
            List.self, Show.self, People.self, Calls.self, Resume.self, Dismiss.self,
        ])
}

extension RunsCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List runs, newest first.")

        @Option(help: "Of this export alone.")
        var export: String?
        @Option(help: "How many at most.")
        var limit = 20
        @Option(help: "Only runs before this one.")
        var before: Int64?
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let workspace = try Workspace.open(.reading)
            let runs = try workspace.catalog.runs(
                ofExport: export, before: before, limit: min(max(1, limit), 10_000))
            if json {
                struct View: Encodable { let runs: [RunView] }
                return try Output.json(View(runs: runs.map(RunView.init)))
            }
            Output.table(
                [
                    "Run", "Export", "Trigger", "State", "Started", "Members", "Delivered",
                    "Refused", "Suppressed", "Left",
                ],
                runs.map {
                    [
                        String($0.id), $0.exportName, $0.trigger.rawValue, $0.state.rawValue,
                        Output.time($0.createdAt), Output.number($0.members),
                        Output.number($0.delivered), Output.number($0.refused),
                        Output.number($0.suppressed), Output.number($0.left),
                    ]
                })
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one run.")

        @Argument(help: "The run's id.")
        var id: Int64
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let workspace = try Workspace.open(.reading)
            let run = try workspace.catalog.run(id: id)
            if json { return try Output.json(RunView(run)) }
            RunReport.print(run)
        }
    }

    struct People: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List people of a run by what became of them.",
            discussion: "Unchanged people are counted, not listed.")

        @Argument(help: "The run's id.")
        var id: Int64
        @Option(help: "delivered, refused, suppressed, left or pending; all without it.")
        var outcome: String?
        @Option(help: "Only people with this reason code.")
        var reason: String?
        @Option(help: "Write all of them to this CSV file.")
        var csv: String?
        @Option(help: "How many to show, when not written to a file.")
        var limit = 50
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let workspace = try Workspace.open(.reading)
            let run = try workspace.catalog.run(id: id)
            let wanted = try wantedOutcome()
            let file = try csv.map {
                try CSVFile(
                    path: $0,
                    header: [
                        "email", "profile", "outcome", "action", "reason", "explanation", "winner",
                        "at",
                    ])
            }
            var lines: [OutcomeView] = []
            var count = 0
            try workspace.catalog.forEachOutcome(ofRun: run.id, outcome: wanted, reason: reason) {
                entry in
                let line = OutcomeView(entry)
                count += 1
                if let file {
                    try file.write(line.cells)
                } else {
                    lines.append(line)
                    if lines.count >= limit { return false }
                }
                return true
            }
            try file?.close()
            if json {
                struct View: Encodable {
                    let run: Int64
                    let count: Int
                    let csv: String?
                    let people: [OutcomeView]
                }
                return try Output.json(View(run: run.id, count: count, csv: csv, people: lines))
            }
            if let csv { return Output.line("Wrote \(Output.number(count)) people to \(csv).") }
            Output.table(
                ["Email", "Profile", "Outcome", "Action", "Reason"],
                lines.map {
                    [$0.email, $0.profile, $0.outcome, $0.action ?? "", $0.explanation ?? ""]
                })
            if count >= limit { Output.note("There may be more: --limit, or --csv FILE for all.") }
        }

        private func wantedOutcome() throws -> Outcome? {
            guard let outcome else { return nil }
            if outcome == Outcome.unchanged.word {
                throw UsageError(
                    "Unchanged people are counted, not listed: nothing was sent to them.")
            }
            guard let wanted = Outcome(word: outcome) else {
                throw UsageError("--outcome takes delivered, refused, suppressed, left or pending.")
            }
            return wanted
        }
    }

    struct Calls: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the API calls of a run: no address and no secret among them.")

        @Argument(help: "The run's id.")
        var id: Int64
        @Option(help: "How many at most.")
        var limit = 100
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let workspace = try Workspace.open(.reading)
            _ = try workspace.catalog.run(id: id)
            let calls = try workspace.catalog.calls(ofRun: id, limit: min(max(1, limit), 100_000))
            if json {
                struct View: Encodable { let calls: [CallView] }
                return try Output.json(View(calls: calls.map(CallView.init)))
            }
            Output.table(
                ["At", "Method", "Path", "Status", "ms"],
                calls.map {
                    [
                        Output.time($0.startedAt), $0.method, $0.path,
                        $0.status.map(String.init) ?? "none", String($0.endedAt - $0.startedAt),
                    ]
                })
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finish runs that were interrupted.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let workspace = try Workspace.open(.changing(purpose: "runs resume"))
            let open = try workspace.catalog.openRuns().filter { $0.state != .held }
            let watcher = RunWatcher(isQuiet: json)
            var finished: [Run] = []
            for run in open where !watcher.stop.isRequested {
                finished.append(
                    try await workspace.runner.resume(
                        run,
                        ExportRunner.Request(
                            trigger: run.trigger, actor: workspace.actor, isApproved: false,
                            stop: watcher.stop, progress: watcher.show)))
            }
            if json {
                struct View: Encodable { let runs: [RunView] }
                try Output.json(View(runs: finished.map(RunView.init)))
            } else if finished.isEmpty {
                Output.line("No run was interrupted.")
            } else {
                finished.forEach(RunReport.print)
            }
            let code = finished.map(RunReport.exitCode).max() ?? 0
            if code != 0 { throw ExitCode(code) }
        }
    }

    struct Dismiss: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a held run without sending.")

        @Argument(help: "The run's id.")
        var id: Int64

        func run() async throws {
            let workspace = try Workspace.open(.changing(purpose: "runs dismiss"))
            let run = try workspace.catalog.run(id: id)
            guard run.state == .held else {
                throw UsageError("Run \(id) is not held; it is \(run.state.rawValue).")
            }
            try workspace.runner.dismiss(run, by: workspace.actor)
            Output.line("Dismissed run \(id). Nothing was sent.")
        }
    }
}

/// One person of a run as JSON and as a row of a file.
struct OutcomeView: Encodable {
    let run: Int64
    let export: String
    let email: String
    let profile: String
    let outcome: String
    let action: String?
    let reason: String?
    let explanation: String?
    let winner: String?
    let at: String

    init(_ entry: OutcomeEntry) {
        run = entry.run
        export = entry.exportName
        email = entry.key
        profile = entry.profileID
        outcome = entry.outcome.word
        action = entry.kind?.word
        reason = entry.reason
        explanation = entry.reason.map(ReasonText.text)
        winner = entry.winner
        at = Output.time(entry.at)
    }

    var cells: [String] {
        [email, profile, outcome, action ?? "", reason ?? "", explanation ?? "", winner ?? "", at]
    }
}

private struct CallView: Encodable {
    let method: String
    let path: String
    let status: Int?
    let startedAt: String
    let milliseconds: Int64

    init(_ call: CallEntry) {
        method = call.method
        path = call.path
        status = call.status
        startedAt = Output.time(call.startedAt)
        milliseconds = call.endedAt - call.startedAt
    }
}
