import Acts
import HTTPTypes
import Hummingbird
import Segments

/// Segments: rules and fixed sets, their sizes and their members.
struct SegmentAPI: Sendable {
    /// Characters of a rule; more than the text of a body holds anyway.
    static let ruleLength = 1...RuleLimits.textLengthMax
    /// Ids of members in one body.
    private static let idsMax = 10_000

    func add(to routes: GuardedRoutes) {
        let path = "/api/v1/segments"
        routes.act(.get, path) { ListSegments(page: try $0.page(.segments)) }
        routes.act(.post, path, readNew) { answer, _ in
            .created(answer, at: "\(path)/\(answer.id)")
        }
        routes.act(.get, "\(path)/{id}") { caller in
            let counts = try APIQuery(caller, names: ["count"]).flag("count")
            return ShowSegment(.id(try caller.id()), counts: counts)
        }
        routes.act(.patch, "\(path)/{id}", readChange)
        routes.act(.delete, "\(path)/{id}") { RemoveSegment(.id(try $0.id())) }
        routes.act(.post, "\(path)/{id}/evaluate") { caller in
            var body = try await caller.body(isOptional: true)
            try body.end()
            return EvaluateSegment(.id(try caller.id()))
        }
        routes.act(.get, "\(path)/{id}/sizes") {
            ListSegmentSizes(.id(try $0.id()), page: try $0.page(.sizes))
        }
        routes.act(.get, "\(path)/{id}/members") {
            ListMembers(.id(try $0.id()), page: try $0.page(.members))
        }
    }

    private func readNew(_ caller: Caller) async throws -> AddSegment {
        var body = try await caller.body()
        let name = body.text("name")
        let kind = body.choice("kind", of: SegmentKind.allCases, isRequired: false)
        let ids = body.texts("ids", count: 1...Self.idsMax, length: 1...1_000)
        let rule = body.text("rule", isRequired: !body.has("ids"), length: Self.ruleLength)
        let state = body.choice("state", of: SegmentState.allCases, isRequired: false)
        try body.end()
        return AddSegment(
            name: name ?? "", kind: kind ?? .dynamic, rule: rule, ids: ids, state: state ?? .active)
    }

    private func readChange(_ caller: Caller) async throws -> ChangeSegment {
        let id: Segment.ID = try caller.id()
        var body = try await caller.body()
        let kind = body.choice("kind", of: SegmentKind.allCases, isRequired: false)
        let rule = body.text("rule", isRequired: false, length: Self.ruleLength)
        let state = body.choice("state", of: SegmentState.allCases, isRequired: false)
        try body.end()
        return ChangeSegment(.id(id), kind: kind, rule: rule, state: state)
    }
}
