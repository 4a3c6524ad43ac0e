import Profiles

/// Signs, and characters that people write instead of them.
extension RuleLexer {
    mutating func scanSymbol(
        _ scalar: Unicode.Scalar
    ) throws(RuleTextError) -> RuleSymbol {
        let pair = peek(1).map { "\(scalar)\($0)" } ?? ""
        switch pair {
        case "<>":
            advance(2)
            return .notEqual
        case "!=", "<=", ">=":
            advance(2)
            return pair == "!=" ? .notEqual : pair == "<=" ? .atMost : .atLeast
        default: break
        }
        if let replacement = Self.replacements[pair] {
            throw RuleTextError(
                .signForeign, ["sign": .text(pair), "instead": .text(replacement)],
                suggestion: replacement, place: place(from: start, length: 2))
        }
        if let symbol = RuleSymbol(rawValue: String(scalar)) {
            advance()
            return symbol
        }
        throw unknownSymbol(scalar)
    }

    mutating func unknownSymbol(_ scalar: Unicode.Scalar) -> RuleTextError {
        if Self.typographicQuotes.contains(scalar) { return typographicQuote(scalar) }
        let shown = Self.name(of: scalar)
        if let replacement = Self.replacements[String(scalar)] {
            return RuleTextError(
                .signForeign, ["sign": .text(shown), "instead": .text(replacement)],
                suggestion: replacement, place: place(from: start, length: 1))
        }
        if scalar == ".", let next = peek(1), Self.isDigit(next) {
            advance()
            while let digit = peek(), Self.isDigit(digit) { advance() }
            let digits = Self.shortened(string(start.index..<index))
            return RuleTextError(
                .numberBeginsWithPoint, suggestion: "0\(digits)", place: place(from: start))
        }
        return RuleTextError(
            shown.hasPrefix("U+") ? .signUnseen : .signOdd, ["sign": .text(shown)],
            place: place(from: start, length: 1))
    }

    static let typographicQuotes: Set<Unicode.Scalar> = [
        "‘", "’", "‚", "‛", "“", "”", "„", "‟", "«", "»", "‹", "›", "`", "´", "′", "″", "＇", "＂",
        "「", "」", "『", "』",
    ]

    /// Word processors and keyboards of other scripts put these in; guessing where such text ends
    /// would be wrong too often, so it is only suggested.
    mutating func typographicQuote(_ quote: Unicode.Scalar) -> RuleTextError {
        let rest = scalars[(index + 1)...].prefix { $0 != "\n" }
        var suggestion: String?
        if let end = rest.firstIndex(where: Self.typographicQuotes.contains), end > index + 1 {
            let content = string((index + 1)..<end).replacing("'", with: "''")
            if content.utf8.count <= 100 { suggestion = "'\(content)'" }
        }
        return RuleTextError(
            .quoteTypographic, ["sign": .text(String(quote))], suggestion: suggestion,
            place: place(from: start, length: 1))
    }

    /// What people write who know other languages or keyboards.
    static let replacements: [String: String] = [
        "==": "=", "=>": ">=", "=<": "<=", "&&": "and", "||": "or", "&": "and", "|": "or",
        "!": "not", "≠": "!=", "≤": "<=", "≥": ">=", "（": "(", "）": ")", "，": ",", "、": ",",
        "＝": "=", "＜": "<", "＞": ">", "–": "-", "—": "-", "−": "-", "{": "(", "}": ")",
    ]
}
