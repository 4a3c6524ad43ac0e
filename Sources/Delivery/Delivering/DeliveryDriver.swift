import Exports
import Foundation
import Store
import Synchronization
import Transport

/// A wish to stop, given from anywhere.
package final class StopSignal: Sendable {
    private let isSet = Atomic<Bool>(false)

    package init() {}

    package func request() { isSet.store(true, ordering: .releasing) }

    package var isRequested: Bool { isSet.load(ordering: .acquiring) }
}

/// Carries out a stored plan: does what the machine decides, and nothing else.
struct DeliveryDriver {
    let catalog: Catalog
    let account: Account
    let export: Export
    let run: Run
    let time: Timekeeper
    let stop: StopSignal
    let progress: @Sendable (RunProgress) -> Void

    /// How the driving ended.
    enum End: Equatable {
        case finished
        /// A stable code, and a sentence.
        case gaveUp(String, String)
    }

    private enum Event {
        case delivered(Int, DeliveryAnswer, took: Duration)
        case abandoned(Int, DestinationError)
        case confirmed(Int, Confirmation)
        case counted(Int?)
        case explained(BatchVerdict)
        case tick
    }

    /// A stop is noticed at least this often.
    private static let tick: Duration = .milliseconds(250)
    /// Batches whose refusals are explained at the same time.
    private static let explainingMax = 4
    /// Batches whose operations are kept in memory; 60 KB each is usual.
    private static let recentMax = 16
    /// Calls kept in memory before they are stored.
    private static let callsMax = 64
    /// Places in the account's window left to imports while there are some to send: at 100 imports a
    /// minute two in a second are enough.
    private static let importPlaces = 2

    func drive() async throws -> End {
        let wire = account.destination.wireFormat(for: export)
        let heads = try catalog.ledger.openBatches(of: run.id)
        var machine = DeliveryMachine(batches: heads, now: time.now())
        let pace = try export.connection.flatMap { try catalog.setup.connection(id: $0) }?.pace
        var watch = RunWatch(
            run,
            perMinuteMax: pace?.importsPerMinute.map { $0 * wire.limits.operationsMax },
            at: time.now())
        let explainer = RefusalExplainer(
            account: account, catalog: catalog, export: export, stop: stop)
        account.gate.reserveForImports(Self.importPlaces)
        defer { try? flushCalls() }  // A lost call record loses no person.
        return try await withThrowingTaskGroup(of: Event.self) { group in
            var isTicking = false
            var explaining = 0
            var toExplain: [(number: Int, receipt: Receipt, failed: [String])] = []
            var fatal: DestinationError?
            // The operations of the batches sent last, so that they need not be read again when confirmed.
            var recent: [Int: OperationList] = [:]
            var sizes = Dictionary(uniqueKeysWithValues: heads.map { ($0.number, $0.people) })
            loop: while true {
                try Task.checkCancellation()
                while explaining < Self.explainingMax, let next = toExplain.popLast() {
                    explaining += 1
                    let operations = try catalog.ledger.operations(
                        ofBatch: next.number, run: run.id)
                    group.addTask {
                        .explained(
                            try await explainer.verdict(
                                on: next.number, operations, receipt: next.receipt,
                                failed: next.failed))
                    }
                }
                if stop.isRequested, !watch.isStopping {
                    machine.stop()
                    account.gate.refuseImports()
                    watch.isStopping = true
                }
                let now = time.now()
                switch machine.next(at: now) {
                case .submit(let number):
                    try catalog.ledger.markSending(
                        number, run: run.id, calls: account.calls.drain(), host: account.host)
                    let operations = try catalog.ledger.operations(ofBatch: number, run: run.id)
                    if recent.count >= Self.recentMax { recent.removeAll() }
                    recent[number] = operations
                    watch.onTheWay += 1
                    group.addTask { await deliver(number, operations, wire) }
                    continue loop
                case .confirm(let number, let receipt):
                    group.addTask { .confirmed(number, await confirm(receipt)) }
                    continue loop
                case .countOutstanding:
                    account.gate.reserveForImports(machine.hasUnsent ? Self.importPlaces : 0)
                    group.addTask { .counted(await outstanding()) }
                    continue loop
                case .join(let numbers):
                    let heads = try catalog.ledger.unite(numbers, run: run.id, isRetry: false) {
                        [$0]
                    }
                    for head in heads {
                        sizes[head.number] = head.people
                        machine.wasJoined(numbers, into: head)
                    }
                    continue loop
                case .finished:
                    if explaining == 0, toExplain.isEmpty { break loop }
                case .giveUp(let detail):
                    if explaining == 0, toExplain.isEmpty {
                        group.cancelAll()
                        return .gaveUp(fatal?.code.rawValue ?? "destination-unavailable", detail)
                    }
                case .wait(let moment):
                    if !isTicking {
                        isTicking = true
                        group.addTask { await tick(atMost: moment - now) }
                    }
                case .waitForEvent:
                    if !isTicking {
                        isTicking = true
                        group.addTask { await tick(atMost: Self.tick) }
                    }
                }
                guard let event = try await group.next() else { continue }
                // What comes after the end of the program is not written down, as in a crash.
                try Task.checkCancellation()
                let commands: [DeliveryMachine.Command]
                switch event {
                case .tick:
                    isTicking = false
                    try report(&watch, machine)
                    continue loop
                case .delivered(let number, let answer, let took):
                    watch.onTheWay -= 1
                    if case .accepted = answer { watch.sent += sizes[number] ?? 0 }
                    commands = machine.delivered(number, answer, took: took, at: time.now())
                case .abandoned(let number, let error):
                    watch.onTheWay -= 1
                    fatal = error
                    commands = machine.abandon(number, detail: error.description)
                case .confirmed(let number, let confirmation):
                    commands = machine.confirmed(number, confirmation, at: time.now())
                case .counted(let outstanding):
                    commands = machine.counted(outstanding: outstanding, at: time.now())
                case .explained(let verdict):
                    explaining -= 1
                    if let head = try catalog.ledger.settle(verdict, run: run) {
                        sizes[head.number] = head.people
                        machine.add(head)
                    }
                    watch.settled += (sizes[verdict.number] ?? 0) - verdict.again.count
                    commands = []
                }
                for command in commands {
                    if case .settle(let number, let receipt, let failed) = command {
                        watch.sent -= min(watch.sent, sizes[number] ?? 0)
                        let isComplete =
                            failed.isEmpty && (receipt.queued ?? .max) >= (sizes[number] ?? 0)
                        if isComplete {
                            _ = try catalog.ledger.settle(
                                BatchVerdict(number: number, refused: [:]), run: run,
                                operations: recent.removeValue(forKey: number))
                            watch.settled += sizes[number] ?? 0
                        } else {
                            toExplain.append((number, receipt, failed))
                        }
                    } else {
                        watch.settled += try carryOut(command, on: &machine, sizes: &sizes)
                    }
                }
                try report(&watch, machine)
                if account.calls.count >= Self.callsMax { try flushCalls() }
            }
            group.cancelAll()
            return .finished
        }
    }

    /// Tells whoever watches how far the run is.
    private func report(_ watch: inout RunWatch, _ machine: DeliveryMachine) throws {
        let now = time.now()
        if watch.wantsCounts(at: now) {
            watch.take(try catalog.ledger.counts(ofRun: run.id), at: now)
        }
        progress(
            watch.progress(
                at: now, hasUnsent: machine.hasUnsent, pacedSince: account.gate.waitingSince))
    }

    private func deliver(
        _ number: Int, _ operations: OperationList, _ wire: any WireFormat
    ) async -> Event {
        let start = time.now()
        do {
            let answer = try await account.destination.deliver(operations, wire: wire)
            return .delivered(number, answer, took: time.now() - start)
        } catch {
            return .abandoned(number, error)
        }
    }

    /// A question that fails ends nothing; it is asked again.
    private func confirm(_ receipt: Receipt) async -> Confirmation {
        do {
            return try await account.destination.confirm(receipt)
        } catch {
            return .unclear(detail: error.detail)
        }
    }

    /// Nil when the account did not say; the machine asks again.
    private func outstanding() async -> Int? {
        do {
            return try await account.destination.outstandingBatches()
        } catch {
            return nil
        }
    }

    private func tick(atMost duration: Duration) async -> Event {
        // Cancelled when the driving ends, which is as good as waking up.
        try? await time.sleep(min(max(duration, .milliseconds(1)), Self.tick))
        return .tick
    }

    /// Writes down what the machine decided; returns how many people got their outcome by it.
    private func carryOut(
        _ command: DeliveryMachine.Command, on machine: inout DeliveryMachine,
        sizes: inout [Int: Int]
    ) throws -> Int {
        switch command {
        case .keepReceipt(let number, let receipt):
            try catalog.ledger.mark(number, run: run.id, accepted: receipt)
        case .backToPlanned(let number):
            try catalog.ledger.mark(number, run: run.id, state: .planned)
        case .markUnclear(let number):
            try catalog.ledger.mark(number, run: run.id, state: .unclear)
        case .refuse(let number, let reason):
            let operations = try catalog.ledger.operations(ofBatch: number, run: run.id)
            let everyone = Dictionary(
                operations.keys.map { ($0, reason) }, uniquingKeysWith: { first, _ in first })
            _ = try catalog.ledger.settle(BatchVerdict(number: number, refused: everyone), run: run)
            return operations.count
        case .setAside(let number, let rows):
            let named = Set(rows)
            let heads = try catalog.ledger.unite([number], run: run.id, isRetry: false) {
                operations in
                [
                    operations.filtered { position, _ in !named.contains(position) },
                    operations.filtered { position, _ in named.contains(position) },
                ]
            }
            for head in heads { sizes[head.number] = head.people }
            machine.wasSplit(rest: heads[0], offenders: heads[1])
        case .halve(let numbers):
            let heads = try catalog.ledger.unite(numbers, run: run.id, isRetry: false) {
                operations in
                let middle = operations.count / 2
                return [
                    operations.filtered { position, _ in position < middle },
                    operations.filtered { position, _ in position >= middle },
                ]
            }
            for head in heads { sizes[head.number] = head.people }
            machine.wasHalved(into: heads)
        case .settle:
            break
        }
        return 0
    }

    private func flushCalls() throws {
        try catalog.ledger.record(account.calls.drain(), host: account.host, run: run.id)
    }

}
