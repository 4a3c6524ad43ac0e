import Access
import Exports
import Foundation
import Profiles
import SQLiteEngine
import Segments
import Store
import Synchronization
import Testing

@testable import Acts

/// A desk over real databases with the customers p1 to p5, whose points are -1 to 3.
final class SegmentWorld: Sendable {
    static let actor = Actor(name: "user:maria")

    let fixture: RunFixture
    let engine: SQLiteProfileEngine
    private let clock = Mutex<Int64>(1_767_600_000_000)

    init() throws {
        fixture = try RunFixture()
        engine = try SQLiteProfileEngine(
            path: fixture.directory.appending(path: "profiles.sqlite").path())
        try load((1...5).map { "p\($0),p\($0)@mail.example,\($0 - 2)" })
    }

    var catalog: Catalog { fixture.catalog }
    var now: Int64 { clock.withLock { $0 } }

    var desk: SegmentDesk {
        SegmentDesk(catalog: catalog, engine: engine, now: { [self] in now })
    }

    func pass(_ milliseconds: Int64) { clock.withLock { $0 += milliseconds } }

    /// Makes the profiles those of the lines.
    func load(_ lines: [String], columns: String = "id,Email,points") throws {
        let file = fixture.directory.appending(path: "people.csv")
        try Data(([columns] + lines).joined(separator: "\n").utf8).write(to: file)
        var options = ImportOptions(key: "id")
        options.removeMissing = true
        options.kinds = ["points": .number, "Email": .text]
        _ = try engine.importProfiles(
            try ImportFile(path: file.path()), options: options,
            now: Timestamp(milliseconds: now), progress: { _ in }, isCancelled: { false })
    }

    func entry(_ name: String) throws -> SegmentEntry {
        try #require(try catalog.history.segmentEntries().first { $0.segment.name == name })
    }

    /// What the actor did, oldest first.
    func audit() throws -> [String] {
        try catalog.history.auditEntries(
            AuditFilter(actor: Self.actor.name), before: nil, limit: 100
        )
        .reversed().map { "\($0.verb) \($0.thing)" }
    }
}

struct SegmentDeskTests {
    private let world: SegmentWorld
    private let desk: SegmentDesk

    init() throws {
        world = try SegmentWorld()
        desk = world.desk
    }

    @discardableResult
    private func add(
        _ name: String = "Rich", _ rule: String = "points > 0"
    ) async throws -> Segment {
        try await desk.add(name, .dynamic(rule: rule), by: SegmentWorld.actor).segment
    }

    // MARK: Adding

    @Test func `a segment is evaluated as soon as it is added`() async throws {
        let added = try await desk.add("Rich", .dynamic(rule: "points>0"), by: SegmentWorld.actor)
        #expect(added.members == 3)
        #expect(added.segment.definition == .dynamic(rule: "points > 0"))
        let entry = try world.entry("Rich")
        #expect(entry.members == 3)
        #expect(entry.evaluatedAt == world.now)
        #expect(try world.audit() == ["add Rich"])
    }

    @Test(arguments: ["points >", "wealth > 0", "in segment 'Nobody'", "in segment 'Rich'"])
    func `a rule that means nothing stores nothing`(rule: String) async throws {
        for draft in [SegmentDesk.Draft.dynamic(rule: rule), .frozen(rule: rule)] {
            let error = await #expect(throws: RuleTextError.self) {
                try await desk.add("Rich", draft, by: SegmentWorld.actor)
            }
            #expect(error?.text == rule)
        }
        #expect(try world.catalog.setup.segments().map(\.name) == ["All"])
        #expect(try world.audit().isEmpty)
    }

    @Test func `a name that is taken stores nothing`() async throws {
        try await add()
        let error = await #expect(throws: StoreError.self) { try await add("rich", "points < 0") }
        #expect(error?.code == .nameTaken)
        #expect(try world.entry("Rich").members == 3)
    }

    @Test func `a draft may be stored inactive`() async throws {
        _ = try await desk.add(
            "Draft", .dynamic(rule: "points > 0"), state: .inactive, by: SegmentWorld.actor)
        #expect(try world.entry("Draft").segment.state == .inactive)
    }

    @Test func `a frozen segment keeps its members when customers change`() async throws {
        let added = try await desk.add("Rich", .frozen(rule: "points > 0"), by: SegmentWorld.actor)
        #expect(added.members == 3)
        try world.load((1...5).map { "p\($0),p\($0)@mail.example,0" })
        #expect(try await desk.evaluate(added.segment.id) == 3)
        #expect(try world.entry("Rich").formerRule == "points > 0")
        #expect(try world.audit() == ["add Rich", "freeze Rich"])
    }

    @Test func `a segment of ids tells those that nobody has`() async throws {
        let added = try await desk.add(
            "Picked", .fixed(ids: ["p1", "p9", "p1", "p2"]), by: SegmentWorld.actor)
        #expect(added.members == 2)
        #expect(added.unknown == ["p9"])
        #expect(try world.entry("Picked").members == 2)
        #expect(try world.entry("Picked").formerRule == nil)
    }

    // MARK: Changing

    @Test func `a new rule is evaluated at once`() async throws {
        let segment = try await add()
        world.pass(1_000)
        #expect(
            try await desk.change(segment.id, rule: "points<0", by: SegmentWorld.actor) == 1)
        let entry = try world.entry("Rich")
        #expect(entry.segment.definition == .dynamic(rule: "points < 0"))
        #expect(entry.members == 1)
        #expect(try world.catalog.history.sizes(ofSegment: segment.id).map(\.members) == [3, 1])
        #expect(try world.audit() == ["add Rich", "set Rich"])
    }

    @Test(arguments: ["wealth > 0", "in segment 'Rich'"])
    func `a rule that means nothing changes nothing`(rule: String) async throws {
        let segment = try await add()
        await #expect(throws: RuleTextError.self) {
            try await desk.change(segment.id, rule: rule, by: SegmentWorld.actor)
        }
        #expect(try world.entry("Rich").segment == segment)
        #expect(try world.audit() == ["add Rich"])
    }

    @Test func `the same rule once more changes nothing`() async throws {
        let segment = try await add()
        try await desk.change(segment.id, rule: "points>0", by: SegmentWorld.actor)
        #expect(try world.audit() == ["add Rich"])
    }

    @Test func `static and back: the members are fixed, then follow the rule again`() async throws {
        let segment = try await add()
        #expect(try await desk.makeStatic(segment.id, by: SegmentWorld.actor) == 3)
        try world.load((1...5).map { "p\($0),p\($0)@mail.example,0" })
        #expect(try await desk.evaluate(segment.id) == 3)
        #expect(try await desk.makeDynamic(segment.id, by: SegmentWorld.actor) == 0)
        #expect(try world.entry("Rich").segment.definition == .dynamic(rule: "points > 0"))
        // What was fixed is forgotten.
        #expect(try world.engine.count(.memberOf(segment.id), .none) == 0)
        #expect(try world.audit() == ["add Rich", "freeze Rich", "set Rich"])
    }

    @Test func `making a static segment static leaves its members`() async throws {
        let segment = try await add()
        try await desk.makeStatic(segment.id, by: SegmentWorld.actor)
        try world.load(["p5,p5@mail.example,0", "p6,p6@mail.example,9"])
        #expect(try await desk.makeStatic(segment.id, by: SegmentWorld.actor) == 1)
        #expect(try world.audit() == ["add Rich", "freeze Rich"])
    }

    @Test func `a segment of ids needs a rule to become dynamic`() async throws {
        let picked = try await desk.add("Picked", .fixed(ids: ["p1"]), by: SegmentWorld.actor)
            .segment
        let error = await #expect(throws: StoreError.self) {
            try await desk.makeDynamic(picked.id, by: SegmentWorld.actor)
        }
        #expect(error?.code == .ruleMissing)
        #expect(try world.entry("Picked").segment.definition == .static)
        #expect(
            try await desk.makeDynamic(picked.id, rule: "points > 2", by: SegmentWorld.actor) == 1)
    }

    @Test func `activating evaluates, deactivating does not`() async throws {
        let segment = try await add()
        world.pass(1_000)
        #expect(try await desk.setState(.inactive, of: segment.id, by: SegmentWorld.actor) == nil)
        #expect(try world.catalog.history.sizes(ofSegment: segment.id).count == 1)
        #expect(try world.entry("Rich").members == 3)
        #expect(try await desk.setState(.active, of: segment.id, by: SegmentWorld.actor) == 3)
        #expect(try world.catalog.history.sizes(ofSegment: segment.id).count == 2)
        #expect(try world.audit() == ["add Rich", "set Rich", "set Rich"])
    }

    @Test func `a copy has the rule, or the fixed members`() async throws {
        let rich = try await add()
        let copy = try await desk.duplicate(rich.id, as: "Copy", by: SegmentWorld.actor)
        #expect(copy.segment.definition == .dynamic(rule: "points > 0"))
        try await desk.makeStatic(rich.id, by: SegmentWorld.actor)
        let name = try desk.nameForCopy(of: rich)
        #expect(name == "Rich 2")
        let fixed = try await desk.duplicate(rich.id, as: name, by: SegmentWorld.actor)
        #expect(fixed.members == 3)
        #expect(try world.entry("Rich 2").formerRule == "points > 0")
        #expect(try desk.nameForCopy(of: rich) == "Rich 3")
    }

    @Test func `a copy of fixed members that take no part takes none either`() async throws {
        let rich = try await add()
        try await desk.makeStatic(rich.id, by: SegmentWorld.actor)
        try await desk.setState(.inactive, of: rich.id, by: SegmentWorld.actor)
        let copy = try await desk.duplicate(rich.id, as: "Copy", by: SegmentWorld.actor)
        #expect(copy.segment.state == .inactive)
        #expect(try world.entry("Copy").segment.state == .inactive)
    }

    // MARK: Evaluating

    @Test func `an evaluation that fails says why, keeps the size, and throws`() async throws {
        let segment = try await add()
        // A rule can be stored by hand that means nothing.
        try world.catalog.setup.setDefinition(
            .dynamic(rule: "wealth > 0"), ofSegment: "Rich", by: SegmentWorld.actor)
        world.pass(1_000)
        await #expect(throws: RuleTextError.self) { try await desk.evaluate(segment.id) }
        let entry = try world.entry("Rich")
        #expect(entry.members == 3)
        #expect(entry.trouble?.code == "rule-invalid")
        #expect(entry.trouble?.detail.facts["name"] == "wealth")
        #expect(entry.trouble?.at == world.now)
        // Activating it is stored all the same, and tells that it was not evaluated.
        #expect(try await desk.setState(.active, of: segment.id, by: SegmentWorld.actor) == nil)
        try await desk.change(segment.id, rule: "points > 0", by: SegmentWorld.actor)
        #expect(try world.entry("Rich").trouble == nil)
    }

    @Test func `a segment that is gone is not found`() async throws {
        let acts: [@Sendable () async throws -> Void] = [
            { _ = try await desk.evaluate(999) },
            { _ = try await desk.change(999, rule: "everyone", by: SegmentWorld.actor) },
            { _ = try await desk.makeStatic(999, by: SegmentWorld.actor) },
            { _ = try await desk.makeDynamic(999, by: SegmentWorld.actor) },
            { _ = try await desk.duplicate(999, as: "x", by: SegmentWorld.actor) },
            { try await desk.setState(.active, of: 999, by: SegmentWorld.actor) },
            { _ = try await desk.remove(999, by: SegmentWorld.actor) },
        ]
        for act in acts {
            let error = await #expect(throws: StoreError.self) { try await act() }
            #expect(error?.code == .notFound)
        }
    }

    @Test func `L11: a refresh evaluates neither static nor inactive segments`() async throws {
        try await add("Dynamic")
        _ = try await desk.add("Static", .frozen(rule: "points > 0"), by: SegmentWorld.actor)
        _ = try await desk.add(
            "Inactive", .dynamic(rule: "points > 0"), state: .inactive, by: SegmentWorld.actor)
        #expect(try desk.segmentsToRefresh().map(\.name) == ["All", "Dynamic"])
    }

    // MARK: Removing

    @Test func `a segment in use stays, and the answer names what uses it`() async throws {
        let all = try world.catalog.setup.segment(named: "All")
        let held = await #expect(throws: StoreError.self) {
            try await desk.remove(all.id, by: SegmentWorld.actor)
        }
        #expect(held?.code == .inUse)
        #expect(held?.facts["users"] == .names(["News"]))
        let inner = try await add()
        try await add("Outer", "in segment 'Rich'")
        let used = await #expect(throws: StoreError.self) {
            try await desk.remove(inner.id, by: SegmentWorld.actor)
        }
        #expect(used?.facts["users"] == .names(["Outer"]))
        #expect(try world.catalog.setup.segments().count == 3)
    }

    @Test func `a removed segment takes its fixed members along`() async throws {
        let added = try await desk.add("Rich", .frozen(rule: "points > 0"), by: SegmentWorld.actor)
        try await desk.remove(added.segment.id, by: SegmentWorld.actor)
        #expect(try world.engine.count(.memberOf(added.segment.id), .none) == 0)
        #expect(try world.audit() == ["add Rich", "freeze Rich", "remove Rich"])
    }
}
