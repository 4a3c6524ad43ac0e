package import Access
import Exports
package import Store

/// Starts what schedules ask for: refreshes, and runs of exports with a schedule of their own.
package struct ScheduledRuns: Sendable {
    private let catalog: Catalog
    private let runs: RunCenter
    private let refresh: @Sendable (DueStart) throws -> Scheduler.Answer
    private let isUpstreamBusy: @Sendable () -> Bool

    /// Whom the audit names for starts that nobody asked for in person.
    package static let actor = Actor(name: "schedule")

    package init(catalog: Catalog, runs: RunCenter, refreshes: RefreshCenter) {
        self.init(
            catalog: catalog, runs: runs,
            refresh: { due in
                let begun = try refreshes.begin(
                    trigger: .schedule, dueAt: due.dueAt, missed: due.missed, by: Self.actor)
                return begun.isNew ? .started : .merged
            },
            isUpstreamBusy: { refreshes.upstreamIsBusy })
    }

    /// `refresh` begins one; `isUpstreamBusy` says whether one is at work on what exports read.
    init(
        catalog: Catalog, runs: RunCenter,
        refresh: @escaping @Sendable (DueStart) throws -> Scheduler.Answer,
        isUpstreamBusy: @escaping @Sendable () -> Bool
    ) {
        self.catalog = catalog
        self.runs = runs
        self.refresh = refresh
        self.isUpstreamBusy = isUpstreamBusy
    }

    /// Starts what is due. Throws what `RefreshCenter.begin` throws, and trouble of the catalog.
    package func start(_ due: DueStart) throws -> Scheduler.Answer {
        switch due.subject {
        case .system: try refresh(due)
        case .export(let id): try start(id)
        }
    }

    /// An export with a schedule of its own, as soon as nothing is at work on what it reads.
    private func start(_ id: Export.ID) throws -> Scheduler.Answer {
        guard !isUpstreamBusy() else { return .waits }
        // One whose connection was taken off does not run until it gets another.
        guard let export = try catalog.setup.export(id: id), export.connection != nil else {
            return .merged
        }
        return try begin(id)
    }

    /// A run under way does its work, unless it has its last state and is only being closed.
    private func begin(_ id: Export.ID) throws -> Scheduler.Answer {
        do {
            _ = try runs.start(id, trigger: .schedule, by: Self.actor)
            return .started
        } catch let error as StoreError where error.code == .alreadyRunning {
            return try catalog.ledger.openRun(ofExport: id)?.state.isOpen == true ? .merged : .waits
        } catch let error as StoreError where error.code == .notFound {
            return .merged
        }
    }
}
