import Profiles
import Testing

struct CalendarDayTests {
    @Test(arguments: [
        "0001-01-01", "1582-10-15", "1900-02-28", "1970-01-01", "2000-02-29", "2024-02-29",
        "9999-12-31",
    ])
    func `a day reads back as it was written`(text: String) throws {
        let day = try #require(CalendarDay(text))
        #expect(day.description == text)
        #expect(CalendarDay(daysSince1970: day.daysSince1970) == day)
    }

    @Test(arguments: [
        "", "1900-02-29", "2023-02-30", "2023-13-01", "2023-00-10", "2023-04-31", "0000-01-01",
        "2023-1-01", "2023/01/01", "10000-01-01", "2023-01-01T", "２０２３-01-01", "-023-01-01",
    ])
    func `what is not a day of the calendar is none`(text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test func `days are counted from 1970`() {
        #expect(CalendarDay(daysSince1970: 0)?.description == "1970-01-01")
        #expect(CalendarDay(daysSince1970: -1)?.description == "1969-12-31")
        #expect(CalendarDay(daysSince1970: 19_782)?.description == "2024-02-29")
    }

    @Test func `every day of the calendar follows the one before it`() {
        var previous: CalendarDay?
        var faults = 0
        for days in -719_162...2_932_896 {
            let day = CalendarDay(daysSince1970: days)
            if day?.daysSince1970 != days { faults += 1 }
            if let previous, let day, !(previous < day) { faults += 1 }
            previous = day
        }
        #expect(faults == 0)
    }

    @Test func `days beyond the years 1 to 9999 are none`() throws {
        let day = try #require(CalendarDay(year: 2_000, month: 1, day: 1))
        #expect(day.adding(days: 31)?.description == "2000-02-01")
        #expect(day.adding(days: -1)?.description == "1999-12-31")
        #expect(day.adding(days: 10_000_000) == nil)
        #expect(day.adding(days: .max) == nil)
        #expect(day.adding(days: .min) == nil)
        #expect(CalendarDay(daysSince1970: 2_932_897) == nil)
        #expect(CalendarDay(daysSince1970: -719_163) == nil)
    }
}
