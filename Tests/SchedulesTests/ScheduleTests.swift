import Foundation
import Profiles
import Schedules
import Testing

@testable import Exports

struct ScheduleTests {
    @Test func `L8: a daily schedule is due every day, several times a day`() throws {
        let schedule = try Schedule("daily", "18:30 06:00 06:00", "UTC")
        #expect(schedule.times.map(\.description) == ["06:00", "18:30"])
        #expect(
            try schedule.texts(after: "2026-11-21T06:00Z", count: 4) == [
                "2026-11-21T18:30:00Z", "2026-11-22T06:00:00Z", "2026-11-22T18:30:00Z",
                "2026-11-23T06:00:00Z",
            ])
    }

    @Test func `L8: a weekly schedule is due on its weekdays, in its time zone`() throws {
        // 2026-11-23 is a Monday. In Auckland, thirteen hours ahead, it begins on Sunday by UTC.
        let schedule = try Schedule("friday monday", "06:00", "Pacific/Auckland")
        #expect(schedule.weekdays == [.monday, .friday])
        #expect(
            try schedule.texts(after: "2026-11-21T00:00Z", count: 3) == [
                "2026-11-22T17:00:00Z", "2026-11-26T17:00:00Z", "2026-11-29T17:00:00Z",
            ])
        let days = schedule.occurrences(after: try moment("2026-11-21T00:00Z"), count: 3)
        #expect(days.map(\.day.description) == ["2026-11-23", "2026-11-27", "2026-11-30"])
    }

    @Test func `the moment itself is not after itself`() throws {
        let schedule = try Schedule("daily", "06:00", "UTC")
        let due = try moment("2026-11-21T06:00Z")
        #expect(schedule.next(after: due - 1) == due)
        #expect(schedule.next(after: due) == due + 86_400_000)
        #expect(schedule.next(after: due + 1) == due + 86_400_000)
        #expect(schedule.occurrences(after: due, count: 0) == [])
    }

    @Test(arguments: [
        ("daily", "12:00", "2028-02-28T12:00Z", ["2028-02-29T12:00:00Z", "2028-03-01T12:00:00Z"]),
        ("daily", "12:00", "2026-02-27T12:00Z", ["2026-02-28T12:00:00Z", "2026-03-01T12:00:00Z"]),
        ("daily", "12:00", "2100-02-27T12:00Z", ["2100-02-28T12:00:00Z", "2100-03-01T12:00:00Z"]),
        ("daily", "00:00", "2000-02-28T12:00Z", ["2000-02-29T00:00:00Z", "2000-03-01T00:00:00Z"]),
        // The leap day of 2028 is a Tuesday.
        (
            "tuesday", "23:59", "2028-02-23T00:00Z",
            ["2028-02-29T23:59:00Z", "2028-03-07T23:59:00Z"]
        ),
        ("daily", "00:00", "2027-12-30T12:00Z", ["2027-12-31T00:00:00Z", "2028-01-01T00:00:00Z"]),
    ])
    func `leap days and the turn of the year are days like others`(
        days: String, times: String, start: String, expected: [String]
    ) throws {
        #expect(try Schedule(days, times, "UTC").texts(after: start, count: 2) == expected)
    }

    @Test func `schedules that cannot be are refused`() throws {
        let six = try #require(TimeOfDay("06:00"))
        #expect(throws: ScheduleError.noWeekday) {
            try Schedule(.weekly([]), at: [six], in: "UTC")
        }
        #expect(throws: ScheduleError.noTime) { try Schedule(.daily, at: [], in: "UTC") }
        let many = (0..<13).compactMap { TimeOfDay(hour: $0, minute: 0) }
        #expect(throws: ScheduleError.tooManyTimes) { try Schedule(.daily, at: many, in: "UTC") }
        #expect(try Schedule(.daily, at: Array(many.dropLast()), in: "UTC").times.count == 12)
    }

    @Test(arguments: [
        "", "Mars/Olympus", "GMT+3", "CET", "europe/berlin", "+02:00", "local", "GMT",
    ])
    func `only zones with an IANA identifier are taken`(zone: String) throws {
        let six = try #require(TimeOfDay("06:00"))
        #expect(throws: ScheduleError.unknownTimeZone) {
            try Schedule(.daily, at: [six], in: zone)
        }
    }

    @Test func `every zone that is offered is known, former names as well`() throws {
        #expect(TimeZoneNames.regions.map(\.name).contains("Europe"))
        #expect(TimeZoneNames.regions.flatMap(\.zones).count > 400)
        for zone in TimeZoneNames.regions.flatMap(\.zones) + ["UTC", "Asia/Calcutta", "US/Eastern"]
        {
            #expect(TimeZoneNames.isKnown(zone), "\(zone)")
        }
        let zones = TimeZoneNames.regions.first { $0.name == "Asia" }?.zones ?? []
        #expect(zones.contains("Asia/Kolkata") && !zones.contains("Asia/Calcutta"))
    }

    @Test(
        arguments: [
            ("06:00", "06:00"), ("6:05", "06:05"), ("23:59", "23:59"), ("00:00", "00:00"),
            ("24:00", nil), ("12:60", nil), ("12", nil), ("12:5", nil), ("012:00", nil),
            ("-1:00", nil), ("+1:00", nil), ("12:00:00", nil), ("", nil), (":", nil),
            ("٠٦:٠٠", nil),
        ] as [(String, String?)])
    func `times of the day are read strictly`(text: String, expected: String?) {
        #expect(TimeOfDay(text)?.description == expected)
    }

    @Test func `a schedule goes to JSON and back`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let weekly = try Schedule("sunday monday", "18:00 06:00", "Europe/Berlin")
        #expect(
            String(decoding: try encoder.encode(weekly), as: UTF8.self)
                == #"{"rhythm":"weekly","timeZone":"Europe/Berlin","times":["06:00","18:00"],"weekdays":["monday","sunday"]}"#
        )
        for schedule in [weekly, try Schedule("daily", "06:00", "UTC")] {
            let data = try encoder.encode(schedule)
            #expect(try JSONDecoder().decode(Schedule.self, from: data) == schedule)
        }
    }

    @Test(arguments: [
        #"{"rhythm":"weekly","weekdays":[],"times":["06:00"],"timeZone":"UTC"}"#,
        #"{"rhythm":"monthly","times":["06:00"],"timeZone":"UTC"}"#,
        #"{"rhythm":"daily","times":["6 o'clock"],"timeZone":"UTC"}"#,
        #"{"rhythm":"daily","times":["06:00"],"timeZone":"Nowhere/None"}"#,
    ])
    func `JSON that is no schedule is refused`(json: String) {
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode(Schedule.self, from: Data(json.utf8))
        }
    }

    @Test func `weekdays before 1970 are weekdays too`() throws {
        for (day, weekday) in [
            ("1969-12-31", Weekday.wednesday), ("1970-01-01", .thursday),
            ("2026-11-23", .monday), ("1899-12-31", .sunday),
        ] {
            #expect(Weekday(try #require(CalendarDay(day))) == weekday, "\(day)")
        }
    }
}
