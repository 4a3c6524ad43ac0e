import Foundation
import Phrases

/// Numbers and times as a language writes them. Times are UTC unless a zone is given.
extension PhraseBook {
    func number(_ value: Int) -> String {
        value.formatted(.number.locale(language.locale))
    }

    /// 0.125 becomes 12.5 %.
    func percent(_ share: Double) -> String {
        share.formatted(
            .percent.precision(.fractionLength(0...1)).locale(language.locale))
    }

    /// A moment as a date and a time of day.
    func time(_ milliseconds: Int64) -> String {
        date(milliseconds).formatted(
            Date.FormatStyle(
                date: .abbreviated, time: .shortened, locale: language.locale,
                calendar: Calendar(identifier: .gregorian), timeZone: .gmt))
    }

    /// A moment as a time of day with seconds.
    func timeOfDay(_ milliseconds: Int64) -> String {
        date(milliseconds).formatted(
            Date.FormatStyle(
                date: .omitted, time: .standard, locale: language.locale,
                calendar: Calendar(identifier: .gregorian), timeZone: .gmt))
    }

    /// A moment as a time of day without seconds.
    func timeOfMinute(_ milliseconds: Int64) -> String {
        date(milliseconds).formatted(
            Date.FormatStyle(
                date: .omitted, time: .shortened, locale: language.locale,
                calendar: Calendar(identifier: .gregorian), timeZone: .gmt))
    }

    /// A moment as a weekday, a date and a time of day in a time zone: Monday, 23 November 2026 at 06:00.
    func longTime(_ milliseconds: Int64, in zone: String) -> String {
        date(milliseconds).formatted(style(date: .complete, time: .shortened, in: zone))
    }

    /// A moment as a time of day in a time zone.
    func shortTime(_ milliseconds: Int64, in zone: String) -> String {
        date(milliseconds).formatted(style(date: .omitted, time: .shortened, in: zone))
    }

    /// How far a moment lies ahead of another, in days of a time zone's calendar, in hours or minutes: in 2 days.
    func distance(from now: Int64, to milliseconds: Int64, in zone: String) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone) ?? .gmt
        return Date.AnchoredRelativeFormatStyle(
            anchor: date(milliseconds), allowedFields: [.day, .hour, .minute],
            presentation: .numeric, unitsStyle: .wide, locale: language.locale, calendar: calendar
        ).format(date(now))
    }

    private func style(
        date: Date.FormatStyle.DateStyle, time: Date.FormatStyle.TimeStyle, in zone: String
    ) -> Date.FormatStyle {
        Date.FormatStyle(
            date: date, time: time, locale: language.locale,
            calendar: Calendar(identifier: .gregorian),
            timeZone: TimeZone(identifier: zone) ?? .gmt)
    }

    /// A moment as machines read it, for `<time datetime>`.
    func machineTime(_ milliseconds: Int64) -> String {
        date(milliseconds).formatted(.iso8601)
    }

    /// A length of time in its two largest units: 1 hr, 12 min.
    func duration(seconds: Double) -> String {
        Duration.seconds(seconds.rounded()).formatted(
            .units(
                allowed: [.hours, .minutes, .seconds], width: .abbreviated, maximumUnitCount: 2
            ).locale(language.locale))
    }

    /// A number of bytes in its largest fitting unit: 1.2 MB.
    func bytes(_ count: Int) -> String {
        Int64(count).formatted(
            .byteCount(style: .file, spellsOutZero: false).locale(language.locale))
    }

    /// A short length of time: 412 ms.
    func milliseconds(_ value: Int64) -> String {
        Duration.milliseconds(value).formatted(
            .units(allowed: [.milliseconds], width: .abbreviated).locale(language.locale))
    }

    /// Names in a row: A, B, and C.
    func list(_ names: [String]) -> String {
        names.formatted(.list(type: .and).locale(language.locale))
    }

    /// The months by name, January first.
    var monthNames: [String] {
        (1...12).map { month in
            // The middle of each month of a year, in the zone they are written in.
            Date(timeIntervalSince1970: (Double(month) - 0.5) * 365.25 / 12 * 86_400).formatted(
                Date.FormatStyle(
                    locale: language.locale, calendar: Calendar(identifier: .gregorian),
                    timeZone: .gmt
                ).month(.wide))
        }
    }

    private func date(_ milliseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
    }
}

/// A moment on a page: words for people, and the same for machines.
struct MomentText: Sendable {
    let text: String
    let machine: String

    init(_ milliseconds: Int64, _ book: PhraseBook) {
        text = book.time(milliseconds)
        machine = book.machineTime(milliseconds)
    }

    /// Its time of day; the day is told elsewhere.
    init(timeOfDay milliseconds: Int64, _ book: PhraseBook) {
        text = book.timeOfDay(milliseconds)
        machine = book.machineTime(milliseconds)
    }
}
