package import Profiles

/// What a row asks of a value, the negation included: `is one of`, `does not contain`.
package struct RuleFormOperator: Hashable, Sendable {
    /// The tests of the rule language as people choose them.
    package enum Test: String, CaseIterable, Hashable, Sendable {
        case equal
        case less
        case atMost = "at-most"
        case greater
        case atLeast = "at-least"
        case between
        case oneOf = "one-of"
        case contains
        case starts
        case ends
        case empty
        case withinLast = "within-last"
        case withinNext = "within-next"
    }

    package let test: Test
    package let isNegated: Bool

    package init(_ test: Test, isNegated: Bool = false) {
        self.test = test
        self.isNegated = isNegated
    }

    /// Reads `equal`, `not-equal`, …
    package init?(id: String) {
        let isNegated = id.hasPrefix("not-")
        guard let test = Test(rawValue: isNegated ? String(id.dropFirst(4)) : id) else {
            return nil
        }
        self.init(test, isNegated: isNegated)
    }

    package var id: String { isNegated ? "not-\(test.rawValue)" : test.rawValue }

    /// How many values the operator takes; nil for a list of any length.
    package var valueCount: Int? {
        switch test {
        case .empty: 0
        case .between: 2
        case .oneOf: nil
        case .equal, .less, .atMost, .greater, .atLeast, .contains, .starts, .ends, .withinLast,
            .withinNext:
            1
        }
    }

    /// Whether the operator may look past capitals.
    package var mayIgnoreCase: Bool {
        [.equal, .oneOf, .contains, .starts, .ends].contains(test)
    }

    /// Whether its value is a number of days, weeks, months or years.
    package var isSpan: Bool { test == .withinLast || test == .withinNext }
}

extension RuleFormOperator {
    /// The operators for an attribute of a kind, or for the year, month or day of one, those that people
    /// need most first.
    package static func offered(
        for kind: AttributeKind, part: CalendarPart? = nil
    ) -> [RuleFormOperator] {
        if part != nil { return numbers }
        return switch kind {
        case .text: texts
        case .number: numbers + presence
        case .boolean: both([.equal]) + presence
        case .date, .timestamp: dates + presence
        }
    }

    /// Whether a condition with the operator can have a meaning for such an attribute. All that are
    /// offered can, and so can negations such as "not less than", which are no choice of their own.
    package func fits(_ kind: AttributeKind, part: CalendarPart? = nil) -> Bool {
        if part != nil { return Self.numbers.contains { $0.test == test } }
        if kind == .boolean, test == .oneOf { return true }
        return Self.offered(for: kind).contains { $0.test == test }
    }

    private static let texts =
        both([.equal, .oneOf, .contains, .starts, .ends]) + presence
        + plain([.less, .atMost, .greater, .atLeast]) + both([.between])
    private static let numbers =
        both([.equal]) + plain([.less, .atMost, .greater, .atLeast]) + both([.between, .oneOf])
    private static let dates =
        both([.equal]) + plain([.less, .atMost, .greater, .atLeast])
        + both([.between, .withinLast, .withinNext, .oneOf])
    private static let presence = both([.empty])

    private static func plain(_ tests: [Test]) -> [RuleFormOperator] {
        tests.map { RuleFormOperator($0) }
    }

    private static func both(_ tests: [Test]) -> [RuleFormOperator] {
        tests.flatMap { [RuleFormOperator($0), RuleFormOperator($0, isNegated: true)] }
    }
}
