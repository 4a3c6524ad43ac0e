/// A moment in time, to the millisecond, in UTC, in the years 1 to 9999.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before it.
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Midnight UTC at the start of a day.
    package init(startOf day: CalendarDay) {
        self.init(milliseconds: Int64(day.daysSince1970) * Self.millisecondsPerDay)
    }

    package static let millisecondsPerDay: Int64 = 86_400_000

    /// The UTC day this moment belongs to; nil outside the years 1 to 9999.
    package var day: CalendarDay? {
        var days = milliseconds / Self.millisecondsPerDay
        if milliseconds % Self.millisecondsPerDay < 0 { days -= 1 }
        return CalendarDay(daysSince1970: Int(days))
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension Timestamp: CustomStringConvertible {
    /// `YYYY-MM-DDTHH:MM:SS.mmmZ`, always 24 characters, so that text order is time order. This is
    /// the stored form.
    package var description: String {
        guard day != nil else { return "" }
        return String(unsafeUninitializedCapacity: Self.utf8Count) { buffer in
            write(to: buffer)
            return Self.utf8Count
        }
    }

    /// The length of the stored form in bytes.
    package static let utf8Count = 24

    /// Writes the stored form to the first `utf8Count` bytes of a buffer. The moment must lie in the
    /// years 1 to 9999.
    package func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        guard let day else { preconditionFailure("a stored timestamp lies in the years 1 to 9999") }
        precondition(buffer.count >= Self.utf8Count, "a timestamp needs \(Self.utf8Count) bytes")
        let time = Int(milliseconds - Int64(day.daysSince1970) * Self.millisecondsPerDay)
        day.write(to: buffer)
        buffer[10] = UInt8(ascii: "T")
        writeDecimal(time / 3_600_000, to: buffer, 11..<13)
        buffer[13] = UInt8(ascii: ":")
        writeDecimal(time / 60_000 % 60, to: buffer, 14..<16)
        buffer[16] = UInt8(ascii: ":")
        writeDecimal(time / 1_000 % 60, to: buffer, 17..<19)
        buffer[19] = UInt8(ascii: ".")
        writeDecimal(time % 1_000, to: buffer, 20..<23)
        buffer[23] = UInt8(ascii: "Z")
    }

    /// The stored form without the fraction when that is zero: the form people and destinations see.
    package var shortDescription: String {
        let text = description
        return text.hasSuffix(".000Z") ? text.dropLast(5) + "Z" : text
    }

    /// Reads ISO 8601: date, `T` or a space, `HH:MM`, optional seconds and fraction, and an optional
    /// zone (`Z`, `+02:00`, `+0200`, `+02`). Without a zone the time is taken as UTC.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let timestamp = text.withUTF8({ Timestamp(utf8: $0) }) else { return nil }
        self = timestamp
    }

    /// Reads the same from UTF-8.
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 16, bytes[13] == UInt8(ascii: ":"),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            let day = CalendarDay(utf8: UnsafeBufferPointer(rebasing: bytes[..<10])),
            let hour = decimal(bytes, 11..<13), let minute = decimal(bytes, 14..<16),
            hour < 24, minute < 60
        else { return nil }
        var position = 16
        var second = 0
        var millisecond = 0
        if position < bytes.count, bytes[position] == UInt8(ascii: ":") {
            guard bytes.count >= 19, let value = decimal(bytes, 17..<19), value < 60 else {
                return nil
            }
            second = value
            position = 19
            if position < bytes.count,
                bytes[position] == UInt8(ascii: ".") || bytes[position] == UInt8(ascii: ",")
            {
                let start = position + 1
                position = start
                // Digits beyond milliseconds are cut off.
                var weight = 100
                while position < bytes.count, let digit = decimal(bytes, position..<position + 1) {
                    millisecond += digit * weight
                    weight /= 10
                    position += 1
                }
                guard (1...9).contains(position - start) else { return nil }
            }
        }
        let zone = UnsafeBufferPointer(rebasing: bytes[position...])
        guard let offsetMinutes = Self.offsetMinutes(zone) else { return nil }
        let seconds = (hour * 60 + minute - offsetMinutes) * 60 + second
        self.init(
            milliseconds: Int64(day.daysSince1970) * Self.millisecondsPerDay
                + Int64(seconds) * 1_000 + Int64(millisecond))
        guard self.day != nil else { return nil }
    }

    /// `Z`, `+02`, `+0200`, `+02:00`, or nothing.
    private static func offsetMinutes(_ zone: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let first = zone.first else { return 0 }
        if first | 0x20 == UInt8(ascii: "z") { return zone.count == 1 ? 0 : nil }
        guard first == UInt8(ascii: "+") || first == UInt8(ascii: "-"), zone.count >= 3,
            let hours = decimal(zone, 1..<3), hours < 24
        else { return nil }
        let minutes: Int?
        switch zone.count {
        case 3: minutes = 0
        case 5: minutes = decimal(zone, 3..<5)
        case 6 where zone[3] == UInt8(ascii: ":"): minutes = decimal(zone, 4..<6)
        default: minutes = nil
        }
        guard let minutes, minutes < 60 else { return nil }
        let total = hours * 60 + minutes
        return first == UInt8(ascii: "-") ? -total : total
    }
}
