import Acts
import Exports
import Profiles
import Segments

/// The members of a segment, page by page in the order of their ids, as they are at one moment.
struct SegmentMembers: Sendable {
    let attributes: [Attribute]
    private let engine: any ProfileEngine
    private let predicate: Predicate

    /// A rule that means nothing any more is the error's.
    init(_ segment: Segment, _ services: Services) throws {
        engine = services.engine
        attributes = try services.engine.schema().attributes
        predicate = try services.segments.predicate(of: segment)
    }

    func page(after: Profile.ID?, limit: Int) throws -> [Profile] {
        try engine.profiles(matching: predicate, after: after, limit: limit)
    }

    /// Their number now, counted for the asking.
    func count() throws -> Int { try engine.count(predicate) }
}
