import Schedules
import TestSupport
import Testing

@testable import Exports

struct ScheduleClockTests {
    private static let day: Int64 = 86_400_000

    /// A schedule with its mark and a clock that a test sets.
    private struct Watch {
        let schedule: Schedule
        var mark: ScheduleMark
        /// What was taken, as `MOMENT missed N`.
        var taken: [String] = []

        init(_ times: String, turnedOn start: String) throws {
            schedule = try Schedule("daily", times, "UTC")
            mark = ScheduleMark(handledThrough: try moment(start))
        }

        /// Looks at the clock until there is nothing left to do, and answers when to look again.
        @discardableResult
        mutating func look(at now: String) throws -> String {
            for _ in 0..<5 {
                switch ScheduleClock.step(schedule, mark, now: try moment(now)) {
                case .wait(let until): return until.map(text) ?? "never"
                case .due(let due, let missed, let mark):
                    taken.append("\(text(due)) missed \(missed)")
                    self.mark = mark
                case .mended(let mark): self.mark = mark
                }
            }
            return "no end"
        }
    }

    @Test func `turning a schedule on makes up nothing of the past`() throws {
        var watch = try Watch("06:00", turnedOn: "2026-11-21T16:00Z")
        #expect(try watch.look(at: "2026-11-21T16:00Z") == "2026-11-22T06:00:00Z")
        #expect(watch.taken == [])
    }

    @Test func `a moment is due when it is reached, and only once`() throws {
        var watch = try Watch("06:00", turnedOn: "2026-11-21T16:00Z")
        #expect(try watch.look(at: "2026-11-22T05:59:59Z") == "2026-11-22T06:00:00Z")
        #expect(try watch.look(at: "2026-11-22T06:00Z") == "2026-11-23T06:00:00Z")
        try watch.look(at: "2026-11-22T06:00Z")
        try watch.look(at: "2026-11-22T18:00Z")
        #expect(watch.taken == ["2026-11-22T06:00:00Z missed 0"])
    }

    @Test func `a machine that slept over several moments makes up one, the latest`() throws {
        var watch = try Watch("06:00 18:00", turnedOn: "2026-11-20T00:00Z")
        #expect(try watch.look(at: "2026-11-22T09:30Z") == "2026-11-22T18:00:00Z")
        #expect(watch.taken == ["2026-11-22T06:00:00Z missed 4"])
    }

    @Test func `a machine that slept over two moments makes up one`() throws {
        var watch = try Watch("06:00", turnedOn: "2026-11-20T12:00Z")
        try watch.look(at: "2026-11-22T06:00:01Z")
        #expect(watch.taken == ["2026-11-22T06:00:00Z missed 1"])
    }

    @Test func `a clock that jumps back repeats nothing`() throws {
        var watch = try Watch("06:00 12:00", turnedOn: "2026-11-21T16:00Z")
        try watch.look(at: "2026-11-22T06:00Z")
        try watch.look(at: "2026-11-22T12:00Z")
        #expect(try watch.look(at: "2026-11-22T05:00Z") == "2026-11-23T06:00:00Z")
        try watch.look(at: "2026-11-22T06:30Z")
        try watch.look(at: "2026-11-22T12:30Z")
        #expect(
            watch.taken == ["2026-11-22T06:00:00Z missed 0", "2026-11-22T12:00:00Z missed 0"])
    }

    @Test
    func `a clock that jumps ahead over a moment makes it up, and jumping back repeats nothing`()
        throws
    {
        var watch = try Watch("06:00", turnedOn: "2026-11-21T16:00Z")
        try watch.look(at: "2026-11-22T10:00Z")
        try watch.look(at: "2026-11-21T17:00Z")
        try watch.look(at: "2026-11-22T06:00Z")
        try watch.look(at: "2026-11-23T06:00Z")
        #expect(
            watch.taken == ["2026-11-22T06:00:00Z missed 0", "2026-11-23T06:00:00Z missed 0"])
    }

    @Test func `after a clock that was far ahead is mended, the schedule goes on by it`() throws {
        var watch = try Watch("06:00", turnedOn: "2026-11-21T16:00Z")
        try watch.look(at: "2031-01-01T09:00Z")
        #expect(watch.taken.count == 1)
        #expect(try watch.look(at: "2026-11-21T16:05Z") == "2026-11-22T06:00:00Z")
        #expect(watch.mark.handledThrough == (try moment("2026-11-21T16:05Z")))
        try watch.look(at: "2026-11-22T06:00Z")
        try watch.look(at: "2026-11-23T06:00Z")
        #expect(
            watch.taken.dropFirst() == [
                "2026-11-22T06:00:00Z missed 0", "2026-11-23T06:00:00Z missed 0",
            ])
    }

    @Test func `a clock that forgot the time for a while repeats nothing when it is told`() throws {
        // A machine that starts in 1970, until the network tells it the time.
        var watch = try Watch("06:00", turnedOn: "2026-11-21T16:00Z")
        try watch.look(at: "2026-11-22T06:00Z")
        #expect(try watch.look(at: "1970-01-01T00:00Z") == "1970-01-01T06:00:00Z")
        try watch.look(at: "2026-11-22T07:00Z")
        try watch.look(at: "2026-11-23T06:00Z")
        #expect(
            watch.taken == ["2026-11-22T06:00:00Z missed 0", "2026-11-23T06:00:00Z missed 0"])
        #expect(watch.mark.mendedFrom == nil)
    }

    @Test func `what passed while the clock had forgotten the time is made up once`() throws {
        var watch = try Watch("06:00", turnedOn: "2026-11-21T16:00Z")
        try watch.look(at: "2026-11-22T06:00Z")
        try watch.look(at: "1970-01-01T00:00Z")
        try watch.look(at: "2026-11-25T07:00Z")
        #expect(watch.taken.last == "2026-11-25T06:00:00Z missed 2")
        #expect(watch.taken.count == 2)
    }

    @Test func `a day back is not yet a mended clock`() throws {
        let schedule = try Schedule("daily", "06:00", "UTC")
        let now = try moment("2026-11-21T16:00Z")
        func step(ahead: Int64) -> ScheduleClock.Step {
            ScheduleClock.step(schedule, ScheduleMark(handledThrough: now + ahead), now: now)
        }
        #expect(step(ahead: Self.day) == .wait(until: try moment("2026-11-23T06:00Z")))
        #expect(
            step(ahead: Self.day + 1)
                == .mended(
                    mark: ScheduleMark(handledThrough: now, mendedFrom: now + Self.day + 1)))
    }

    @Test func `years of sleep are counted one year back and end`() throws {
        var watch = try Watch("00:00 06:00 12:00 18:00", turnedOn: "1970-01-01T00:00Z")
        try watch.look(at: "2026-11-22T06:00Z")
        #expect(watch.taken == ["2026-11-22T06:00:00Z missed 1463"])
    }

    /// Whatever a clock does within a day, no moment is taken twice, and none while it stands ahead is lost.
    @Test(arguments: 0..<20)
    func `a clock that jumps about takes each moment at most once`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let schedule = try Schedule("daily", "00:00 06:00 12:00 18:00", "Europe/Berlin")
        var mark = ScheduleMark(handledThrough: try moment("2026-03-01T00:00Z"))
        var now = mark.handledThrough
        var latest = now
        var taken: [Int64] = []
        var missed = 0
        for _ in 0..<400 {
            now += Int64(random.number(-600...900)) * 60_000
            now = max(now, latest - Self.day / 2)
            latest = max(latest, now)
            if case .due(let due, let count, let next) = ScheduleClock.step(
                schedule, mark, now: now)
            {
                #expect(due <= now)
                taken.append(due)
                missed += count
                mark = next
            }
        }
        #expect(taken == Set(taken).sorted())
        let all = schedule.occurrences(
            after: try moment("2026-03-01T00:00Z"), count: taken.count + missed)
        #expect(all.last?.at == taken.last)
        #expect(taken.count > 20)
    }
}
