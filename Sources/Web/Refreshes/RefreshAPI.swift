import Acts
import Hummingbird

/// Refreshes: begin one, follow it, cancel it.
struct RefreshAPI: Sendable {
    let starts: StartDesk

    func add(to routes: GuardedRoutes) {
        routes.act(.get, "/api/v1/refreshes") { ListRefreshes(page: try $0.page(.refreshes)) }
        routes.act(.post, "/api/v1/refreshes", once: starts) { caller in
            var body = try await caller.body(isOptional: true)
            try body.end()
            return StartRefresh()
        } place: { begun in
            begun.isNew
                ? (.created, "/api/v1/refreshes/\(begun.refresh.summary.id)") : (.ok, nil)
        }
        routes.act(.get, "/api/v1/refreshes/{id}") { ShowRefresh(try $0.id()) }
        routes.act(.post, "/api/v1/refreshes/{id}/cancel") { caller in
            var body = try await caller.body(isOptional: true)
            try body.end()
            return CancelRefresh(try caller.id())
        }
    }
}
