import GRDB
import Profiles
import Segments
import Store
import Testing

@Suite struct RuleSQLTests {
    private static let number = Attribute(name: "Number", kind: .number)
    private static let text = Attribute(name: "Text", kind: .text)

    private func sql(_ predicate: Predicate) -> RuleSQL {
        RuleSQL(
            predicate, dialect: .sqlite, column: { "\"\($0.name)\"" },
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

    struct Shape: CustomTestStringConvertible, Sendable {
        let name: String
        let predicate: Predicate
        var testDescription: String { name }

        static func leaf(_ number: Int) -> Predicate {
            .value(RuleSQLTests.number, .compares(.equal, .number(Double(number))))
        }

        /// `1 and (1 or (1 and (…)))`, with `width` conditions on each level.
        static func ladder(_ depth: Int, width: Int = 1, end: Predicate = leaf(0)) -> Predicate {
            (0..<depth).reduce(end) { inner, level in
                let sides = (0..<width).map { leaf(level + $0) }
                return level.isMultiple(of: 2) ? .any(sides + [inner]) : .all(sides + [inner])
            }
        }

        static func tree(_ depth: Int) -> Predicate {
            guard depth > 0 else { return leaf(depth) }
            let branches = [tree(depth - 1), tree(depth - 1)]
            return depth.isMultiple(of: 2) ? .all(branches) : .any(branches)
        }

        static func negations(_ depth: Int) -> Predicate {
            (0..<depth).reduce(leaf(0)) { inner, level in
                .not(level.isMultiple(of: 2) ? .any([leaf(level), inner]) : inner)
            }
        }

        /// A ladder whose sides are ladders whose sides are ladders.
        static func ladders(_ order: Int, rungs: Int) -> Predicate {
            guard order > 0 else { return leaf(order) }
            return (0..<rungs).reduce(leaf(0)) { inner, level in
                let side = ladders(order - 1, rungs: rungs)
                return level.isMultiple(of: 2) ? .any([side, inner]) : .all([side, inner])
            }
        }
    }

    @Test(arguments: [
        Shape(name: "a wide rule", predicate: .any((0..<10_000).map(Shape.leaf))),
        Shape(name: "a deep ladder", predicate: Shape.ladder(400)),
        Shape(name: "a deep and wide ladder", predicate: Shape.ladder(300, width: 30)),
        Shape(name: "a full tree", predicate: Shape.tree(13)),
        Shape(name: "negations", predicate: Shape.negations(400)),
        Shape(name: "ladders on ladders", predicate: Shape.ladders(2, rungs: 90)),
        Shape(name: "ladders on ladders on ladders", predicate: Shape.ladders(3, rungs: 20)),
        Shape(name: "six orders of ladders", predicate: Shape.ladders(6, rungs: 4)),
        Shape(
            name: "members far below",
            predicate: Shape.ladder(
                100, end: .all([.memberOf(1), .not(.memberOf(2)), Shape.leaf(1)]))),
        Shape(
            name: "members on every level",
            predicate: (0..<100).reduce(.memberOf(1)) {
                $1.isMultiple(of: 2) ? .any([.memberOf(2), $0]) : .not(.all([$0, .memberOf(3)]))
            }),
        Shape(
            name: "a ladder of trees",
            predicate: (0..<60).reduce(Shape.tree(6)) { inner, level in
                level.isMultiple(of: 2)
                    ? .any([Shape.tree(6), inner]) : .not(.all([inner, Shape.tree(6)]))
            }),
        Shape(
            name: "thirty thousand values",
            predicate: .any(
                (0..<1_000).map { start in
                    .value(number, .oneOf((0..<30).map { .number(Double(start * 30 + $0)) }))
                })),
    ])
    func `SQLite takes any shape of rule, and answers as the plain evaluator`(
        _ shape: Shape
    ) throws {
        let profiles = (0..<12).map { index in
            Profile(
                id: String(index), changedAt: Timestamp(milliseconds: 0),
                values: index == 11 ? [:] : ["Number": .number(Double(index))])
        }
        let table = try ProfileTable(profiles)
        let expected = profiles.filter {
            shape.predicate.matches($0, isMember: ProfileTable.isMember($0))
        }
        #expect(try table.members(of: shape.predicate) == expected.map(\.id))
    }
}
