import Access
import Exports
import Segments
import Store
import Testing

@testable import Acts

struct SegmentActTests {
    private let world: ActsWorld

    init() throws {
        world = try ActsWorld()
    }

    private func perform<A: Act>(
        _ act: A, as role: Role = .administrator
    ) async throws -> A.Answer {
        try await world.acts().perform(act, by: ActsWorld.asker(role))
    }

    @Test func `a set that a command freezes is written down with whoever froze it`() async throws {
        let frozen = try await perform(
            AddSegment(name: "Rich", kind: .static, rule: "points>0"))
        #expect(frozen.members == 3 && frozen.formerRule == "points > 0")
        let followed = try await perform(ChangeSegment(.name("rich"), kind: .dynamic))
        #expect(followed.rule == "points > 0")
        _ = try await perform(ChangeSegment(.id(frozen.id), kind: .static))
        #expect(
            try world.audit() == [
                "cli:ann add segment Rich", "cli:ann freeze segment Rich",
                "cli:ann set segment Rich", "cli:ann freeze segment Rich",
            ])
    }

    @Test func `ids that no profile has refuse the whole, or are passed over`() async throws {
        let refusal = await #expect(throws: Refusal.self) {
            try await perform(
                AddSegment(name: "Some", kind: .static, ids: ["p1", "nobody", "p2"]))
        }
        #expect(refusal?.findings.map(\.field) == ["ids[1]"])
        #expect(try world.audit().isEmpty)
        let passed = try await perform(
            AddSegment(
                name: "Some", kind: .static, ids: ["p1", "nobody", "p2"], passesUnknown: true))
        #expect(passed.members == 2)
    }

    @Test func `a rule that cannot be understood points at its place`() async throws {
        let refusal = await #expect(throws: RuleRefusal.self) {
            try await perform(AddSegment(name: "Rich", rule: "points >"))
        }
        #expect(refusal?.field == .rule && refusal?.mistake.place != nil)
        #expect(try world.catalog.setup.segments().isEmpty)
    }

    @Test func `a viewer looks at segments and changes none`() async throws {
        let added = try await perform(AddSegment(name: "Rich", rule: "points > 0"))
        let before = try world.audit()
        #expect(try await perform(ListSegments(), as: .viewer).items == [added])
        #expect(
            try await perform(ListMembers(.id(added.id)), as: .viewer).items.map(\.id)
                == ["p3", "p4", "p5"])
        let refusal = await #expect(throws: Refusal.self) {
            try await perform(RemoveSegment(.id(added.id)), as: .viewer)
        }
        #expect(refusal?.code == .notAllowed)
        #expect(try world.audit() == before)
    }

    @Test func `a copy takes the next free name`() async throws {
        let first = try await perform(AddSegment(name: "Rich", kind: .static, ids: ["p1", "p2"]))
        let copy = try await perform(DuplicateSegment(.id(first.id)))
        #expect(copy.name == "Rich 2" && copy.kind == .static && copy.members == 2)
        #expect(try await perform(DuplicateSegment(.id(first.id))).name == "Rich 3")
    }

    @Test func `a full last page of members names no next one`() async throws {
        let added = try await perform(AddSegment(name: "Rich", rule: "points > 0"))
        let page = { (limit: Int) in
            try await perform(ListMembers(.id(added.id), page: PageRequest(limit: limit)))
        }
        #expect(try await page(2).next != nil)
        #expect(try await page(3).next == nil)
        #expect(try await page(4).next == nil)
    }
}
