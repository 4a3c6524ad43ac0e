package import Delivery
import Exports
import Profiles
import Segments
import Store

extension ExportDesk {
    /// The members of every segment, and of the chosen ones together, as they were last counted; see
    /// `MemberCounter`. Throws what the engine and the catalog throw.
    package func memberCounts(chosen: [String]) async throws -> MemberCounts {
        let segments = try catalog.setup.segments()
        let library = SegmentLibrary(segments)
        let schema = try await engine.schema()
        let moment = Timestamp(milliseconds: now())
        var questions: [Segment.ID: MemberCounter.Question] = [:]
        for segment in segments where segment.state == .active {
            // A rule that cannot be evaluated has no members to show; the run says why.
            let predicate = try? Planner.predicate(
                of: segment, schema: schema, library: library, moment: moment)
            guard let predicate else { continue }
            questions[segment.id] = MemberCounter.Question(
                choice: MemberCounter.Choice([segment]), predicate: predicate)
        }
        var asked = segments.compactMap { questions[$0.id] }
        let wanted = chosen.compactMap { library.segment(named: $0) }
        let parts = wanted.compactMap { questions[$0.id] }
        let together: MemberCounter.Question? =
            if chosen.isEmpty || parts.count != chosen.count {
                nil
            } else if parts.count == 1 {
                parts[0]
            } else {
                MemberCounter.Question(
                    choice: MemberCounter.Choice(wanted),
                    predicate: Predicate.disjunction(parts.map(\.predicate)))
            }
        if let together, parts.count > 1 { asked.insert(together, at: 0) }
        let counts = try await counter.members(of: asked, at: moment.milliseconds)
        return MemberCounts(
            bySegment: questions.compactMapValues { counts[$0.choice] },
            together: together.flatMap { counts[$0.choice] })
    }
}
