import Acts
import ArgumentParser
import Delivery
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
        var before: Run.ID?
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let desk = try ActDesk.open(.reading)
            let last = before.map { Cursor(.runs, after: $0) }
            let found = try await desk.all(limit: min(max(1, limit), 10_000)) { page in
                ListRuns(
                    ofExport: export.map(Reference.name),
                    page: PageRequest(limit: page.limit, after: page.after ?? last))
            }
            var runs: [RunView] = []
            for run in found {
                // Only a run by itself has its reasons.
                runs.append(RunView(json ? try await desk.perform(ShowRun(run.id)) : run))
            }
            if json {
                struct View: Encodable { let runs: [RunView] }
                return try Output.json(View(runs: runs))
            }
            Output.table(
                [
                    "Run", "Export", "Trigger", "State", "Started", "Members", "Delivered",
                    "Refused", "Suppressed", "Left",
                ],
                runs.map {
                    [
                        String($0.id), $0.export, $0.trigger, $0.state, $0.startedAt,
                        Output.number($0.members), Output.number($0.delivered),
                        Output.number($0.refused), Output.number($0.suppressed),
                        Output.number($0.left),
                    ]
                })
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one run.")

        @Argument(help: "The run's id.")
        var id: Run.ID
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let run = RunView(try await ActDesk.open(.reading).perform(ShowRun(id)))
            if json { return try Output.json(run) }
            RunReport.print(run)
        }
    }

    struct People: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List people of a run by what became of them.",
            discussion: "Unchanged people are counted, not listed.")

        @Argument(help: "The run's id.")
        var id: Run.ID
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
            let desk = try ActDesk.open(.reading)
            let run = try await desk.perform(ShowRun(id))
            try await desk.each(limit: file == nil ? max(1, limit) : .max) {
                ListRunPeople(ofRun: id, outcome: wanted, reason: reason, page: $0)
            } _: { (person: OutcomeAnswer) in
                let line = OutcomeView(person, run: run.id, export: run.exportName)
                count += 1
                if let file { try file.write(line.cells) } else { lines.append(line) }
                return true
            }
            try file?.close()
            if json {
                struct View: Encodable {
                    let run: Run.ID
                    let count: Int
                    let csv: String?
                    let people: [OutcomeView]
                }
                return try Output.json(View(run: id, count: count, csv: csv, people: lines))
            }
            if let csv { return Output.line("Wrote \(Output.number(count)) people to \(csv).") }
            Output.table(
                ["Email", "Profile", "Outcome", "Action", "Reason"],
                lines.map {
                    [$0.email, $0.profile, $0.outcome, $0.action ?? "", $0.explanation ?? ""]
                })
            if count >= limit { Output.note("There may be more: --limit, or --csv FILE for all.") }
        }

        private func wantedOutcome() throws -> OutcomeWord? {
            guard let outcome else { return nil }
            if outcome == OutcomeWord.unchanged.rawValue {
                throw UsageError(
                    "Unchanged people are counted, not listed: nothing was sent to them.")
            }
            guard let wanted = OutcomeWord(rawValue: outcome) else {
                throw UsageError("--outcome takes delivered, refused, suppressed, left or pending.")
            }
            return wanted
        }
    }

    struct Calls: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the API calls of a run: no address and no secret among them.")

        @Argument(help: "The run's id.")
        var id: Run.ID
        @Option(help: "How many at most.")
        var limit = 100
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let calls = try await ActDesk.open(.reading)
                .all(limit: min(max(1, limit), 100_000)) { ListRunCalls(ofRun: id, page: $0) }
                .map(CallView.init)
            if json {
                struct View: Encodable { let calls: [CallView] }
                return try Output.json(View(calls: calls))
            }
            Output.table(
                ["At", "Method", "Path", "Status", "ms"],
                calls.map {
                    [
                        $0.startedAt, $0.method, $0.path, $0.status.map(String.init) ?? "none",
                        String($0.milliseconds),
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
            let desk = try ActDesk.open(.changing(purpose: "runs resume"))
            guard let open = try await desk.performHere(ListInterruptedRuns()) else {
                throw UsageError(
                    "A service finishes interrupted runs by itself; 'ferry runs list' shows them.")
            }
            let watcher = RunWatcher(isQuiet: json)
            var finished: [RunView] = []
            for run in open where !watcher.stop.isRequested {
                finished.append(RunView(try await desk.carryOut(run, watcher)))
            }
            if json {
                struct View: Encodable { let runs: [RunView] }
                try Output.json(View(runs: finished))
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
        var id: Run.ID

        func run() async throws {
            _ = try await ActDesk.open(.changing(purpose: "runs dismiss")).perform(DismissRun(id))
            Output.line("Dismissed run \(id). Nothing was sent.")
        }
    }
}

/// One person of a run as JSON and as a row of a file.
struct OutcomeView: Encodable {
    let run: Run.ID
    let export: String
    let email: String
    let profile: String
    let outcome: String
    let action: String?
    let reason: String?
    let explanation: String?
    let winner: String?
    let at: String

    init(_ entry: OutcomeAnswer, run: Run.ID, export: String) {
        self.run = run
        self.export = export
        email = entry.address
        profile = entry.profileId
        outcome = entry.outcome.rawValue
        action = entry.operation
        reason = entry.reason
        explanation = entry.reason.map(ReasonText.text)
        winner = entry.winner
        at = Output.time(entry.at)
    }

    init(_ entry: ProfileCardAnswer.Event) {
        run = entry.runId
        export = entry.exportName
        email = entry.address
        profile = entry.profileId
        outcome = entry.outcome
        action = entry.operation
        reason = entry.reason
        explanation = entry.reason.map(ReasonText.text)
        winner = entry.winner
        at = Output.time(entry.at.milliseconds)
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

    init(_ call: CallAnswer) {
        method = call.method
        path = call.path
        status = call.status
        startedAt = Output.time(call.startedAt)
        milliseconds = call.milliseconds
    }
}
