import Exports
import Profiles
import Sandbox
import Segments
import Store
import Testing

/// Two exports that want the same people, from their segments to the account's lists.
@Suite(.timeLimit(.minutes(5)))
struct ClaimFlowTests {
    /// Export A of all with points and export B of all in Oslo, to these lists.
    private func exports(
        _ world: FlowWorld, list: String = "1"
    ) throws -> (a: Export, b: Export) {
        let a = try world.addExport {
            $0.onLeave = .unsubscribe
            $0.holdShare = 1
        }
        _ = try world.catalog.setup.addSegment(
            named: "Oslo", definition: .dynamic(rule: "city = 'Oslo'"), by: world.actor)
        let b = try world.addExport {
            $0.name = "Oslo"
            $0.segments = ["Oslo"]
            $0.list = ListReference(id: list, name: nil)
            $0.onLeave = .unsubscribe
            $0.holdShare = 1
        }
        return (a, b)
    }

    private func standing(_ world: FlowWorld, list: Int = 1) -> Int? {
        world.sandbox.account.contact("person3@example.com")?.lists[list]
    }

    private func load(_ world: FlowWorld, city: String, points: Int) throws {
        var people = TestPerson.many(10)
        people[2].city = city
        people[2].points = points
        try world.load(people)
    }

    @Test func `somebody leaves B, then A: A unsubscribes them`() async throws {
        try await FlowWorld.with { world in
            let (a, b) = try exports(world)
            try load(world, city: "Oslo", points: 10)
            _ = try await world.run(a)
            _ = try await world.run(b)
            try load(world, city: "Bergen", points: 10)
            let leftB = try await world.run(b)
            #expect(leftB.left == 1)
            // A holds them, so B leaves them on the list.
            #expect(standing(world) == 1)
            try load(world, city: "Bergen", points: 0)
            let leftA = try await world.run(a)
            #expect(leftA.left == 1)
            #expect(leftA.plan?.leave == 1)
            #expect(standing(world) == 2)
        }
    }

    @Test func `somebody leaves two lists of one account: each export takes them off its own`()
        async throws
    {
        try await FlowWorld.with { world in
            let (a, b) = try exports(world, list: "2")
            try load(world, city: "Oslo", points: 10)
            _ = try await world.run(a)
            _ = try await world.run(b)
            #expect(standing(world) == 1 && standing(world, list: 2) == 1)
            try load(world, city: "Oslo", points: 0)
            #expect(try await world.run(a).plan?.leave == 1)
            #expect(standing(world) == 2)
            #expect(standing(world, list: 2) == 1)
            try load(world, city: "Bergen", points: 0)
            #expect(try await world.run(b).plan?.leave == 1)
            #expect(standing(world, list: 2) == 2)
        }
    }
}
