import Access
import Acts
import Exports
import Hummingbird
import Phrases
import Schedules

/// When the refresh begins by itself.
struct ScheduleAPI: Sendable {
    func add(to routes: GuardedRoutes) {
        let path = "/api/v1/schedule"
        routes.act(.get, path) { _ in ShowSchedule() }
        routes.act(.put, path) { caller in
            var body = try await caller.body()
            let isActive = body.flag("isActive", isRequired: true)
            let schedule = ScheduleJSON.read(&body)
            try body.end()
            guard let isActive, let schedule else { throw WebProblem(.invalid) }
            return SetSchedule(schedule, isActive: isActive)
        }
    }
}

/// Schedules as the API takes them.
enum ScheduleJSON {
    /// Reads the members of a schedule; nil when something does not fit, which stands among the findings.
    static func read(_ body: inout APIBody) -> Schedule? {
        let rhythm = body.choice("rhythm", of: Schedule.RhythmWord.allCases)
        let weekdays = body.texts("weekdays", count: 0...7)
        let times = body.texts(
            "times", isRequired: true, count: 1...Schedule.timesMax, length: 4...5)
        let zone = body.text("timeZone", length: 1...64)
        let days = (weekdays ?? []).compactMap(Weekday.init(rawValue:))
        if days.count < weekdays?.count ?? 0 {
            let words = Weekday.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            body.find("weekdays", "choice", "Each is one of \(words).")
        }
        if rhythm == .daily, !days.isEmpty {
            body.find("weekdays", "rhythm", "A daily schedule takes no weekdays.")
        }
        let read = (times ?? []).compactMap { TimeOfDay($0) }
        if read.count < times?.count ?? 0 {
            body.find("times", "time", "Each is a time of the day, written HH:MM.")
        }
        guard body.findings.isEmpty, let rhythm, let zone else { return nil }
        do {
            return try Schedule(
                rhythm == .daily ? .daily : .weekly(Set(days)), at: read, in: zone)
        } catch {
            body.find(
                member(of: error), "schedule", PhraseBook(.en).sentence(of: error))
            return nil
        }
    }

    /// When an export runs by itself; nil when nothing is said of it.
    static func exportSchedule(_ body: inout APIBody) -> ExportSchedule? {
        let kind = body.choice("schedule", of: ExportSchedule.Kind.allCases, isRequired: false)
        let hasOwn = !body.isNull("ownSchedule") && body.has("ownSchedule")
        guard kind == .own else {
            if hasOwn {
                body.find("ownSchedule", "schedule", "It is taken only where 'schedule' is 'own'.")
                _ = body.object("ownSchedule", read)
            }
            return kind.map { $0 == .manual ? .manual : .refresh }
        }
        guard hasOwn else {
            body.find("ownSchedule", "required", "It is missing, and 'schedule' is 'own'.")
            return nil
        }
        return body.object("ownSchedule", read).map(ExportSchedule.own)
    }

    private static func member(of error: ScheduleError) -> String {
        switch error {
        case .noWeekday: "weekdays"
        case .noTime, .tooManyTimes: "times"
        case .unknownTimeZone: "timeZone"
        }
    }
}

extension JSONValue {
    init(_ schedule: Schedule) {
        self = [
            "rhythm": .string(schedule.rhythmWord.rawValue),
            "weekdays": .texts(schedule.weekdays.map(\.rawValue)),
            "times": .texts(schedule.times.map(\.description)),
            "timeZone": .string(schedule.timeZone),
        ]
    }
}
