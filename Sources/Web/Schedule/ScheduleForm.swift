import Exports
import Schedules

/// A schedule as a form says it; nothing is checked yet. The same fields stand on the schedule's page and in
/// the form of an export.
struct ScheduleForm: Sendable {
    var isWeekly = true
    var weekdays: Set<Weekday> = [.monday]
    /// One for each field, empty ones among them.
    var times: [String] = ["06:00"]
    /// Empty until somebody chooses.
    var timeZone = ""

    /// What stands against a schedule. `finding.<raw value>` says it.
    enum Finding: String, CaseIterable, Sendable {
        case noWeekday = "schedule-no-weekday"
        case noTime = "schedule-no-time"
        case badTime = "schedule-bad-time"
        case tooManyTimes = "schedule-too-many-times"
        case unknownTimeZone = "schedule-unknown-zone"

        /// The id of the field on the page.
        var anchor: String {
            switch self {
            case .noWeekday: "weekdays"
            case .noTime, .badTime, .tooManyTimes: "times-part"
            case .unknownTimeZone: "zone"
            }
        }
    }

    /// A form that nobody has filled in.
    init() {}

    init(_ fields: FormFields) {
        isWeekly = fields["rhythm"] != "daily"
        weekdays = Set(fields.all("weekday").compactMap(Weekday.init(rawValue:)))
        // One more than is taken, so that it is said.
        times = Array(fields.all("time").prefix(Schedule.timesMax + 1))
        timeZone = fields.text("zone") ?? ""
    }

    init(_ schedule: Schedule) {
        isWeekly = schedule.rhythm != .daily
        weekdays = Set(schedule.weekdays)
        times = schedule.times.map(\.description)
        timeZone = schedule.timeZone
    }

    /// The schedule, or everything that stands against it.
    func read() -> (schedule: Schedule?, findings: [Finding]) {
        var findings: [Finding] = []
        if isWeekly, weekdays.isEmpty { findings.append(.noWeekday) }
        let filled = times.filter { !$0.allSatisfy(\.isWhitespace) }
        let read = filled.compactMap { TimeOfDay($0) }
        if filled.isEmpty { findings.append(.noTime) }
        if read.count < filled.count { findings.append(.badTime) }
        if Set(read).count > Schedule.timesMax { findings.append(.tooManyTimes) }
        if !TimeZoneNames.isKnown(timeZone) { findings.append(.unknownTimeZone) }
        guard findings.isEmpty,
            // Everything that could be refused was asked above.
            let schedule = try? Schedule(
                isWeekly ? .weekly(weekdays) : .daily, at: read, in: timeZone)
        else { return (nil, findings) }
        return (schedule, [])
    }

    /// Whether a button asked for another shape of the form, which it then has: a time more, or one less.
    mutating func take(act: String) -> Bool {
        if act == "add-time" {
            if times.count < Schedule.timesMax { times.append("") }
            return true
        }
        guard act.hasPrefix("remove-time-") else { return act == "show-next" }
        if let number = Int(act.dropFirst("remove-time-".count)), times.indices.contains(number) {
            times.remove(at: number)
        }
        return true
    }
}
