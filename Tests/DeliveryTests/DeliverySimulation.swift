import Exports
import Profiles
import Store
import TestSupport

@testable import Delivery

/// An importer of which everything can go wrong, a delivery machine, and the bookkeeping that a store does.
///
/// Every rule that the machine promises is checked at each step; what is broken stands in `complaints`.
struct DeliverySimulation {
    enum Naming: CaseIterable {
        /// Offenders are named.
        case right
        /// Only the first of them is.
        case first
        case none
        /// The row before each of them is named.
        case wrong
    }

    struct Odds {
        var naming = Naming.right
        /// Shares of answers, 0 to 1.
        var lostBefore = 0.0
        var lostAfter = 0.0
        var notTaken = 0.0
        var throttled = 0.0
        var broken = 0.0
        var forgotten = 0.0
        var unclearConfirmation = 0.0
        var uncounted = 0.0
        /// Latency of sending, in milliseconds.
        var latency = 20...200
        /// Time an import takes, in milliseconds.
        var work = 200...20_000
        var crashes = 0
        var stopsAfter: Int?
    }

    enum Outcome: Equatable {
        case taken
        case failed
        case refused(ReasonCode)
    }

    private enum State {
        case planned
        case sending
        case accepted(Receipt)
        case unclear
        case aside
    }

    private struct Batch {
        var people: [Int]
        var isRetry: Bool
        var state = State.planned
        var isSearched = false
        var attempts = 0
        /// Faults so far; each has its own small limit, so that the machine's limits are not reached.
        var faults = 0
        var breaks = 0
    }

    private struct Import {
        let people: [Int]
        let ends: Duration
        let breaks: Bool
    }

    private enum Event {
        case delivered(Int, DeliveryAnswer, took: Duration)
        case confirmed(Int, Exports.Confirmation)
        case counted(Int?)
    }

    let poisoned: Set<Int>
    let failing: Set<Int>
    private var odds: Odds
    private var random: SeededRandom
    private var machine: DeliveryMachine
    private var batches: [Int: Batch] = [:]
    private var nextNumber = 1
    private var imports: [String: Import] = [:]
    private var nextToken = 1
    private var now = Duration.seconds(1_000_000)
    private var events: [(at: Duration, event: Event)] = []

    private(set) var outcomes: [Int: Outcome] = [:]
    private(set) var complaints: [String] = []
    private(set) var sendings = 0
    private(set) var gaveUp: Remark?
    private(set) var isFinished = false

    init(
        sizes: [(people: Int, isRetry: Bool)], poisoned: Set<Int>, failing: Set<Int>, odds: Odds,
        random: SeededRandom
    ) {
        self.poisoned = poisoned
        self.failing = failing
        self.odds = odds
        self.random = random
        machine = DeliveryMachine(batches: [], now: now)
        var person = 0
        for size in sizes {
            _ = store(Array(person..<(person + size.people)), isRetry: size.isRetry)
            person += size.people
        }
        restart()
    }

    /// People of batches that are not settled.
    var open: Set<Int> { Set(batches.values.flatMap(\.people)) }

    /// Drives the machine until it ends, or until `steps` are used up.
    mutating func run(steps: Int = 200_000) {
        var isStopped = false
        for _ in 0..<steps {
            if let limit = odds.stopsAfter, sendings >= limit, !isStopped {
                isStopped = true
                machine.stop()
            }
            if odds.crashes > 0, chance(0.002) {
                odds.crashes -= 1
                events = []
                restart()
            }
            switch machine.next(at: now) {
            case .submit(let number):
                if isStopped { complain("batch \(number) is sent after the stop") }
                submit(number)
            case .confirm(let number, let receipt): confirm(number, receipt)
            case .countOutstanding: count()
            case .join(let numbers): join(numbers)
            case .wait(let until):
                if let next = events.first, next.at <= until { take() } else { now = until }
            case .waitForEvent:
                if events.isEmpty { return complain("waits for an event that cannot come") }
                take()
            case .finished:
                isFinished = true
                return
            case .giveUp(let detail):
                gaveUp = detail
                return
            }
        }
        complain("did not end")
    }

    private mutating func complain(_ text: String) {
        complaints.append(text)
    }

    private mutating func chance(_ share: Double) -> Bool {
        share > 0 && Double.random(in: 0..<1, using: &random) < share
    }

    // MARK: What a store does

    private mutating func store(
        _ people: [Int], isRetry: Bool, isSearched: Bool = false, state: State = .planned
    ) -> BatchHead {
        let number = nextNumber
        nextNumber += 1
        var batch = Batch(people: people, isRetry: isRetry)
        batch.isSearched = isSearched
        batch.state = state
        batches[number] = batch
        return head(number, batch)
    }

    private func head(_ number: Int, _ batch: Batch) -> BatchHead {
        var state = BatchHead.State.planned
        var receipt: Receipt?
        switch batch.state {
        case .planned, .aside: state = .planned
        case .sending: state = .sending
        case .unclear: state = .unclear
        case .accepted(let known):
            state = .accepted
            receipt = known
        }
        return BatchHead(
            number: number, isRetry: batch.isRetry, state: state, people: batch.people.count,
            attempts: batch.attempts, receipt: receipt)
    }

    private mutating func restart() {
        for number in batches.keys {
            batches[number]?.isSearched = false
            if case .aside? = batches[number]?.state { batches[number]?.state = .planned }
            if case .sending? = batches[number]?.state { batches[number]?.state = .unclear }
        }
        let heads = batches.sorted { $0.key < $1.key }.map { head($0.key, $0.value) }
        machine = DeliveryMachine(
            batches: heads.filter { !$0.isRetry } + heads.filter(\.isRetry), now: now)
    }

    private mutating func settle(_ number: Int, _ outcome: (Int) -> Outcome) {
        guard let batch = batches.removeValue(forKey: number) else {
            return complain("batch \(number) is settled twice")
        }
        for person in batch.people {
            if outcomes.updateValue(outcome(person), forKey: person) != nil {
                complain("person \(person) has a second outcome")
            }
        }
    }

    private mutating func join(_ numbers: [Int]) {
        let people = numbers.flatMap { batches[$0]?.people ?? [] }
        if people.count != numbers.count || numbers.count < 2 {
            complain("joins others than single people")
        }
        for number in numbers { batches[number] = nil }
        machine.wasJoined(numbers, into: store(people, isRetry: false))
    }

    private mutating func carryOut(_ command: DeliveryMachine.Command) {
        switch command {
        case .keepReceipt(let number, let receipt): batches[number]?.state = .accepted(receipt)
        case .backToPlanned(let number): batches[number]?.state = .planned
        case .markUnclear(let number): batches[number]?.state = .unclear
        case .refuse(let number, let reason): settle(number) { _ in .refused(reason) }
        case .settle(let number, _, let failed):
            settle(number) { failed.contains(String($0)) ? .failed : .taken }
        case .setAside(let number, let rows):
            guard let batch = batches.removeValue(forKey: number) else {
                return complain("batch \(number) is not there to be split")
            }
            let named = rows.map { batch.people[$0] }
            let rest = store(
                batch.people.filter { !named.contains($0) }, isRetry: batch.isRetry)
            machine.wasSplit(
                rest: rest, offenders: store(named, isRetry: batch.isRetry, state: .aside))
        case .halve(let numbers):
            let people = numbers.flatMap { batches[$0]?.people ?? [] }
            for number in numbers { batches[number] = nil }
            let middle = people.count / 2
            if middle == 0 { complain("halves a single person") }
            machine.wasHalved(into: [
                store(Array(people[..<middle]), isRetry: false, isSearched: true),
                store(Array(people[middle...]), isRetry: false, isSearched: true),
            ])
        }
    }

    // MARK: What an importer does

    private mutating func schedule(_ event: Event, after delay: Duration) {
        let at = now + delay
        let position = events.firstIndex { $0.at > at } ?? events.endIndex
        events.insert((at, event), at: position)
    }

    private mutating func take() {
        let next = events.removeFirst()
        now = max(now, next.at)
        let commands: [DeliveryMachine.Command]
        switch next.event {
        case .delivered(let number, let answer, let took):
            commands = machine.delivered(number, answer, took: took, at: now)
        case .confirmed(let number, let confirmation):
            commands = machine.confirmed(number, confirmation, at: now)
        case .counted(let outstanding):
            commands = machine.counted(outstanding: outstanding, at: now)
        }
        for command in commands { carryOut(command) }
    }

    private func isOutstanding(_ item: Import) -> Bool { item.ends > now }

    private mutating func submit(_ number: Int) {
        sendings += 1
        guard let batch = batches[number] else { return complain("sends what is not there") }
        checkAlone(number, batch)
        batches[number]?.state = .sending
        batches[number]?.attempts += 1
        let underWay = batches.values.count { if case .sending = $0.state { true } else { false } }
        if underWay > 4 { complain("\(underWay) batches are sent at once") }
        let took = Duration.milliseconds(Int.random(in: odds.latency, using: &random))
        schedule(.delivered(number, answer(to: number, batch), took: took), after: took)
    }

    /// Nobody is sent alone while others could be sent along, unless a culprit is searched.
    private mutating func checkAlone(_ number: Int, _ batch: Batch) {
        guard batch.people.count == 1, !batch.isSearched else { return }
        let others = batches.contains { other, waiting in
            guard other != number, case .planned = waiting.state else { return false }
            return !(waiting.isSearched && waiting.people.count == 1)
        }
        if others { complain("batch \(number) is sent alone while others wait") }
    }

    private mutating func answer(to number: Int, _ batch: Batch) -> DeliveryAnswer {
        if chance(odds.throttled) { return .throttled }
        if batch.faults < 4 {
            let isLost = chance(odds.lostBefore)
            if isLost || chance(odds.notTaken) {
                batches[number]?.faults += 1
                return isLost ? .unclear(detail: "lost") : .notTaken(detail: "no line")
            }
        }
        let offenders = batch.people.indices.filter { poisoned.contains(batch.people[$0]) }
        if !offenders.isEmpty { return .rejected(rows: name(offenders), detail: "") }
        let token = accept(number, batch)
        if batch.faults < 4, chance(odds.lostAfter) {
            batches[number]?.faults += 1
            return .unclear(detail: "lost")
        }
        return .accepted(Receipt(token: token, queued: nil))
    }

    private func name(_ offenders: [Int]) -> [Int] {
        switch odds.naming {
        case .right: offenders
        case .first: Array(offenders.prefix(1))
        case .none: []
        case .wrong: offenders.compactMap { $0 > 0 ? $0 - 1 : nil }
        }
    }

    private mutating func accept(_ number: Int, _ batch: Batch) -> String {
        for item in imports.values where isOutstanding(item) {
            if !Set(item.people).isDisjoint(with: batch.people) {
                complain("people of batch \(number) are on the way twice")
            }
        }
        let token = "token-\(nextToken)"
        nextToken += 1
        if batch.faults < 4, chance(odds.forgotten) {
            batches[number]?.faults += 1
            return token
        }
        let breaks = batch.breaks < 2 && chance(odds.broken)
        if breaks { batches[number]?.breaks += 1 }
        let work = Duration.milliseconds(Int.random(in: odds.work, using: &random))
        imports[token] = Import(people: batch.people, ends: now + work, breaks: breaks)
        return token
    }

    private mutating func confirm(_ number: Int, _ receipt: Receipt) {
        var confirmation = Exports.Confirmation.notYet
        if chance(odds.unclearConfirmation) {
            confirmation = .unclear(detail: "500")
        } else if let item = imports[receipt.token], !isOutstanding(item) {
            confirmation =
                item.breaks
                ? .broken(detail: "interrupted")
                : .settled(
                    failed: item.people.filter(failing.contains).map(String.init),
                    succeededCount: nil)
        }
        schedule(.confirmed(number, confirmation), after: .milliseconds(50))
    }

    private mutating func count() {
        let outstanding = imports.values.count(where: isOutstanding)
        schedule(
            .counted(chance(odds.uncounted) ? nil : outstanding), after: .milliseconds(50))
    }
}
