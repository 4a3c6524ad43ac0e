/// A day of the proleptic Gregorian calendar, without a time zone, in the years 1 to 9999.
package struct CalendarDay: Hashable, Comparable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Nil when there is no such day, 30 February for instance.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
        guard day >= 1, day <= Self.days(inMonth: month, of: year) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Days since 1970-01-01; negative before it. Nil outside the years 1 to 9999.
    package init?(daysSince1970 days: Int) {
        // Civil-from-days with eras of 400 years, which start on 1 March of year 0.
        guard (-719_162...2_932_896).contains(days) else { return nil }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        self.init(
            year: year, month: month, day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    package var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The day so many days later, or earlier when negative; nil outside the years 1 to 9999.
    package func adding(days: Int) -> CalendarDay? {
        let (sum, isTooLarge) = daysSince1970.addingReportingOverflow(days)
        return isTooLarge ? nil : CalendarDay(daysSince1970: sum)
    }

    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension CalendarDay: CustomStringConvertible {
    /// `YYYY-MM-DD`, always ten characters, so that text order is time order.
    package var description: String {
        String(unsafeUninitializedCapacity: Self.utf8Count) { buffer in
            write(to: buffer)
            return Self.utf8Count
        }
    }

    /// Reads `YYYY-MM-DD` and nothing else.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let day = text.withUTF8({ CalendarDay(utf8: $0) }) else { return nil }
        self = day
    }

    /// Reads the same from UTF-8.
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == Self.utf8Count, bytes[4] == UInt8(ascii: "-"),
            bytes[7] == UInt8(ascii: "-"), let year = decimal(bytes, 0..<4),
            let month = decimal(bytes, 5..<7), let day = decimal(bytes, 8..<10)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The length of the text form in bytes.
    package static let utf8Count = 10

    /// Writes the text form to the first `utf8Count` bytes of a buffer.
    package func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        precondition(buffer.count >= Self.utf8Count, "a day needs \(Self.utf8Count) bytes")
        writeDecimal(year, to: buffer, 0..<4)
        buffer[4] = UInt8(ascii: "-")
        writeDecimal(month, to: buffer, 5..<7)
        buffer[7] = UInt8(ascii: "-")
        writeDecimal(day, to: buffer, 8..<10)
    }
}

/// The number that the digits at these positions spell; nil when one is not a digit.
func decimal(_ bytes: UnsafeBufferPointer<UInt8>, _ positions: Range<Int>) -> Int? {
    var number = 0
    for position in positions {
        guard bytes[position] &- UInt8(ascii: "0") < 10 else { return nil }
        number = number * 10 + Int(bytes[position] & 0x0F)
    }
    return number
}

/// Writes a number that is not negative with leading zeros; digits beyond the positions are lost.
func writeDecimal(
    _ number: Int, to buffer: UnsafeMutableBufferPointer<UInt8>, _ positions: Range<Int>
) {
    var rest = number
    for position in positions.reversed() {
        buffer[position] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
    }
}
