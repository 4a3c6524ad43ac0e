import Acts
import Hummingbird

/// API usage: requests to each account against its limits.
struct UsageAPI: Sendable {
    func add(to routes: GuardedRoutes) {
        routes.act(.get, "/api/v1/usage") { caller in
            _ = try APIQuery(caller, names: [])
            return ShowUsage()
        }
    }
}
