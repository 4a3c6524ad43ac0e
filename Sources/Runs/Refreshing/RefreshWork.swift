package import Exports
import Profiles
package import Segments
package import Store

/// What a refresh does with sources and segments. Exports are run by the run center.
package struct RefreshWork: Sendable {
    /// The sources there are, in the order of their import.
    package var sources: @Sendable () throws -> [RefreshPlan.Source]
    /// Imports one source. `progress` takes the rows read so far; `isCancelled` asks whether to stop.
    package var importSource:
        @Sendable (
            _ id: Int64, _ progress: @escaping @Sendable (_ rows: Int) -> Void,
            _ isCancelled: @escaping @Sendable () -> Bool
        ) async throws -> RefreshOutcome
    /// Evaluates one segment and answers how many members it has.
    package var evaluate: @Sendable (Segment.ID) async throws -> Int

    package init(
        sources: @escaping @Sendable () throws -> [RefreshPlan.Source],
        importSource:
            @escaping @Sendable (
                Int64, @escaping @Sendable (Int) -> Void, @escaping @Sendable () -> Bool
            ) async throws -> RefreshOutcome,
        evaluate: @escaping @Sendable (Segment.ID) async throws -> Int
    ) {
        self.sources = sources
        self.importSource = importSource
        self.evaluate = evaluate
    }

    /// Without sources; segments are counted. `now` is in milliseconds since 1970.
    package static func counting(
        _ catalog: Catalog, _ engine: any ProfileEngine, now: @escaping @Sendable () -> Int64
    ) -> RefreshWork {
        RefreshWork(
            sources: { [] },
            importSource: { _, _, _ in .unchanged(count: nil) },
            evaluate: { id in
                let segments = try catalog.segments()
                guard let segment = segments.first(where: { $0.id == id }) else {
                    throw StoreError(.notFound, "There is no segment \(id).")
                }
                return try engine.count(
                    Planner.predicate(
                        of: segment, schema: try engine.schema(),
                        library: SegmentLibrary(segments),
                        moment: Timestamp(milliseconds: now())))
            })
    }
}
