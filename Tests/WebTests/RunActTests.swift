import Access
import Acts
import Exports
import Profiles
import Store
import Testing

@testable import Web

/// What acts about runs allow, whatever page, program or command asks.
struct RunActTests {
    private let asker = Asker.terminal(WebWorld.actor)

    private static func people(_ count: Int) -> [String] {
        (1...count).map { "person\($0)@shop.test" }
    }

    /// A run that is held because four of ten would leave.
    private func held(_ world: RunWorld) async throws -> Run {
        try RunWorld.load(Self.people(10), into: world.web)
        #expect(try await world.carryOut().state == .completed)
        try RunWorld.load(Self.people(6), into: world.web)
        let begun = try await world.web.services.acts.perform(
            StartRun(.id(world.export.id)), by: asker)
        let held = try await world.end(of: world.web.catalog.ledger.run(id: begun.id))
        #expect(held.state == .held)
        #expect(held.plan?.leave == 4)
        return held
    }

    @Test(arguments: [(7, RunState.completed), (6, .completed), (5, .held)])
    func `an approved run is held again when more people would leave than were shown`(
        stay: Int, state: RunState
    ) async throws {
        try await RunWorld.with(onLeave: .unsubscribe) { world in
            let run = try await held(world)
            try RunWorld.load(Self.people(stay), into: world.web)
            _ = try await world.web.services.acts.perform(ApproveRun(run.id), by: asker)
            let planned = try await world.end(of: run)
            #expect(planned.state == state)
            guard state == .held else {
                return #expect(planned.left == 10 - stay)
            }
            #expect(planned.left == 0)
            #expect(planned.plan?.leave == 5)
            #expect(planned.batchesSent == 0)
            // What is shown now may be approved.
            _ = try await world.web.services.acts.perform(ApproveRun(run.id), by: asker)
            #expect(try await world.end(of: run).left == 5)
        }
    }

    @Test func `who may not change an export decides nothing about its runs`() async throws {
        try await RunWorld.with(onLeave: .unsubscribe) { world in
            let run = try await held(world)
            let user = try world.web.user(.contributor)
            let contributor = Asker(
                actor: Actor(user: user.name), role: .contributor, user: user, means: .service)
            let acts = world.web.services.acts
            #expect(try !acts.mayDecide(about: run, contributor))
            for refusal in [
                await #expect(throws: Refusal.self) {
                    _ = try await acts.perform(ApproveRun(run.id), by: contributor)
                },
                await #expect(throws: Refusal.self) {
                    _ = try await acts.perform(DismissRun(run.id), by: contributor)
                },
                await #expect(throws: Refusal.self) {
                    _ = try await acts.perform(StopRun(run.id), by: contributor)
                },
                await #expect(throws: Refusal.self) {
                    _ = try await acts.perform(StartRun(.id(world.export.id)), by: contributor)
                },
            ] {
                #expect(refusal?.refusalCode == "not-shared")
            }
            let all = try await acts.perform(StartAllRuns(), by: contributor)
            #expect(all.started.isEmpty && all.alreadyRunning.isEmpty)
            #expect(try world.web.catalog.ledger.run(id: run.id).state == .held)
            #expect(try world.web.audit().isEmpty)
        }
    }

    @Test func `a decision that does not fit the state of a run is a conflict`() async throws {
        try await RunWorld.with { world in
            let run = try await world.carryOut()
            let acts = world.web.services.acts
            let refusals = [
                await #expect(throws: Refusal.self) {
                    _ = try await acts.perform(ApproveRun(run.id), by: asker)
                },
                await #expect(throws: Refusal.self) {
                    _ = try await acts.perform(StopRun(run.id), by: asker)
                },
            ]
            #expect(refusals.map { $0?.code } == [.conflict, .conflict])
            #expect(refusals.map { $0?.cause } == ["not-held", "run-ended"])
            let missing = await #expect(throws: Refusal.self) {
                _ = try await acts.perform(ShowRun(Run.ID(run.id.rawValue + 1)), by: asker)
            }
            #expect(missing?.code == .notFound)
        }
    }
}
