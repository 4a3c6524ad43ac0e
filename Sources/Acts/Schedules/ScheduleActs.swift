package import Access
package import Schedules
import Store

/// The clock by which schedules go, and who looks at it. A service has it.
package protocol ScheduleWatching: Sendable {
    /// Milliseconds since 1970, as the schedules see them.
    var now: @Sendable () -> Int64 { get }

    /// Has the schedules looked at anew: one was changed.
    func wake()
}

/// When the refresh begins by itself.
package struct ShowSchedule: RemoteAct {
    package static let needs = Permission.readRefreshes

    package init() {}

    package func perform(by asker: Asker, in acts: ActContext) throws -> ScheduleAnswer {
        try acts.schedule()
    }

    package func call(_ things: any ThingFinder) -> APICall { APICall("GET", "/api/v1/schedule") }
}

/// Sets when the refresh begins by itself, and turns that on or off. Moments that have passed by then are not made
/// up.
package struct SetSchedule: RemoteAct {
    package static let needs = Permission.changeSchedule
    package let schedule: Schedule
    package let isActive: Bool

    package init(_ schedule: Schedule, isActive: Bool) {
        self.schedule = schedule
        self.isActive = isActive
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> ScheduleAnswer {
        try acts.catalog.setup.setSystemSchedule(schedule, isActive: isActive, by: asker.actor)
        acts.schedules?.wake()
        return try acts.schedule()
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("PUT", "/api/v1/schedule", body: Body(act: self))
    }

    /// As the API takes it: the members of the schedule beside the switch.
    private struct Body: Encodable {
        let act: SetSchedule

        private enum Key: CodingKey {
            case isActive
        }

        func encode(to encoder: any Encoder) throws {
            try act.schedule.encode(to: encoder)
            var members = encoder.container(keyedBy: Key.self)
            try members.encode(act.isActive, forKey: .isActive)
        }
    }
}

/// A schedule, every member always there.
package struct ScheduleParts: Codable, Equatable, Sendable {
    package let rhythm: Schedule.RhythmWord
    /// Of a weekly schedule; none for a daily one.
    package let weekdays: [Weekday]
    package let times: [TimeOfDay]
    package let timeZone: String

    package init(_ schedule: Schedule) {
        rhythm = schedule.rhythmWord
        weekdays = schedule.weekdays
        times = schedule.times
        timeZone = schedule.timeZone
    }
}

/// The schedule of the refresh, or what it would be as long as nobody has set one.
package struct ScheduleAnswer: Codable, Equatable, Sendable {
    /// How many of the next moments are told.
    package static let nextMax = 5

    package let isActive: Bool
    package let rhythm: Schedule.RhythmWord
    package let weekdays: [Weekday]
    package let times: [TimeOfDay]
    package let timeZone: String
    /// Null as long as nobody has set it.
    @Nullable package var changedAt: Moment?
    /// The next moments at which it is due; none while it is off.
    package let next: [Moment]
}

extension ActContext {
    /// Milliseconds since 1970, as the schedules see them.
    package var scheduleNow: Int64 { (schedules?.now ?? now)() }

    fileprivate func schedule() throws -> ScheduleAnswer {
        guard let stored = try catalog.setup.systemSchedule() else {
            return ScheduleAnswer(
                isActive: false, rhythm: .weekly, weekdays: [], times: [], timeZone: "UTC",
                changedAt: nil, next: [])
        }
        let parts = ScheduleParts(stored.schedule)
        let next =
            stored.isActive
            ? stored.schedule.occurrences(after: scheduleNow, count: ScheduleAnswer.nextMax) : []
        return ScheduleAnswer(
            isActive: stored.isActive, rhythm: parts.rhythm, weekdays: parts.weekdays,
            times: parts.times, timeZone: parts.timeZone, changedAt: Moment(stored.changedAt),
            next: next.map { Moment($0.at) })
    }
}
