import Foundation
import Profiles
import Schedules
import TestSupport
import Testing

@testable import Exports

struct ScheduleDaylightTests {
    /// A schedule over a day on which the clocks change, with what is expected in UTC.
    struct Change: Sendable, CustomTestStringConvertible {
        let zone: String
        let times: String
        let after: String
        let expected: [String]
        var testDescription: String { "\(zone) \(times) after \(after)" }
    }

    @Test(arguments: [
        // Clocks go forward: 02:30 does not exist on 29 March.
        Change(
            zone: "Europe/Berlin", times: "02:30", after: "2026-03-27T12:00Z",
            expected: ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]),
        // Clocks go back: 02:30 exists twice on 25 October.
        Change(
            zone: "Europe/Berlin", times: "02:30", after: "2026-10-23T12:00Z",
            expected: ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
        // 02:00 is the first moment left out, and 03:00 the first that exists again.
        Change(
            zone: "Europe/Berlin", times: "02:00 03:00", after: "2026-03-29T00:00Z",
            expected: ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z", "2026-03-30T01:00:00Z"]),
        // 02:00 exists twice, 03:00 once.
        Change(
            zone: "Europe/Berlin", times: "02:00 03:00", after: "2026-10-24T12:00Z",
            expected: ["2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z", "2026-10-26T01:00:00Z"]),
        Change(
            zone: "America/New_York", times: "02:30", after: "2026-03-07T00:00Z",
            expected: ["2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]),
        Change(
            zone: "America/New_York", times: "01:30", after: "2026-10-31T00:00Z",
            expected: ["2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]),
        // Half an hour only: 02:00 becomes 02:30 in October, and 01:30 in April.
        Change(
            zone: "Australia/Lord_Howe", times: "02:15", after: "2026-10-02T12:00Z",
            expected: ["2026-10-02T15:45:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]),
        Change(
            zone: "Australia/Lord_Howe", times: "01:45", after: "2026-04-03T12:00Z",
            expected: ["2026-04-03T14:45:00Z", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]),
        // Samoa crossed the date line: there was no 30 December 2011.
        Change(
            zone: "Pacific/Apia", times: "06:00", after: "2011-12-29T00:00Z",
            expected: ["2011-12-29T16:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T16:00:00Z"]),
        // No summer time, and an offset with quarters.
        Change(
            zone: "Asia/Kathmandu", times: "06:00", after: "2026-03-28T12:00Z",
            expected: ["2026-03-29T00:15:00Z", "2026-03-30T00:15:00Z", "2026-03-31T00:15:00Z"]),
        // Summer time all the year but in Ramadan.
        Change(
            zone: "Africa/Casablanca", times: "02:30", after: "2026-02-14T00:00Z",
            expected: ["2026-02-14T01:30:00Z", "2026-02-15T01:30:00Z", "2026-02-16T02:30:00Z"]),
        Change(
            zone: "Africa/Casablanca", times: "02:30", after: "2026-03-21T00:00Z",
            expected: ["2026-03-21T02:30:00Z", "2026-03-22T02:00:00Z", "2026-03-23T01:30:00Z"]),
        // On a Friday.
        Change(
            zone: "Asia/Jerusalem", times: "02:30", after: "2026-03-25T12:00Z",
            expected: ["2026-03-26T00:30:00Z", "2026-03-27T00:00:00Z", "2026-03-27T23:30:00Z"]),
        Change(
            zone: "Asia/Jerusalem", times: "01:30", after: "2026-10-23T12:00Z",
            expected: ["2026-10-23T22:30:00Z", "2026-10-24T22:30:00Z", "2026-10-25T23:30:00Z"]),
        // Midnight itself did not exist.
        Change(
            zone: "America/Sao_Paulo", times: "00:00", after: "2018-11-02T12:00Z",
            expected: ["2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]),
        // Three times of the day that fall on one moment.
        Change(
            zone: "America/Sao_Paulo", times: "00:00 00:30 01:00", after: "2018-11-03T12:00Z",
            expected: ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z", "2018-11-05T02:30:00Z"]),
    ])
    func `a change of the clocks neither skips nor doubles a time`(change: Change) throws {
        let schedule = try Schedule("daily", change.times, change.zone)
        #expect(try schedule.texts(after: change.after, count: 3) == change.expected)
    }

    @Test func `a weekday that a zone left out is made up at the first moment after it`() throws {
        // 30 December 2011 was to be a Friday.
        let schedule = try Schedule("friday", "06:00 18:00", "Pacific/Apia")
        #expect(
            try schedule.texts(after: "2011-12-24T12:00Z", count: 3) == [
                "2011-12-30T10:00:00Z", "2012-01-05T16:00:00Z", "2012-01-06T04:00:00Z",
            ])
    }

    @Test func `it is known which times the clock leaves out and which it shows twice`() throws {
        let schedule = try Schedule("sunday", "02:30", "Europe/Berlin")
        func fits(_ start: String) throws -> [ScheduleOccurrence.Fit] {
            schedule.occurrences(after: try moment(start), count: 2).map(\.fit)
        }
        #expect(try fits("2026-03-22T12:00Z") == [.leftOut, .exact])
        #expect(try fits("2026-10-18T12:00Z") == [.shownTwice, .exact])
    }

    @Test(arguments: [
        ("01:59", ScheduleOccurrence.Fit.exact), ("02:00", .shownTwice), ("02:01", .shownTwice),
        ("02:59", .shownTwice), ("03:00", .exact),
    ])
    func `the whole hour that a clock shows twice is told, and not a minute more`(
        time: String, fit: ScheduleOccurrence.Fit
    ) throws {
        let schedule = try Schedule("daily", time, "Europe/Berlin")
        let next = try schedule.occurrences(after: moment("2026-10-24T12:00Z"), count: 2)
        #expect(next.map(\.fit) == [fit, .exact])
    }

    /// Five years of a zone.
    struct Span: Sendable, CustomTestStringConvertible {
        let zone: String
        let year: Int
        var testDescription: String { "\(zone) from \(year)" }
    }

    /// Watches a clock quarter hour by quarter hour: each time of each day is due when the clock first shows
    /// it or something later.
    @Test(arguments: [
        Span(zone: "Europe/Berlin", year: 2024), Span(zone: "America/New_York", year: 2024),
        Span(zone: "Australia/Lord_Howe", year: 2024), Span(zone: "Pacific/Apia", year: 2009),
        Span(zone: "Africa/Casablanca", year: 2022), Span(zone: "Asia/Jerusalem", year: 2024),
        Span(zone: "America/Sao_Paulo", year: 2015), Span(zone: "Antarctica/Troll", year: 2024),
        Span(zone: "Asia/Kathmandu", year: 2024), Span(zone: "Africa/Cairo", year: 2022),
    ])
    func `over five years no time of any day is skipped or doubled`(span: Span) throws {
        var random = SeededRandom(seed: UInt64(span.year))
        let zone = try #require(TimeZone(identifier: span.zone))
        let start = try moment("\(span.year)-01-01T00:00Z") / 1_000
        let end = try moment("\(span.year + 5)-01-01T00:00Z") / 1_000
        // Quarters in which clocks are moved, and some others.
        let times = Set(
            [0, 1, 5, 6, 7, 8, 9, 10, 11, 12, 95].shuffled(using: &random).prefix(6)
                + [random.number(13...94)])
        let weekdays = Set(Weekday.allCases.shuffled(using: &random).prefix(random.number(1...7)))
        let schedule = try Schedule(
            .weekly(weekdays),
            at: times.compactMap { TimeOfDay(hour: $0 / 4, minute: $0 % 4 * 15) }, in: span.zone)
        let shown = { (moment: Int64) in
            moment
                + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment))))
        }
        var expected: [Int64] = []
        var meant = 0
        var passed = shown(start) / 900
        for moment in stride(from: start + 900, to: end, by: 900) {
            let quarter = shown(moment) / 900
            guard quarter > passed else { continue }
            let reached = (passed + 1...quarter).count { quarter in
                let day = CalendarDay(daysSince1970: Int(quarter / 96))
                return times.contains(Int(quarter % 96))
                    && day.map { weekdays.contains(Weekday($0)) } == true
            }
            meant += reached
            if reached > 0 { expected.append(moment * 1_000) }
            passed = quarter
        }
        let found = schedule.occurrences(after: start * 1_000, count: expected.count + 1)
        #expect(found.dropLast().map(\.at) == expected)
        #expect(try #require(found.last).at >= end * 1_000)
        #expect(meant >= expected.count && meant > 1_000 * weekdays.count)
        // One by one they are the same.
        var chain: [Int64] = []
        while let next = schedule.next(after: chain.last ?? start * 1_000), next < end * 1_000 {
            chain.append(next)
        }
        #expect(chain == expected)
    }
}
