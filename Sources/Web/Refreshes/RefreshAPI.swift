import Access
import Acts
import HTTPTypes
import Hummingbird
import Service
import Store

/// Refreshes: begin one, follow it, cancel it.
struct RefreshAPI: Sendable {
    let services: Services
    let starts: StartDesk

    func add(to routes: GuardedRoutes) {
        routes.api(.get, "/api/v1/refreshes", needs: .readRefreshes, use: list)
        routes.api(.post, "/api/v1/refreshes", needs: .startRefresh, use: start)
        routes.api(.get, "/api/v1/refreshes/{id}", needs: .readRefreshes) { caller in
            .json(try whole(try services.refresh(caller.id())))
        }
        routes.api(.post, "/api/v1/refreshes/{id}/cancel", needs: .startRefresh, use: cancel)
    }

    private func list(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.refreshes)
        let found = try services.catalog.history.refreshes(
            before: try page.id(), limit: page.limit + 1)
        let numbers = try services.catalog.history.numbers(ofRefreshes: found.map(\.id))
        return .json(
            page.answer(found, cursor: { Cursor(.refreshes, after: $0.id) }) {
                JSONValue($0, numbers[$0.id] ?? RefreshNumbers(byState: [:]))
            })
    }

    private func start(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        return try await starts.once(caller) {
            let begun = try services.refreshes.begin(
                trigger: .request, for: caller.role, by: caller.actor)
            let value = try whole(begun.refresh)
            guard begun.isNew else { return (.ok, value, nil) }
            return (.created, value, "/api/v1/refreshes/\(begun.refresh.id)")
        }
    }

    private func cancel(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        let refresh = try services.refresh(caller.id())
        do {
            try services.refreshes.cancel(refresh.id, by: caller.actor)
        } catch let error as StoreError where error.code == .refreshEnded {
            throw WebProblem(.conflict, error.description)
        }
        return .json(try whole(try services.refresh(refresh.id)))
    }

    private func whole(_ refresh: Refresh) throws -> JSONValue {
        JSONValue(refresh, try services.catalog.history.tasks(ofRefresh: refresh.id))
    }
}

extension JSONValue {
    /// A refresh without its tasks.
    init(_ refresh: Refresh, _ numbers: RefreshNumbers) {
        self = [
            "id": .integer(refresh.id), "trigger": .string(refresh.trigger.rawValue),
            "actor": .string(refresh.actor), "state": .string(refresh.state.rawValue),
            "reason": .text(refresh.reason), "dueAt": .time(refresh.dueAt),
            "missed": .count(refresh.missed), "createdAt": .time(refresh.createdAt),
            "endedAt": .time(refresh.endedAt),
            "taskCounts": .object(
                Dictionary(
                    uniqueKeysWithValues: numbers.byState.map {
                        ($0.key.rawValue, .integer(Int64($0.value)))
                    })),
        ]
    }

    /// A refresh with its tasks.
    init(_ refresh: Refresh, _ tasks: [RefreshTask]) {
        guard case .object(var members) = JSONValue(refresh, RefreshNumbers(tasks)) else {
            self = .null
            return
        }
        members["tasks"] = .array(tasks.map { JSONValue($0) })
        self = .object(members)
    }

    init(_ task: RefreshTask) {
        self = [
            "position": .count(task.position), "stage": .string(task.stage.rawValue),
            "thingId": .integer(task.thing), "name": .string(task.name),
            "dependsOn": .array(task.dependsOn.map { .integer(Int64($0)) }),
            "state": .string(task.state.rawValue), "reason": .text(task.reason),
            "detail": .text(task.detail), "cause": .count(task.cause), "runId": .id(task.run),
            "count": .count(task.count), "startedAt": .time(task.startedAt),
            "endedAt": .time(task.endedAt),
        ]
    }
}
