import Acts
import Hummingbird
import Store

/// The audit: who changed what, and when.
struct AuditAPI: Sendable {
    func add(to routes: GuardedRoutes) {
        routes.act(.get, "/api/v1/audit") { caller in
            let query = try APIQuery(
                caller,
                names: PageRequest.names.union(["actor", "verb", "noun", "thing", "from", "to"]))
            return ListAudit(
                AuditFilter(
                    actor: try query.text("actor"), verb: try query.text("verb"),
                    noun: try query.text("noun"), thing: try query.text("thing"),
                    from: try query.time("from"), to: try query.time("to")),
                page: try query.page(.audit))
        }
    }
}
