import Exports
import TestSupport
import Testing

struct DeliverySimulationTests {
    @Test(arguments: UInt64(1)...150)
    func `everyone has one outcome, and only the poisoned are refused`(seed: UInt64) {
        var simulation = simulation(seed: seed, naming: [.right, .first, .none])
        simulation.run()
        expectComplete(simulation)
    }

    @Test(arguments: UInt64(1)...100)
    func `wrong names cost nobody innocent`(seed: UInt64) {
        var simulation = simulation(seed: seed, naming: [.wrong])
        simulation.run()
        expectComplete(simulation)
    }

    @Test(arguments: UInt64(1)...100)
    func `crashes lose nobody and count nobody twice`(seed: UInt64) {
        var simulation = simulation(seed: seed, naming: [.right, .none]) { $0.crashes = 3 }
        simulation.run()
        expectComplete(simulation)
    }

    @Test(arguments: UInt64(1)...100)
    func `a stop leaves everyone with an outcome or a stored batch`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let stopsAfter = Int.random(in: 0...15, using: &random)
        var simulation = simulation(seed: seed, naming: [.right, .none]) {
            $0.stopsAfter = stopsAfter
        }
        let everyone = simulation.open
        simulation.run()
        #expect(simulation.isFinished)
        #expect(simulation.complaints.isEmpty)
        #expect(simulation.open.isDisjoint(with: simulation.outcomes.keys))
        #expect(simulation.open.union(simulation.outcomes.keys) == everyone)
    }

    private func expectComplete(
        _ simulation: DeliverySimulation, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(simulation.complaints.prefix(3).isEmpty, sourceLocation: location)
        #expect(simulation.isFinished, sourceLocation: location)
        #expect(simulation.open.isEmpty, sourceLocation: location)
        let wrong = simulation.outcomes.filter { person, outcome in
            if simulation.poisoned.contains(person) { return outcome != .refused(.rejected) }
            return outcome != (simulation.failing.contains(person) ? .failed : .taken)
        }
        #expect(wrong.isEmpty, sourceLocation: location)
    }

    /// A run of random size against an importer of random moods.
    private func simulation(
        seed: UInt64, naming: [DeliverySimulation.Naming],
        adjust: (inout DeliverySimulation.Odds) -> Void = { _ in }
    ) -> DeliverySimulation {
        var random = SeededRandom(seed: seed)
        var sizes: [(people: Int, isRetry: Bool)] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let isSmall = Bool.random(using: &random)
            sizes.append(
                (
                    Int.random(in: isSmall ? 1...3 : 4...40, using: &random),
                    Int.random(in: 0..<4, using: &random) == 0
                ))
        }
        let everyone = 0..<sizes.reduce(0) { $0 + $1.people }
        var odds = DeliverySimulation.Odds()
        odds.naming = naming.randomElement(using: &random) ?? .right
        let mood = Double.random(in: 0...0.25, using: &random)
        let isOn = { (random: inout SeededRandom) in Bool.random(using: &random) ? mood : 0 }
        odds.lostBefore = isOn(&random)
        odds.lostAfter = isOn(&random)
        odds.notTaken = isOn(&random)
        odds.throttled = isOn(&random)
        odds.broken = isOn(&random)
        odds.forgotten = isOn(&random) / 4
        odds.unclearConfirmation = isOn(&random)
        odds.uncounted = isOn(&random)
        odds.latency = Bool.random(using: &random) ? 20...200 : 500...5_000
        odds.work = Bool.random(using: &random) ? 100...3_000 : 1_000...90_000
        adjust(&odds)
        let share = Double.random(in: 0...0.1, using: &random)
        let poisoned = everyone.filter { _ in
            Double.random(in: 0..<1, using: &random) < share
        }
        let failing = everyone.filter { _ in Int.random(in: 0..<20, using: &random) == 0 }
        return DeliverySimulation(
            sizes: sizes, poisoned: Set(poisoned), failing: Set(failing).subtracting(poisoned),
            odds: odds, random: random)
    }
}
