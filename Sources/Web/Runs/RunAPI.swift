import Access
import Acts
import Exports
import HTTPTypes
import Hummingbird
import Service
import Store

/// Runs: start, follow, stop, decide, and look at what became of whom.
struct RunAPI: Sendable {
    let services: Services
    let starts: StartDesk

    func add(to routes: GuardedRoutes) {
        routes.api(.post, "/api/v1/exports/{id}/runs", needs: .runExports, use: start)
        routes.api(.post, "/api/v1/exports/run-all", needs: .runExports, use: startAll)
        routes.api(.get, "/api/v1/runs", needs: .readRuns, use: list)
        routes.api(.get, "/api/v1/runs/{id}", needs: .readRuns) { caller in
            .json(JSONValue(whole: try run(caller)))
        }
        routes.api(.get, "/api/v1/runs/{id}/people", needs: .readPeople, use: people)
        routes.api(.get, "/api/v1/runs/{id}/calls", needs: .readRuns, use: calls)
        routes.api(.post, "/api/v1/runs/{id}/stop", needs: .runExports) { caller in
            try await decide(caller, in: [.planning, .sending], use: services.runs.stop)
        }
        routes.api(.post, "/api/v1/runs/{id}/approve", needs: .runExports) { caller in
            try await decide(caller, in: [.held], use: services.runs.approve)
        }
        routes.api(.post, "/api/v1/runs/{id}/dismiss", needs: .runExports) { caller in
            try await decide(caller, in: [.held], use: services.runs.dismiss)
        }
    }

    // MARK: Starting

    private func start(_ caller: Caller) async throws -> Response {
        let id = try caller.id()
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        _ = try services.changeableExport(id, by: caller)
        return try starts.once(caller) {
            let run = try services.runs.start(id, trigger: .onDemand, by: caller.actor)
            return (.created, JSONValue(whole: run), "/api/v1/runs/\(run.id)")
        }
    }

    /// Starts every export with an active schedule that the caller may run.
    private func startAll(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        return try starts.once(caller) {
            var started: [JSONValue] = []
            var running: [JSONValue] = []
            for entry in try services.catalog.setup.exportEntries(limit: .max) {
                let export = entry.export
                guard export.schedule.isActive, export.connection != nil,
                    entry.right(of: caller.role) == .change
                else { continue }
                do {
                    let run = try services.runs.start(
                        export.id, trigger: .onDemand, by: caller.actor)
                    started.append(JSONValue(whole: run))
                } catch let error as StoreError where error.code == .alreadyRunning {
                    running.append(.integer(export.id))
                }
            }
            return (.ok, ["started": .array(started), "alreadyRunning": .array(running)], nil)
        }
    }

    // MARK: Looking

    private func list(_ caller: Caller) throws -> Response {
        let query = try APIQuery(caller, names: PageRequest.names.union(["export", "state"]))
        let page = try query.page(.runs)
        let found = try services.catalog.ledger.runs(
            ofExport: try query.id("export"), state: try query.choice("state", of: RunState.self),
            before: try page.id(), limit: page.limit + 1)
        return .json(
            page.answer(found, cursor: { Cursor(.runs, after: $0.id) }) { JSONValue($0) })
    }

    private func people(_ caller: Caller) throws -> Response {
        let query = try APIQuery(
            caller, names: PageRequest.names.union(["outcome", "reason", "search"]))
        let page = try query.page(.people)
        var after: PersonCursor?
        if let cursor = page.after {
            guard cursor.parts.count == 2 else { throw APIQuery.badCursor }
            after = PersonCursor(key: cursor.parts[0], profileID: cursor.parts[1])
        }
        let outcome = try query.choice("outcome", of: OutcomeWord.self)?.outcome
        let reason = try query.text("reason")
        let search = try query.text("search")
        let found = try services.catalog.ledger.people(
            ofRun: try run(caller).id, outcome: outcome, reason: reason, search: search,
            after: after, limit: page.limit + 1)
        return .json(
            page.answer(found, cursor: { Cursor(.people, $0.key, $0.profileID) }) {
                JSONValue($0)
            })
    }

    private func calls(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.calls)
        let found = try services.catalog.ledger.calls(
            ofRun: try run(caller).id, after: try page.id(), limit: page.limit + 1)
        return .json(
            page.answer(found, cursor: { Cursor(.calls, after: $0.number) }) {
                JSONValue($0.call, number: $0.number)
            })
    }

    private func run(_ caller: Caller) throws -> Run {
        let id = try caller.id()
        do {
            return try services.catalog.ledger.run(id: id)
        } catch let error as StoreError where error.code == .notFound {
            throw WebProblem(.notFound, "There is no run \(id).")
        }
    }

    // MARK: Deciding

    private func decide(
        _ caller: Caller, in states: [RunState], use act: (Run, Actor) throws -> Void
    ) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        let run = try run(caller)
        if try services.catalog.setup.export(id: run.export) != nil {
            _ = try services.changeableExport(run.export, by: caller)
        } else if caller.role != .administrator {
            throw WebProblem(.notAllowed, "The export of run \(run.id) is gone.")
        }
        guard states.contains(run.state) else {
            let wanted = states.map { "'\($0.rawValue)'" }.joined(separator: " or ")
            throw WebProblem(
                .conflict, "Run \(run.id) is '\(run.state.rawValue)'; this needs \(wanted).")
        }
        try act(run, caller.actor)
        return .json(JSONValue(whole: try self.run(caller)))
    }
}

/// Outcomes by the words of the API.
enum OutcomeWord: String, CaseIterable, Sendable {
    case delivered, refused, suppressed, left, unchanged, pending

    var outcome: Outcome? { Outcome(word: rawValue) }
}
