package import Access
import Exports
package import Store

/// Starts the runs that schedules ask for.
package struct ScheduledRuns: Sendable {
    private let catalog: Catalog
    private let runs: RunCenter
    private let isUpstreamBusy: @Sendable () -> Bool

    /// Whom the audit names for starts that nobody asked for in person.
    package static let actor = Actor(name: "schedule")

    /// `isUpstreamBusy` says whether a refresh is at work on what exports read.
    package init(
        catalog: Catalog, runs: RunCenter,
        isUpstreamBusy: @escaping @Sendable () -> Bool = { false }
    ) {
        self.catalog = catalog
        self.runs = runs
        self.isUpstreamBusy = isUpstreamBusy
    }

    /// Starts what is due.
    package func start(_ due: DueStart) throws -> Scheduler.Answer {
        switch due.subject {
        case .system: try startAll()
        case .export(let id): try start(id)
        }
    }

    /// Every export that runs with the refresh and has a connection.
    private func startAll() throws -> Scheduler.Answer {
        let exports = try catalog.exports().filter {
            $0.schedule == .refresh && $0.connection != nil
        }
        var answer = Scheduler.Answer.merged
        for export in exports where try begin(export.id, .refresh) { answer = .started }
        return answer
    }

    /// An export with a schedule of its own, as soon as nothing is at work on what it reads.
    private func start(_ id: Export.ID) throws -> Scheduler.Answer {
        guard !isUpstreamBusy() else { return .waits }
        // One whose connection was taken off does not run until it gets another.
        guard let export = try catalog.export(id: id), export.connection != nil else {
            return .merged
        }
        return try begin(id, .schedule) ? .started : .merged
    }

    /// False when a run of it is under way, or it is gone.
    private func begin(_ id: Export.ID, _ trigger: RunTrigger) throws -> Bool {
        do {
            _ = try runs.start(id, trigger: trigger, by: Self.actor)
            return true
        } catch let error as StoreError
            where error.code == .alreadyRunning || error.code == .notFound
        {
            return false
        }
    }
}
