package import Profiles

/// A day of the week. The raw values are stable words of files and JSON.
package enum Weekday: String, CaseIterable, Codable, Sendable, Comparable {
    case monday
    case tuesday
    case wednesday
    case thursday
    case friday
    case saturday
    case sunday

    /// The day of the week that a day of the calendar is.
    package init(_ day: CalendarDay) {
        // 1970-01-01 was a Thursday. The remainder is negative before it.
        let place = ((day.daysSince1970 + 3) % 7 + 7) % 7
        self = Self.allCases[place]
    }

    /// 0 for Monday to 6 for Sunday.
    package var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (one: Weekday, other: Weekday) -> Bool {
        one.place < other.place
    }
}
