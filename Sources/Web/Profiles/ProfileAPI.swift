import Acts
import HTTPTypes
import Hummingbird

/// Profiles, to be found and to be understood: in which segments and on which lists they are, and why.
struct ProfileAPI: Sendable {
    private static let filterCharactersMax = 5_000

    func add(to routes: GuardedRoutes) {
        routes.act(.get, "/api/v1/customers") { caller in
            let query = try APIQuery(caller, names: PageRequest.names.union(["search", "filter"]))
            return ListProfiles(
                search: try query.text("search") ?? "",
                filter: try query.text("filter", charactersMax: Self.filterCharactersMax),
                page: try query.page(.customers))
        }
        routes.act(.get, "/api/v1/customers/{id}") { caller in
            _ = try APIQuery(caller, names: [])
            return ShowProfile(caller.visitor.textID() ?? "")
        }
        routes.act(.get, "/api/v1/search-index") { caller in
            _ = try APIQuery(caller, names: [])
            return ShowSearchIndex()
        }
        routes.act(.put, "/api/v1/search-index") { caller in
            var body = try await caller.body()
            let names = body.texts("attributes", isRequired: true, count: 0...500)
            try body.end()
            return ChooseSearchable(names ?? [])
        }
    }
}
