import Profiles
import RuleSQL
import Segments
import Testing

/// A dialect that spells everything otherwise than SQLite: places have numbers and types, values their own types,
/// texts an order that must be said, and lists are arrays.
private struct NumberedDialect: SQLDialect {
    func argument(for value: AttributeValue) -> RuleSQLArgument {
        switch value {
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .boolean(let boolean): .boolean(boolean)
        case .date(let day): .date(day)
        case .timestamp(let timestamp): .timestamp(timestamp)
        }
    }

    func place(of argument: RuleSQLArgument, number: Int) -> String {
        "$\(number)::\(Self.type(of: argument))"
    }

    private static func type(of argument: RuleSQLArgument) -> String {
        switch argument {
        case .text: "text"
        case .number: "float8"
        case .integer: "int8"
        case .boolean: "boolean"
        case .date: "date"
        case .timestamp: "timestamp"
        case .list(let arguments): "\(arguments.first.map(type) ?? "text")[]"
        }
    }

    func compared(_ column: String, _ kind: AttributeKind) -> String {
        kind == .text ? "(\(column) COLLATE \"C\")" : column
    }

    func folded(_ text: String) -> String { "lower(\(text) COLLATE \"und-x-icu\")" }

    func matches(_ match: TextMatch, _ expression: String, _ sought: String) -> SQLExpression {
        switch match {
        case .starts:
            SQLExpression("starts_with(\(sql: expression), \(place: .text(sought)))", nesting: 10)
        case .ends:
            SQLExpression(
                "right(\(sql: expression), \(place: .integer(Int64(sought.count)))) = \(place: .text(sought))",
                nesting: 10)
        case .contains:
            SQLExpression(
                "strpos(\(sql: expression), \(place: .text(sought))) > 0", nesting: 10)
        }
    }

    func part(_ part: CalendarPart, of column: String, _ kind: AttributeKind) -> String {
        let moment = kind == .timestamp ? "(\(column) AT TIME ZONE 'UTC')" : column
        return "extract(\(part) FROM \(moment))"
    }

    func argument(for part: CalendarPart, _ number: Int) -> RuleSQLArgument {
        .integer(Int64(number))
    }

    func isOne(_ expression: String, of arguments: [RuleSQLArgument]) -> SQLExpression {
        SQLExpression("\(sql: expression) = ANY(\(place: .list(arguments)))", nesting: 10)
    }

    var nestingMax: Int { 1_000 }
    var chainMax: Int { 4 }
}

@Suite struct RuleSQLTests {
    private static let number = Attribute(name: "Number", kind: .number)
    private static let text = Attribute(name: "Text", kind: .text)
    private static let flag = Attribute(name: "Flag", kind: .boolean)
    private static let day = Attribute(name: "Day", kind: .date)
    private static let moment = Attribute(name: "Moment", kind: .timestamp)

    private func sql(_ predicate: Predicate, firstPlace: Int = 1) -> RuleSQL {
        RuleSQL(
            predicate, dialect: NumberedDialect(), firstPlace: firstPlace,
            column: { "\"\($0.name)\"" }, staticMember: { "member(\($0))" })
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
        Case(.value(text, .isAbsent), "\"Text\" IS NULL"),
        Case(
            .value(number, .compares(.atLeast, .number(2))), "\"Number\" >= $1::float8",
            [.number(2)]),
        Case(
            .value(flag, .compares(.equal, .boolean(true))), "\"Flag\" = $1::boolean",
            [.boolean(true)]),
        Case(
            .value(text, .between(.text("a"), .text("b"))),
            "(\"Text\" COLLATE \"C\") BETWEEN $1::text AND $2::text", [.text("a"), .text("b")]),
        Case(
            .value(text, .oneOf([.text("x'); DROP TABLE"), .text("y")])),
            "(\"Text\" COLLATE \"C\") = ANY($1::text[])",
            [.list([.text("x'); DROP TABLE"), .text("y")])]),
        Case(
            .value(text, .foldedOneOf(["a"])),
            "lower(\"Text\" COLLATE \"und-x-icu\") = ANY($1::text[])", [.list([.text("a")])]),
        Case(
            .value(text, .matches(.starts, "J")),
            "((\"Text\" COLLATE \"C\") >= $1::text AND (\"Text\" COLLATE \"C\") < $2::text)",
            [.text("J"), .text("K")]),
        Case(
            .value(text, .foldedMatches(.ends, "é")),
            "right(lower(\"Text\" COLLATE \"und-x-icu\"), $1::int8) = $2::text",
            [.integer(1), .text("é")]),
        Case(
            .value(moment, .part(.month, .compares(.equal, 3))),
            "extract(month FROM (\"Moment\" AT TIME ZONE 'UTC')) = $1::int8", [.integer(3)]),
        Case(
            .value(day, .part(.year, .oneOf([1999, 2000]))),
            "extract(year FROM \"Day\") = ANY($1::int8[])",
            [.list([.integer(1999), .integer(2000)])]),
        Case(
            .not(.all([.memberOf(7), .value(number, .compares(.less, .number(1)))])),
            "(((member(7)) AND \"Number\" < $1::float8)) IS NOT TRUE", [.number(1)]),
    ]

    @Test(arguments: cases)
    func `a predicate becomes a condition, with the places of its values`(_ example: Case) {
        let rule = sql(example.predicate)
        #expect(rule.sql == example.sql)
        #expect(rule.arguments == example.arguments)
    }

    @Test func `places are numbered as they stand in the text, after those before the condition`() {
        // What nests most comes first, whatever the order of the rule.
        let deep = (0..<30).reduce(Predicate.value(Self.number, .isPresent)) { inner, level in
            .not(
                .any([
                    .value(Self.number, .compares(.equal, .number(Double(level)))), inner,
                ]))
        }
        let rule = sql(
            .all([.value(Self.text, .compares(.equal, .text("last"))), deep]), firstPlace: 3)
        let numbers = rule.sql.matches(of: #/\$(\d+)::/#).compactMap { Int($0.output.1) }
        #expect(numbers == Array(3..<(3 + rule.arguments.count)))
        #expect(rule.arguments.count == 31)
        #expect(Set(rule.arguments).contains(.text("last")))
    }

    @Test func `long chains are written as groups of groups`() {
        let leaf = Predicate.value(Self.number, .isPresent)
        let rule = sql(.any(Array(repeating: leaf, count: 9)))
        #expect(rule.sql.contains(") OR ("))
        let groups = rule.sql.split(separator: "(").map { $0.matches(of: #/ OR /#).count }
        #expect(groups.allSatisfy { $0 <= 4 })
    }
}
