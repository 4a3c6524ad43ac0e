import Acts
import Exports
import Profiles
import Segments

/// The members of a segment, page by page, as they are at one moment.
struct SegmentMembers: Sendable {
    let attributes: [Attribute]
    private let engine: any ProfileEngine
    private let predicate: Predicate

    /// A rule that means nothing any more is the error's.
    init(_ segment: Segment, _ services: Services) async throws {
        engine = services.engine
        attributes = try await services.engine.schema().attributes
        predicate = try await services.segments.predicate(of: segment)
    }

    func page(after: String?, limit: Int) async throws -> ProfilePage {
        try await engine.page(of: predicate, after: after, limit: limit)
    }

    /// Their number now, counted for the asking.
    func count() async throws -> Int {
        try await engine.count(predicate, within: EnginePatience.count)
    }
}
