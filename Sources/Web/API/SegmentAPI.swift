import Access
import Exports
import Hummingbird
import Profiles
import Runs
import Segments
import Store

/// Segments, to be read; how many members one has costs a pass over the profiles and is told on request.
struct SegmentAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        routes.api(.get, "/api/v1/segments", needs: .readSegments, use: list)
        routes.api(.get, "/api/v1/segments/{id}", needs: .readSegments, use: show)
    }

    private func list(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.segments)
        return .json(
            try page.answer(all: try services.catalog.segments(), .segments) { JSONValue($0) })
    }

    private func show(_ caller: Caller) throws -> Response {
        let isCounting = try APIQuery(caller, names: ["count"]).flag("count")
        let id = try caller.id()
        let segments = try services.catalog.segments()
        guard let segment = segments.first(where: { $0.id == id }) else {
            throw WebProblem(.notFound, "There is no segment \(id).")
        }
        guard isCounting else { return .json(JSONValue(segment, members: nil)) }
        let predicate = try Planner.predicate(
            of: segment, schema: try services.engine.schema(), library: SegmentLibrary(segments),
            moment: Timestamp(milliseconds: services.now()))
        return .json(JSONValue(segment, members: try services.engine.count(predicate)))
    }
}
