import Access
import Delivery
import Exports
import Foundation
import Logging
import Profiles
import Segments
import Store
import Synchronization
import TestSupport
import Testing

@testable import Acts
@testable import Service

private let actor = CenterWorld.actor
private let clerk = Actor(user: "clerk")

/// Sources and segments that do what a test says, and tell what was done.
private final class StubWork: Sendable {
    private struct State {
        var sources: [RefreshPlan.Source] = [.init(id: 1, name: "Shop")]
        var outcome: Result<RefreshOutcome, any Error> = .success(.done(count: 10))
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var log: [String] = []
    }

    private let state = Mutex(State())

    var log: [String] { state.withLock { $0.log } }

    func set(sources: [RefreshPlan.Source]) { state.withLock { $0.sources = sources } }
    func set(outcome: RefreshOutcome) { state.withLock { $0.outcome = .success(outcome) } }
    func set(failure: any Error) { state.withLock { $0.outcome = .failure(failure) } }
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let waiting = state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    func note(_ text: String) { state.withLock { $0.log.append(text) } }

    private func passGate() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.isHeld { state.waiting.append(continuation) }
                return !state.isHeld
            }
            if goesOn { continuation.resume() }
        }
    }

    func work(_ world: CenterWorld) -> RefreshWork {
        let counting = RefreshWork.evaluating(
            SegmentDesk(catalog: world.catalog, engine: world.engine, now: { 1_767_600_000_000 }))
        return RefreshWork(
            sources: { [self] in state.withLock { $0.sources } },
            importSource: { [self] id, progress, isCancelled in
                note("source \(id)")
                progress(5)
                await passGate()
                if isCancelled() { return .cancelled }
                note("source \(id) ended")
                return try state.withLock { $0.outcome }.get()
            },
            evaluate: { [self] id in
                note("segment")
                return try await counting.evaluate(id)
            })
    }
}

/// What a refresh that fails tells, and how often it rests.
private final class TroubleNotes: Sendable {
    private let state = Mutex((told: [RefreshState](), rests: 0))

    var told: [RefreshState] { state.withLock { $0.told } }
    var rests: Int { state.withLock { $0.rests } }

    /// True for the first.
    func note(_ told: RefreshState) -> Bool {
        state.withLock { state in
            state.told.append(told)
            return state.told.count == 1
        }
    }

    func rest() { state.withLock { $0.rests += 1 } }
}

/// A refresh center over a world with real databases and exports.
private struct RefreshWorld {
    let world: CenterWorld
    let work = StubWork()
    let runs: RunCenter
    let center: RefreshCenter

    init(
        _ world: CenterWorld,
        onFailure: @escaping @Sendable (Refresh.ID) throws -> Void = { _ in },
        pause: @escaping @Sendable () -> Void = {}
    ) {
        self.world = world
        runs = world.center()
        center = RefreshCenter(
            catalog: world.catalog, runs: runs, work: work.work(world),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            now: { Int64(Date().timeIntervalSince1970 * 1_000) },
            onFailure: { refresh, _, _ in try onFailure(refresh) }, pause: { _ in pause() })
    }

    init() throws { self.init(try CenterWorld()) }

    var catalog: Catalog { world.catalog }

    /// Lets both centers live as long as `body`, as the service does.
    func serve(_ body: () async throws -> Void) async throws {
        try await world.serve(runs) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await center.run() }
                var failure: (any Error)?
                do { try await body() } catch { failure = error }
                group.cancelAll()
                work.release()
                try await group.waitForAll()
                world.destination.open()
                if let failure { throw failure }
            }
        }
    }

    func end(of refresh: Refresh) async throws -> Refresh {
        try await eventually { try !catalog.history.refresh(id: refresh.id).state.isOpen }
        return try catalog.history.refresh(id: refresh.id)
    }

    func carryOut(for role: Role? = nil) async throws -> Refresh {
        try await end(of: try center.start(trigger: .request, for: role, by: actor))
    }

    func task(_ name: String, _ refresh: Refresh) throws -> RefreshTask {
        try #require(
            try catalog.history.tasks(ofRefresh: refresh.id).first { $0.name == name })
    }

    func reach(_ name: String, _ state: RefreshTaskState, _ refresh: Refresh) async throws {
        try await eventually { try task(name, refresh).state == state }
    }
}

struct RefreshCenterTests {
    @Test func `a refresh imports sources, evaluates segments and runs exports, in this order`()
        async throws
    {
        let refreshing = try RefreshWorld()
        _ = try refreshing.world.addExport("News")
        try await refreshing.serve {
            let refresh = try await refreshing.carryOut()
            #expect(refresh.state == .completed)
            #expect(refresh.endedAt != nil)
            #expect(
                refreshing.work.log == ["source 1", "source 1 ended", "segment", "segment"])
            #expect(try refreshing.task("Shop", refresh).count == 10)
            #expect(try refreshing.task("Everyone", refresh).count == 10)
            let task = try refreshing.task("News", refresh)
            #expect(task.state == .done)
            #expect(task.count == 10)
            let run = try refreshing.catalog.ledger.run(id: try #require(task.run))
            #expect(run.state == .completed)
            #expect(run.trigger == .refresh)
            #expect(run.actor == actor.name)
            let segment = try refreshing.task("With points", refresh)
            #expect(try #require(task.startedAt) >= #require(segment.endedAt))
        }
        #expect(refreshing.world.destination.taken.count == 10)
    }

    @Test func `R38: the export runs with every refresh, and not when it is set to run on demand`()
        async throws
    {
        let refreshing = try RefreshWorld()
        _ = try refreshing.world.addExport("News")
        var other = try refreshing.world.addExport("By hand", segment: "Everyone")
        other.schedule = .manual
        _ = try refreshing.catalog.setup.change(other, by: actor)
        try await refreshing.serve {
            let first = try await refreshing.carryOut()
            let second = try await refreshing.carryOut()
            #expect(try refreshing.task("News", first).state == .done)
            #expect(try refreshing.task("News", second).state == .unchanged)
        }
        #expect(try refreshing.catalog.ledger.runs().map(\.exportName) == ["News", "News"])
    }

    @Test func `L9: an export that is due while upstream work runs waits for it`() async throws {
        let refreshing = try RefreshWorld()
        refreshing.work.hold()
        #expect(!refreshing.center.upstreamIsBusy)
        await refreshing.center.whenUpstreamIsDone()
        try await refreshing.serve {
            let refresh = try refreshing.center.start(trigger: .schedule, by: actor)
            #expect(refreshing.center.upstreamIsBusy)
            let waited = StubWork()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await refreshing.center.whenUpstreamIsDone()
                    waited.note("went on")
                }
                try await refreshing.reach("Shop", .running, refresh)
                #expect(refreshing.center.upstreamIsBusy)
                #expect(waited.log.isEmpty)
                #expect(refreshing.center.rowsRead() == [0: 5])
                refreshing.work.release()
                try await group.waitForAll()
            }
            for task in try refreshing.catalog.history.tasks(ofRefresh: refresh.id)
            where task.stage < .export {
                #expect(task.state.isEnded)
            }
            _ = try await refreshing.end(of: refresh)
            #expect(!refreshing.center.upstreamIsBusy)
        }
    }

    @Test func `L10: a failure upstream means skipped, with a reason that names it`() async throws {
        let refreshing = try RefreshWorld()
        let export = try refreshing.world.addExport("News")
        refreshing.work.set(outcome: .failed(reason: "bad-file", detail: "It is no table."))
        try await refreshing.serve {
            let refresh = try await refreshing.carryOut()
            #expect(refresh.state == .failed)
            #expect(refreshing.work.log == ["source 1", "source 1 ended"])
            for name in ["Everyone", "With points", "News"] {
                let task = try refreshing.task(name, refresh)
                #expect(task.state == .skipped)
                #expect(task.reason == "upstream-failed")
                #expect(task.cause == 0)
            }
            let run = try refreshing.catalog.ledger.run(
                id: try #require(try refreshing.task("News", refresh).run))
            #expect(run.state == .skipped)
            #expect(run.reason == "upstream-failed")
            #expect(run.detail?.facts == ["what": .word("source-failed"), "name": "Shop"])
            #expect(run.requests == 0)
        }
        let entry = try #require(try refreshing.catalog.setup.exportEntry(id: export.id))
        #expect(entry.lastRun?.state == .skipped)
    }

    @Test func `L11: static and inactive segments are not recalculated by a refresh`() async throws
    {
        let refreshing = try RefreshWorld()
        _ = try refreshing.catalog.setup.addSegment(named: "Fixed", definition: .static, by: actor)
        try refreshing.catalog.setup.setState(.inactive, ofSegment: "Everyone", by: actor)
        _ = try refreshing.world.addExport("Fixed people", segment: "Fixed")
        _ = try refreshing.world.addExport("Nobody", segment: "Everyone")
        try await refreshing.serve {
            let refresh = try await refreshing.carryOut()
            #expect(refresh.state == .completedWithWarnings)
            #expect(refreshing.work.log.filter { $0 == "segment" }.count == 1)
            #expect(try refreshing.task("Fixed", refresh).state == .unchanged)
            #expect(try refreshing.task("Fixed", refresh).reason == "segment-static")
            #expect(try refreshing.task("Fixed people", refresh).state == .unchanged)
            #expect(try refreshing.task("Everyone", refresh).state == .skipped)
            let skipped = try refreshing.task("Nobody", refresh)
            #expect(skipped.state == .skipped)
            #expect(skipped.reason == "segment-inactive")
            let run = try refreshing.catalog.ledger.run(id: try #require(skipped.run))
            #expect(run.reason == "segment-inactive")
            #expect(run.detail?.facts["segment"] == "Everyone")
        }
    }

    @Test func `a failing rule keeps back what uses it, and nothing else`() async throws {
        let refreshing = try RefreshWorld()
        _ = try refreshing.catalog.setup.addSegment(
            named: "Broken", definition: .dynamic(rule: "nothing > 0"), by: actor)
        _ = try refreshing.world.addExport("Good")
        _ = try refreshing.world.addExport("Bad", segment: "Broken")
        try await refreshing.serve {
            let refresh = try await refreshing.carryOut()
            #expect(refresh.state == .failed)
            #expect(try refreshing.task("Broken", refresh).reason == "rule-invalid")
            #expect(try refreshing.task("Bad", refresh).state == .skipped)
            #expect(try refreshing.task("Good", refresh).state == .done)
        }
    }

    @Test func `refreshes never overlap; a second start is answered with the first`() async throws {
        let refreshing = try RefreshWorld()
        refreshing.work.hold()
        try await refreshing.serve {
            let first = try refreshing.center.begin(trigger: .schedule, dueAt: 1, by: actor)
            try await refreshing.reach("Shop", .running, first.refresh)
            let second = try refreshing.center.begin(trigger: .request, by: clerk)
            #expect(first.isNew)
            #expect(!second.isNew)
            #expect(second.refresh.id == first.refresh.id)
            refreshing.work.release()
            #expect(try await refreshing.end(of: first.refresh).state == .completed)
            let third = try refreshing.center.begin(trigger: .request, by: clerk)
            #expect(third.isNew)
            _ = try await refreshing.end(of: third.refresh)
        }
        #expect(refreshing.work.log.filter { $0 == "source 1" }.count == 2)
    }

    @Test func `many starts at once are one refresh`() async throws {
        let refreshing = try RefreshWorld()
        refreshing.work.hold()
        try await refreshing.serve {
            let ids = try await withThrowingTaskGroup(of: Refresh.ID.self) { group in
                for _ in 1...8 {
                    group.addTask {
                        try refreshing.center.start(trigger: .request, by: actor).id
                    }
                }
                return try await group.reduce(into: Set<Refresh.ID>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
        }
    }

    @Test func `a cancelled refresh begins nothing more and stops what runs`() async throws {
        let refreshing = try RefreshWorld()
        _ = try refreshing.world.addExport("News")
        refreshing.work.hold()
        try await refreshing.serve {
            let refresh = try refreshing.center.start(trigger: .request, by: actor)
            try await refreshing.reach("Shop", .running, refresh)
            try refreshing.center.cancel(refresh.id, by: clerk)
            #expect(try refreshing.catalog.history.refresh(id: refresh.id).state == .cancelling)
            #expect(try refreshing.task("News", refresh).state == .cancelled)
            refreshing.work.release()
            let ended = try await refreshing.end(of: refresh)
            #expect(ended.state == .cancelled)
            #expect(try refreshing.task("Shop", refresh).state == .cancelled)
            #expect(refreshing.work.log == ["source 1"])
            let error = #expect(throws: StoreError.self) {
                try refreshing.center.cancel(refresh.id, by: clerk)
            }
            #expect(error?.code == .refreshEnded)
        }
        #expect(try refreshing.catalog.ledger.runs().isEmpty)
    }

    @Test func `a cancelled refresh stops the runs that it began, and everyone is accounted for`()
        async throws
    {
        let refreshing = try RefreshWorld()
        try refreshing.world.load(2_000)
        _ = try refreshing.world.addExport("News")
        refreshing.world.destination.close()
        try await refreshing.serve {
            let refresh = try refreshing.center.start(trigger: .request, by: actor)
            try await refreshing.reach("News", .running, refresh)
            try await eventually { try refreshing.task("News", refresh).run != nil }
            let run = try refreshing.catalog.ledger.run(
                id: try #require(try refreshing.task("News", refresh).run))
            await refreshing.world.reach(run, refreshing.runs) { $0.phase == .sending }
            try refreshing.center.cancel(refresh.id, by: clerk)
            await refreshing.world.reach(run, refreshing.runs) { $0.phase == .stopping }
            refreshing.world.destination.open()
            #expect(try await refreshing.end(of: refresh).state == .cancelled)
            #expect(try refreshing.task("News", refresh).state == .cancelled)
            let ended = try refreshing.catalog.ledger.run(id: run.id)
            #expect(ended.state == .stopped)
            #expect(ended.delivered + ended.pending == ended.members)
        }
    }

    @Test func `a run that is under way already is waited for and counts`() async throws {
        let refreshing = try RefreshWorld()
        let export = try refreshing.world.addExport("News")
        refreshing.world.destination.close()
        try await refreshing.serve {
            let run = try refreshing.runs.start(export.id, trigger: .onDemand, by: clerk)
            await refreshing.world.reach(run, refreshing.runs) { $0.phase == .sending }
            let refresh = try refreshing.center.start(trigger: .schedule, by: actor)
            try await eventually { try refreshing.task("News", refresh).run == run.id }
            #expect(try refreshing.task("News", refresh).state == .running)
            refreshing.world.destination.open()
            #expect(try await refreshing.end(of: refresh).state == .completed)
            #expect(try refreshing.task("News", refresh).count == 10)
        }
        #expect(try refreshing.catalog.ledger.runs().count == 1)
    }

    @Test func `somebody else's run is not stopped with a refresh`() async throws {
        let refreshing = try RefreshWorld()
        let export = try refreshing.world.addExport("News")
        refreshing.world.destination.close()
        try await refreshing.serve {
            let run = try refreshing.runs.start(export.id, trigger: .onDemand, by: clerk)
            await refreshing.world.reach(run, refreshing.runs) { $0.phase == .sending }
            let refresh = try refreshing.center.start(trigger: .schedule, by: actor)
            try await eventually { try refreshing.task("News", refresh).run == run.id }
            try refreshing.center.cancel(refresh.id, by: actor)
            #expect(try await refreshing.end(of: refresh).state == .cancelled)
            refreshing.world.destination.open()
            #expect(try await refreshing.world.end(of: run, refreshing.runs).state == .completed)
        }
    }

    @Test func `a held run ends its task with a warning, and keeps the next one back`() async throws
    {
        let refreshing = try RefreshWorld()
        _ = try refreshing.world.addExport("News")
        try await refreshing.serve {
            _ = try await refreshing.carryOut()
            try refreshing.world.load(10, without: 6)
            let second = try await refreshing.carryOut()
            #expect(second.state == .completedWithWarnings)
            let held = try refreshing.task("News", second)
            #expect(held.state == .doneWithWarnings)
            #expect(held.reason == "too-many-leavers")
            let third = try await refreshing.carryOut()
            let task = try refreshing.task("News", third)
            #expect(task.state == .skipped)
            #expect(task.reason == "run-held")
            #expect(task.run == held.run)
        }
        #expect(refreshing.world.destination.unsubscribed.isEmpty)
    }

    @Test func `an open refresh is taken up by the next process, and done work is not repeated`()
        async throws
    {
        let world = try CenterWorld()
        _ = try world.addExport("News")
        let first = RefreshWorld(world)
        first.work.set(sources: [.init(id: 1, name: "Shop"), .init(id: 2, name: "Till")])
        var begun: Refresh?
        world.destination.close()
        try await first.serve {
            let refresh = try first.center.start(trigger: .schedule, dueAt: 5, by: actor)
            begun = refresh
            try await eventually { try first.task("News", refresh).run != nil }
        }
        let refresh = try #require(begun)
        #expect(try first.catalog.history.refresh(id: refresh.id).state == .running)
        #expect(try first.task("News", refresh).state == .running)
        let second = RefreshWorld(world)
        try await second.serve {
            let ended = try await second.end(of: refresh)
            #expect(ended.state == .completed)
        }
        #expect(second.work.log.isEmpty)
        #expect(try world.catalog.ledger.runs().count == 1)
        #expect(try second.task("News", refresh).count == 10)
    }

    @Test func `an import that the end of the service cut off begins again`() async throws {
        let world = try CenterWorld()
        let first = RefreshWorld(world)
        first.work.hold()
        var begun: Refresh?
        try await first.serve {
            let refresh = try first.center.start(trigger: .schedule, by: actor)
            begun = refresh
            try await first.reach("Shop", .running, refresh)
        }
        let refresh = try #require(begun)
        #expect(try world.catalog.history.openRefresh()?.id == refresh.id)
        let second = RefreshWorld(world)
        #expect(second.center.upstreamIsBusy)
        try await second.serve {
            let ended = try await second.end(of: refresh)
            #expect(ended.state == .completed)
        }
        #expect(second.work.log.first == "source 1")
    }

    @Test
    func `a refresh that was being cancelled when the service ended is cancelled by the next`()
        async throws
    {
        let world = try CenterWorld()
        let first = RefreshWorld(world)
        let refresh = try first.center.start(trigger: .request, by: actor)
        let second = RefreshWorld(world)
        try second.center.cancel(refresh.id, by: clerk)
        try await second.serve {
            let ended = try await second.end(of: refresh)
            #expect(ended.state == .cancelled)
        }
        #expect(second.work.log.isEmpty)
    }

    @Test func `runs of a refresh that was being cancelled when the service ended are stopped`()
        async throws
    {
        let world = try CenterWorld()
        try world.load(2_000)
        let export = try world.addExport("News")
        let refresh = try RefreshWorld(world).center.start(trigger: .request, by: actor)
        var tasks = try world.catalog.history.tasks(ofRefresh: refresh.id)
        for index in tasks.indices {
            tasks[index].state = tasks[index].stage == .export ? .running : .done
        }
        try world.catalog.history.write(tasks, ofRefresh: refresh.id)
        let run = try world.catalog.ledger.createRun(of: export, trigger: .refresh, by: actor)
        let next = RefreshWorld(world)
        try next.center.cancel(refresh.id, by: clerk)
        world.destination.close()
        try await next.serve {
            #expect(try await next.end(of: refresh).state == .cancelled)
            world.destination.open()
            try await eventually { try world.catalog.ledger.run(id: run.id).endedAt != nil }
        }
        let ended = try world.catalog.ledger.run(id: run.id)
        #expect(ended.state == .stopped)
        #expect(ended.delivered + ended.pending == ended.members)
    }

    @Test
    func `an import that a person cancelled keeps back what is built on it, and fails nothing`()
        async throws
    {
        let refreshing = try RefreshWorld()
        refreshing.work.set(failure: CancellationError())
        try await refreshing.serve {
            let refresh = try await refreshing.carryOut()
            #expect(refresh.state == .completedWithWarnings)
            #expect(try refreshing.task("Shop", refresh).state == .cancelled)
            #expect(try refreshing.task("Everyone", refresh).state == .skipped)
        }
    }

    @Test func `a failed refresh is told before it ends, and goes on after trouble`() async throws {
        struct Trouble: Error {}
        let world = try CenterWorld()
        let notes = TroubleNotes()
        let refreshing = RefreshWorld(
            world,
            onFailure: { id in
                if notes.note(try world.catalog.history.refresh(id: id).state) { throw Trouble() }
            }, pause: { notes.rest() })
        refreshing.work.set(outcome: .failed(reason: "bad-file", detail: "It is no table."))
        try await refreshing.serve {
            let refresh = try await refreshing.carryOut()
            #expect(refresh.state == .failed)
        }
        #expect(notes.told == [.running, .running])
        #expect(notes.rests == 1)
        #expect(refreshing.work.log == ["source 1", "source 1 ended"])
    }

    @Test func `an earlier run that is not closed yet is closed first, and is nobody's result`()
        async throws
    {
        let world = try CenterWorld()
        let export = try world.addExport("News")
        let earlier = try world.leaveUnclosed(export)
        let refreshing = RefreshWorld(world)
        try await refreshing.serve {
            let refresh = try await refreshing.carryOut()
            let task = try refreshing.task("News", refresh)
            #expect(task.state == .done)
            #expect(task.run != earlier.id)
        }
        #expect(try world.catalog.ledger.run(id: earlier.id).endedAt != nil)
    }

    @Test func `a contributor's refresh leaves out exports on connections that are not shared`()
        async throws
    {
        let refreshing = try RefreshWorld()
        _ = try refreshing.world.addExport("News")
        try await refreshing.serve {
            let refresh = try await refreshing.carryOut(for: .contributor)
            let task = try refreshing.task("News", refresh)
            #expect(task.state == .skipped)
            #expect(task.reason == "not-allowed")
            #expect(task.run == nil)
            #expect(refresh.state == .completedWithWarnings)
            #expect(try refreshing.catalog.ledger.runs().isEmpty)
            try refreshing.catalog.setup.setAudience(
                .contributors, ofConnection: refreshing.world.connection.id, by: actor)
            let shared = try await refreshing.carryOut(for: .contributor)
            #expect(try refreshing.task("News", shared).state == .done)
        }
    }
}
