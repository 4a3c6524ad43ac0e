package import Profiles

/// At which moments something begins by itself: on every day or on some weekdays, at times of the day in a
/// time zone.
package struct Schedule: Hashable, Sendable {
    /// On which days.
    package let rhythm: Rhythm
    /// At least one and at most `timesMax`, in order, each once.
    package let times: [TimeOfDay]
    /// The IANA identifier of the time zone in which days and times are meant, `Europe/Berlin`.
    package let timeZone: String

    /// The days of a schedule.
    package enum Rhythm: Hashable, Sendable {
        case daily
        /// On these weekdays; at least one.
        case weekly(Set<Weekday>)
    }

    /// Most times of a day.
    package static let timesMax = 12

    /// Puts the times in order and drops those given twice. Refused are a week without a day, no time or too
    /// many of them, and a time zone that nobody knows.
    package init(
        _ rhythm: Rhythm, at times: [TimeOfDay], in timeZone: String
    ) throws(ScheduleError) {
        if rhythm == .weekly([]) { throw .noWeekday }
        let distinct = Set(times).sorted()
        guard !distinct.isEmpty else { throw .noTime }
        guard distinct.count <= Self.timesMax else { throw .tooManyTimes }
        guard ZoneClock(timeZone) != nil else { throw .unknownTimeZone }
        self.rhythm = rhythm
        self.times = distinct
        self.timeZone = timeZone
    }

    /// The weekdays of a weekly schedule in the order of the week; none for a daily one.
    package var weekdays: [Weekday] {
        if case .weekly(let days) = rhythm { return days.sorted() }
        return []
    }
}

/// Why a schedule cannot be. The raw values are stable words.
package enum ScheduleError: String, Refusing, CaseIterable {
    case noWeekday
    case noTime
    case tooManyTimes
    case unknownTimeZone

    package var refusalCode: String {
        switch self {
        case .noWeekday: "schedule-no-weekday"
        case .noTime: "schedule-no-time"
        case .tooManyTimes: "schedule-too-many-times"
        case .unknownTimeZone: "schedule-unknown-zone"
        }
    }

    package var facts: Facts {
        self == .tooManyTimes ? ["limit": .number(Schedule.timesMax)] : [:]
    }
}

extension Schedule: Codable {
    private enum Key: String, CodingKey {
        case rhythm, weekdays, times, timeZone
    }

    /// What `rhythm` is in JSON.
    package enum RhythmWord: String, CaseIterable, Codable, Sendable {
        case daily, weekly
    }

    package var rhythmWord: RhythmWord { rhythm == .daily ? .daily : .weekly }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let rhythm: Rhythm =
            switch try values.decode(RhythmWord.self, forKey: .rhythm) {
            case .daily: .daily
            case .weekly: .weekly(Set(try values.decode([Weekday].self, forKey: .weekdays)))
            }
        try self.init(
            rhythm, at: try values.decode([TimeOfDay].self, forKey: .times),
            in: try values.decode(String.self, forKey: .timeZone))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(rhythmWord, forKey: .rhythm)
        if rhythm != .daily { try values.encode(weekdays, forKey: .weekdays) }
        try values.encode(times, forKey: .times)
        try values.encode(timeZone, forKey: .timeZone)
    }
}
