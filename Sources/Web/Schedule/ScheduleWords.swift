import Exports
import Foundation
import Phrases
import Schedules

extension PhraseBook {
    /// When something runs by itself, in a few words.
    func schedule(_ schedule: ExportSchedule) -> String {
        switch schedule {
        case .refresh: text(.exportsScheduledRefresh)
        case .manual: text(.exportsOnDemand)
        case .own(let own): self.schedule(own)
        }
    }

    /// A schedule in a few words: its days, its times, its zone.
    func schedule(_ schedule: Schedule) -> String {
        let times = list(schedule.times.map(timeOfDay))
        switch schedule.rhythm {
        case .daily:
            return text(.scheduleWordsDaily, ["times": times, "zone": schedule.timeZone])
        case .weekly(let days):
            let names = weekdaysInOrder.filter(days.contains).map(weekday)
            return text(
                .scheduleWordsWeekly,
                ["days": list(names), "times": times, "zone": schedule.timeZone])
        }
    }

    /// A time of the day as a clock of the language's readers shows it.
    func timeOfDay(_ time: TimeOfDay) -> String {
        shortTime(Int64(time.hour * 60 + time.minute) * 60_000, in: TimeZoneNames.universal)
    }

    /// The weekday's name as it stands by itself.
    func weekday(_ day: Weekday) -> String {
        let names = calendar.standaloneWeekdaySymbols
        // The calendar's begin with Sunday.
        let place = (day.place + 1) % 7
        return names.indices.contains(place) ? names[place] : day.rawValue
    }

    /// The weekdays from the first of the language's week on.
    var weekdaysInOrder: [Weekday] {
        let first = (calendar.firstWeekday + 5) % 7
        return Weekday.allCases.indices.map { Weekday.allCases[($0 + first) % 7] }
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.locale = language.locale
        return calendar
    }
}
