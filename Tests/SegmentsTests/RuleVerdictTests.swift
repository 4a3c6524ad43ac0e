import Profiles
import Testing

@testable import Segments

struct RuleVerdictTests {
    private static let schema = ProfileSchema(attributes: [
        Attribute(name: "City", kind: .text), Attribute(name: "Points", kind: .number),
    ])
    private static let profile = Profile(
        id: "p1", changedAt: Timestamp(milliseconds: 0),
        values: ["City": .text("Oslo"), "Points": .number(7)])
    private static let library = SegmentLibrary([
        Segment(id: 1, name: "Fixed", definition: .static),
        Segment(id: 2, name: "North", definition: .dynamic(rule: "City in ('Oslo', 'Bergen')")),
        Segment(id: 3, name: "Rich", definition: .dynamic(rule: "not in segment 'North'")),
        Segment(id: 4, name: "Circle", definition: .dynamic(rule: "in segment 'Circle'")),
    ])
    private static let now = Timestamp(milliseconds: 1_767_600_000_000)

    private static func verdict(_ text: String) throws -> RuleVerdict {
        try Rule(parsing: text).verdict(
            for: profile, schema: schema, segments: library, now: now
        ) { $0 == 1 }
    }

    /// The verdict as text: `+` and `-` before each part.
    private static func drawn(_ verdict: RuleVerdict) -> String {
        let name =
            switch verdict.part {
            case .condition(let text, _, let value): "\(text) [\(value?.exported ?? "absent")]"
            case .everyone: "everyone"
            case .segment(let name): "in \(name)"
            case .not: "not"
            case .all: "all"
            case .any: "any"
            }
        let parts = verdict.parts.map(drawn).joined(separator: ", ")
        return (verdict.holds ? "+" : "-") + name + (parts.isEmpty ? "" : "(\(parts))")
    }

    @Test(arguments: [
        ("everyone", "+everyone"), ("City = 'Oslo'", "+City = 'Oslo' [Oslo]"),
        ("city != 'Oslo'", "-city != 'Oslo' [Oslo]"), ("Points is empty", "-Points is empty [7]"),
        (
            "City = 'Rome' or Points > 5 and City is not empty",
            "+any(-City = 'Rome' [Oslo], +all(+Points > 5 [7], +City is not empty [Oslo]))"
        ),
        ("not (City = 'Rome' or Points = 7)", "-not(+any(-City = 'Rome' [Oslo], +Points = 7 [7]))"),
        ("in segment 'Fixed'", "+in Fixed"),
        ("in segment 'Rich'", "-in Rich(-not(+in North(+City in ('Oslo', 'Bergen') [Oslo])))"),
    ])
    func `each part of a rule holds or does not`(text: String, drawn: String) throws {
        #expect(try Self.drawn(Self.verdict(text)) == drawn)
    }

    @Test(arguments: ["Nothing = 1", "in segment 'Nobody'", "in segment 'Circle'", "City > 5"])
    func `a rule without meaning gives no verdict`(text: String) throws {
        #expect(throws: RuleTextError.self) { try Self.verdict(text) }
    }

    @Test(arguments: UInt64(0)..<200)
    func `the verdict is the one of the rule as a whole`(seed: UInt64) throws {
        let texts = [
            "City = 'Oslo'", "Points > 8", "Points is empty", "in segment 'North'", "everyone",
            "City starts with 'B' ignoring case", "in segment 'Fixed'", "in segment 'Rich'",
        ]
        var state = seed &+ 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        func rule(_ depth: Int) -> String {
            guard depth > 0 else { return texts[next(texts.count)] }
            return switch next(3) {
            case 0: "not (\(rule(depth - 1)))"
            case 1: "(\(rule(depth - 1)) and \(rule(depth - 1)))"
            default: "(\(rule(depth - 1)) or \(rule(depth - 1)))"
            }
        }
        let text = rule(3)
        let predicate = try Rule(parsing: text).resolved(
            schema: Self.schema, segments: Self.library, now: Self.now)
        #expect(
            try Self.verdict(text).holds == predicate.matches(Self.profile) { $0 == 1 }, "\(text)")
    }

    @Test func `the values that conditions look at are told once each`() throws {
        let values = try Self.verdict("City = 'x' or Points > 1 and City = 'y'").values
        #expect(values.map(\.attribute) == ["City", "Points"])
        #expect(values.map { $0.value?.exported } == ["Oslo", "7"])
    }
}
