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
            throw RuleTextError(
                "Dates are written YYYY-MM-DD, as in 1970-12-31.", place: place(from: start))
        }
        return .number(try Self.number(written, at: place(from: start)))
    }

    mutating func notANumber() -> RuleTextError {
        while let scalar = peek(), Self.isWordContinuation(scalar) { advance() }
        let word = string(start.index..<index)
        return RuleTextError(
            "'\(Self.shortened(word))' is neither a number nor a name. A name that starts with a digit"
                + " goes in double quotes, text in single quotes.",
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
                "In '\(shown)' an underscore does not stand between two digits; write 90_000 or 90000.",
                suggestion: written.filter { $0 != "_" }, place: place)
        }
        let digits = written.filter { $0 != "_" }
        if digits.hasPrefix("0"), digits.dropFirst().first?.isNumber == true {
            throw RuleTextError(
                "A number has no leading zeros and no thousands commas: write 90000 or 90_000. Text of"
                    + " digits goes in single quotes.",
                suggestion: digits.contains { $0 != "0" } ? "'\(shown)'" : nil, place: place)
        }
        guard let number = Double(digits), number.isFinite else {
            throw RuleTextError(
                "The number '\(shown)' is too large; the largest is about 1.8e308.", place: place)
        }
        return number
    }

    /// The scanner stands on the first dash of what looks like a date.
    mutating func scanDate() throws(RuleTextError) -> RuleToken.Content {
        while let scalar = peek(), Self.isDigit(scalar) || scalar == "-" { advance() }
        let written = string(start.index..<index)
        guard let day = CalendarDay(written) else {
            throw RuleTextError(
                written.utf8.count == 10
                    ? "There is no day \(written); dates are written YYYY-MM-DD."
                    : "'\(Self.shortened(written))' is no date; dates are written YYYY-MM-DD.",
                suggestion: Self.padded(written), place: place(from: start))
        }
        guard peek() == "T" || peek() == "t" else {
            if let next = peek(), Self.isWordContinuation(next) {
                throw RuleTextError(
                    "After the date \(written) a time starts with T, as in \(written)T08:30.",
                    place: place(from: start))
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
                "'\(Self.shortened(moment))' is no time; times are written YYYY-MM-DDTHH:MM, with"
                    + " :SS and Z if you like, and are UTC.",
                suggestion: nil, place: place(from: start))
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
