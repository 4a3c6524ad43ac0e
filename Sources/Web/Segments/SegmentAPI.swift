import Access
import Acts
import Exports
import HTTPTypes
import Hummingbird
import Profiles
import Segments
import Store

/// Segments: rules and fixed sets, their sizes and their members.
struct SegmentAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        let path = "/api/v1/segments"
        routes.api(.get, path, needs: .readSegments, use: list)
        routes.api(.post, path, needs: .changeSegments, use: add)
        routes.api(.get, "\(path)/{id}", needs: .readSegments, use: show)
        routes.api(.patch, "\(path)/{id}", needs: .changeSegments, use: change)
        routes.api(.delete, "\(path)/{id}", needs: .changeSegments) { caller in
            try await services.segments.remove(try caller.id(), by: caller.actor)
            return .done
        }
        routes.api(.post, "\(path)/{id}/evaluate", needs: .changeSegments, use: evaluate)
        routes.api(.get, "\(path)/{id}/sizes", needs: .readSegments, use: sizes)
        routes.api(.get, "\(path)/{id}/members", needs: .readCustomers, use: members)
    }

    // MARK: Looking

    private func list(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.segments)
        return .json(
            try page.answer(all: try services.catalog.history.segmentEntries(), .segments) {
                JSONValue($0)
            })
    }

    /// Counting reads every profile, and is not written down.
    private func show(_ caller: Caller) async throws -> Response {
        let isCounting = try APIQuery(caller, names: ["count"]).flag("count")
        let entry = try entry(try caller.id())
        guard isCounting else { return .json(JSONValue(entry)) }
        let members = try await SegmentMembers(entry.segment, services).count()
        return .json(JSONValue(entry, members: members))
    }

    private func sizes(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.sizes)
        let entry = try entry(try caller.id())
        let found = try services.catalog.history.sizes(
            ofSegment: entry.id, before: try page.id(), limit: page.limit + 1)
        return .json(
            page.answer(found, cursor: { Cursor(.sizes, after: $0.at) }) {
                ["at": .time($0.at), "members": .count($0.members)]
            })
    }

    private func members(_ caller: Caller) async throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.members)
        let members = try await SegmentMembers(try entry(try caller.id()).segment, services)
        if let after = page.after, after.parts.count != 1 { throw APIQuery.badCursor }
        let found = try await members.page(after: page.after?.parts.first, limit: page.limit)
        return .json(
            [
                "items": .array(found.profiles.map { JSONValue(member: $0) }),
                "next": .text(found.next.map { Cursor(.members, $0).text }),
            ] as JSONValue)
    }

    private func entry(_ id: Segment.ID) throws -> SegmentEntry {
        guard let entry = try services.catalog.history.segmentEntry(id: id) else {
            throw WebProblem(.notFound, "There is no segment \(id).")
        }
        return entry
    }

    // MARK: Changing

    private func add(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request)
        let name = body.text("name")
        let draft = SegmentJSON.draft(&body)
        let state = body.choice("state", of: SegmentState.allCases, isRequired: false)
        try body.end()
        guard let name, let draft else { throw WebProblem(.invalid) }
        if case .fixed(let ids) = draft {
            try await SegmentJSON.requireProfiles(ids, in: services.engine)
        }
        let added = try await SegmentJSON.explaining {
            try await services.segments.add(name, draft, state: state ?? .active, by: caller.actor)
        }
        return .created(
            JSONValue(try entry(added.segment.id)), at: "/api/v1/segments/\(added.segment.id)")
    }

    /// The rule or the kind first, then the state.
    private func change(_ caller: Caller) async throws -> Response {
        let id = try entry(try caller.id()).id
        var body = try await APIBody.read(caller.request)
        let kind = body.choice("kind", of: SegmentJSON.Kind.allCases, isRequired: false)
        let rule = body.text("rule", isRequired: false, length: SegmentJSON.ruleLength)
        let state = body.choice("state", of: SegmentState.allCases, isRequired: false)
        if kind == .static, rule != nil {
            body.find("rule", "static", "A segment that is made static keeps the members it has.")
        }
        try body.end()
        let desk = services.segments
        try await SegmentJSON.explaining {
            switch (kind, rule) {
            case (.static, _): try await desk.makeStatic(id, by: caller.actor)
            case (_, let rule?): try await desk.change(id, rule: rule, by: caller.actor)
            case (.dynamic, nil): try await desk.makeDynamic(id, by: caller.actor)
            case (nil, nil): break
            }
        }
        if let state { try await desk.setState(state, of: id, by: caller.actor) }
        return .json(JSONValue(try entry(id)))
    }

    private func evaluate(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        let id = try caller.id()
        try await services.segments.evaluate(id)
        return .json(JSONValue(try entry(id)))
    }
}
