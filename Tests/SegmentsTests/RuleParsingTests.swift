import Profiles
import Segments
import Testing

@Suite struct RuleParsingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let text: String
        let canonical: String

        init(_ text: String, _ canonical: String? = nil) {
            self.text = text
            self.canonical = canonical ?? text
        }

        var testDescription: String { text }
    }

    static let cases: [Case] = [
        Case("everyone"),
        Case("AnnualIncome >= 90000 and HomeOwner = true"),
        Case("EducationLevel in ('Bachelors', 'Graduate Degree') and not (TotalChildren > 0)"),
        Case("BirthDate between 1970-01-01 and 1979-12-31"),
        Case("FirstName starts with 'J' ignoring case"),
        Case("month of BirthDate = 3"),
        Case("LastOrder within last 30 days"),
        Case("LastOrder within next 1 month"),
        Case("LastOrder not within last 2 years"),
        Case("Phone is empty or Phone is not empty"),
        Case("in segment 'Home owners' and not in segment 'Guests'"),
        Case("City contains 'os' and City does not contain 'x' ignoring case"),
        Case("City does not start with 'O' or City does not end with 'o' or City ends with 'n'"),
        Case("A = 1 or B = 2 and C = 3"),
        Case("(A = 1 or B = 2) and C = 3"),
        Case("A = 1 and (B = 2 and C = 3)"),
        Case("X not in ('a') and X not between 1 and 2"),
        Case("year of X < 2000 or day of X in (1, 2)"),
        Case("X < today - 30 days and Y >= today + 1 week and Z = today"),
        Case("X = -1.5 and Y < 1e+20"),
        Case("\"e-mail\" is empty and \"my \"\"own\"\" name\" = 'O''Brien'"),
        Case("EVERYONE AND not EveryOne", "everyone and not everyone"),
        Case("(((A = 1)))", "A = 1"),
        Case("A<>1 and B!=2", "A != 1 and B != 2"),
        Case("not A = 1", "A != 1"),
        Case("not (A in (1))", "A not in (1)"),
        Case("not A is not empty", "not (A is not empty)"),
        Case("not not A < 1", "not (not (A < 1))"),
        Case("[Annual Income] > 90_000", "\"Annual Income\" > 90000"),
        Case("[odd ]] name] = 1", "\"odd ] name\" = 1"),
        Case("\"Plain\" = yes and B = NO", "Plain = true and B = false"),
        Case("X before 2024-01-01 and Y AFTER today", "X < 2024-01-01 and Y > today"),
        Case("X = 2024-01-01T10:00", "X = 2024-01-01T10:00:00Z"),
        Case("X = 2024-01-01T10:00:30.5+02:00", "X = 2024-01-01T08:00:30.500Z"),
        Case(
            "day = 3 and Month = 4 and day of day = 5",
            "\"day\" = 3 and \"Month\" = 4 and day of \"day\" = 5"),
        Case("A\n=\t1\r\nand\u{A0}B = 2", "A = 1 and B = 2"),
        Case("X = 1.50 and Y = -0", "X = 1.5 and Y = 0"),
        Case("X within last 1 days", "X within last 1 day"),
        Case("Größe = 3 and 名字 = '李'"),
    ]

    @Test(arguments: cases)
    func `a rule reads, and prints in canonical form`(_ example: Case) throws {
        let rule = try Rule(parsing: example.text)
        #expect(rule.description == example.canonical)
        #expect(try Rule(parsing: example.canonical) == rule)
    }

    @Test func `and binds tighter than or, and not tighter than both`() throws {
        let rule = try Rule(parsing: "not A = 1 and B = 2 or C = 3")
        func equals(_ name: String, _ number: Double) -> Rule {
            .condition(
                RuleCondition(
                    attribute: RuleName(name),
                    test: .compares(.equal, RuleOperand(.number(number)), ignoringCase: false)))
        }
        #expect(rule == .any([.all([.not(equals("A", 1)), equals("B", 2)]), equals("C", 3)]))
    }

    @Test func `names and values remember where they stood`() throws {
        guard
            case .all(let rules) = try Rule(
                parsing: "A = 1\nand  'x' <> 2".replacing("'x' <>", with: "City ="))
        else {
            Issue.record("expected two conditions")
            return
        }
        guard case .condition(let condition) = rules[1],
            case .compares(_, let operand, _) = condition.test
        else {
            Issue.record("expected a comparison")
            return
        }
        #expect(condition.attribute.place == RulePlace(line: 2, column: 6, length: 4))
        #expect(operand.place == RulePlace(line: 2, column: 13, length: 1))
    }

    @Test func `a rule of ten thousand conditions is read`() throws {
        let text = Array(repeating: "A = 1", count: 9_000).joined(separator: " or ")
        guard case .any(let rules) = try Rule(parsing: text) else {
            Issue.record("expected alternatives")
            return
        }
        #expect(rules.count == 9_000)
    }
}
