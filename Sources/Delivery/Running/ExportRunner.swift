package import Access
package import Exports
import Foundation
import Profiles
import Segments
package import Store
package import Transport

/// Runs exports from beginning to end: plan, verdict, delivery, outcome.
package struct ExportRunner: Sendable {
    package let catalog: Catalog
    package let engine: any ProfileEngine
    package let time: Timekeeper
    /// Opens the account of a connection. `afterCrash` says that an earlier process may have sent more than
    /// it wrote down.
    package let openAccount: @Sendable (Connection, _ afterCrash: Bool) async throws -> Account
    /// Plans made at the same time: each sorts its people, which takes memory and both cores.
    private let planning = AsyncSlots(count: 2)

    /// What `openAccount` throws ends a run, unless it is trouble of the machine.
    package init(
        catalog: Catalog, engine: any ProfileEngine, time: Timekeeper,
        openAccount: @escaping @Sendable (Connection, Bool) async throws -> Account
    ) {
        self.catalog = catalog
        self.engine = engine
        self.time = time
        self.openAccount = openAccount
    }

    /// How a run is asked for.
    package struct Request: Sendable {
        package let trigger: RunTrigger
        package let actor: Actor
        /// Whether a person agrees to a plan that would be held.
        package let isApproved: Bool
        package let stop: StopSignal
        package let progress: @Sendable (RunProgress) -> Void

        package init(
            trigger: RunTrigger, actor: Actor, isApproved: Bool, stop: StopSignal,
            progress: @escaping @Sendable (RunProgress) -> Void
        ) {
            self.trigger = trigger
            self.actor = actor
            self.isApproved = isApproved
            self.stop = stop
            self.progress = progress
        }

        /// A held run is approved up to what a person saw of it, and no further.
        var withoutApproval: Request {
            Request(
                trigger: trigger, actor: actor, isApproved: false, stop: stop, progress: progress)
        }
    }

    /// Runs an export. An unfinished run of it, left by a crash, is finished instead of starting another; a
    /// held one is approved when the request says so, and otherwise dismissed and planned anew.
    /// Throws `StoreError` when the export is gone, or its last run is just being closed, and as
    /// `resume` does.
    package func run(_ export: Export, _ request: Request) async throws -> Run {
        if let open = try catalog.ledger.openRun(ofExport: export.id) {
            switch open.state {
            case .held where request.isApproved:
                return try await resume(
                    try catalog.ledger.approve(open.id, by: request.actor), request.withoutApproval,
                    afterCrash: false)
            case .held:
                try dismiss(open, by: request.actor)
            case let state where !state.isOpen:
                try catalog.ledger.finishEnd(of: open.id)
            default:
                return try await resume(open, request)
            }
        }
        let run = try catalog.ledger.createRun(
            of: export, trigger: request.trigger, by: request.actor)
        return try await planAndSend(run, of: export, request, afterCrash: false)
    }

    /// Carries on with a run, from wherever it is. `afterCrash` says that an earlier process may have sent
    /// more than it wrote down. What goes wrong with the account, the rules or the export ends the
    /// run and is not thrown. Throws `CancellationError` when the task is cancelled, and trouble of
    /// the machine: `EngineError`, `LedgerDisorder`, or that of the catalog. The run stays open
    /// then.
    package func resume(
        _ run: Run, _ request: Request, afterCrash: Bool = true
    ) async throws -> Run {
        guard run.state == .planning || run.state == .sending else {
            if run.state == .held || run.endedAt != nil { return run }
            // A crash cut its closing off.
            try catalog.ledger.finishEnd(of: run.id)
            return try catalog.ledger.run(id: run.id)
        }
        if request.stop.isRequested, run.state == .planning { return try endUnsent(run) }
        guard let export = try catalog.setup.export(id: run.export) else {
            try catalog.ledger.end(run.id, state: .failed, reason: "export-missing")
            return try catalog.ledger.run(id: run.id)
        }
        if run.state == .planning {
            return try await planAndSend(run, of: export, request, afterCrash: afterCrash)
        }
        return try await send(run, of: export, request, afterCrash: afterCrash)
    }

    /// Ends a held run without sending. Throws `StoreError.notHeld` when it is not held.
    package func dismiss(_ run: Run, by actor: Actor) throws {
        if try !catalog.ledger.dismiss(run.id, by: actor) {
            try catalog.ledger.finishEnd(of: run.id)
        }
    }

    /// Ends a run that nobody carries out: it waits its turn, or trouble of the machine left it behind.
    /// Throws as `LedgerCatalog.end` does.
    package func endUnsent(_ run: Run) throws -> Run {
        if try !beginEndUnsent(run) { try catalog.ledger.finishEnd(of: run.id) }
        return try catalog.ledger.run(id: run.id)
    }

    /// The same, as far as it goes at once. False when `Catalog.finishEnd` has more to do. Throws
    /// as `LedgerCatalog.beginEnd` does.
    package func beginEndUnsent(_ run: Run) throws -> Bool {
        try catalog.ledger.beginEnd(
            run.id, state: .stopped, reason: ReasonCode.stopped.rawValue,
            detail: Remark(run.batchesSent == 0 ? "stopped-unsent" : "stopped-unconfirmed"))
    }

    private func planAndSend(
        _ run: Run, of export: Export, _ request: Request, afterCrash: Bool
    ) async throws -> Run {
        do {
            let connection = try connection(of: export)
            let account = try await openAccount(connection, afterCrash)
            do {
                let run = try await planAndSend(run, of: export, request, account)
                await account.close()
                return run
            } catch {
                await account.close()
                throw error
            }
        } catch {
            return try end(run, after: error)
        }
    }

    private func planAndSend(
        _ run: Run, of export: Export, _ request: Request, _ account: Account
    ) async throws -> Run {
        let planner = Planner(catalog: catalog, engine: engine, moment: moment)
        let progress = request.progress
        let stop = request.stop
        let isCancelled = StopSignal()
        // One long step without a pause, beside the threads on which everything else waits its turn.
        let summary = try await planning.holding {
            try await withTaskCancellationHandler {
                let wire = account.destination.wireFormat(for: export)
                return try await OwnThread.run {
                    let watch = Planner.Watch(
                        progress: { members in
                            var state = RunProgress(phase: .planning)
                            state.members = members
                            progress(state)
                        },
                        isCancelled: { stop.isRequested || isCancelled.isRequested })
                    return try planner.plan(run.id, of: export, wire: wire, watch: watch)
                }
            } onCancel: {
                isCancelled.request()
            }
        }
        switch PlanVerdict(summary, export: export) {
        case .tooMany(let people, let max):
            return try end(
                run, .skipped, reason: "too-many-people",
                Remark("too-many-people", ["people": .number(people), "limit": .number(max)]))
        case .hold(let leavers, let delivered)
        where !request.isApproved && leavers > run.approvedLeavers ?? -1:
            try catalog.ledger.hold(
                run.id,
                detail: Remark(
                    "too-many-leavers",
                    [
                        "leavers": .number(leavers), "delivered": .number(delivered),
                        "percent": .number(Int((export.holdShare * 100).rounded())),
                    ]))
            return try catalog.ledger.run(id: run.id)
        case .hold, .go:
            return try await deliver(
                try catalog.ledger.run(id: run.id), of: export, request, account)
        }
    }

    /// Sends a stored plan, or the rest of it.
    private func send(
        _ run: Run, of export: Export, _ request: Request, afterCrash: Bool
    ) async throws -> Run {
        do {
            let account = try await openAccount(try connection(of: export), afterCrash)
            do {
                let run = try await deliver(run, of: export, request, account)
                await account.close()
                return run
            } catch {
                await account.close()
                throw error
            }
        } catch {
            return try end(run, after: error)
        }
    }

    private func deliver(
        _ run: Run, of export: Export, _ request: Request, _ account: Account
    ) async throws -> Run {
        if request.stop.isRequested, run.state == .planning { return try endUnsent(run) }
        // Even when nothing is to be sent: a key that is refused must not look like a run that went well.
        try await checkTargets(of: export, account)
        try await drainEarlier(than: run, account, stop: request.stop)
        if run.state == .sending {
            // A crash may have come before all of them were recorded.
            try catalog.ledger.recordSilentLeavers(of: run.id)
        } else {
            try catalog.ledger.beginSending(run.id)
        }
        let driver = DeliveryDriver(
            catalog: catalog, account: account, export: export,
            run: try catalog.ledger.run(id: run.id),
            time: time, stop: request.stop, progress: request.progress)
        let end = try await driver.drive()
        let result = try catalog.ledger.run(id: run.id)
        if case .gaveUp(let reason, let detail) = end {
            return try self.end(run, .failed, reason: reason, detail)
        }
        if request.stop.isRequested, result.pending > 0 || result.leavePending > 0 {
            return try self.end(
                run, .stopped, reason: ReasonCode.stopped.rawValue, Remark("stopped-confirmed"))
        }
        let isClean = result.refused == 0 && result.suppressed == 0 && result.leaveRefused == 0
        return try self.end(run, isClean ? .completed : .completedWithWarnings, reason: nil, nil)
    }

    /// Waits for what an earlier run of the export had sent when it ended unfinished: an older import must not
    /// win over a newer one.
    private func drainEarlier(than run: Run, _ account: Account, stop: StopSignal) async throws {
        guard run.plan?.operations != 0, try catalog.ledger.hasImportsUnderWay(before: run) else {
            return
        }
        let deadline = time.now() + Self.drainPatience
        while time.now() < deadline, !stop.isRequested {
            if try await account.destination.outstandingBatches() == 0 { break }
            try await time.sleep(Self.drainInterval)
        }
        try catalog.ledger.forgetImportsUnderWay(before: run)
    }

    private static let drainPatience: Duration = .seconds(600)
    private static let drainInterval: Duration = .seconds(2)

    /// The importer ignores lists and fields it does not know, so they are looked up before anything is sent.
    private func checkTargets(of export: Export, _ account: Account) async throws {
        if account.destination.descriptor.abilities.contains(.lists) {
            let lists = try await account.destination.lists()
            guard lists.contains(where: { $0.id == export.list.id }) else {
                throw RunTrouble(
                    reason: DestinationError.Code.notFound.rawValue, "list-gone",
                    ["list": .text(export.list.id)])
            }
        }
        let wanted = export.fieldIDs
        guard !wanted.isEmpty else { return }
        let known = Set(try await account.destination.fields().map(\.id))
        for id in wanted where !known.contains(id) {
            throw RunTrouble(
                reason: DestinationError.Code.notFound.rawValue, "field-gone",
                ["field": .text(id)])
        }
    }

    private func connection(of export: Export) throws -> Connection {
        guard let id = export.connection, let connection = try catalog.setup.connection(id: id)
        else {
            throw PlanRefusal(.noConnection, ["export": .text(export.name)])
        }
        try checkExportUser(of: connection)
        return connection
    }

    /// Runs read profiles on behalf of the administrator who stood up for the connection; nobody else has
    /// answered for the transfer.
    private func checkExportUser(of connection: Connection) throws {
        guard try catalog.people.isEnabledAdministrator(actorName: connection.exportUser) == false
        else { return }
        let name = Actor(name: connection.exportUser).userName ?? connection.exportUser
        throw RunTrouble(
            reason: "export-user-gone", "export-user-gone",
            ["user": .text(name), "connection": .text(connection.name)])
    }

    private var moment: Timestamp { Timestamp(milliseconds: time.now().milliseconds) }

    private func end(_ run: Run, after error: any Error) throws -> Run {
        // The service ends: whatever failed, failed because of that, and the next one goes on.
        if Task.isCancelled { throw CancellationError() }
        switch error {
        case let error as PlanRefusal where try catalog.ledger.run(id: run.id).state == .sending:
            // Resumed after its connection was taken off.
            return try end(
                run, .stopped, reason: error.refusalCode,
                Remark(error.refusalCode, error.facts.merging(["what": .word("sending")]) { $1 }))
        case let error as PlanRefusal:
            return try end(run, .skipped, reason: error.refusalCode, Remark(error))
        case let error as AccountsDiffer:
            return try end(run, .failed, reason: Run.accountsDiffer, Remark(error))
        case let error as RuleTextError:
            return try end(run, .skipped, reason: "rule-invalid", Remark(error))
        case is MasterKey.SealError:
            return try end(
                run, .failed, reason: "secret-unreadable", Remark("secret-unreadable"))
        case let error as RunTrouble:
            return try end(run, .failed, reason: error.reason, Remark(error))
        case let error as DestinationError:
            return try end(run, .failed, reason: error.code.rawValue, Remark(error))
        case let error as TransportError:
            return try end(
                run, .failed, reason: error.code.rawValue, Remark(DestinationError(error)))
        case is CancellationError where try catalog.ledger.run(id: run.id).state == .planning:
            return try endUnsent(run)
        default:
            // Trouble of the machine itself, a full disk for instance: the run stays open and is resumed.
            throw error
        }
    }

    private func end(
        _ run: Run, _ state: RunState, reason: String?, _ detail: Remark?
    ) throws -> Run {
        try catalog.ledger.end(run.id, state: state, reason: reason, detail: detail)
        return try catalog.ledger.run(id: run.id)
    }
}

/// Something that a run needs is not there any more: the administrator on whose behalf it goes, or what it fills.
private struct RunTrouble: Refusing {
    /// As the run has it.
    let reason: String
    let refusalCode: String
    let facts: Facts

    init(reason: String, _ code: String, _ facts: Facts) {
        self.reason = reason
        refusalCode = code
        self.facts = facts
    }
}

extension Export {
    /// Ids of all custom fields that the export writes.
    package var fieldIDs: [String] {
        var ids = mapping.fields.map(\.id)
        if case .field(let id, _, _) = onLeave { ids.append(id) }
        return ids
    }
}
