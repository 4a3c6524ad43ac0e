import Exports
import Profiles
import Synchronization
import TestSupport

/// An importer that keeps what it took, rejects whole batches for one poisoned person, fails others
/// quietly, loses answers, and now and then takes the whole program down.
final class ImporterModel: Destination {
    var descriptor: DestinationDescriptor { .plain }

    /// Thrown after `onCrash`, which takes the driver down wherever it stands.
    static let crash = DestinationError(.refusedRequest)

    struct Nature {
        var poisoned: Set<String> = []
        var failing: Set<String> = []
        var namesOffenders = true
        /// Shares, 0 to 1.
        var lost = 0.0
        var broken = 0.0
        var throttled = 0.0
        var crashes = 0
        var crashShare = 0.0
    }

    private struct Import {
        let keys: [String]
        let ends: Duration
        let breaks: Bool
    }

    private struct State {
        var nature: Nature
        var random: SeededRandom
        var imports: [String: Import] = [:]
        var breaks: [[String]: Int] = [:]
        var faults = 0
        var overlaps: [String] = []

        mutating func chance(_ share: Double) -> Bool {
            share > 0 && Double.random(in: 0..<1, using: &random) < share
        }

        mutating func crashes() -> Bool {
            guard nature.crashes > 0, chance(nature.crashShare) else { return false }
            nature.crashes -= 1
            return true
        }
    }

    private let time: ManualTime
    private let state: Mutex<State>
    private let death = Mutex<@Sendable () -> Void>({})

    /// What a crash does.
    func onCrash(_ die: @escaping @Sendable () -> Void) {
        death.withLock { $0 = die }
    }

    private func crash() -> DestinationError {
        death.withLock { $0 }()
        return Self.crash
    }

    init(_ nature: Nature, seed: UInt64, time: ManualTime) {
        self.time = time
        state = Mutex(State(nature: nature, random: SeededRandom(seed: seed)))
    }

    /// Everyone whom a finished import has taken.
    var taken: Set<String> {
        let now = time.now
        return state.withLock { state in
            Set(state.imports.values.filter { $0.ends <= now && !$0.breaks }.flatMap(\.keys))
                .subtracting(state.nature.failing)
        }
    }

    /// People who were in two unfinished imports at once.
    var overlaps: [String] { state.withLock { $0.overlaps } }

    func deliver(
        _ operations: OperationList, wire: any WireFormat
    ) async throws(DestinationError) -> DeliveryAnswer {
        let now = time.now
        await Task.yield()
        let answer: DeliveryAnswer? = state.withLock { state in
            if state.crashes() { return nil }
            if state.chance(state.nature.throttled) { return .throttled }
            let keys = operations.keys
            let offenders = keys.indices.filter { state.nature.poisoned.contains(keys[$0]) }
            if !offenders.isEmpty {
                return .rejected(rows: state.nature.namesOffenders ? offenders : [], detail: "")
            }
            let isLost = state.faults < 12 && state.chance(state.nature.lost)
            if isLost { state.faults += 1 }
            if isLost, Bool.random(using: &state.random) { return .unclear(detail: "cut") }
            for other in state.imports.values where other.ends > now {
                state.overlaps += Set(other.keys).intersection(keys)
            }
            let breaks =
                state.breaks[keys, default: 0] < 2 && state.chance(state.nature.broken)
            if breaks { state.breaks[keys, default: 0] += 1 }
            let token = "token-\(state.imports.count + 1)"
            let work = Duration.milliseconds(Int.random(in: 200...9_000, using: &state.random))
            state.imports[token] = Import(keys: keys, ends: now + work, breaks: breaks)
            return isLost
                ? .unclear(detail: "cut") : .accepted(Receipt(token: token, queued: keys.count))
        }
        // A crash may come before the importer has read the request, or after.
        if state.withLock({ $0.crashes() }) { throw crash() }
        guard let answer else { throw crash() }
        return answer
    }

    func confirm(_ receipt: Receipt) async throws(DestinationError) -> Exports.Confirmation {
        let now = time.now
        await Task.yield()
        let confirmation: Exports.Confirmation? = state.withLock { state in
            if state.crashes() { return nil }
            guard let item = state.imports[receipt.token], item.ends <= now else { return .notYet }
            if item.breaks { return .broken(detail: "interrupted") }
            return .settled(
                failed: item.keys.filter(state.nature.failing.contains), succeededCount: nil)
        }
        guard let confirmation else { throw crash() }
        return confirmation
    }

    func outstandingBatches() async throws(DestinationError) -> Int {
        let now = time.now
        return state.withLock { $0.imports.values.count { $0.ends > now } }
    }

    func standing(
        of keys: [String], list: String
    ) async throws(DestinationError) -> [String: Standing] {
        if state.withLock({ $0.crashes() }) { throw crash() }
        return Dictionary(uniqueKeysWithValues: keys.map { ($0, .bounced) })
    }

    func resubscribe(
        _ key: String, list: String, removedAt: Timestamp
    ) async throws(DestinationError) -> Bool { false }

    func wireFormat(for export: Export) -> any WireFormat { StubWire() }

    func check() async throws(DestinationError) -> AccountFacts {
        AccountFacts(user: "model", contactsMax: nil, contacts: nil)
    }

    func lists() async throws(DestinationError) -> [DestinationList] {
        [DestinationList(id: "12", name: "All")]
    }

    func fields() async throws(DestinationError) -> [DestinationField] { [] }
}
