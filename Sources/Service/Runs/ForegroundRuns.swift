package import Access
import Acts
package import Delivery
package import Exports
package import Store
import Synchronization

/// Runs of a command: an act begins one or decides about it, and the command carries it on while a person
/// waits. Everything here throws what the catalog throws.
package final class ForegroundRuns: RunCarrier {
    package let catalog: Catalog
    private let runner: ExportRunner
    /// Runs that this process began; others were left behind by one that may have sent more than it wrote
    /// down.
    private let begun = Mutex<Set<Run.ID>>([])

    package init(_ runner: ExportRunner) {
        self.runner = runner
        catalog = runner.catalog
    }

    /// A run that was interrupted is answered instead of another one. Throws `StoreError` while one is held.
    package func start(_ id: Export.ID, trigger: RunTrigger, by actor: Actor) throws -> Run {
        guard let export = try catalog.setup.export(id: id) else {
            throw StoreError.missing("export", id)
        }
        if let open = try catalog.ledger.openRun(ofExport: id), open.state != .held {
            if open.state.isOpen { return open }
            try catalog.ledger.finishEnd(of: open.id)
        }
        let run = try catalog.ledger.createRun(of: export, trigger: trigger, by: actor)
        begun.withLock { _ = $0.insert(run.id) }
        return run
    }

    /// Throws `StoreError` when the run is not held.
    package func approve(_ run: Run, by actor: Actor) throws {
        let approved = try catalog.ledger.approve(run.id, by: actor)
        begun.withLock { _ = $0.insert(approved.id) }
    }

    /// Throws `StoreError` when the run is not held.
    package func dismiss(_ run: Run, by actor: Actor) throws {
        try runner.dismiss(run, by: actor)
    }

    /// Nothing sends while a command decides: the data directory is its own. Throws `StoreError` when the run
    /// has ended, or is held.
    package func stop(_ run: Run, by actor: Actor) throws {
        _ = try runner.endUnsent(try catalog.ledger.writeStop(of: run.id, by: actor))
    }

    package func progress(of run: Run.ID) -> RunProgress? { nil }

    /// Carries a run on until it has ended or waits for a person. Throws what trouble of the machine makes it
    /// leave behind.
    package func carryOut(
        _ id: Run.ID, by actor: Actor, stop: StopSignal,
        progress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> Run {
        let run = try catalog.ledger.run(id: id)
        return try await runner.resume(
            run,
            ExportRunner.Request(
                trigger: run.trigger, actor: actor, isApproved: false, stop: stop,
                progress: progress),
            afterCrash: !begun.withLock { $0.contains(id) })
    }
}
