import Exports
import Profiles
import Segments
import Store
import Synchronization

extension ExportDesk {
    /// The longest that one question may count; what is not counted by then is counted next time.
    private static let countingMax = Duration.seconds(2)

    /// The members of every segment, and of the chosen ones together. Counts are kept for a minute.
    package func memberCounts(chosen: [String]) throws -> MemberCounts {
        let segments = try catalog.segments()
        let library = SegmentLibrary(segments)
        let schema = try engine.schema()
        let moment = Timestamp(milliseconds: now())
        let predicate = { (segment: Segment) -> Predicate? in
            // A rule that cannot be evaluated has no members to show; the run says why.
            try? Planner.predicate(
                of: segment, schema: schema, library: library, moment: moment)
        }
        let began = ContinuousClock.now
        var bySegment: [Int64: Int] = [:]
        for segment in segments where segment.state == .active {
            if let members = keptCount(of: segment, at: moment.milliseconds) {
                bySegment[segment.id] = members
            } else if ContinuousClock.now - began < Self.countingMax,
                let condition = predicate(segment)
            {
                let members = try engine.count(condition)
                let count = SegmentCount(definition: segment.definition, members: members)
                counts.withLock {
                    Self.keep(count, for: segment.id, at: moment.milliseconds, in: &$0)
                }
                bySegment[segment.id] = members
            }
        }
        let wanted = chosen.compactMap { library.segment(named: $0) }
        let conditions = wanted.filter { $0.state == .active }.compactMap(predicate)
        let isWhole = !chosen.isEmpty && conditions.count == chosen.count
        return MemberCounts(
            bySegment: bySegment,
            together: isWhole ? try engine.count(Predicate.disjunction(conditions)) : nil)
    }

    private func keptCount(of segment: Segment, at moment: Int64) -> Int? {
        guard let kept = counts.withLock({ $0[segment.id] }),
            moment - kept.at < Self.freshMilliseconds, kept.value.definition == segment.definition,
            // The members of a static segment change without its definition.
            segment.definition != .static
        else { return nil }
        return kept.value.members
    }
}
