import Profiles

extension Rule {
    /// Reads the text of a rule. Throws the first mistake, with its place and, when one is near,
    /// what was probably meant. Names and kinds are checked later, by
    /// `resolved(schema:segments:now:)`.
    package init(parsing text: String) throws(RuleTextError) {
        guard text.unicodeScalars.count <= RuleLimits.textLengthMax else {
            throw RuleTextError(.tooLong, ["limit": .digits(RuleLimits.textLengthMax)])
        }
        var parser = RuleParser(text)
        do throws(RuleTextError) {
            self = try parser.parse()
        } catch {
            throw error.inText(text)
        }
    }
}

/// Reads tokens by recursive descent; each level of recursion is counted, so that no text overflows
/// the stack.
///
///     rule      = and { "or" and }
///     and       = unary { "and" unary }
///     unary     = "not" unary | "(" rule ")" | "everyone" | "in" "segment" text | condition
///     condition = [ ("year" | "month" | "day") "of" ] name test
struct RuleParser {
    let tokens: [RuleToken]
    let lexicalError: RuleTextError?
    var index = 0
    private var depth = 0

    init(_ text: String) {
        let lexer = RuleLexer(text)
        tokens = lexer.tokens
        lexicalError = lexer.error
    }

    mutating func parse() throws(RuleTextError) -> Rule {
        if tokens.count == 1, lexicalError == nil {
            throw RuleTextError(.empty, suggestion: "everyone", place: current.place)
        }
        let rule = try parseAny()
        guard current.content == .end, lexicalError == nil else { throw unexpectedAfterRule() }
        return rule
    }

    // MARK: Logic

    private mutating func parseAny() throws(RuleTextError) -> Rule {
        var rules = [try parseAll()]
        while take(.or) { rules.append(try parseAll()) }
        return rules.count == 1 ? rules[0] : .any(rules)
    }

    private mutating func parseAll() throws(RuleTextError) -> Rule {
        var rules = [try parseUnary()]
        while take(.and) { rules.append(try parseUnary()) }
        return rules.count == 1 ? rules[0] : .all(rules)
    }

    private mutating func parseUnary() throws(RuleTextError) -> Rule {
        if isKeyword(.not) {
            let place = current.place
            index += 1
            // The parenthesis after `not` counts for both, so that a printed rule is never deeper.
            if current.content == .symbol(.open) { return .not(try parseUnary()) }
            try enter(at: place)
            let rule = try parseUnary()
            depth -= 1
            return .not(rule)
        }
        if current.content == .symbol(.open) {
            let place = current.place
            index += 1
            try enter(at: place)
            let rule = try parseAny()
            depth -= 1
            guard current.content == .symbol(.close) else {
                if current.content == .end, lexicalError == nil {
                    throw RuleTextError(.unclosed, suggestion: ")", place: place)
                }
                throw unexpectedAfterRule()
            }
            index += 1
            return rule
        }
        if take(.everyone) { return .everyone }
        if isKeyword(.in) { return try parseMembership() }
        return try parseCondition()
    }

    private mutating func enter(at place: RulePlace) throws(RuleTextError) {
        guard depth < RuleLimits.depthMax else {
            throw RuleTextError(
                .tooDeep, ["limit": .digits(RuleLimits.depthMax)], place: place)
        }
        depth += 1
    }

    private mutating func parseMembership() throws(RuleTextError) -> Rule {
        index += 1
        guard take(.segment) else {
            throw expected(.segmentWord)
        }
        guard case .text(let name) = current.content, !name.isEmpty else {
            throw expected(
                .segmentName,
                suggestion: wordOrName(current).map { RulePrinter.quoted($0) })
        }
        let place = current.place
        index += 1
        return .inSegment(RuleName(name, place: place))
    }

    // MARK: Tokens

    var current: RuleToken { tokens[min(index, tokens.count - 1)] }

    func peek(_ ahead: Int = 1) -> RuleToken {
        tokens[max(0, min(index + ahead, tokens.count - 1))]
    }

    func isKeyword(_ keyword: RuleKeyword) -> Bool {
        guard case .word(let word) = current.content else { return false }
        return RuleKeyword(word: word) == keyword
    }

    mutating func take(_ keyword: RuleKeyword) -> Bool {
        guard isKeyword(keyword) else { return false }
        index += 1
        return true
    }

    mutating func takeSymbol(_ symbol: RuleSymbol) -> Bool {
        guard current.content == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    mutating func require(
        _ keyword: RuleKeyword, _ expectation: RuleExpectation, after word: RuleKeyword? = nil
    ) throws(RuleTextError) {
        guard take(keyword) else {
            throw expected(
                expectation, word.map { ["word": .text($0.rawValue)] } ?? [:],
                suggestion: keyword.rawValue)
        }
    }

    func wordOrName(_ token: RuleToken) -> String? {
        switch token.content {
        case .word(let text), .name(let text), .text(let text): RuleLexer.shortened(text)
        case .number, .date, .timestamp, .symbol, .end: nil
        }
    }
}
