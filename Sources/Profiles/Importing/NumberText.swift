/// Numbers as people and programs write them: `90000`, `-12.5`, `"$90,000 "`, `(1,200.00)`, `12 €`.
///
/// Not numbers, because they are codes or telephone numbers rather than amounts: leading zeros
/// (`00501`), a leading plus, and whole numbers of more than 15 digits, which a `Double` would
/// change. With a fraction 17 digits are taken, as programs write them for a `Double`.
///
/// | text | number |
/// |---|---|
/// | `1,234,567.5` | 1234567.5 |
/// | `$ -5` and `-$5` and `($5)` | -5 |
/// | `.5` | 0.5 |
/// | `1,23`, `12,34`, `1.234,56`, `5.`, `1e5`, `007`, `+1` | none |
enum NumberText {
    static let wholeDigitsMax = 15
    static let digitsMax = 17

    /// The number that a trimmed cell between delimiters means, or nil.
    static func number(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        var start = 0
        var end = bytes.count
        var isNegative = false
        var hasSign = false
        var hasCurrency = false
        if end >= 2, bytes[0] == UInt8(ascii: "("), bytes[end - 1] == UInt8(ascii: ")") {
            (start, end) = (1, end - 1)
            (isNegative, hasSign) = (true, true)
        }
        // In front of the digits: a sign, a currency and spaces, in any order.
        leading: while start < end {
            switch bytes[start] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
                break leading
            case UInt8(ascii: "-"):
                guard !hasSign else { return nil }
                (isNegative, hasSign) = (true, true)
                start += 1
            default:
                let space = spaceLength(bytes, at: start, end)
                if space > 0 {
                    start += space
                    continue
                }
                if end - start >= 3, bytes[start] == 0xE2, bytes[start + 1] == 0x88,
                    bytes[start + 2] == 0x92, !hasSign
                {
                    // U+2212, the minus of typographers.
                    (isNegative, hasSign) = (true, true)
                    start += 3
                    continue
                }
                let currency = currencyLength(bytes, at: start, end)
                guard currency > 0, !hasCurrency else { return nil }
                hasCurrency = true
                start += currency
            }
        }
        let digitsStart = start
        while start < end, isDigit(bytes[start]) || isPoint(bytes[start]) { start += 1 }
        let digitsEnd = start
        while start < end {
            let space = spaceLength(bytes, at: start, end)
            if space > 0 {
                start += space
                continue
            }
            let currency = currencyLength(bytes, at: start, end)
            guard currency > 0, !hasCurrency else { return nil }
            hasCurrency = true
            start += currency
        }
        guard
            let magnitude = magnitude(
                UnsafeBufferPointer(rebasing: bytes[digitsStart..<digitsEnd]))
        else { return nil }
        return isNegative && magnitude != 0 ? -magnitude : magnitude
    }

    /// The number that a well-formed JSON number means; nil when a `Double` would change its digits.
    static func json(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = UnsafeBufferPointer(rebasing: bytes[(isNegative ? 1 : 0)...])
        if let magnitude = magnitude(digits) {
            return isNegative && magnitude != 0 ? -magnitude : magnitude
        }
        guard bytes.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }), bytes.count <= 40,
            let number = Double(String(decoding: bytes, as: UTF8.self)), number.isFinite
        else { return nil }
        return number == 0 ? 0 : number
    }

    /// Digits with an optional fraction and thousands separators.
    private static func magnitude(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        var value: UInt64 = 0
        var digits = 0
        var wholeDigits = 0
        var at = 0
        var sinceSeparator = 0
        var hasSeparator = false
        while at < bytes.count {
            let byte = bytes[at]
            if isDigit(byte) {
                wholeDigits += 1
                sinceSeparator += 1
                if hasSeparator, sinceSeparator > 3 { return nil }
                if wholeDigits == 2, value == 0 { return nil }
                guard wholeDigits <= wholeDigitsMax else { return nil }
                value = value * 10 + UInt64(byte & 0x0F)
                if value > 0 { digits += 1 }
            } else if byte == UInt8(ascii: ",") {
                let isGroup = hasSeparator ? sinceSeparator == 3 : (1...3).contains(wholeDigits)
                guard isGroup, value > 0 else { return nil }
                hasSeparator = true
                sinceSeparator = 0
            } else {
                break
            }
            at += 1
        }
        if hasSeparator, sinceSeparator != 3 { return nil }
        if at == bytes.count { return wholeDigits > 0 ? Double(value) : nil }
        guard bytes[at] == UInt8(ascii: ".") else { return nil }
        at += 1
        guard at < bytes.count else { return nil }
        let fraction = bytes.count - at
        while at < bytes.count {
            guard isDigit(bytes[at]) else { return nil }
            if digits < digitsMax || bytes[at] != UInt8(ascii: "0") {
                value = value &* 10 &+ UInt64(bytes[at] & 0x0F)
                if value > 0 { digits += 1 }
                guard digits <= digitsMax else { return nil }
            }
            at += 1
        }
        // Both parts are exact in a Double, so the division rounds once and correctly.
        if value < 1 << 53, fraction < powersOfTen.count, digits < digitsMax {
            return Double(value) / powersOfTen[fraction]
        }
        guard bytes.count <= 400 else { return nil }
        return Double(
            String(decoding: bytes.lazy.filter { $0 != UInt8(ascii: ",") }, as: UTF8.self))
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func isPoint(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",")
    }

    private static func spaceLength(
        _ bytes: UnsafeBufferPointer<UInt8>, at: Int, _ end: Int
    ) -> Int {
        TextForm.isSpace(bytes[at]) ? 1 : TextForm.wideSpace(bytes, at: at, end)
    }

    /// `$`, the currency signs of Latin-1 (`£`, `¥`, …), and those of U+20A0 to U+20CF (`€`, `₪`, …).
    private static func currencyLength(
        _ bytes: UnsafeBufferPointer<UInt8>, at: Int, _ end: Int
    ) -> Int {
        switch bytes[at] {
        case UInt8(ascii: "$"): 1
        case 0xC2 where at + 1 < end && (0xA2...0xA5).contains(bytes[at + 1]): 2
        case 0xE2 where at + 2 < end && bytes[at + 1] == 0x82 && bytes[at + 2] >= 0xA0: 3
        case 0xE2 where at + 2 < end && bytes[at + 1] == 0x83 && bytes[at + 2] <= 0x8F: 3
        default: 0
        }
    }
}
