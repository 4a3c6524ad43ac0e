package import Acts
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
            _ id: Source.ID, _ progress: @escaping @Sendable (_ rows: Int) -> Void,
            _ isCancelled: @escaping @Sendable () -> Bool
        ) async throws -> RefreshOutcome
    /// Evaluates one segment and answers how many members it has.
    package var evaluate: @Sendable (Segment.ID) async throws -> Int

    /// What `sources` throws keeps a refresh from beginning; what the others throw fails their
    /// task.
    package init(
        sources: @escaping @Sendable () throws -> [RefreshPlan.Source],
        importSource:
            @escaping @Sendable (
                Source.ID, @escaping @Sendable (Int) -> Void, @escaping @Sendable () -> Bool
            ) async throws -> RefreshOutcome,
        evaluate: @escaping @Sendable (Segment.ID) async throws -> Int
    ) {
        self.sources = sources
        self.importSource = importSource
        self.evaluate = evaluate
    }

    /// Without sources; segments are evaluated by their desk.
    package static func evaluating(_ desk: SegmentDesk) -> RefreshWork {
        RefreshWork(
            sources: { [] },
            importSource: { _, _, _ in .unchanged(count: nil) },
            evaluate: { id in try await desk.evaluate(id) })
    }

    /// Sources are imported when their files have changed, segments evaluated by their desk.
    package static func live(_ imports: ImportCenter, _ desk: SegmentDesk) -> RefreshWork {
        var work = evaluating(desk)
        work.sources = {
            try imports.sources().filter(\.isActive).map {
                RefreshPlan.Source(id: $0.id, name: $0.name)
            }
        }
        work.importSource = { id, progress, isCancelled in
            do {
                let outcome = try await imports.importSource(
                    id, progress: { progress($0.rows) }, isCancelled: isCancelled)
                return switch outcome {
                case .imported(let summary):
                    summary.skipped > 0
                        ? .doneWithWarnings(count: summary.rows, reason: "rows-set-aside")
                        : .done(count: summary.rows)
                case .unchanged: .unchanged(count: nil)
                }
            } catch let trouble as ImportTrouble where trouble.isPassing {
                // The profiles stand as they were, and what is built on them may go on.
                return .doneWithWarnings(
                    count: nil, reason: trouble.code, detail: trouble.detail)
            } catch let trouble as ImportTrouble {
                return .failed(reason: trouble.code, detail: trouble.detail)
            }
        }
        return work
    }
}
