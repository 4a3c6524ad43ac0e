import Profiles

/// What to say when something else stands where it was expected.
extension RuleParser {
    func expected(_ expectation: String, suggestion: String? = nil) -> RuleTextError {
        if current.content == .end {
            if let lexicalError { return lexicalError }
            return RuleTextError(
                "The rule ends here; expected \(expectation).", suggestion: suggestion,
                place: current.place)
        }
        return RuleTextError(
            "Expected \(expectation); found \(current.shown).", suggestion: suggestion,
            place: current.place)
    }

    func missingTest(of attribute: RuleName, part: CalendarPart?) -> RuleTextError {
        let tests =
            "a comparison after '\(RuleLexer.shortened(attribute.text))': =, !=, <, <=, >, >=, in, between,"
            + " contains, starts with, ends with, within, or is empty"
        guard case .word(let word) = current.content else {
            if current.content == .symbol(.minus) || current.content == .symbol(.plus) {
                return oddName(startingWith: attribute, tests)
            }
            let isComplete =
                current.content == .symbol(.close)
                || (current.content == .end && lexicalError == nil)
            return expected(
                tests,
                suggestion: isComplete && part == nil
                    ? "\(RulePrinter.name(attribute.text)) = true" : nil)
        }
        if let keyword = RuleKeyword(word: word), keyword == .and || keyword == .or {
            return expected(tests, suggestion: "\(RulePrinter.name(attribute.text)) = true")
        }
        let replacements = [
            "like": "contains", "equals": "=", "eq": "=", "has": "contains", "includes": "contains",
            "include": "contains", "exists": "is not empty", "ne": "!=", "gt": ">", "lt": "<",
            "ge": ">=", "le": "<=", "isnt": "is not empty",
        ]
        let known = ["in", "between", "contains", "starts with", "ends with", "within", "is empty"]
        let meant = replacements[word.lowercased()] ?? Spelling.nearest(to: word, among: known)
        if let meant { return expected(tests, suggestion: meant) }
        let joined = RuleLexer.shortened("\(attribute.text) \(word)")
        return RuleTextError(
            "Expected \(tests); found \(current.shown). A name with a blank goes in double quotes.",
            suggestion: RulePrinter.name(joined, always: true), place: current.place)
    }

    /// A sign right behind a name, as in `e-mail`.
    func oddName(startingWith attribute: RuleName, _ tests: String) -> RuleTextError {
        var name = attribute.text + current.source
        if let rest = wordOrName(peek()), peek().isAdjacent { name += rest }
        return RuleTextError(
            "Expected \(tests); found \(current.shown). A name with such a character goes in double"
                + " quotes.",
            suggestion: current.isAdjacent
                ? RulePrinter.name(RuleLexer.shortened(name), always: true) : nil,
            place: current.place)
    }

    func unexpectedAfterRule() -> RuleTextError {
        let token = current
        switch token.content {
        case .end: return expected("and, or, or the end of the rule")
        case .symbol(.close):
            return RuleTextError(
                "There is no open parenthesis that this one closes.", place: token.place)
        case .symbol(.comma):
            if case .number = peek(-1).content {
                var suggestion: String?
                if case .number = peek().content { suggestion = peek(-1).source + peek().source }
                return RuleTextError(
                    "A number has no thousands commas: write 90000 or 90_000.",
                    suggestion: suggestion, place: token.place)
            }
            return expected("and, or, or the end of the rule")
        case .word, .number:
            if token.isAdjacent, case .text = peek(-1).content {
                return RuleTextError(
                    "The text in single quotes ends before this. A single quote inside text is doubled,"
                        + " as in 'O''Brien'.", suggestion: "''", place: token.place)
            }
            guard case .word(let word) = token.content else { break }
            return expected(
                "and, or, or the end of the rule",
                suggestion: Spelling.nearest(to: word, among: ["and", "or", "ignoring case"]))
        case .symbol, .text, .name, .date, .timestamp: break
        }
        return expected("and, or, or the end of the rule")
    }
}
