import Access
import Acts
import Hummingbird
import Store

/// The audit: who changed what, and when.
struct AuditAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        routes.api(.get, "/api/v1/audit", needs: .readAudit, use: list)
    }

    private func list(_ caller: Caller) throws -> Response {
        let query = try APIQuery(
            caller,
            names: PageRequest.names.union(["actor", "verb", "noun", "thing", "from", "to"]))
        let page = try query.page(.audit)
        let filter = AuditFilter(
            actor: try query.text("actor"), verb: try query.text("verb"),
            noun: try query.text("noun"), thing: try query.text("thing"),
            from: try query.time("from"), to: try query.time("to"))
        let found = try services.catalog.history.auditEntries(
            filter, before: try page.id(), limit: page.limit + 1)
        return .json(
            page.answer(found, cursor: { Cursor(.audit, after: $0.id) }) { JSONValue($0) })
    }
}
