import Profiles

/// Numbers, dates and times, all of which start with a digit.
extension RuleLexer {
    mutating func scanNumberOrDate() throws(RuleTextError) -> RuleToken.Content {
        while let scalar = peek(), Self.isDigit(scalar) || scalar == "_" { advance() }
        if peek() == "-", let next = peek(1), Self.isDigit(next) { return try scanDate() }
        if peek() == ".", let next = peek(1), Self.isDigit(next) {
            advance()
            while let scalar = peek(), Self.isDigit(scalar) || scalar == "_" { advance() }
        }
        if peek() == "e" || peek() == "E" {
            let hasSign = peek(1) == "+" || peek(1) == "-"
            if let digit = peek(hasSign ? 2 : 1), Self.isDigit(digit) {
                advance(hasSign ? 2 : 1)
                while let scalar = peek(), Self.isDigit(scalar) { advance() }
            }
        }
        let written = string(start.index..<index)
        if let next = peek(), Self.isWordContinuation(next) { throw notANumber() }
        if peek() == "/", let next = peek(1), Self.isDigit(next) {
            while let scalar = peek(), Self.isDigit(scalar) || scalar == "/" { advance() }
            throw RuleTextError(.dateSlashes, place: place(from: start))
        }
        return .number(try Self.number(written, at: place(from: start)))
    }

    mutating func notANumber() -> RuleTextError {
        while let scalar = peek(), Self.isWordContinuation(scalar) { advance() }
        let word = string(start.index..<index)
        return RuleTextError(
            .wordBeginsWithDigit, ["word": .text(Self.shortened(word))],
            suggestion: "\"\(Self.shortened(word))\" or '\(Self.shortened(word))'",
            place: place(from: start))
    }

    static func number(
        _ written: String, at place: RulePlace
    ) throws(RuleTextError) -> Double {
        let shown = shortened(written)
        guard !written.hasSuffix("_"), !written.contains("__"), !written.contains("_."),
            !written.contains("._"), !written.contains("_e"), !written.contains("_E")
        else {
            throw RuleTextError(
                .numberUnderscore, ["written": .text(shown)],
                suggestion: written.filter { $0 != "_" }, place: place)
        }
        let digits = written.filter { $0 != "_" }
        if digits.hasPrefix("0"), digits.dropFirst().first?.isNumber == true {
            throw RuleTextError(
                .numberZeros, suggestion: digits.contains { $0 != "0" } ? "'\(shown)'" : nil,
                place: place)
        }
        guard let number = Double(digits), number.isFinite else {
            throw RuleTextError(
                .numberTooLarge, ["written": .text(shown)], place: place)
        }
        return number
    }

    /// The scanner stands on the first dash of what looks like a date.
    mutating func scanDate() throws(RuleTextError) -> RuleToken.Content {
        while let scalar = peek(), Self.isDigit(scalar) || scalar == "-" { advance() }
        let written = string(start.index..<index)
        guard let day = CalendarDay(written) else {
            throw RuleTextError(
                written.utf8.count == 10 ? .dateNone : .dateForm,
                ["written": .text(Self.shortened(written))],
                suggestion: Self.padded(written), place: place(from: start))
        }
        guard peek() == "T" || peek() == "t" else {
            if let next = peek(), Self.isWordContinuation(next) {
                throw RuleTextError(
                    .timeSign, ["written": .text(written)], place: place(from: start))
            }
            return .date(day)
        }
        while let scalar = peek(),
            Self.isWordContinuation(scalar) || [":", ".", "+", "-"].contains(scalar)
        {
            advance()
        }
        let moment = string(start.index..<index)
        guard let timestamp = Timestamp(moment.uppercased()) else {
            throw RuleTextError(
                .timeForm, ["written": .text(Self.shortened(moment))], place: place(from: start))
        }
        return .timestamp(timestamp)
    }

    /// `1970-01-05` for `1970-1-5`.
    static func padded(_ written: String) -> String? {
        let parts = written.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let text = zip(parts, [4, 2, 2])
            .map { String(repeating: "0", count: max(0, $1 - $0.utf8.count)) + $0 }
            .joined(separator: "-")
        return CalendarDay(text)?.description
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
    }
}
