import Acts
import HTTPTypes
import Hummingbird

/// What programs need to write rules: the attributes there are, the values they have, and how many profiles a
/// rule holds for.
struct RuleAPI: Sendable {
    func add(to routes: GuardedRoutes) {
        routes.act(.get, "/api/v1/attributes") { caller in
            _ = try APIQuery(caller, names: [])
            return ListAttributes()
        }
        routes.act(.get, "/api/v1/attributes/{name}/values") { caller in
            _ = try APIQuery(caller, names: [])
            return ListFrequentValues(attribute: caller.visitor.textID("name") ?? "")
        }
        routes.act(.post, "/api/v1/segments/count") { caller in
            var body = try await caller.body()
            let rule = body.text("rule", length: SegmentAPI.ruleLength)
            try body.end()
            guard let rule else { throw WebProblem(.invalid) }
            return CountRule(rule)
        }
    }
}
