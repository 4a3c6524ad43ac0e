import Foundation
package import Profiles
package import Segments
import TestSupport

/// Random profiles and random predicates over them, from a small stock of values, so that they
/// often meet.
package struct RandomPredicates {
    private var random: SeededRandom
    /// Whether some of the predicates ask for members of static segments 1 to 3.
    private let usesMembers: Bool

    package init(seed: UInt64, usesMembers: Bool = true) {
        random = SeededRandom(seed: seed)
        self.usesMembers = usesMembers
    }

    package static let attributes = [
        Attribute(name: "Text", kind: .text), Attribute(name: "Other", kind: .text),
        Attribute(name: "Number", kind: .number), Attribute(name: "an \"odd\" one", kind: .number),
        Attribute(name: "Flag", kind: .boolean), Attribute(name: "Day", kind: .date),
        Attribute(name: "Moment", kind: .timestamp),
    ]

    static let texts = [
        "A", "a", "Anna", "anna", "ANNA", "Anna B", "e\u{301}", "É", "é", "E", "x\u{327}",
        "X\u{327}", "I", "i", "ı", "İ",
        "İstanbul", "istanbul", "ISTANBUL", "ΟΔΟΣ", "οδος", "οδοσ", "ς", "ß", "SS", "straße",
        "STRASSE", "👩‍👩‍👧",
        "👩", "🇳🇴", "\u{1F1F3}", "12", "012", "12.0", "-1", " ", "  ", "\u{A0}", "\u{200B}", "%", "_",
        "\\", "\"", "'", "O'Brien",
        "a\nb", "\t", "{\"a\":1}", "null", "true", "ﬁ", "ｆｕｌｌ", "\u{FF21}", "\u{10FFFF}",
        "\u{10FFFF}\u{10FFFF}", "\u{D7FF}",
        "\u{E000}", "z", "Ж", "ж", "한국", "J\u{30C}", "ǰ",
    ].map(\.precomposedStringWithCanonicalMapping)

    static let numbers: [Double] = [
        0, 1, -1, 2, 0.1, 0.2, 0.30000000000000004, -1.5, 12, 12.5, 90_000, 90_000.01, 1e15,
        9_007_199_254_740_991,
        9_007_199_254_740_992, -9_007_199_254_740_994, 1e20, -1e300, .greatestFiniteMagnitude,
        .leastNonzeroMagnitude, 123456789.12345679,
    ]

    static let days = [
        "0001-01-01", "1969-12-31", "1970-01-01", "1999-12-31", "2000-01-31", "2000-02-29",
        "2024-02-28", "2024-02-29",
        "2024-03-01", "2024-03-31", "2024-12-31", "9999-12-31",
    ].compactMap { CalendarDay($0) }

    static let times: [Int64] = [0, 1, 999, 1_000, 43_200_000, 86_399_000, 86_399_999]

    private mutating func number(below count: Int) -> Int {
        random.number(0...(count - 1))
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        random.pick(elements)
    }

    // MARK: Profiles

    package mutating func profile(id: Int) -> Profile {
        var values: [String: AttributeValue] = [:]
        for attribute in Self.attributes where number(below: 4) > 0 {
            values[attribute.name] = value(of: attribute.kind)
        }
        return Profile(id: String(id), changedAt: Timestamp(milliseconds: 0), values: values)
    }

    package mutating func value(of kind: AttributeKind) -> AttributeValue {
        switch kind {
        case .text: return .text(text())
        case .number: return .number(pick(Self.numbers))
        case .boolean: return .boolean(number(below: 2) == 0)
        case .date: return .date(pick(Self.days))
        case .timestamp:
            let start = Timestamp(startOf: pick(Self.days)).milliseconds
            return .timestamp(Timestamp(milliseconds: start + pick(Self.times)))
        }
    }

    private mutating func text() -> String {
        guard number(below: 3) == 0 else { return pick(Self.texts) }
        return (pick(Self.texts) + pick(Self.texts)).precomposedStringWithCanonicalMapping
    }

    // MARK: Predicates

    /// Foundation has a type of that name, too.
    package mutating func predicate(depth: Int) -> Segments.Predicate {
        let form = depth == 0 ? number(below: 10) : number(below: 20)
        switch form {
        case 0: return number(below: 4) == 0 ? pick([.always, .never]) : leaf()
        case 1: return usesMembers ? .memberOf(Segment.ID(Int64(1 + number(below: 3)))) : leaf()
        case 2...9: return leaf()
        case 10...12: return .not(predicate(depth: depth - 1))
        case 13...16: return .all(members(depth: depth - 1))
        default: return .any(members(depth: depth - 1))
        }
    }

    private mutating func members(depth: Int) -> [Segments.Predicate] {
        (0..<(2 + number(below: number(below: 20) == 0 ? 80 : 3))).map { _ in
            predicate(depth: number(below: 2) * depth)
        }
    }

    private mutating func leaf() -> Segments.Predicate {
        let attribute = pick(Self.attributes)
        return .value(attribute, test(of: attribute.kind))
    }

    package mutating func test(of kind: AttributeKind) -> ValueTest {
        switch number(below: 10) {
        case 0: return .isPresent
        case 1: return .isAbsent
        case 2, 3: return .oneOf(values(of: kind))
        case 4, 5: return special(of: kind)
        case 6 where kind != .boolean: return .between(value(of: kind), value(of: kind))
        default:
            return .compares(
                kind == .boolean ? .equal : pick(Comparison.allCases), value(of: kind))
        }
    }

    /// Now and then more than fit into single placeholders.
    private mutating func values(of kind: AttributeKind) -> [AttributeValue] {
        let count = number(below: 6) == 0 ? 33 + number(below: 60) : 1 + number(below: 4)
        return (0..<count).map { _ in value(of: kind) }
    }

    private mutating func special(of kind: AttributeKind) -> ValueTest {
        switch kind {
        case .text:
            let sought = text()
            switch number(below: 3) {
            case 0: return .matches(pick(TextMatch.allCases), sought)
            case 1: return .foldedMatches(pick(TextMatch.allCases), CaseFolding.fold(sought))
            default:
                let count = number(below: 4) == 0 ? 40 : 2
                return .foldedOneOf((0..<count).map { _ in CaseFolding.fold(text()) })
            }
        case .number, .boolean: return .oneOf(values(of: kind))
        case .date, .timestamp:
            let part = pick(CalendarPart.allCases)
            let numbers = (0..<3).map { _ in partNumber(part) }
            switch number(below: 3) {
            case 0: return .part(part, .compares(pick(Comparison.allCases), numbers[0]))
            case 1: return .part(part, .between(numbers[0], numbers[1]))
            default: return .part(part, .oneOf(numbers))
            }
        }
    }

    private mutating func partNumber(_ part: CalendarPart) -> Int {
        switch part {
        case .year: pick([1, 1969, 1970, 1999, 2000, 2024, 9999])
        case .month: 1 + number(below: 12)
        case .day: 1 + number(below: 31)
        }
    }
}
