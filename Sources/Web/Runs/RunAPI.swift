import Acts
import HTTPTypes
import Hummingbird
import Store

/// Runs: start, follow, stop, decide, and look at what became of whom.
struct RunAPI: Sendable {
    let starts: StartDesk

    func add(to routes: GuardedRoutes) {
        let path = "/api/v1/runs"
        routes.act(
            .post, "/api/v1/exports/{id}/runs", once: starts,
            { StartRun(.id(try await $0.idAlone())) }, place: { (.created, "\(path)/\($0.id)") })
        routes.act(
            .post, "/api/v1/exports/run-all", once: starts,
            { caller in
                try await caller.readNothing()
                return StartAllRuns()
            }, place: { _ in (.ok, nil) })
        routes.act(.get, path, readList)
        routes.act(.get, "\(path)/{id}") { ShowRun(try $0.id()) }
        routes.act(.get, "\(path)/{id}/people", readPeople)
        routes.act(.get, "\(path)/{id}/calls") {
            ListRunCalls(ofRun: try $0.id(), page: try $0.page(.calls))
        }
        routes.act(.post, "\(path)/{id}/stop") { StopRun(try await $0.idAlone()) }
        routes.act(.post, "\(path)/{id}/approve") { ApproveRun(try await $0.idAlone()) }
        routes.act(.post, "\(path)/{id}/dismiss") { DismissRun(try await $0.idAlone()) }
    }

    private func readList(_ caller: Caller) throws -> ListRuns {
        let query = try APIQuery(caller, names: PageRequest.names.union(["export", "state"]))
        return ListRuns(
            ofExport: try query.id("export").map(Reference.id),
            state: try query.choice("state", of: RunState.self), page: try query.page(.runs))
    }

    private func readPeople(_ caller: Caller) throws -> ListRunPeople {
        let query = try APIQuery(
            caller, names: PageRequest.names.union(["outcome", "reason", "search"]))
        return ListRunPeople(
            ofRun: try caller.id(), outcome: try query.choice("outcome", of: OutcomeWord.self),
            reason: try query.text("reason"), search: try query.text("search"),
            page: try query.page(.people))
    }
}
