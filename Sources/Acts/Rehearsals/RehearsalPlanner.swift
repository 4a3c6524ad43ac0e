import Delivery
import Exports
import Profiles
import Store
import Transport

/// Makes the plans of rehearsals.
struct RehearsalPlanner: Sendable {
    let catalog: Catalog
    let engine: any ProfileEngine
    let accounts: Accounts
    let time: Timekeeper
    /// How long the account is waited for.
    let patience: Duration

    /// Plans, and asks the account for its limit of contacts meanwhile.
    func report(
        _ export: Export, stop: StopSignal, progress: @escaping @Sendable (_ members: Int) -> Void
    ) async throws -> RehearsalReport {
        let connection = try connection(of: export)
        let account = try await accounts.open(connection, false)
        let begin = time.now()
        return try await account.closing { destination in
            async let answer = ask(destination)
            let (summary, rows) = try await plan(export, destination, stop, progress)
            let took = time.now() - begin
            let facts: AccountFacts?
            let trouble: RunForecast.AccountTrouble?
            switch await answer {
            case .success(let found): (facts, trouble) = (found, nil)
            case .failure(let found): (facts, trouble) = (connection.facts, found)
            }
            return RehearsalReport(
                summary: summary, verdict: PlanVerdict(summary, export: export),
                forecast: RunForecast(
                    requests: summary.batches, singleRequests: summary.singleBatches,
                    bytes: summary.bytes,
                    seconds: summary.seconds(
                        at: connection.pace, of: destination.descriptor),
                    contacts: ContactForecast(summary, facts: facts), trouble: trouble,
                    startsAutomations: export.startsAutomations),
                rows: rows, madeAt: time.now().milliseconds, took: took)
        }
    }

    /// Plans and writes every row into a spool.
    func spool(
        _ export: Export, to spool: PlanSpool, encode: @escaping @Sendable ([String]) -> String,
        stop: StopSignal
    ) async throws {
        let account = try await accounts.open(try connection(of: export), false)
        try await account.closing { destination in
            let wire = destination.wireFormat(for: export)
            let names = TargetNames(export)
            try await off(stop) {
                try spool.append(encode(PlanLine.header))
                try spool.flush()
                _ = try planner.rehearse(
                    export, wire: wire, watch: Planner.Watch(isCancelled: { stop.isRequested }),
                    observe: { try spool.append(encode(PlanLine($0, names: names).cells)) })
                try spool.flush()
            }
        }
    }

    private func plan(
        _ export: Export, _ destination: any Destination, _ stop: StopSignal,
        _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> (PlanSummary, [RehearsalRow.Kind: [RehearsalRow]]) {
        let wire = destination.wireFormat(for: export)
        let names = TargetNames(export)
        return try await off(stop) {
            var rows: [RehearsalRow.Kind: [RehearsalRow]] = [:]
            let summary = try planner.rehearse(
                export, wire: wire,
                watch: Planner.Watch(progress: progress, isCancelled: { stop.isRequested }),
                observe: { row in
                    guard let kind = row.rehearsalKind,
                        rows[kind, default: []].count < RehearsalReport.rowsMax,
                        let shown = RehearsalRow(row, names: names)
                    else { return }
                    rows[kind, default: []].append(shown)
                })
            return (summary, rows)
        }
    }

    /// Plans on a thread of its own. Whoever cancels the task that waits stops the plan as well.
    private func off<Result: Sendable>(
        _ stop: StopSignal, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withTaskCancellationHandler {
            try await OwnThread.run {
                if stop.isRequested { throw CancellationError() }
                return try body()
            }
        } onCancel: {
            stop.request()
        }
    }

    private var planner: Planner {
        Planner(
            catalog: catalog, engine: engine,
            moment: Timestamp(milliseconds: time.now().milliseconds))
    }

    private func ask(
        _ destination: any Destination
    ) async -> Result<AccountFacts, RunForecast.AccountTrouble> {
        let late = RunForecast.AccountTrouble(
            code: DestinationError.Code.unreachable.rawValue,
            detail: Remark(DestinationError(.unavailable)))
        return await withTaskGroup(
            of: Result<AccountFacts, RunForecast.AccountTrouble>.self
        ) { group in
            group.addTask {
                do throws(DestinationError) {
                    return .success(try await destination.check())
                } catch {
                    return .failure(
                        RunForecast.AccountTrouble(
                            code: error.code.rawValue, detail: Remark(error)))
                }
            }
            group.addTask { [patience] in
                // It is cancelled when the account has answered; nobody looks at the result then.
                try? await ContinuousClock().sleep(for: patience)
                return .failure(late)
            }
            let first = await group.next() ?? .failure(late)
            group.cancelAll()
            return first
        }
    }

    private func connection(of export: Export) throws -> Connection {
        guard let id = export.connection, let connection = try catalog.setup.connection(id: id)
        else {
            throw PlanRefusal(
                .noConnection, ["export": .text(export.name), "what": .word("rehearsal")])
        }
        return connection
    }
}
