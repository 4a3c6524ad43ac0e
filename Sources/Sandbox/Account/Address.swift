/// The rules by which ActiveCampaign takes an e-mail address.
enum Address {
    /// The form in which addresses are compared and kept.
    static func normalized(_ text: String) -> String {
        var isPlain = true
        for byte in text.utf8 {
            if byte <= 0x20 || byte >= 0x80 || (0x41...0x5A).contains(byte) {
                isPlain = false
                break
            }
        }
        guard !isPlain else { return text }
        var trimmed = text[...]
        while let first = trimmed.first, first.isWhitespace { trimmed = trimmed.dropFirst() }
        while let last = trimmed.last, last.isWhitespace { trimmed = trimmed.dropLast() }
        return trimmed.lowercased()
    }

    /// True when the address keeps rules 1 to 3: one `@` with something before it, none of the
    /// forbidden signs, and a domain with a dot that at least two letters follow.
    static func isWellFormed(_ address: String) -> Bool {
        var localCount = 0
        var domainStarted = false
        var lettersAfterDot = -1
        var hasEnding = false
        for scalar in address.unicodeScalars {
            switch scalar {
            case "@":
                guard !domainStarted, localCount > 0 else { return false }
                domainStarted = true
            case "\"", "(", ")", ",", ":", ";", "<", ">", "[", "\\", "]": return false
            case "\u{0}"..."\u{20}", "\u{7F}": return false
            case "." where domainStarted: lettersAfterDot = 0
            default:
                if !domainStarted {
                    localCount += 1
                } else if lettersAfterDot >= 0 {
                    lettersAfterDot = scalar.properties.isAlphabetic ? lettersAfterDot + 1 : -1
                    if lettersAfterDot >= 2 { hasEnding = true }
                }
            }
        }
        return domainStarted && hasEnding
    }
}
