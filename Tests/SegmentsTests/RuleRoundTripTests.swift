import Profiles
import Segments
import Testing

@Suite struct RuleRoundTripTests {
    @Test(arguments: UInt64(0)..<20)
    func `a random rule reads back from its own text`(seed: UInt64) throws {
        var rules = RandomRules(seed: seed)
        for index in 0..<100 {
            let rule = rules.rule()
            let text = rule.description
            let read = try Rule(parsing: text)
            try #require(read == rule, "seed \(seed), rule \(index): \(text)")
            try #require(read.description == text, "seed \(seed), rule \(index): \(text)")
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `a random rule reads back from its text in capitals and with blanks between tokens`(
        seed: UInt64
    ) throws {
        var rules = RandomRules(seed: seed &+ 1_000)
        for index in 0..<50 {
            let rule = rules.rule(depth: 3)
            let spaced = Self.spaced(rule.description)
            try #require(
                try Rule(parsing: spaced) == rule, "seed \(seed), rule \(index): \(spaced)")
        }
    }

    /// Writes signs with line breaks around them, outside quotes.
    private static func spaced(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var quote: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if quote == nil, scalar == "(" || scalar == ")" || scalar == "," {
                result.append(contentsOf: "\n \(scalar)\r\n".unicodeScalars)
                continue
            }
            if scalar == quote {
                quote = nil
            } else if quote == nil, scalar == "'" || scalar == "\"" {
                quote = scalar
            }
            result.append(scalar)
        }
        return String(result)
    }

    @Test func `a printed rule is never nested deeper than the one that was read`() throws {
        let deepest =
            String(repeating: "not (", count: RuleLimits.depthMax)
            + "A < 1" + String(repeating: ")", count: RuleLimits.depthMax)
        let rule = try Rule(parsing: deepest)
        #expect(try Rule(parsing: rule.description) == rule)

        let nots = String(repeating: "not ", count: RuleLimits.depthMax) + "A < 1"
        let negations = try Rule(parsing: nots)
        #expect(try Rule(parsing: negations.description) == negations)

        let mixed =
            String(repeating: "(A = 1 or B != 2 and ", count: RuleLimits.depthMax)
            + "C = 3" + String(repeating: ")", count: RuleLimits.depthMax)
        let alternating = try Rule(parsing: mixed)
        #expect(try Rule(parsing: alternating.description) == alternating)
    }
}
