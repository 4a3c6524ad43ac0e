import Delivery
import Exports
import Sandbox
import Store
import Testing

/// A held run is approved up to what a person saw of it, and no further.
@Suite(.timeLimit(.minutes(5)))
struct ApprovalFlowTests {
    /// Lets the first `count` of ten people have no points, and so leave.
    private func leave(_ count: Int, _ world: FlowWorld) throws {
        var people = TestPerson.many(10)
        for index in 0..<count { people[index].points = 0 }
        try world.load(people)
    }

    /// Four of ten have left, and the run is held for it.
    private func held(_ world: FlowWorld) async throws -> (export: Export, run: Run) {
        let export = try world.addExport { $0.onLeave = .unsubscribe }
        try leave(0, world)
        _ = try await world.run(export)
        try leave(4, world)
        let run = try await world.run(export)
        try #require(run.state == .held)
        try #require(run.plan?.leave == 4)
        return (export, run)
    }

    @Test(arguments: [3, 4])
    func `as many leavers as were shown, or fewer, are sent when the run is approved`(count: Int)
        async throws
    {
        try await FlowWorld.with { world in
            let (export, run) = try await held(world)
            try leave(count, world)
            let ended = try await world.run(export, approve: true)
            #expect(ended.id == run.id)
            #expect(ended.state == .completed)
            #expect(ended.left == count)
        }
    }

    @Test(arguments: [5, 9])
    func `more leavers than were shown are held again, and sent when those are approved`(count: Int)
        async throws
    {
        try await FlowWorld.with { world in
            let (export, run) = try await held(world)
            try leave(count, world)
            let again = try await world.run(export, approve: true)
            #expect(again.id == run.id)
            #expect(again.state == .held)
            #expect(again.plan?.leave == count)
            #expect(world.sandbox.account.contact("person1@example.com")?.lists[1] == 1)
            let ended = try await world.run(export, approve: true)
            #expect(ended.state == .completed)
            #expect(ended.left == count)
            #expect(world.sandbox.account.contact("person1@example.com")?.lists[1] == 2)
        }
    }

    @Test func `a held run that is not approved is dismissed, and the next one is held anew`()
        async throws
    {
        try await FlowWorld.with { world in
            let (export, run) = try await held(world)
            let next = try await world.run(export)
            #expect(next.id != run.id)
            #expect(next.state == .held)
            #expect(try world.catalog.ledger.run(id: run.id).state == .dismissed)
            #expect(world.sandbox.account.contact("person1@example.com")?.lists[1] == 1)
        }
    }
}
