import Acts
import ArgumentParser
import Delivery
import Exports
import Foundation
import Store

struct PlanExport: AsyncParsableCommand {
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

    private static let samplesMax = 1_000

    func run() async throws {
        if let service = try ServerOption.service() {
            return try await service.use { try await rehearse(on: $0) }
        }
        let workspace = try Workspace.open(.changing(purpose: "exports plan"))
        let export = try workspace.catalog.setup.export(named: name)
        guard let id = export.connection,
            let connection = try workspace.catalog.setup.connection(id: id)
        else {
            throw UsageError("The export '\(name)' has no connection. Give it one to plan it.")
        }
        let account = try await workspace.openAccount(connection)
        let (view, notes, seconds) = try await workspace.withAccount(account) { account in
            try await rehearse(export, connection, account, in: workspace)
        }
        let name = export.list.name.map { " '\($0)'" } ?? ""
        try show(
            view, notes: notes, list: export.list.id + name,
            onLeave: ExportView.text(export.onLeave), seconds: seconds)
    }

    private func show(
        _ view: PlanView, notes: [String], list: String, onLeave: String, seconds: Double
    ) throws {
        for note in notes { Output.note("Note: \(note)") }
        if json { return try Output.json(view) }
        PlanReport.print(view, list: list, onLeave: onLeave, seconds: seconds)
        if let csv { Output.line("\nEvery row is in \(csv).") }
    }

    private func rehearse(on service: RemoteService) async throws {
        let export = try await service.export(named: name)
        let interruption = Interruption(message: "Stopping; nothing was changed.")
        let bar = ProgressBar(isQuiet: json)
        let (id, report) = try await service.rehearse(export, stop: interruption.stop) {
            bar.show("Planning", $0, of: 0, unit: "members")
        }
        if let csv { try await service.download("/api/v1/rehearsals/\(id)/rows.csv", to: csv) }
        bar.clear()
        let view = PlanView(
            report, export: export, samples: max(0, min(samples, Self.samplesMax)))
        let notes = report.accountTrouble.map {
            ["The account could not be asked for its contact limit. \($0.detail)"]
        }
        try show(
            view, notes: notes ?? [],
            list: export.list.id + (export.list.name.map { " '\($0)'" } ?? ""),
            onLeave: export.onLeave.text, seconds: report.seconds)
    }

    private func rehearse(
        _ export: Export, _ connection: Connection, _ account: Account, in workspace: Workspace
    ) async throws -> (PlanView, notes: [String], seconds: Double) {
        var notes: [String] = []
        var facts: AccountFacts?
        do {
            let found = try await account.destination.check()
            try workspace.catalog.setup.setFacts(found, ofConnection: connection.id)
            facts = found
        } catch let error as DestinationError {
            notes.append(
                "The account could not be asked for its contact limit. \(error.description)")
        }
        let interruption = Interruption(message: "Stopping; nothing was changed.")
        let bar = ProgressBar(isQuiet: json)
        let planner = Planner(
            catalog: workspace.catalog, engine: workspace.engine, moment: workspace.moment)
        let names = TargetNames(export)
        let file = try csv.map { try PlanFile(path: $0, export: export, names: names) }
        let samples = SampleCollector(limit: max(0, min(samples, Self.samplesMax)), names: names)
        let summary = try planner.rehearse(
            export, wire: account.destination.wireFormat(for: export),
            watch: Planner.Watch(
                progress: { bar.show("Planning", $0, of: 0, unit: "members") },
                isCancelled: { interruption.stop.isRequested }),
            observe: { row in
                samples.take(row)
                try file?.write(row)
            })
        try file?.close()
        bar.clear()
        let seconds = summary.seconds(
            at: connection.pace, of: account.destination.descriptor)
        return (
            PlanView(
                summary, export: export, seconds: seconds, facts: facts, samples: samples.lines),
            notes, seconds
        )
    }
}

/// Keeps the first rows of each group.
private final class SampleCollector {
    private(set) var lines: [String: [PlanLine]] = [:]
    private let limit: Int
    private let names: TargetNames

    init(limit: Int, names: TargetNames) {
        self.limit = limit
        self.names = names
    }

    func take(_ row: PlanRow) {
        guard let group = row.rehearsalKind?.rawValue, lines[group, default: []].count < limit
        else { return }
        lines[group, default: []].append(PlanLine(row, names: names))
    }
}

/// Every row of a plan in a CSV file.
private final class PlanFile {
    private let file: CSVFile
    private let names: TargetNames

    init(path: String, export: Export, names: TargetNames) throws {
        self.names = names
        file = try CSVFile(path: path, header: PlanLine.header)
    }

    func write(_ row: PlanRow) throws {
        try file.write(PlanLine(row, names: names).cells)
    }

    func close() throws {
        try file.close()
    }
}
