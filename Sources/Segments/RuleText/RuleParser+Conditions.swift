import Profiles

/// Conditions: an attribute and what is asked of it.
extension RuleParser {
    mutating func parseCondition() throws(RuleTextError) -> Rule {
        var part: CalendarPart?
        if case .word(let word) = current.content,
            let named = CalendarPart(rawValue: word.lowercased()),
            case .word(let next) = peek().content, RuleKeyword(word: next) == .of
        {
            part = named
            index += 2
        }
        let attribute = try parseAttribute(after: part)
        return try parseTest(of: attribute, part: part)
    }

    mutating func parseAttribute(
        after part: CalendarPart?
    ) throws(RuleTextError) -> RuleName {
        let token = current
        switch token.content {
        case .name(let name):
            index += 1
            return RuleName(name, place: token.place)
        case .word(let word):
            if let keyword = RuleKeyword(word: word), !keyword.canNameAttribute {
                throw RuleTextError(
                    .nameReserved, ["word": .text(token.source)],
                    suggestion: "\"\(token.source)\"", place: token.place)
            }
            index += 1
            return RuleName(word, place: token.place)
        case .text:
            throw expected(
                .attribute,
                suggestion: wordOrName(token).map { RulePrinter.name($0, always: true) })
        case .number, .date, .timestamp, .symbol, .end:
            guard let part else { throw expected(.condition) }
            throw expected(.partAttribute, ["part": .text(part.rawValue)])
        }
    }

    mutating func parseTest(
        of attribute: RuleName, part: CalendarPart?
    ) throws(RuleTextError) -> Rule {
        func condition(_ test: RuleTest) -> Rule {
            .condition(RuleCondition(attribute: attribute, part: part, test: test))
        }
        if case .symbol(let symbol) = current.content {
            switch symbol {
            case .equal: return condition(try parseComparison(.equal))
            case .notEqual: return .not(condition(try parseComparison(.equal)))
            case .less: return condition(try parseComparison(.less))
            case .atMost: return condition(try parseComparison(.atMost))
            case .greater: return condition(try parseComparison(.greater))
            case .atLeast: return condition(try parseComparison(.atLeast))
            case .open, .close, .comma, .minus, .plus: throw missingTest(of: attribute, part: part)
            }
        }
        if isKeyword(.before) { return condition(try parseComparison(.less)) }
        if isKeyword(.after) { return condition(try parseComparison(.greater)) }
        if take(.is) { return try parseEmptiness(condition) }
        if take(.contains) { return condition(try parseMatch(.contains)) }
        if take(.starts) {
            try require(.with, .with, after: .starts)
            return condition(try parseMatch(.starts))
        }
        if take(.ends) {
            try require(.with, .with, after: .ends)
            return condition(try parseMatch(.ends))
        }
        if take(.does) { return .not(condition(try parseNegatedMatch())) }
        let isNegated = isKeyword(.not)
        if isNegated { index += 1 }
        var test: RuleTest?
        if take(.in) { test = try parseList() }
        if test == nil, take(.between) { test = try parseRange() }
        if test == nil, take(.within) { test = try parseWithin() }
        if let test { return isNegated ? .not(condition(test)) : condition(test) }
        if isNegated { throw expected(.afterNot) }
        throw missingTest(of: attribute, part: part)
    }

    mutating func parseComparison(
        _ comparison: Comparison
    ) throws(RuleTextError) -> RuleTest {
        let sign = current.source
        index += 1
        let operand = try parseOperand(.value, ["sign": .text(sign)])
        return .compares(comparison, operand, ignoringCase: try parseIgnoringCase())
    }

    mutating func parseEmptiness(
        _ condition: (RuleTest) -> Rule
    ) throws(RuleTextError) -> Rule {
        let isNegated = take(.not)
        guard take(.empty) else {
            let isValue =
                switch current.content {
                case .text, .number, .date, .timestamp, .symbol(.minus): true
                case .word(let word): RuleKeyword(word: word)?.isValue == true
                case .name, .symbol, .end: false
                }
            let comparison = isNegated ? "!=" : "="
            throw expected(
                isNegated ? .notEmptiness : .emptiness,
                suggestion: isValue
                    ? "\(comparison) \(current.source)" : "is \(isNegated ? "not " : "")empty")
        }
        return isNegated ? .not(condition(.isEmpty)) : condition(.isEmpty)
    }

    mutating func parseNegatedMatch() throws(RuleTextError) -> RuleTest {
        try require(.not, .not)
        if take(.contain) { return try parseMatch(.contains) }
        if take(.start) {
            try require(.with, .with, after: .start)
            return try parseMatch(.starts)
        }
        if take(.end) {
            try require(.with, .with, after: .end)
            return try parseMatch(.ends)
        }
        throw expected(.afterDoesNot)
    }

    mutating func parseMatch(_ match: TextMatch) throws(RuleTextError) -> RuleTest {
        let operand = try parseOperand(.text)
        return .matches(match, operand, ignoringCase: try parseIgnoringCase())
    }

    mutating func parseList() throws(RuleTextError) -> RuleTest {
        if isKeyword(.segment), case .text = peek().content {
            throw RuleTextError(
                .segmentAfterAttribute, suggestion: "in segment \(peek().source)",
                place: current.place)
        }
        guard current.content == .symbol(.open) else {
            throw expected(.list)
        }
        let open = current.place
        index += 1
        var operands: [RuleOperand] = []
        repeat {
            guard operands.count < RuleLimits.listCountMax else {
                throw RuleTextError(
                    .listTooLong, ["limit": .digits(RuleLimits.listCountMax)], place: open)
            }
            operands.append(try parseOperand(.listValue))
        } while takeSymbol(.comma)
        guard takeSymbol(.close) else { throw expected(.listEnd) }
        return .oneOf(operands, ignoringCase: try parseIgnoringCase())
    }

    mutating func parseRange() throws(RuleTextError) -> RuleTest {
        let lower = try parseOperand(.lower)
        try require(.and, .betweenAnd)
        return .between(lower, try parseOperand(.upper))
    }

    mutating func parseWithin() throws(RuleTextError) -> RuleTest {
        guard case .word(let word) = current.content,
            let direction = TimeDirection(rawValue: word.lowercased())
        else {
            throw expected(
                .direction,
                suggestion: Spelling.nearest(to: current.source, among: ["last", "next"]))
        }
        index += 1
        let (amount, unit) = try parseSpan()
        return .within(direction, amount: amount, unit)
    }

    mutating func parseIgnoringCase() throws(RuleTextError) -> Bool {
        guard take(.ignoring) else { return false }
        guard case .word(let word) = current.content, word.lowercased() == "case" else {
            throw expected(.case, suggestion: "ignoring case")
        }
        index += 1
        return true
    }
}
