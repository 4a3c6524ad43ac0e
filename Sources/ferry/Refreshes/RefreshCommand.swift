import Acts
import ArgumentParser
import Foundation
import Phrases
import Store
import Web

/// The pass over sources, segments and exports. A service carries it out; the command asks for it.
struct RefreshCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Begin a refresh in a service, follow it, cancel it.",
        discussion: """
            A refresh imports sources that have changed, evaluates segments and runs exports. Only a service \
            refreshes: begin and cancel with --server; 'status' looks into a data directory as well.
            """,
        subcommands: [Start.self, Status.self, Cancel.self])
}

extension RefreshCommand {
    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin a refresh; one that is under way goes on.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let desk = try ActDesk.open(.changing(purpose: "refresh start"))
            let started = try await desk.perform(StartRefresh(key: UUID().uuidString))
            try RefreshView(started.refresh).print(asJSON: json)
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how far a refresh is, and what became of each step.")

        @Argument(help: "Its number; the newest one unless it is given.")
        var refresh: Refresh.ID?
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let desk = try ActDesk.open(.reading)
            let newest = refresh == nil ? try await desk.newest() : nil
            guard let id = refresh ?? newest?.id else {
                if json { return try Output.json([String: String]()) }
                return Output.line("No refresh has begun yet.")
            }
            try RefreshView(try await desk.perform(ShowRefresh(id))).print(asJSON: json)
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a refresh: what waits does not begin, what runs is asked to stop.")

        @Argument(help: "Its number; the one that is under way unless it is given.")
        var refresh: Refresh.ID?
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let desk = try ActDesk.open(.changing(purpose: "refresh cancel"))
            let newest = try await desk.newest()
            guard let id = refresh ?? newest.flatMap({ $0.state.isOpen ? $0.id : nil }) else {
                throw UsageError("No refresh is under way.")
            }
            try RefreshView(try await desk.perform(CancelRefresh(id))).print(asJSON: json)
        }
    }
}

extension ActDesk {
    /// The newest refresh; nil before the first.
    fileprivate func newest() async throws -> RefreshSummaryAnswer? {
        try await perform(ListRefreshes(page: PageRequest(limit: 1))).items.first
    }
}

/// A refresh as the command line tells it.
struct RefreshView: Encodable {
    let id: Refresh.ID
    let trigger: RefreshTrigger
    let actor: String
    let state: RefreshState
    let reason: String?
    let dueAt: String?
    let missed: Int
    let startedAt: String
    let endedAt: String?
    let tasks: [Task]

    /// One thing that it does.
    struct Task: Encodable {
        let stage: RefreshStage
        let name: String
        let state: RefreshTaskState
        let reason: String?
        let detail: String?
        let count: Int?
        let run: Run.ID?
        let startedAt: String?
        let endedAt: String?
    }

    init(_ refresh: RefreshAnswer) {
        let summary = refresh.summary
        id = summary.id
        trigger = summary.trigger
        actor = summary.actor
        state = summary.state
        reason = summary.reason
        dueAt = summary.dueAt.map(Self.time)
        missed = summary.missed
        startedAt = Self.time(summary.createdAt)
        endedAt = summary.endedAt.map(Self.time)
        tasks = refresh.tasks.map {
            Task(
                stage: $0.stage, name: $0.name, state: $0.state, reason: $0.reason,
                detail: $0.detail.map(PhraseBook(.en).report), count: $0.count, run: $0.runId,
                startedAt: $0.startedAt.map(Self.time), endedAt: $0.endedAt.map(Self.time))
        }
    }

    private static func time(_ moment: Moment) -> String { Output.time(moment.milliseconds) }

    func print(asJSON: Bool) throws {
        if asJSON { return try Output.json(self) }
        let end = endedAt.map { ", ended \($0)" } ?? ""
        Output.line("Refresh \(id) by \(actor): \(state.rawValue), begun \(startedAt)\(end).")
        guard !tasks.isEmpty else { return Output.line("It has nothing to do.") }
        Output.table(
            ["Step", "Name", "State", "Count", "Why"],
            tasks.map {
                [
                    $0.stage.rawValue, $0.name, $0.state.rawValue, $0.count.map { "\($0)" } ?? "",
                    $0.reason ?? "",
                ]
            })
    }
}
