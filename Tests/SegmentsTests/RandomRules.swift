import Profiles
import Segments
import TestSupport

/// Makes rules of every form, whether they mean anything or not.
struct RandomRules {
    var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    static let names = [
        "AnnualIncome", "FirstName", "email address", "e-mail", "and", "Year", "day", "in",
        "O\"Neil",
        "[odd]", "1st", "_x", "Größe", "名字", "שם", "e\u{301}te\u{301}", "a.b", "TRUE", "last",
        "tab\there",
    ]

    static let texts = [
        "", "J", "O'Brien", "''", "\"", "ß", "İstanbul", "ΟΔΟΣ", "e\u{301}", "👩‍👩‍👧", "a\nb", "a\tb",
        "%_", "\\",
        "'\u{301}", "12", "true", " ", "]]", "and",
    ]

    static let numbers: [Double] = [
        0, 1, -1, 90_000, -1.5, 0.1, 1e20, -1e-7, 9_007_199_254_740_991, 9_007_199_254_740_992,
        1e308,
        .leastNonzeroMagnitude, 12.345678901234567, 1.7976931348623157e308,
    ]

    mutating func rule(depth: Int = 5) -> Rule {
        let form =
            depth == 0
            ? Int.random(in: 0..<5, using: &random) : Int.random(in: 0..<10, using: &random)
        switch form {
        case 0: return .everyone
        case 1: return .inSegment(RuleName(random.pick(Self.texts.filter { !$0.isEmpty })))
        case 2, 3, 4: return .condition(condition())
        case 5, 6: return .not(rule(depth: depth - 1))
        case 7, 8: return .all(rules(depth: depth - 1))
        default: return .any(rules(depth: depth - 1))
        }
    }

    private mutating func rules(depth: Int) -> [Rule] {
        (0..<Int.random(in: 2...4, using: &random)).map { _ in rule(depth: depth) }
    }

    mutating func condition() -> RuleCondition {
        RuleCondition(
            attribute: RuleName(random.pick(Self.names)),
            part: random.chance(0.2) ? random.pick(CalendarPart.allCases) : nil, test: test())
    }

    private mutating func test() -> RuleTest {
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            .compares(
                random.pick(Comparison.allCases), operand(), ignoringCase: random.chance(0.2))
        case 1: .between(operand(), operand())
        case 2:
            .oneOf(
                (0..<Int.random(in: 1...4, using: &random)).map { _ in operand() },
                ignoringCase: random.chance(0.2))
        case 3:
            .matches(random.pick(TextMatch.allCases), operand(), ignoringCase: random.chance(0.3))
        case 4: .isEmpty
        default:
            .within(
                random.pick(TimeDirection.allCases), amount: Int.random(in: 1...40, using: &random),
                random.pick(CalendarUnit.allCases))
        }
    }

    mutating func operand() -> RuleOperand {
        switch Int.random(in: 0..<7, using: &random) {
        case 0, 1: return RuleOperand(.text(random.pick(Self.texts)))
        case 2: return RuleOperand(.number(random.pick(Self.numbers)))
        case 3: return RuleOperand(.boolean(random.chance(0.5)))
        case 4:
            let days = Int.random(in: -719_162...2_932_896, using: &random)
            guard let day = CalendarDay(daysSince1970: days) else {
                return RuleOperand(.today(nil))
            }
            return RuleOperand(.date(day))
        case 5:
            let milliseconds = Int64.random(
                in: -62_135_596_800_000...253_402_300_799_999, using: &random)
            return RuleOperand(.timestamp(Timestamp(milliseconds: milliseconds)))
        default:
            guard random.chance(0.7) else { return RuleOperand(.today(nil)) }
            let amount = random.pick([-30, -2, -1, 1, 2, 365])
            return RuleOperand(
                .today(CalendarShift(amount: amount, unit: random.pick(CalendarUnit.allCases))))
        }
    }
}
