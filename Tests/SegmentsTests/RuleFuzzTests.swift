import Profiles
import Segments
import TestSupport
import Testing

@Suite struct RuleFuzzTests {
    static let pieces = [
        "and", "or", "not", "(", ")", ",", "=", "!=", "<>", "<=", ">=", "<", ">", "in", "between",
        "within", "last",
        "next", "is", "empty", "contains", "does", "contain", "starts", "ends", "with", "start",
        "segment", "'x'",
        "''", "'", "\"", "\"a b\"", "[", "]", "[c d]", "90", "90_000", "1.5", "-", "+", "1e5",
        "1e999", "007", "1_",
        "1970-01-01", "1970-1-1", "1970-02-30", "2024-01-01T10:00", "2024-01-01T99", "today",
        "days", "month",
        "of", "year", "true", "no", "everyone", "ignoring", "case", "A", "FirstName", "“x”", "é",
        "e\u{301}", "\u{301}",
        "\u{0}", "\u{FEFF}", "👩‍👩‍👧", "\n", "\r\n", "\t", "==", "&&", "!", "|", ".5", "5.", "/", "\\",
        "\u{10FFFF}",
    ]

    @Test(arguments: UInt64(0)..<10)
    func `token soup is read or refused with a place inside the text`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<400 {
            let count = Int.random(in: 0...25, using: &random)
            let separator = random.pick(["", " ", " ", " "])
            let text = (0..<count).map { _ in random.pick(Self.pieces) }.joined(
                separator: separator)
            try Self.check(text, seed: seed)
        }
    }

    @Test(arguments: UInt64(0)..<10)
    func `a damaged rule is read or refused with a place inside the text`(seed: UInt64) throws {
        var rules = RandomRules(seed: seed)
        for _ in 0..<150 {
            var scalars = Array(rules.rule(depth: 3).description.unicodeScalars)
            for _ in 0..<Int.random(in: 1...3, using: &rules.random) where !scalars.isEmpty {
                let index = Int.random(in: scalars.indices, using: &rules.random)
                let piece = Array(rules.random.pick(Self.pieces).unicodeScalars)
                switch Int.random(in: 0..<3, using: &rules.random) {
                case 0: scalars.remove(at: index)
                case 1: scalars.insert(contentsOf: piece, at: index)
                default: scalars.removeSubrange(index...)
                }
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            try Self.check(String(view), seed: seed)
        }
    }

    /// What can be read prints and reads back; what cannot has a place, an excerpt and a message.
    private static func check(_ text: String, seed: UInt64) throws {
        do throws(RuleTextError) {
            let rule = try Rule(parsing: text)
            #expect(try Rule(parsing: rule.description) == rule, "seed \(seed): \(text)")
        } catch {
            let place = try #require(error.place, "seed \(seed): \(text)")
            let lines = text.unicodeScalars.split(
                separator: "\n", omittingEmptySubsequences: false)
            try #require((1...lines.count).contains(place.line), "seed \(seed): \(text)")
            #expect(place.length >= 1)
            #expect(
                (1...(lines[place.line - 1].count + 1)).contains(place.column),
                "seed \(seed): \(text)")
            #expect(error.excerpt?.contains("^") == true, "seed \(seed): \(text)")
            // Every gap of its sentence is filled.
            #expect(error.message.hasPrefix("refusal.") == false, "seed \(seed): \(text)")
            #expect(error.message.contains(/\{[a-z]+\}/) == false, "seed \(seed): \(text)")
        }
    }

    struct Hostile: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Hostile(name: "parentheses", text: String(repeating: "(", count: 100_000)),
        Hostile(name: "not", text: String(repeating: "not ", count: 25_000)),
        Hostile(name: "not (", text: String(repeating: "not(", count: 25_000)),
        Hostile(name: "brackets", text: String(repeating: "[", count: 100_000)),
        Hostile(name: "quotes", text: String(repeating: "'", count: 99_999)),
        Hostile(name: "digits", text: "A = " + String(repeating: "9", count: 90_000)),
        Hostile(
            name: "combining marks", text: "A = '" + String(repeating: "\u{301}", count: 90_000)),
        Hostile(name: "closing", text: "A = 1" + String(repeating: ")", count: 90_000)),
    ])
    func `hostile text is refused`(_ hostile: Hostile) {
        #expect(throws: RuleTextError.self) { try Rule(parsing: hostile.text) }
    }
}
