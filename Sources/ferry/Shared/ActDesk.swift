import Access
import Acts
import Delivery
import Foundation
import Profiles
import Service
import Store

/// Where a command performs its acts: in the data directory of this machine, or in the service that
/// `--server` names. A command is written once for both.
struct ActDesk: Sendable {
    private enum Place {
        case here(ActContext, ForegroundRuns, Asker)
        case service(RemoteService)
    }

    private let place: Place

    /// Items of a page that is asked for here, where only memory limits them.
    private static let pageHere = 2_000
    /// Between two looks at a run of a service.
    private static let lookPause = Duration.milliseconds(500)

    /// Opens the data directory for `use`, unless a service is named. `sources` is the watched folder, where it is
    /// not the one in the data directory.
    static func open(_ use: DataDirectory.Use, sources: String? = nil) throws -> ActDesk {
        if let service = try ServerOption.service() { return ActDesk(at: service) }
        return ActDesk(in: try Workspace.open(use), sources: sources)
    }

    /// `work` is the file that is imported, by a command that does.
    init(
        in workspace: Workspace, sources: String? = nil, importing work: ImportAtOnce.Work? = nil
    ) {
        let runs = ForegroundRuns(workspace.runner)
        place = .here(
            workspace.acts(runs, sources: sources, importing: work), runs,
            .terminal(workspace.actor))
    }

    init(at service: RemoteService) {
        place = .service(service)
    }

    /// Whether acts travel to a service.
    var isRemote: Bool {
        if case .service = place { true } else { false }
    }

    func perform<A: RemoteAct>(_ act: A) async throws -> A.Answer {
        switch place {
        case .here(let acts, _, let asker): try await acts.perform(act, by: asker)
        case .service(let service):
            try await service.use { try await $0.perform(act) }
        }
    }

    /// An act that only makes sense where the data is; nil at a service.
    func performHere<A: Act>(_ act: A) async throws -> A.Answer? {
        guard case .here(let acts, _, let asker) = place else { return nil }
        return try await acts.perform(act, by: asker)
    }

    // MARK: Lists

    /// The first things on a list, over as many pages as that takes; `body` says whether it wants more. `act`
    /// asks for one page.
    func each<Item, A: RemoteAct>(
        limit: Int = .max, _ act: (PageRequest) -> A, _ body: (Item) throws -> Bool
    ) async throws where A.Answer == Page<Item> {
        let pageMax = isRemote ? PageRequest.limitMax : Self.pageHere
        var rest = limit
        var after: Cursor?
        repeat {
            let page = try await perform(
                act(PageRequest(limit: min(pageMax, max(1, rest)), after: after)))
            for item in page.items {
                rest -= 1
                guard try body(item), rest > 0 else { return }
            }
            after = page.next.flatMap { Cursor($0) }
        } while after != nil
    }

    /// What stands on a list after a place in it, over as many pages as that takes. `act` asks for one of them.
    func all<Item, A: RemoteAct>(
        limit: Int = .max, after: Cursor? = nil, _ act: (PageRequest) -> A
    ) async throws -> [Item] where A.Answer == Page<Item> {
        try await some(limit: limit, after: after, act).items
    }

    /// The same, and where the list goes on.
    func some<Item, A: RemoteAct>(
        limit: Int, after: Cursor? = nil, _ act: (PageRequest) -> A
    ) async throws -> (items: [Item], next: Cursor?) where A.Answer == Page<Item> {
        var items: [Item] = []
        var after = after
        let pageMax = isRemote ? PageRequest.limitMax : Self.pageHere
        repeat {
            let request = PageRequest(
                limit: min(pageMax, max(1, limit - items.count)), after: after)
            let page = try await perform(act(request))
            items += page.items
            after = page.next.flatMap { Cursor($0) }
        } while after != nil && items.count < limit
        return (items, after)
    }

    // MARK: Runs and rehearsals

    /// Carries a run on, or watches a service do it, until it has ended or waits for a person.
    func carryOut(_ begun: RunAnswer, _ watcher: RunWatcher) async throws -> RunAnswer {
        if case .here(_, let runs, let asker) = place {
            return RunAnswer(
                whole: try await runs.carryOut(
                    begun.id, by: asker.actor, stop: watcher.stop, progress: watcher.show))
        }
        var run = begun
        var isStopping = false
        while !run.isSettled {
            if watcher.stop.isRequested, !isStopping {
                isStopping = true
                _ = try await perform(StopRun(run.id))
            }
            watcher.show(run)
            try await Task.sleep(for: Self.lookPause)
            run = try await perform(ShowRun(run.id))
        }
        return run
    }

    /// Carries rehearsals out as long as `body` takes; a service does it by itself.
    func whileRehearsing<Result>(_ body: () async throws -> Result) async throws -> Result {
        guard case .here(let acts, _, _) = place else { return try await body() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await acts.rehearsals.run() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    /// Writes every row of a rehearsal's plan to a file that only its owner reads.
    func downloadPlan(of rehearsal: Rehearsal.ID, to path: String) async throws {
        switch place {
        case .here(let acts, _, _):
            let file = try CSVFile(path: path)
            let rows = try acts.rows(ofRehearsal: rehearsal, encode: CSVText.row)
            for try await piece in rows { try file.write(piece) }
            try file.close()
        case .service(let service):
            try await service.use {
                try await $0.download("/api/v1/rehearsals/\(rehearsal)/rows.csv", to: path)
            }
        }
    }
}

extension RemoteService: ThingFinder {
    /// Asks the service for an act.
    func perform<A: RemoteAct>(_ act: A) async throws -> A.Answer {
        let call = try await act.call(self)
        if A.Answer.self == Done.self, let done = Done() as? A.Answer {
            try await send(call)
            return done
        }
        return try await send(call, as: A.Answer.self)
    }

    func id<Thing>(
        of reference: Reference<Thing>, noun: String, in list: String
    ) async throws -> Identifier<Thing> {
        switch reference {
        case .id(let id): return id
        case .name(let name):
            let thing: NamedThing<Thing> = try await named(name, in: list, noun: noun)
            return thing.id
        }
    }

    private struct NamedThing<Thing>: Decodable, RemoteNamed {
        let id: Identifier<Thing>
        let name: String
    }
}
