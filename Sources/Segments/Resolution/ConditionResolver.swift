import Foundation
import Profiles

/// Checks one condition against the kind of its attribute and says what it means.
struct ConditionResolver {
    let attribute: Attribute
    /// Where the attribute stands.
    let place: RulePlace?
    let now: Timestamp
    let today: CalendarDay
    /// The segments being inlined, for mistakes.
    let path: [String]

    func resolve(_ condition: RuleCondition) throws(RuleTextError) -> Predicate {
        do throws(RuleTextError) {
            if let part = condition.part { return try resolve(condition.test, part: part) }
            return try resolve(condition.test)
        } catch {
            throw error.reached(through: path, at: place)
        }
    }

    private func resolve(_ test: RuleTest) throws(RuleTextError) -> Predicate {
        switch test {
        case .isEmpty: return .value(attribute, .isAbsent)
        case .compares(let comparison, let operand, let ignoringCase):
            return try resolve(comparison, operand, ignoringCase: ignoringCase)
        case .between(let lower, let upper): return try resolve(between: lower, upper)
        case .oneOf(let operands, let ignoringCase):
            if ignoringCase { return .value(attribute, .foldedOneOf(try folded(operands))) }
            return try resolve(oneOf: operands)
        case .matches(let match, let operand, let ignoringCase):
            let text = try text(operand, soughtBy: match)
            return .value(
                attribute,
                ignoringCase
                    ? .foldedMatches(match, CaseFolding.fold(text)) : .matches(match, text))
        case .within(let direction, let amount, let unit):
            return try resolve(within: direction, amount: amount, unit)
        }
    }

    private var conversion: OperandConversion { OperandConversion(today: today) }

    // MARK: Comparisons

    private func resolve(
        _ comparison: Comparison, _ operand: RuleOperand, ignoringCase: Bool
    ) throws(RuleTextError) -> Predicate {
        if ignoringCase {
            guard comparison == .equal else {
                throw RuleTextError(
                    .caseOfSign, ["sign": .text(comparison.rawValue)], place: operand.place)
            }
            return .value(attribute, .foldedOneOf(try folded([operand])))
        }
        let span = try conversion.span(of: operand, for: attribute)
        if comparison != .equal { try requireOrder(comparison.rawValue) }
        switch comparison {
        case .equal: return .value(attribute, Self.equals(span))
        case .less, .atLeast: return .value(attribute, .compares(comparison, span.lower))
        case .atMost, .greater: return .value(attribute, .compares(comparison, span.upper))
        }
    }

    private func resolve(
        between lower: RuleOperand, _ upper: RuleOperand
    ) throws(RuleTextError) -> Predicate {
        let lowerSpan = try conversion.span(of: lower, for: attribute)
        let upperSpan = try conversion.span(of: upper, for: attribute)
        try requireOrder("between")
        // A bound that moves with today may cross the other one; that is no mistake of the writer.
        if lowerSpan.lower.order(relativeTo: upperSpan.upper) == .above, !lower.isRelative,
            !upper.isRelative
        {
            throw RuleTextError(
                .rangeEmpty,
                suggestion:
                    "between \(RulePrinter.text(of: upper)) and \(RulePrinter.text(of: lower))",
                place: lower.place)
        }
        return .value(attribute, .between(lowerSpan.lower, upperSpan.upper))
    }

    private func resolve(oneOf operands: [RuleOperand]) throws(RuleTextError) -> Predicate {
        var points: [AttributeValue] = []
        var members: [Predicate] = []
        for operand in operands {
            let span = try conversion.span(of: operand, for: attribute)
            if span.isPoint {
                points.append(span.lower)
            } else {
                members.append(.value(attribute, Self.equals(span)))
            }
        }
        if points.count == 1 {
            members.insert(.value(attribute, .compares(.equal, points[0])), at: 0)
        } else if points.count > 1 {
            members.insert(.value(attribute, .oneOf(points)), at: 0)
        }
        return .disjunction(members)
    }

    private static func equals(_ span: OperandSpan) -> ValueTest {
        span.isPoint ? .compares(.equal, span.lower) : .between(span.lower, span.upper)
    }

    private func requireOrder(_ sign: String) throws(RuleTextError) {
        guard attribute.kind == .boolean else { return }
        throw RuleTextError(
            .orderOfBoolean, facts(["sign": .text(sign)]),
            suggestion: "\(RulePrinter.name(attribute.name)) = true")
    }

    // MARK: Text

    private func folded(_ operands: [RuleOperand]) throws(RuleTextError) -> [String] {
        guard attribute.kind == .text else {
            throw RuleTextError(.caseOfKind, facts())
        }
        var texts: [String] = []
        for operand in operands {
            let span = try conversion.span(of: operand, for: attribute)
            if case .text(let text) = span.lower { texts.append(CaseFolding.fold(text)) }
        }
        return texts
    }

    private func text(
        _ operand: RuleOperand, soughtBy match: TextMatch
    ) throws(RuleTextError) -> String {
        let what = Fact.word(match.rawValue)
        guard attribute.kind == .text else {
            throw RuleTextError(.matchOfKind, facts(["what": what]))
        }
        guard case .text(let text) = operand.literal else {
            let written = RuleLexer.shortened(RulePrinter.text(of: operand))
            throw RuleTextError(
                .matchOfValue,
                ["what": what, "written": .text(written), "literal": operand.literal.word],
                suggestion: "'\(written)'", place: operand.place)
        }
        return try conversion.normalized(text, operand, attribute)
    }

    // MARK: Time

    private func resolve(
        within direction: TimeDirection, amount: Int, _ unit: CalendarUnit
    ) throws(RuleTextError) -> Predicate {
        let shift = CalendarShift(amount: direction == .last ? -amount : amount, unit: unit)
        let (present, distant): (AttributeValue, AttributeValue)
        switch attribute.kind {
        case .date: (present, distant) = (.date(today), .date(shift.moved(today)))
        case .timestamp:
            (present, distant) = (.timestamp(now), .timestamp(shift.moved(now, on: today)))
        case .text, .number, .boolean:
            throw RuleTextError(
                .withinOfKind, facts(["direction": .text(direction.rawValue)]))
        }
        return .value(
            attribute,
            direction == .last ? .between(distant, present) : .between(present, distant))
    }

    private func resolve(
        _ test: RuleTest, part: CalendarPart
    ) throws(RuleTextError) -> Predicate {
        guard attribute.kind == .date || attribute.kind == .timestamp else {
            throw RuleTextError(.partOfKind, facts(["part": part.word]))
        }
        switch test {
        case .compares(let comparison, let operand, false):
            return .value(
                attribute, .part(part, .compares(comparison, try number(operand, part))))
        case .between(let lower, let upper):
            let bounds = (try number(lower, part), try number(upper, part))
            guard bounds.0 <= bounds.1 else {
                throw RuleTextError(.rangeEmpty, place: lower.place)
            }
            return .value(attribute, .part(part, .between(bounds.0, bounds.1)))
        case .oneOf(let operands, false):
            var numbers: [Int] = []
            for operand in operands { numbers.append(try number(operand, part)) }
            return .value(attribute, .part(part, .oneOf(numbers)))
        case .isEmpty:
            throw RuleTextError(
                .partEmpty, suggestion: "\(RulePrinter.name(attribute.name)) is empty")
        case .compares, .oneOf, .matches, .within:
            throw RuleTextError(.partTest, facts(["part": part.word]))
        }
    }

    private func number(
        _ operand: RuleOperand, _ part: CalendarPart
    ) throws(RuleTextError) -> Int {
        guard case .number(let number) = operand.literal, let whole = Int(exactly: number),
            part.range.contains(whole)
        else {
            throw RuleTextError(
                .partRange,
                facts([
                    "part": part.word, "from": .digits(part.range.lowerBound),
                    "to": .digits(part.range.upperBound),
                ]), place: operand.place)
        }
        return whole
    }

    /// Those of the attribute, and more.
    private func facts(_ more: Facts = [:]) -> Facts {
        more.merging(["attribute": .text(attribute.name), "kind": attribute.kind.claim]) { $1 }
    }
}

extension CalendarPart {
    fileprivate var word: Fact { .word(rawValue) }
}

extension RuleOperand {
    /// Whether its value depends on the day of the evaluation.
    fileprivate var isRelative: Bool {
        if case .today = literal { true } else { false }
    }
}
