import Profiles

extension CalendarShift {
    /// The day so far away. A month from 31 January is the last day of February; what would fall
    /// outside the years 1 to 9999 is cut to the first or last day there is.
    func moved(_ day: CalendarDay) -> CalendarDay {
        switch unit {
        case .day: Self.moved(day, days: amount)
        case .week: Self.moved(day, days: amount * 7)
        case .month: Self.moved(day, months: amount)
        case .year: Self.moved(day, months: amount * 12)
        }
    }

    /// The moment so far away, at the same time of the day.
    func moved(_ timestamp: Timestamp, on day: CalendarDay) -> Timestamp {
        let time = timestamp.milliseconds - Timestamp(startOf: day).milliseconds
        return Timestamp(milliseconds: Timestamp(startOf: moved(day)).milliseconds + time)
    }

    private static func moved(_ day: CalendarDay, days: Int) -> CalendarDay {
        day.adding(days: days) ?? (days < 0 ? first : last) ?? day
    }

    private static func moved(_ day: CalendarDay, months: Int) -> CalendarDay {
        let total = day.year * 12 + day.month - 1 + months
        let year = total >= 0 ? total / 12 : -1
        let month = total >= 0 ? total % 12 + 1 : 1
        guard (1...9999).contains(year) else { return (months < 0 ? first : last) ?? day }
        let length = CalendarDay.days(inMonth: month, of: year)
        return CalendarDay(year: year, month: month, day: min(day.day, length)) ?? day
    }

    private static let first = CalendarDay(year: 1, month: 1, day: 1)
    private static let last = CalendarDay(year: 9999, month: 12, day: 31)
}
