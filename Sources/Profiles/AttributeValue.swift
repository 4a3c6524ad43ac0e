/// A typed value of a profile. An absent value is nil, never an empty text.
package enum AttributeValue: Hashable, Sendable {
    /// In Unicode NFC and never empty.
    case text(String)
    /// Finite.
    case number(Double)
    case boolean(Bool)
    case date(CalendarDay)
    case timestamp(Timestamp)

    package var kind: AttributeKind {
        switch self {
        case .text: .text
        case .number: .number
        case .boolean: .boolean
        case .date: .date
        case .timestamp: .timestamp
        }
    }

    /// The text that leaves the system: whole numbers without a fraction, `true` and `false`, ISO dates.
    package var exported: String {
        switch self {
        case .text(let text): text
        case .number(let number): Self.text(of: number)
        case .boolean(let boolean): boolean ? "true" : "false"
        case .date(let day): day.description
        case .timestamp(let timestamp): timestamp.shortDescription
        }
    }

    /// `90000` for 90000.0, `12.1` for 12.1: the shortest text that reads back as the same number.
    package static func text(of number: Double) -> String {
        if number == number.rounded(), abs(number) < 9_007_199_254_740_992 {
            return String(Int64(number))
        }
        return number.description
    }

    /// Adds `text(of:)` as bytes. Money and the like, up to four decimals, takes no detour through `String`,
    /// because planning does this once per profile.
    package static func appendText(of number: Double, to bytes: inout [UInt8]) {
        // A decimal of at most 15 digits that reads back as the number is its shortest text.
        let scaled = (abs(number) * 10_000).rounded()
        guard scaled < 1e15, scaled / 10_000 == abs(number), number != 0 else {
            return bytes.append(contentsOf: text(of: number).utf8)
        }
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let whole = Int64(scaled)
        appendDigits(of: whole / 10_000, atLeast: 1, to: &bytes)
        var fraction = whole % 10_000
        guard fraction > 0 else { return }
        var decimals = 4
        while fraction % 10 == 0 {
            fraction /= 10
            decimals -= 1
        }
        bytes.append(UInt8(ascii: "."))
        appendDigits(of: fraction, atLeast: decimals, to: &bytes)
    }

    private static func appendDigits(of number: Int64, atLeast count: Int, to bytes: inout [UInt8])
    {
        let start = bytes.count
        var rest = number
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        while bytes.count - start < count { bytes.append(UInt8(ascii: "0")) }
        bytes[start...].reverse()
    }
}
