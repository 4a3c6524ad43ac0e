import Access
import Schedules
import Store
import Synchronization
import Testing

@testable import Acts

/// Acts on the schedule of the refresh, and whoever looks at the clock.
struct ScheduleActTests {
    /// Counts how often it is told of a change.
    private final class Watch: ScheduleWatching {
        let now: @Sendable () -> Int64 = { 1_767_600_000_000 }
        private let count = Mutex(0)

        var wakes: Int { count.withLock { $0 } }

        func wake() { count.withLock { $0 += 1 } }
    }

    private let world: ActsWorld
    private let acts: ActContext
    private let watch = Watch()
    private let schedule: Schedule

    init() throws {
        world = try ActsWorld()
        let plain = world.acts()
        acts = ActContext(
            catalog: plain.catalog, engine: plain.engine, accounts: plain.accounts,
            runs: plain.runs, rehearsals: plain.rehearsals, exports: plain.exports,
            imports: plain.imports, schedules: watch, now: plain.now)
        schedule = try Schedule(.daily, at: [#require(TimeOfDay("06:00"))], in: "UTC")
    }

    @Test func `whoever looks at the clock is told of every change, and of nothing else`()
        async throws
    {
        let asker = Asker.terminal(ActsWorld.actor)
        _ = try await acts.perform(ShowSchedule(), by: asker)
        #expect(watch.wakes == 0)
        _ = try await acts.perform(SetSchedule(schedule, isActive: true), by: asker)
        #expect(watch.wakes == 1)
        _ = try await acts.perform(SetSchedule(schedule, isActive: false), by: asker)
        #expect(watch.wakes == 2)
    }

    @Test func `a schedule that is off tells its parts and no next moments`() async throws {
        let asker = Asker.terminal(ActsWorld.actor)
        let on = try await acts.perform(SetSchedule(schedule, isActive: true), by: asker)
        #expect(on.next.count == ScheduleAnswer.nextMax)
        let off = try await acts.perform(SetSchedule(schedule, isActive: false), by: asker)
        #expect(!off.isActive && off.times == on.times && off.next.isEmpty)
    }
}
