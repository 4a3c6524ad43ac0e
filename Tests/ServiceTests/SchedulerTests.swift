import Exports
import Foundation
import Logging
import Profiles
import Schedules
import Store
import Synchronization
import Testing

@testable import Acts
@testable import Service

struct SchedulerTests {
    private static let day: Int64 = 86_400_000
    /// 2026-11-21T16:00Z.
    private static let start: Int64 = 1_795_276_800_000
    /// 06:00 UTC on the day after.
    private static let six = start + 14 * 3_600_000

    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func daily(_ time: String) throws -> Schedule {
        try Schedule(.daily, at: [try #require(TimeOfDay(time))], in: "UTC")
    }

    /// What a scheduler asked for, and what it was answered.
    private final class Desk: Sendable {
        private let state = Mutex((asked: [DueStart](), answer: Scheduler.Answer.started))
        var asked: [DueStart] { state.withLock { $0.asked } }
        func answer(_ answer: Scheduler.Answer) { state.withLock { $0.answer = answer } }
        func take(_ due: DueStart) -> Scheduler.Answer {
            state.withLock { state in
                state.asked.append(due)
                return state.answer
            }
        }
    }

    private func scheduler(
        _ world: CenterWorld, _ start: @escaping @Sendable (DueStart) throws -> Scheduler.Answer
    ) -> Scheduler {
        Scheduler(
            catalog: world.catalog, now: { Self.start }, logger: Self.logger, start: start)
    }

    /// Refreshes that begin, and a center that carries nothing out.
    private func scheduled(
        _ world: CenterWorld, isBusy: @escaping @Sendable () -> Bool = { false }
    ) -> Scheduler {
        let center = world.center()
        let refreshes = RefreshCenter(
            catalog: world.catalog, runs: center,
            work: .evaluating(
                SegmentDesk(catalog: world.catalog, engine: world.engine, now: { Self.six })),
            logger: Self.logger, now: { Self.six })
        let runs = ScheduledRuns(
            catalog: world.catalog, runs: center,
            refresh: { due in
                try refreshes.begin(trigger: .schedule, dueAt: due.dueAt, by: ScheduledRuns.actor)
                    .isNew ? .started : .merged
            }, isUpstreamBusy: isBusy)
        return scheduler(world) { try runs.start($0) }
    }

    @Test func `a schedule is started once when it is due`() throws {
        let world = try CenterWorld()
        let desk = Desk()
        let scheduler = scheduler(world, desk.take)
        try world.catalog.setup.setSystemSchedule(
            try daily("06:00"), isActive: true, by: CenterWorld.actor)
        for now in [Self.start, Self.six - 1, Self.six, Self.six + 1_000, Self.start] {
            scheduler.tick(now: now)
        }
        #expect(desk.asked == [DueStart(.system, dueAt: Self.six, missed: 0)])
    }

    @Test func `two times that a machine slept over are made up once`() throws {
        let world = try CenterWorld()
        let desk = Desk()
        try world.catalog.setup.setSystemSchedule(
            try daily("06:00"), isActive: true, by: CenterWorld.actor)
        scheduler(world, desk.take).tick(now: Self.start)
        // The service was started anew meanwhile.
        let later = scheduler(world, desk.take)
        later.tick(now: Self.six + Self.day + 3_600_000)
        later.tick(now: Self.six + Self.day + 3_700_000)
        #expect(desk.asked == [DueStart(.system, dueAt: Self.six + Self.day, missed: 1)])
    }

    @Test func `a start that fails or waits is tried again, also by the next process`() throws {
        struct Trouble: Error {}
        let world = try CenterWorld()
        let desk = Desk()
        try world.catalog.setup.setSystemSchedule(
            try daily("06:00"), isActive: true, by: CenterWorld.actor)
        scheduler(world, desk.take).tick(now: Self.start)
        scheduler(world) { _ in throw Trouble() }.tick(now: Self.six)
        desk.answer(.waits)
        scheduler(world, desk.take).tick(now: Self.six + 1_000)
        desk.answer(.started)
        scheduler(world, desk.take).tick(now: Self.six + 2_000)
        scheduler(world, desk.take).tick(now: Self.six + 3_000)
        let due = DueStart(.system, dueAt: Self.six, missed: 0)
        #expect(desk.asked == [due, due])
    }

    @Test func `R38: the export runs with every scheduled refresh`() throws {
        let world = try CenterWorld()
        let news = try world.addExport("News")
        var manual = try world.addExport("Manual")
        manual.schedule = .manual
        _ = try world.catalog.setup.change(manual, by: CenterWorld.actor)
        var own = try world.addExport("Own")
        own.schedule = .own(try daily("07:00"))
        _ = try world.catalog.setup.change(own, by: CenterWorld.actor)
        let scheduler = scheduled(world)
        try world.catalog.setup.setSystemSchedule(
            try daily("06:00"), isActive: true, by: CenterWorld.actor)
        scheduler.tick(now: Self.start)
        #expect(try world.catalog.history.openRefresh() == nil)
        scheduler.tick(now: Self.six)
        let refresh = try #require(try world.catalog.history.openRefresh())
        #expect(refresh.trigger == .schedule)
        #expect(refresh.actor == "schedule")
        #expect(refresh.dueAt == Self.six)
        let tasks = try world.catalog.history.tasks(ofRefresh: refresh.id)
        #expect(tasks.filter { $0.stage == .export }.map(\.thing) == [news.id.rawValue])
        // One that is still under way takes the next time in.
        scheduler.tick(now: Self.six + Self.day)
        #expect(try world.catalog.history.refreshes(limit: 9).map(\.id) == [refresh.id])
    }

    @Test func `an export with a schedule of its own runs at its own times`() throws {
        let world = try CenterWorld()
        var export = try world.addExport("Own")
        export.schedule = .own(try daily("06:00"))
        _ = try world.catalog.setup.change(export, by: CenterWorld.actor)
        let scheduler = scheduled(world)
        scheduler.tick(now: Self.start)
        #expect(try world.catalog.ledger.openRuns() == [])
        scheduler.tick(now: Self.six)
        let runs = try world.catalog.ledger.openRuns()
        #expect(runs.map(\.trigger) == [.schedule])
        // Its run is not finished: what is due meanwhile is merged.
        scheduler.tick(now: Self.six + Self.day)
        #expect(try world.catalog.ledger.openRuns().map(\.id) == runs.map(\.id))
        try world.catalog.ledger.end(runs[0].id, state: .completed)
        scheduler.tick(now: Self.six + Self.day + 1_000)
        #expect(try world.catalog.ledger.openRuns() == [])
    }

    @Test func `L9: an export due while upstream work runs waits for it`() throws {
        let world = try CenterWorld()
        var export = try world.addExport("Own")
        export.schedule = .own(try daily("06:00"))
        _ = try world.catalog.setup.change(export, by: CenterWorld.actor)
        let busy = Busy()
        let scheduler = scheduled(world) { busy.isBusy }
        scheduler.tick(now: Self.start)
        scheduler.tick(now: Self.six)
        scheduler.tick(now: Self.six + 600_000)
        #expect(try world.catalog.ledger.openRuns() == [])
        busy.end()
        scheduler.tick(now: Self.six + 601_000)
        #expect(try world.catalog.ledger.openRuns().map(\.export) == [export.id])
    }

    @Test func `an export whose last run is only being closed waits for that`() throws {
        let world = try CenterWorld()
        var export = try world.addExport("Own")
        export.schedule = .own(try daily("06:00"))
        _ = try world.catalog.setup.change(export, by: CenterWorld.actor)
        let scheduler = scheduled(world)
        scheduler.tick(now: Self.start)
        let earlier = try world.leaveUnclosed(export)
        scheduler.tick(now: Self.six)
        #expect(try world.catalog.ledger.openRuns().map(\.id) == [earlier.id])
        try world.catalog.ledger.finishEnd(of: earlier.id)
        scheduler.tick(now: Self.six + 1_000)
        #expect(try world.catalog.ledger.openRuns().map(\.trigger) == [.schedule])
    }

    private final class Busy: Sendable {
        private let state = Mutex(true)
        var isBusy: Bool { state.withLock { $0 } }
        func end() { state.withLock { $0 = false } }
    }

    @Test func `an export without a connection does not run, and is not owed a run`() throws {
        let world = try CenterWorld()
        var export = try world.addExport("Own")
        export.schedule = .own(try daily("06:00"))
        _ = try world.catalog.setup.change(export, by: CenterWorld.actor)
        try world.catalog.setup.detach([export.id], by: CenterWorld.actor)
        let scheduler = scheduled(world)
        scheduler.tick(now: Self.start)
        scheduler.tick(now: Self.six)
        _ = try world.catalog.setup.change(export, by: CenterWorld.actor)
        scheduler.tick(now: Self.six + 1_000)
        #expect(try world.catalog.ledger.runs() == [])
    }

    @Test func `the service looks at the clock by itself`() async throws {
        let world = try CenterWorld()
        let desk = Desk()
        let hands = Hands()
        let (news, bell) = AsyncStream.makeStream(of: Void.self)
        let scheduler = Scheduler(
            catalog: world.catalog, now: { hands.now }, pause: .milliseconds(1),
            logger: Self.logger,
            start: { due in
                defer { bell.yield() }
                return desk.take(due)
            })
        hands.set(Self.start)
        try world.catalog.setup.setSystemSchedule(
            try daily("06:00"), isActive: true, by: CenterWorld.actor)
        scheduler.tick(now: Self.start)
        await withDiscardingTaskGroup { group in
            group.addTask { await scheduler.run() }
            hands.set(Self.six)
            for await _ in news { break }
            group.cancelAll()
        }
        #expect(desk.asked == [DueStart(.system, dueAt: Self.six, missed: 0)])
    }

    @Test func `a clock that is set back by days is looked at anew at once`() async throws {
        let world = try CenterWorld()
        let desk = Desk()
        let hands = Hands()
        let (news, bell) = AsyncStream.makeStream(of: Void.self)
        let scheduler = Scheduler(
            catalog: world.catalog, now: { hands.now }, pause: .milliseconds(1),
            logger: Self.logger,
            start: { due in
                defer { bell.yield() }
                return desk.take(due)
            })
        try world.catalog.setup.setSystemSchedule(
            try daily("06:00"), isActive: true, by: CenterWorld.actor)
        let ahead = Self.six + 10 * Self.day
        scheduler.tick(now: ahead - 1_000)
        hands.set(ahead)
        await withDiscardingTaskGroup { group in
            group.addTask { await scheduler.run() }
            for await _ in news {
                if desk.asked.count > 1 { break }
                // From here on every glance finds it an hour later.
                hands.set(Self.start, step: 3_600_000)
            }
            group.cancelAll()
        }
        #expect(desk.asked.map(\.dueAt) == [ahead, Self.six])
    }

    private final class Hands: Sendable {
        private let state = Mutex((moment: Int64(0), step: Int64(0)))
        var now: Int64 {
            state.withLock { state in
                defer { state.moment += state.step }
                return state.moment
            }
        }
        func set(_ moment: Int64, step: Int64 = 0) { state.withLock { $0 = (moment, step) } }
    }

    @Test(
        arguments: [
            ("1795276800000\n", 1_795_276_800_000), (" 7 ", 7), ("", -1), ("soon", -1), (nil, -1),
        ] as [(String?, Int64)])
    func `a clock in a file says what the file says`(text: String?, expected: Int64) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "clock-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        if let text { try Data(text.utf8).write(to: URL(filePath: path)) }
        #expect(ClockFile(path: path, fallback: { -1 }).now() == expected)
    }
}
