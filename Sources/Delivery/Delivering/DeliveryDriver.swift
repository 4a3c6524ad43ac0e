import Exports
import Foundation
import Profiles
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
        case gaveUp(String, Remark)
    }

    private enum Event {
        case delivered(Int, DeliveryAnswer, took: Duration)
        case abandoned(Int, DestinationError)
        case confirmed(Int, Confirmation)
        case counted(Int?)
        case explained(BatchVerdict)
        case tick
    }

    /// What a driving keeps in mind from one event to the next.
    private struct Course {
        let wire: any WireFormat
        let explainer: RefusalExplainer
        var machine: DeliveryMachine
        var watch: RunWatch
        /// People of each batch.
        var sizes: [Int: Int]
        /// The operations of the batches sent last, so that they need not be read again when confirmed.
        var recent: [Int: OperationList] = [:]
        /// Finished batches whose refusals wait to be explained, and how many are being explained.
        var toExplain: [(number: Int, receipt: Receipt, failed: [String])] = []
        var explaining = 0
        var isTicking = false
        /// What the destination said when it was given up.
        var fatal: DestinationError?

        var isExplaining: Bool { explaining > 0 || !toExplain.isEmpty }

        mutating func take(_ heads: [BatchHead]) {
            for head in heads { sizes[head.number] = head.people }
        }
    }

    private typealias Group = ThrowingTaskGroup<Event, any Error>

    /// What is to be done after the machine was asked.
    private enum Step {
        /// Ask it again.
        case again
        /// Wait for an event first.
        case wait
        case end(End)
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

    /// Sends the batches of the run and follows them to their end, as far as that can be reached. Throws what
    /// the catalog throws, and `CancellationError` when the program ends.
    func drive() async throws -> End {
        var course = try begin()
        account.gate.reserveForImports(Self.importPlaces)
        defer { try? flushCalls() }  // A lost call record loses no person.
        return try await withThrowingTaskGroup(of: Event.self) { group in
            while true {
                try Task.checkCancellation()
                try explainNext(&course, in: &group)
                if stop.isRequested, !course.watch.isStopping {
                    course.machine.stop()
                    account.gate.refuseImports()
                    course.watch.isStopping = true
                }
                switch try act(&course, in: &group) {
                case .again: continue
                case .wait: break
                case .end(let end):
                    group.cancelAll()
                    return end
                }
                guard let event = try await group.next() else { continue }
                // What comes after the end of the program is not written down, as in a crash.
                try Task.checkCancellation()
                let commands = try take(event, &course)
                for command in commands { try carryOut(command, &course) }
                try report(&course.watch, course.machine)
                if account.calls.count >= Self.callsMax { try flushCalls() }
            }
        }
    }

    private func begin() throws -> Course {
        let wire = account.destination.wireFormat(for: export)
        let heads = try catalog.ledger.openBatches(of: run.id)
        let pace = try export.connection.flatMap { try catalog.setup.connection(id: $0) }?.pace
        return Course(
            wire: wire,
            explainer: RefusalExplainer(
                account: account, catalog: catalog, export: export, stop: stop),
            machine: DeliveryMachine(batches: heads, now: time.now()),
            watch: RunWatch(
                run,
                perMinuteMax: pace.flatMap {
                    account.destination.descriptor.deliveriesPerMinute(at: $0)
                }
                .map { Int($0 * Double(wire.limits.operationsMax)) },
                at: time.now()),
            sizes: Dictionary(uniqueKeysWithValues: heads.map { ($0.number, $0.people) }))
    }

    /// Begins to explain refusals, as many at a time as may be.
    private func explainNext(_ course: inout Course, in group: inout Group) throws {
        while course.explaining < Self.explainingMax, let next = course.toExplain.popLast() {
            course.explaining += 1
            let operations = try catalog.ledger.operations(ofBatch: next.number, run: run.id)
            let explainer = course.explainer
            group.addTask {
                .explained(
                    try await explainer.verdict(
                        on: next.number, operations, receipt: next.receipt, failed: next.failed))
            }
        }
    }

    /// Does what the machine wants next.
    private func act(_ course: inout Course, in group: inout Group) throws -> Step {
        let now = time.now()
        switch course.machine.next(at: now) {
        case .submit(let number):
            try submit(number, &course, in: &group)
            return .again
        case .confirm(let number, let receipt):
            group.addTask { .confirmed(number, await confirm(receipt)) }
            return .again
        case .countOutstanding:
            account.gate.reserveForImports(course.machine.hasUnsent ? Self.importPlaces : 0)
            group.addTask { .counted(await outstanding()) }
            return .again
        case .join(let numbers):
            let heads = try catalog.ledger.unite(numbers, run: run.id, isRetry: false) { [$0] }
            course.take(heads)
            for head in heads { course.machine.wasJoined(numbers, into: head) }
            return .again
        case .finished:
            return course.isExplaining ? .wait : .end(.finished)
        case .giveUp(let detail):
            return course.isExplaining
                ? .wait
                : .end(
                    .gaveUp(course.fatal?.code.rawValue ?? "destination-unavailable", detail))
        case .wait(let moment):
            tickOnce(&course, atMost: moment - now, in: &group)
            return .wait
        case .waitForEvent:
            tickOnce(&course, atMost: Self.tick, in: &group)
            return .wait
        }
    }

    private func submit(_ number: Int, _ course: inout Course, in group: inout Group) throws {
        try catalog.ledger.markSending(
            number, run: run.id, calls: account.calls.drain(), host: account.host)
        let operations = try catalog.ledger.operations(ofBatch: number, run: run.id)
        if course.recent.count >= Self.recentMax { course.recent.removeAll() }
        course.recent[number] = operations
        course.watch.onTheWay += 1
        let wire = course.wire
        group.addTask { await deliver(number, operations, wire) }
    }

    private func tickOnce(
        _ course: inout Course, atMost duration: Duration, in group: inout Group
    ) {
        guard !course.isTicking else { return }
        course.isTicking = true
        group.addTask { await tick(atMost: duration) }
    }

    /// Tells the machine what has happened, and returns what it wants to be written down.
    private func take(
        _ event: Event, _ course: inout Course
    ) throws -> [DeliveryMachine.Command] {
        switch event {
        case .tick:
            course.isTicking = false
            return []
        case .delivered(let number, let answer, let took):
            course.watch.onTheWay -= 1
            if case .accepted = answer { course.watch.sent += course.sizes[number] ?? 0 }
            return course.machine.delivered(number, answer, took: took, at: time.now())
        case .abandoned(let number, let error):
            course.watch.onTheWay -= 1
            course.fatal = error
            return course.machine.abandon(
                number, detail: Remark(error))
        case .confirmed(let number, let confirmation):
            return course.machine.confirmed(number, confirmation, at: time.now())
        case .counted(let outstanding):
            return course.machine.counted(outstanding: outstanding, at: time.now())
        case .explained(let verdict):
            course.explaining -= 1
            if let head = try catalog.ledger.settle(verdict, run: run) {
                course.take([head])
                course.machine.add(head)
            }
            course.watch.settled += (course.sizes[verdict.number] ?? 0) - verdict.again.count
            return []
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
            return .unclear(detail: error.code.rawValue)
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

    /// Writes down what the machine decided.
    private func carryOut(_ command: DeliveryMachine.Command, _ course: inout Course) throws {
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
            course.watch.settled += operations.count
        case .setAside(let number, let rows):
            let named = Set(rows)
            let heads = try split([number], &course) { position, _ in !named.contains(position) }
            course.machine.wasSplit(rest: heads[0], offenders: heads[1])
        case .halve(let numbers):
            let heads = try split(numbers, &course) { position, count in position < count / 2 }
            course.machine.wasHalved(into: heads)
        case .settle(let number, let receipt, let failed):
            try settle(number, receipt, failed: failed, &course)
        }
    }

    /// Replaces batches by two: of those who belong to the first, and of the others.
    private func split(
        _ numbers: [Int], _ course: inout Course,
        _ isFirst: (_ position: Int, _ count: Int) -> Bool
    ) throws -> [BatchHead] {
        let heads = try catalog.ledger.unite(numbers, run: run.id, isRetry: false) { whole in
            [
                whole.filtered { position, _ in isFirst(position, whole.count) },
                whole.filtered { position, _ in !isFirst(position, whole.count) },
            ]
        }
        course.take(heads)
        return heads
    }

    /// Teaches the ledger a batch that was taken whole; of any other the refusals are explained first.
    private func settle(
        _ number: Int, _ receipt: Receipt, failed: [String], _ course: inout Course
    ) throws {
        let people = course.sizes[number] ?? 0
        course.watch.sent -= min(course.watch.sent, people)
        guard failed.isEmpty, (receipt.queued ?? .max) >= people else {
            course.toExplain.append((number, receipt, failed))
            return
        }
        _ = try catalog.ledger.settle(
            BatchVerdict(number: number, refused: [:]), run: run,
            operations: course.recent.removeValue(forKey: number))
        course.watch.settled += people
    }

    private func flushCalls() throws {
        try catalog.ledger.record(account.calls.drain(), host: account.host, run: run.id)
    }
}
