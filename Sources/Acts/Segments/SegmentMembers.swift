package import Exports
package import Profiles
package import Segments

/// The members of a segment, page by page, as they are at one moment.
package struct SegmentMembers: Sendable {
    package let attributes: [Attribute]
    let engine: any ProfileEngine
    let predicate: Predicate

    /// Throws what the engine throws.
    package func page(after: String?, limit: Int) async throws -> ProfilePage {
        try await engine.page(of: predicate, after: after, limit: limit)
    }
}

extension SegmentDesk {
    /// Throws `RuleTextError` for a rule that means nothing any more.
    package func members(of segment: Segment) async throws -> SegmentMembers {
        SegmentMembers(
            attributes: try await engine.schema().attributes, engine: engine,
            predicate: try await predicate(of: segment))
    }
}
