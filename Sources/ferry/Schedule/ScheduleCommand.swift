import Acts
import ArgumentParser
import Foundation
import Schedules
import Store

/// When the refresh begins by itself.
struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract:
            "Show or set when the refresh begins by itself: sources, then segments, then exports.",
        subcommands: [Show.self, Set.self])
}

extension ScheduleCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show when the refresh begins by itself.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let desk = try ActDesk.open(.reading)
            try ScheduleView(try await desk.perform(ShowSchedule())).print(asJSON: json)
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set when the refresh begins by itself.",
            discussion: """
                What is not given stays as it is. Moments that have passed by then are not made up.
                  ferry schedule set --days monday,thursday --at 06:00,18:00 --time-zone Europe/Berlin --on
                  ferry schedule set --off
                """)

        @Option(help: "'daily', or weekdays parted by commas.")
        var days: String?
        @Option(help: "Times of the day, HH:MM, parted by commas.")
        var at: String?
        @Option(help: "The time zone in which they are meant, such as Europe/Berlin.")
        var timeZone: String?
        @Flag(help: "Turn it on or off.")
        var state: Switch?
        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            guard days != nil || at != nil || timeZone != nil || state != nil else {
                throw ValidationError(
                    "Name what is to be set: --days, --at, --time-zone, --on, --off")
            }
        }

        func run() async throws {
            let desk = try ActDesk.open(.changing(purpose: "schedule set"))
            let stored = try await desk.perform(ShowSchedule())
            let set = try await desk.perform(
                SetSchedule(
                    try schedule(stored), isActive: state.map { $0 == .on } ?? stored.isActive))
            try ScheduleView(set).print(asJSON: json)
        }

        /// What is stored, with what is given in its place.
        private func schedule(_ stored: ScheduleAnswer) throws -> Schedule {
            var rhythm: Schedule.Rhythm =
                stored.rhythm == .daily ? .daily : .weekly(.init(stored.weekdays))
            if let days { rhythm = try Self.rhythm(days) }
            do {
                return try Schedule(
                    rhythm, at: try at.map(Self.times) ?? stored.times,
                    in: timeZone ?? stored.timeZone)
            } catch let error as ScheduleError {
                throw UsageError(Advice.sentence(error))
            }
        }

        private static func rhythm(_ text: String) throws -> Schedule.Rhythm {
            if text == "daily" { return .daily }
            let days = text.split(separator: ",").map { word in
                Weekday(rawValue: word.trimmingCharacters(in: .whitespaces).lowercased())
            }
            guard !days.contains(nil) else {
                let words = Weekday.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("--days takes 'daily', or some of \(words).")
            }
            return .weekly(.init(days.compactMap { $0 }))
        }

        private static func times(_ text: String) throws -> [TimeOfDay] {
            let times = text.split(separator: ",").map {
                TimeOfDay($0.trimmingCharacters(in: .whitespaces))
            }
            guard !times.contains(nil) else {
                throw UsageError("--at takes times of the day, written HH:MM and parted by commas.")
            }
            return times.compactMap { $0 }
        }
    }

    /// Whether the schedule is followed.
    enum Switch: String, EnumerableFlag {
        case on, off
    }
}

/// The schedule of the refresh as the command line tells it.
struct ScheduleView: Encodable {
    let isActive: Bool
    let rhythm: Schedule.RhythmWord
    let weekdays: [Weekday]
    let times: [TimeOfDay]
    let timeZone: String
    let changedAt: String?
    let next: [String]

    init(_ schedule: ScheduleAnswer) {
        isActive = schedule.isActive
        rhythm = schedule.rhythm
        weekdays = schedule.weekdays
        times = schedule.times
        timeZone = schedule.timeZone
        changedAt = schedule.changedAt.map { Output.time($0.milliseconds) }
        next = schedule.next.map { Output.time($0.milliseconds) }
    }

    func print(asJSON: Bool) throws {
        if asJSON { return try Output.json(self) }
        guard changedAt != nil else {
            return Output.line("No schedule is set: refreshes begin only when somebody asks.")
        }
        let days = rhythm == .daily ? "every day" : weekdays.map(\.rawValue).joined(separator: ", ")
        let at = times.map(\.description).joined(separator: ", ")
        Output.line("The refresh begins \(days) at \(at) (\(timeZone)).")
        guard isActive else { return Output.line("It is turned off.") }
        Output.line("Next, in UTC:")
        for moment in next { Output.line("  \(moment)") }
    }
}
