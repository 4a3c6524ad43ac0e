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
}
