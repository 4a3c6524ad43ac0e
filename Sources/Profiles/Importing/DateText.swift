/// Days as files write them: `1966-04-08`, `1966/4/8`, `04/08/1966`, `8.4.1966`. Month and day have one
/// or two digits, the year four; both separators are the same one of `-`, `/` and `.`.
struct DateText {
    /// The year stands in front, so there is nothing to decide.
    let isYearFirst: Bool
    private let first: Int
    private let second: Int
    private let third: Int

    /// Nil when the trimmed text has not the form of a day.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard (8...10).contains(bytes.count) else { return nil }
        var numbers = (0, 0, 0)
        var digits = (0, 0, 0)
        var part = 0
        var separator: UInt8 = 0
        for byte in bytes {
            if byte &- UInt8(ascii: "0") < 10 {
                let digit = Int(byte & 0x0F)
                switch part {
                case 0: (numbers.0, digits.0) = (numbers.0 * 10 + digit, digits.0 + 1)
                case 1: (numbers.1, digits.1) = (numbers.1 * 10 + digit, digits.1 + 1)
                default: (numbers.2, digits.2) = (numbers.2 * 10 + digit, digits.2 + 1)
                }
            } else {
                guard
                    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/")
                        || byte == UInt8(ascii: "."),
                    separator == 0 || byte == separator, part < 2
                else { return nil }
                separator = byte
                part += 1
            }
        }
        guard part == 2, (1...2).contains(digits.1) else { return nil }
        if digits.0 == 4, (1...2).contains(digits.2) {
            isYearFirst = true
        } else if digits.2 == 4, (1...2).contains(digits.0) {
            isYearFirst = false
        } else {
            return nil
        }
        (first, second, third) = numbers
    }

    /// The day, read in that order; nil when there is no such day.
    func day(_ order: DateOrder) -> CalendarDay? {
        if isYearFirst { return CalendarDay(year: first, month: second, day: third) }
        return switch order {
        case .monthFirst: CalendarDay(year: third, month: first, day: second)
        case .dayFirst: CalendarDay(year: third, month: second, day: first)
        }
    }
}
