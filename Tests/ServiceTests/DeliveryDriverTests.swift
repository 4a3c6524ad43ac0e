import Exports
import Store
import TestSupport
import Testing

@testable import Delivery

struct DeliveryDriverTests: Sendable {
    @Test(arguments: UInt64(1)...30)
    func `however often the program dies, everyone ends with one true outcome`(seed: UInt64)
        async throws
    {
        var random = SeededRandom(seed: seed)
        let fixture = try RunFixture()
        let batches = batches(using: &random)
        let everyone = Set(batches.flatMap(\.keys))
        var nature = ImporterModel.Nature()
        nature.poisoned = everyone.sorted().filter { _ in
            Int.random(in: 0..<15, using: &random) == 0
        }
        .reduce(into: []) { $0.insert($1) }
        nature.failing = everyone.subtracting(nature.poisoned).sorted()
            .filter { _ in Int.random(in: 0..<15, using: &random) == 0 }
            .reduce(into: []) { $0.insert($1) }
        nature.namesOffenders = Bool.random(using: &random)
        nature.lost = Double.random(in: 0...0.2, using: &random)
        nature.broken = Double.random(in: 0...0.1, using: &random)
        nature.throttled = Double.random(in: 0...0.2, using: &random)
        nature.crashes = 6
        nature.crashShare = 0.05
        let model = ImporterModel(nature, seed: seed, time: fixture.time)
        let run = try fixture.run(batches: batches)
        var deaths = 0
        while true {
            let task = Task { try await drive(run, fixture, model) }
            model.onCrash { task.cancel() }
            do {
                let end = try await task.value
                #expect(end == .finished)
                break
            } catch is CancellationError {
                deaths += 1
                try #require(deaths <= 6)
                let between = try fixture.catalog.ledger.run(id: run.id)
                #expect(between.pending >= 0)
                #expect(
                    between.members == between.delivered + between.refused + between.pending)
            }
        }
        #expect(model.overlaps.isEmpty)
        try expectTruth(run, fixture, model, nature, everyone)
    }

    private func expectTruth(
        _ run: Run, _ fixture: RunFixture, _ model: ImporterModel, _ nature: ImporterModel.Nature,
        _ everyone: Set<String>
    ) throws {
        let after = try fixture.catalog.ledger.run(id: run.id)
        #expect(after.delivered == everyone.count - nature.poisoned.count - nature.failing.count)
        #expect(after.refused == nature.poisoned.count + nature.failing.count)
        #expect(after.pending == 0)
        #expect(try fixture.catalog.ledger.openBatches(of: run.id).isEmpty)
        var seen: Set<String> = []
        var wrong: [String] = []
        let taken = model.taken
        try fixture.catalog.ledger.forEachOutcome(ofRun: run.id) { entry in
            if !seen.insert(entry.key).inserted { wrong.append(entry.key) }
            let isTaken = taken.contains(entry.key)
            if (entry.outcome == .delivered) != isTaken { wrong.append(entry.key) }
            if nature.poisoned.contains(entry.key), entry.reason != ReasonCode.rejected.rawValue {
                wrong.append(entry.key)
            }
            return true
        }
        #expect(wrong.isEmpty)
        #expect(seen == everyone)
    }

    @Test(arguments: UInt64(1)...15)
    func `a stop at any moment keeps the sum`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let fixture = try RunFixture()
        let batches = batches(using: &random)
        var nature = ImporterModel.Nature()
        nature.lost = 0.1
        let model = ImporterModel(nature, seed: seed, time: fixture.time)
        let run = try fixture.run(batches: batches)
        let stop = StopSignal()
        let steps = Countdown(Int.random(in: 0...20, using: &random))
        let end = try await drive(run, fixture, model, stop: stop) { _ in
            if steps.isOver() { stop.request() }
        }
        #expect(end == .finished)
        try fixture.catalog.ledger.end(run.id, state: .stopped, reason: "stopped")
        let after = try fixture.catalog.ledger.run(id: run.id)
        #expect(after.members == after.delivered + after.refused + after.pending)
        var counts: [Outcome: Int] = [:]
        try fixture.catalog.ledger.forEachOutcome(ofRun: run.id) { entry in
            counts[entry.outcome, default: 0] += 1
            return true
        }
        #expect(counts[.delivered, default: 0] == after.delivered)
        #expect(counts[.pending, default: 0] == after.pending)
    }

    private func drive(
        _ run: Run, _ fixture: RunFixture, _ model: ImporterModel,
        stop: StopSignal = StopSignal(),
        progress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws -> DeliveryDriver.End {
        try await DeliveryDriver(
            catalog: fixture.catalog, account: fixture.account(model), export: fixture.export,
            run: try fixture.catalog.ledger.run(id: run.id), time: fixture.time.timekeeper,
            stop: stop,
            progress: progress
        ).drive()
    }

    private func batches(using random: inout SeededRandom) -> [OperationList] {
        var person = 0
        return (0..<Int.random(in: 1...6, using: &random)).map { _ in
            let count = Int.random(in: 1...12, using: &random)
            defer { person += count }
            return OperationList(
                .enter, (person..<(person + count)).map { "p\($0)@shop.test" })
        }
    }
}
