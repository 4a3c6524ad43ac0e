package import Profiles

/// A moment at which a schedule is due.
package struct ScheduleOccurrence: Equatable, Sendable {
    /// Milliseconds since 1970.
    package let at: Int64
    /// The day and the time that were meant.
    package let day: CalendarDay
    package let time: TimeOfDay
    package let fit: Fit

    /// How the time that was meant fits that day.
    package enum Fit: Equatable, Sendable {
        /// The clock shows it once.
        case exact
        /// The clock leaves it out; this is the first moment thereafter.
        case leftOut
        /// The clock shows it twice; this is the first time.
        case shownTwice
    }
}

extension Schedule {
    /// The first moment at which it is due after `moment`; both in milliseconds since 1970. Nil only after
    /// the year 9998.
    package func next(after moment: Int64) -> Int64? {
        occurrences(after: moment, count: 1).first?.at
    }

    /// The next moments at which it is due. Times that fall on the same moment, because the clock leaves one
    /// out, are one.
    package func occurrences(after moment: Int64, count: Int) -> [ScheduleOccurrence] {
        var found: [ScheduleOccurrence] = []
        guard count > 0 else { return found }
        forEachOccurrence(after: moment) { occurrence in
            found.append(occurrence)
            return found.count < count
        }
        return found
    }

    /// Visits the moments in order, until the visitor answers false or the calendar ends.
    func forEachOccurrence(after moment: Int64, _ visit: (ScheduleOccurrence) -> Bool) {
        // What was stored once was valid.
        guard let clock = ZoneClock(timeZone) else { return }
        var last = moment
        // Due moments rise with the days and times that are meant. What the clock had shown by then, was
        // due by then.
        let shown = Timestamp(
            milliseconds: Int64(clock.shown(at: Self.seconds(moment))) * 1_000)
        var day = shown.day
        while let today = day, today.year < 9_999 {
            if takes(today) {
                for time in times {
                    let occurrence = clock.occurrence(on: today, at: time)
                    guard occurrence.at > last else { continue }
                    last = occurrence.at
                    guard visit(occurrence) else { return }
                }
            }
            day = today.adding(days: 1)
        }
    }

    private func takes(_ day: CalendarDay) -> Bool {
        switch rhythm {
        case .daily: true
        case .weekly(let days): days.contains(Weekday(day))
        }
    }

    /// Whole seconds, rounded down.
    private static func seconds(_ milliseconds: Int64) -> Int {
        Int(milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000)
    }
}

extension ZoneClock {
    fileprivate func occurrence(on day: CalendarDay, at time: TimeOfDay) -> ScheduleOccurrence {
        let wanted = day.daysSince1970 * 86_400 + time.seconds
        let moment = first(showing: wanted)
        let fit: ScheduleOccurrence.Fit =
            if shown(at: moment) != wanted { .leftOut } else if repeats(moment) {
                .shownTwice
            } else { .exact }
        return ScheduleOccurrence(at: Int64(moment) * 1_000, day: day, time: time, fit: fit)
    }
}
