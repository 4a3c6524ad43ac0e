import Profiles
import RuleSQL
import Segments
import Testing

@testable import SQLiteEngine

/// How rules are spelled for SQLite; its query plans and speed hang on it.
@Suite struct SQLiteDialectTests {
    private static let number = Attribute(name: "Number", kind: .number)
    private static let text = Attribute(name: "Text", kind: .text)

    private func sql(_ predicate: Predicate) -> RuleSQL {
        RuleSQL(
            predicate, dialect: SQLiteDialect(), column: { "\"\($0.name)\"" },
            staticMember: { "member(\($0))" })
    }

    private func isNumber(_ number: Double) -> Predicate {
        .value(Self.number, .compares(.equal, .number(number)))
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let predicate: Predicate
        let sql: String
        let arguments: [RuleSQLArgument]

        init(_ predicate: Predicate, _ sql: String, _ arguments: [RuleSQLArgument] = []) {
            self.predicate = predicate
            self.sql = sql
            self.arguments = arguments
        }

        var testDescription: String { sql }
    }

    static let cases: [Case] = [
        Case(.always, "TRUE"), Case(.never, "FALSE"),
        Case(.value(number, .isPresent), "\"Number\" IS NOT NULL"),
        Case(.value(number, .isAbsent), "\"Number\" IS NULL"),
        Case(
            .value(number, .compares(.atLeast, .number(90_000))), "\"Number\" >= ?",
            [.integer(90_000)]),
        Case(
            .not(.value(number, .compares(.equal, .number(-1.5)))),
            "(\"Number\" = ?) IS NOT TRUE", [.number(-1.5)]),
        Case(
            .value(number, .compares(.less, .number(9_007_199_254_740_992))), "\"Number\" < ?",
            [.number(9_007_199_254_740_992)]),
        Case(
            .all([
                .value(text, .between(.text("a"), .text("b"))),
                .any([.memberOf(7), .value(text, .oneOf([.text("x'); DROP TABLE"), .text("y")]))]),
            ]),
            "(\"Text\" BETWEEN ? AND ? AND ((member(7)) OR \"Text\" IN (?, ?)))",
            [.text("a"), .text("b"), .text("x'); DROP TABLE"), .text("y")]),
        Case(
            .value(text, .matches(.starts, "J%")), "(\"Text\" >= ? AND \"Text\" < ?)",
            [.text("J%"), .text("J&")]),
        Case(
            .value(text, .matches(.starts, "a\u{10FFFF}")), "(\"Text\" >= ? AND \"Text\" < ?)",
            [.text("a\u{10FFFF}"), .text("b")]),
        Case(
            .value(text, .matches(.starts, "\u{D7FF}")), "(\"Text\" >= ? AND \"Text\" < ?)",
            [.text("\u{D7FF}"), .text("\u{E000}")]),
        Case(
            .value(text, .matches(.starts, "\u{10FFFF}")), "\"Text\" >= ?", [.text("\u{10FFFF}")]),
        Case(
            .value(text, .foldedMatches(.ends, "é")), "substr(ferry_fold(\"Text\"), -?) = ?",
            [.integer(1), .text("é")]),
        Case(
            .value(Attribute(name: "Day", kind: .date), .part(.month, .compares(.equal, 3))),
            "substr(\"Day\", 6, 2) = ?", [.text("03")]),
    ]

    @Test(arguments: cases)
    func `a predicate becomes a condition and its arguments`(_ example: Case) {
        let rule = sql(example.predicate)
        #expect(rule.sql == example.sql)
        #expect(rule.arguments == example.arguments)
    }

    @Test func `a long list travels as one JSON text, reals aside`() {
        let values = (0..<5_000).map { AttributeValue.number(Double($0)) } + [.number(0.1)]
        let rule = sql(.value(Self.number, .oneOf(values)))
        #expect(
            rule.sql
                == "(\"Number\" IN (?) OR \"Number\" IN (SELECT value FROM json_each(?)))")
        #expect(rule.arguments.count == 2)
        let texts = sql(
            .value(Self.text, .oneOf((0..<40).map { .text("\"\\\n\($0)") })))
        guard case .text(let json) = texts.arguments[0] else {
            Issue.record("expected JSON")
            return
        }
        #expect(json.hasPrefix("[\"\\\"\\\\\\u000a0\",\"\\\"\\\\\\u000a1\","))
    }
}
