import Access
import Delivery
import Exports
import Logging
import Profiles
import Segments
import Store

/// Single tasks of a refresh.
extension RefreshCenter {
    /// How long a run that nobody carries out is left alone before it is begun again, and how often.
    private static let orphanPause: Duration = .seconds(1)
    private static let orphanTriesMax = 3
    /// How often a run is looked at that is just being closed: ten minutes, which is enough for the largest.
    private static let closingTriesMax = 600

    /// Carries out one task. Only the end of the service is thrown, and trouble of the catalog.
    func carryOut(_ step: Step, of refresh: Refresh) async throws -> RefreshOutcome {
        do {
            let outcome =
                switch step.task.stage {
                case .source: try await importSource(step)
                case .segment: try await evaluate(step)
                case .export: try await runExport(step, of: refresh)
                }
            // What stopped because the service ends begins again.
            if outcome.state == .cancelled, !step.stop.isRequested { try Task.checkCancellation() }
            return outcome
        } catch {
            if Task.isCancelled { throw CancellationError() }
            if step.stop.isRequested { return .cancelled }
            return failure(error, of: step)
        }
    }

    private func failure(_ error: any Error, of step: Step) -> RefreshOutcome {
        switch error {
        // A person ended this one task, an import for instance.
        case is CancellationError:
            return .cancelled
        case let error as RuleTextError:
            return .failed(reason: "rule-invalid", detail: Remark(error))
        case let error as PlanRefusal:
            return .failed(reason: error.refusalCode, detail: Remark(error))
        case let error as StoreError where error.code == .notFound:
            // Nothing can depend on what was removed, so nothing is held up by it.
            return .doneWithWarnings(count: nil, reason: "gone", detail: Remark(error))
        case let error as StoreError:
            return .failed(
                reason: error.code.rawValue, detail: Remark(error))
        default:
            logger.error(
                "A task of a refresh failed.",
                metadata: [
                    "task.stage": "\(step.task.stage)", "error.type": "\(type(of: error))",
                ])
            return .failed(reason: "internal-error", detail: Remark("internal-error"))
        }
    }

    private func importSource(_ step: Step) async throws -> RefreshOutcome {
        let position = step.task.position
        let stop = step.stop
        return try await work.importSource(
            Source.ID(step.task.thing),
            { [weak self] rows in self?.note(rows: rows, of: position) },
            { stop.isRequested || Task.isCancelled })
    }

    private func evaluate(_ step: Step) async throws -> RefreshOutcome {
        .done(count: try await work.evaluate(Segment.ID(step.task.thing)))
    }

    // MARK: Exports

    private func runExport(_ step: Step, of refresh: Refresh) async throws -> RefreshOutcome {
        guard let (run, isOurs) = try await start(step, of: refresh) else {
            return .skipped(
                reason: "export-missing",
                detail: Remark("export-missing", ["export": .text(step.task.name)]))
        }
        try note(run: run.id, of: step.task.position)
        if run.state == .held, !isOurs {
            return .skipped(
                reason: "run-held",
                detail: Remark("run-held", ["run": .digits(run.id)]))
        }
        let ended = try await end(of: run.id, step, isOurs: isOurs)
        return Self.outcome(of: ended, isStopped: step.stop.isRequested)
    }

    /// The run that carries out an export: the one that an earlier process began for this refresh, one that
    /// somebody has begun meanwhile, or else a new one, as soon as the one before it is closed.
    private func start(
        _ step: Step, of refresh: Refresh
    ) async throws -> (run: Run, isOurs: Bool)? {
        // A run that is not there any more, pruned for instance, is begun anew.
        if let run = step.task.run, let found = try? catalog.ledger.run(id: run) {
            return (found, found.trigger == .refresh)
        }
        let export = Export.ID(step.task.thing)
        var tries = 0
        while true {
            guard try catalog.setup.export(id: export) != nil else { return nil }
            if let open = try catalog.ledger.openRun(ofExport: export) {
                // It began with this refresh, just before the process ended.
                let isOurs = Self.belongs(open, to: refresh)
                if isOurs || open.state.isOpen { return (open, isOurs) }
            }
            do {
                let run = try runs.start(
                    export, trigger: .refresh, by: Actor(name: refresh.actor))
                return (run, true)
            } catch let error as StoreError where error.code == .alreadyRunning {
                // An earlier run is just being closed, or somebody was faster.
                tries += 1
                guard tries <= Self.closingTriesMax, !step.stop.isRequested else { throw error }
                try await Task.sleep(for: Self.orphanPause)
            }
        }
    }

    /// Whether a refresh began a run. There is one refresh at a time.
    private static func belongs(_ run: Run, to refresh: Refresh) -> Bool {
        run.trigger == .refresh && run.createdAt >= refresh.createdAt
    }

    /// Stops the runs that an earlier process began for a refresh that is being cancelled: nobody in this one
    /// waits for them.
    func stopRuns(of tasks: [RefreshTask], in refresh: Refresh) throws {
        for task in tasks where task.stage == .export && task.state == .running {
            guard let open = try catalog.ledger.openRun(ofExport: Export.ID(task.thing)),
                Self.belongs(open, to: refresh), open.state == .planning || open.state == .sending
            else { continue }
            do {
                try runs.stop(open, by: ImportCenter.service)
            } catch let error as StoreError where error.code == .runEnded {
                continue
            }
        }
    }

    /// Waits for the end of a run, or until it is held. A run of somebody else is not stopped with the
    /// refresh, only no longer waited for.
    private func end(of id: Run.ID, _ step: Step, isOurs: Bool) async throws -> Run {
        var orphanTries = 0
        var isToldToStop = false
        while true {
            try Task.checkCancellation()
            let run = try catalog.ledger.run(id: id)
            if !run.state.isOpen || run.state == .held { return run }
            if let requester = step.stop.requester {
                guard isOurs else { return run }
                if !isToldToStop {
                    do {
                        try runs.stop(run, by: requester)
                        isToldToStop = true
                    } catch let error as StoreError where error.code == .runEnded {
                        // It ended, or was held, this very moment, which the next look tells.
                        continue
                    } catch {
                        logger.error(
                            "A run of a cancelled refresh could not be stopped. That is tried again.",
                            metadata: ["run.id": "\(id)", "error.type": "\(type(of: error))"])
                        try await Task.sleep(for: Self.orphanPause)
                        continue
                    }
                }
                for await _ in runs.updates(of: id) {}
            } else {
                await waitForNews(of: id, step.stop)
            }
            let now = try catalog.ledger.run(id: id)
            if !now.state.isOpen || now.state == .held { return now }
            if step.stop.isRequested, !isToldToStop { continue }
            // Nobody carries it out: trouble of the machine left it behind, or it is not taken up yet.
            if runs.progress(of: id) == nil {
                try await Task.sleep(for: Self.orphanPause)
                guard runs.progress(of: id) == nil else { continue }
                orphanTries += 1
                guard orphanTries <= Self.orphanTriesMax else { return now }
                if step.stop.isRequested {
                    // Nobody heard of the stop, or whoever did could not go on: it ends where it stands.
                    isToldToStop = false
                    continue
                }
                // When that is refused, the next look tells why.
                _ = try? runs.start(
                    now.export, trigger: now.trigger, by: Actor(name: now.actor))
            }
        }
    }

    /// Returns when the run has ended or is not carried out here, or when a stop is requested.
    private func waitForNews(of id: Run.ID, _ stop: RefreshStop) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [runs] in
                for await _ in runs.updates(of: id) {}
                stop.wake()
            }
            await stop.wait()
            group.cancelAll()
        }
    }

    private static func outcome(of run: Run, isStopped: Bool) -> RefreshOutcome {
        switch run.state {
        case .completed:
            let nothing = run.plan?.operations == 0
            return nothing ? .unchanged(count: nil) : .done(count: run.delivered)
        case .completedWithWarnings:
            return .doneWithWarnings(count: run.delivered)
        case .held:
            return .doneWithWarnings(count: nil, reason: run.reason, detail: run.detail)
        case .skipped, .dismissed:
            return .skipped(reason: run.reason ?? "export-skipped", detail: run.detail)
        case .failed:
            return .failed(reason: run.reason ?? "export-failed", detail: run.detail)
        case .stopped:
            return .cancelled
        case .planning, .sending:
            return isStopped
                ? .cancelled
                : .failed(
                    reason: "run-left-open",
                    detail: Remark("run-left-open", ["run": .digits(run.id)]))
        }
    }
}
