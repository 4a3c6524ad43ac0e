import Profiles

/// Values, and spans of time.
extension RuleParser {
    mutating func parseOperand(
        _ expectation: RuleExpectation, _ facts: Facts = [:]
    ) throws(RuleTextError) -> RuleOperand {
        let token = current
        switch token.content {
        case .text(let text): return taken(.text(text))
        case .number(let number): return taken(.number(number))
        case .date(let day): return taken(.date(day))
        case .timestamp(let timestamp): return taken(.timestamp(timestamp))
        case .symbol(.minus):
            guard case .number(let number) = peek().content else {
                throw expected(expectation, facts)
            }
            index += 2
            // Zero has no sign in the rule language.
            return RuleOperand(
                .number(number == 0 ? 0 : -number),
                place: RulePlace(
                    line: token.place.line, column: token.place.column,
                    length: peek(-1).place.line == token.place.line
                        ? peek(-1).place.column + peek(-1).place.length - token.place.column : 1))
        case .word(let word):
            switch RuleKeyword(word: word) {
            case .true, .yes: return taken(.boolean(true))
            case .false, .no: return taken(.boolean(false))
            case .today: return try parseToday()
            default:
                if ["null", "nil", "none", "empty"].contains(word.lowercased()) {
                    throw RuleTextError(
                        .valueAbsent, suggestion: "is empty", place: token.place)
                }
                throw unfit(
                    .valueUnquoted, expectation, facts, found: .text(token.shown),
                    suggestion: RulePrinter.quoted(RuleLexer.shortened(word)))
            }
        case .name(let name):
            throw unfit(
                .valueIsName, expectation, facts,
                found: .word(
                    token.source.hasPrefix("[") ? "name-in-brackets" : "name-in-double-quotes"),
                suggestion: RulePrinter.quoted(RuleLexer.shortened(name)))
        case .symbol, .end: throw expected(expectation, facts)
        }
    }

    mutating func taken(_ literal: RuleLiteral) -> RuleOperand {
        defer { index += 1 }
        return RuleOperand(literal, place: current.place)
    }

    mutating func parseToday() throws(RuleTextError) -> RuleOperand {
        let place = current.place
        index += 1
        let isEarlier = current.content == .symbol(.minus)
        guard isEarlier || current.content == .symbol(.plus) else {
            return RuleOperand(.today(nil), place: place)
        }
        index += 1
        let (amount, unit) = try parseSpan()
        return RuleOperand(
            .today(CalendarShift(amount: isEarlier ? -amount : amount, unit: unit)), place: place)
    }

    /// A whole number and a unit: `30 days`.
    mutating func parseSpan() throws(RuleTextError) -> (Int, CalendarUnit) {
        guard case .number(let number) = current.content else {
            throw expected(.amount)
        }
        guard let amount = Int(exactly: number), (1...RuleLimits.amountMax).contains(amount) else {
            throw RuleTextError(
                .amountRange, ["limit": .digits(RuleLimits.amountMax)], place: current.place)
        }
        index += 1
        guard case .word(let word) = current.content else {
            throw expected(.unit, ["number": .text(peek(-1).source)])
        }
        let lowercased = word.lowercased()
        let singular = lowercased.hasSuffix("s") ? String(lowercased.dropLast()) : lowercased
        guard let unit = CalendarUnit(rawValue: singular) else {
            throw expected(
                .unit, ["number": .text(peek(-1).source)],
                suggestion: Spelling.nearest(
                    to: lowercased, among: CalendarUnit.allCases.map { $0.rawValue + "s" }))
        }
        index += 1
        return (amount, unit)
    }
}
