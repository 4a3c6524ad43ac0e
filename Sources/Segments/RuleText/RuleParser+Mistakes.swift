import Profiles

/// What to say when something else stands where it was expected.
extension RuleParser {
    func expected(
        _ expectation: RuleExpectation, _ facts: Facts = [:], suggestion: String? = nil
    ) -> RuleTextError {
        if current.content == .end {
            if let lexicalError { return lexicalError }
            return unfit(.ends, expectation, facts, found: nil, suggestion: suggestion)
        }
        return unfit(
            .expected, expectation, facts, found: .text(current.shown), suggestion: suggestion)
    }

    func unfit(
        _ mistake: RuleMistake, _ expectation: RuleExpectation, _ facts: Facts, found: Fact?,
        suggestion: String?
    ) -> RuleTextError {
        var facts = facts
        facts["what"] = .word(expectation.rawValue)
        facts["found"] = found
        return RuleTextError(mistake, facts, suggestion: suggestion, place: current.place)
    }

    func missingTest(of attribute: RuleName, part: CalendarPart?) -> RuleTextError {
        let facts: Facts = ["attribute": .text(RuleLexer.shortened(attribute.text))]
        guard case .word(let word) = current.content else {
            if current.content == .symbol(.minus) || current.content == .symbol(.plus) {
                return oddName(startingWith: attribute, facts)
            }
            let isComplete =
                current.content == .symbol(.close)
                || (current.content == .end && lexicalError == nil)
            return expected(
                .test, facts,
                suggestion: isComplete && part == nil
                    ? "\(RulePrinter.name(attribute.text)) = true" : nil)
        }
        if let keyword = RuleKeyword(word: word), keyword == .and || keyword == .or {
            return expected(
                .test, facts, suggestion: "\(RulePrinter.name(attribute.text)) = true")
        }
        let replacements = [
            "like": "contains", "equals": "=", "eq": "=", "has": "contains", "includes": "contains",
            "include": "contains", "exists": "is not empty", "ne": "!=", "gt": ">", "lt": "<",
            "ge": ">=", "le": "<=", "isnt": "is not empty",
        ]
        let known = ["in", "between", "contains", "starts with", "ends with", "within", "is empty"]
        let meant = replacements[word.lowercased()] ?? Spelling.nearest(to: word, among: known)
        if let meant { return expected(.test, facts, suggestion: meant) }
        let joined = RuleLexer.shortened("\(attribute.text) \(word)")
        return RuleTextError(
            .nameWithBlank, facts.merging(["found": .text(current.shown)]) { $1 },
            suggestion: RulePrinter.name(joined, always: true), place: current.place)
    }

    /// A sign right behind a name, as in `e-mail`.
    func oddName(startingWith attribute: RuleName, _ facts: Facts) -> RuleTextError {
        var name = attribute.text + current.source
        if let rest = wordOrName(peek()), peek().isAdjacent { name += rest }
        return RuleTextError(
            .nameWithSign, facts.merging(["found": .text(current.shown)]) { $1 },
            suggestion: current.isAdjacent
                ? RulePrinter.name(RuleLexer.shortened(name), always: true) : nil,
            place: current.place)
    }

    func unexpectedAfterRule() -> RuleTextError {
        let token = current
        switch token.content {
        case .end: return expected(.end)
        case .symbol(.close):
            return RuleTextError(.unopened, place: token.place)
        case .symbol(.comma):
            if case .number = peek(-1).content {
                var suggestion: String?
                if case .number = peek().content { suggestion = peek(-1).source + peek().source }
                return RuleTextError(
                    .numberCommas, suggestion: suggestion, place: token.place)
            }
            return expected(.end)
        case .word, .number:
            if token.isAdjacent, case .text = peek(-1).content {
                return RuleTextError(.quoteInside, suggestion: "''", place: token.place)
            }
            guard case .word(let word) = token.content else { break }
            return expected(
                .end,
                suggestion: Spelling.nearest(to: word, among: ["and", "or", "ignoring case"]))
        case .symbol, .text, .name, .date, .timestamp: break
        }
        return expected(.end)
    }
}
