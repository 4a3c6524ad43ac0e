import Access
import Exports
import Profiles
import TestSupport
import Testing

@testable import Store

struct CatalogRefreshTests {
    private let tasks = [
        RefreshTask(position: 0, stage: .source, thing: 7, name: "Shop"),
        RefreshTask(position: 1, stage: .segment, thing: 8, name: "All", dependsOn: [0]),
        RefreshTask(
            position: 2, stage: .export, thing: 9, name: "News", dependsOn: [0, 1],
            state: .skipped, reason: "not-allowed", detail: "No.", cause: 1, run: 3, count: 4,
            startedAt: 5, endedAt: 6),
    ]

    @discardableResult
    private func begin(
        _ fixture: CatalogFixture, at now: Int64 = 1_000
    ) throws -> (refresh: Refresh, isNew: Bool) {
        try fixture.catalog.history.beginRefresh(
            tasks, trigger: .schedule, dueAt: 900, missed: 2, by: CatalogFixture.actor, at: now)
    }

    private func endAll(_ fixture: CatalogFixture, _ refresh: Refresh) throws {
        var ended = tasks
        for index in ended.indices { ended[index].state = .done }
        try fixture.catalog.history.write(ended, ofRefresh: refresh.id)
        try fixture.catalog.history.endRefresh(refresh.id, as: .completed, at: 2_000)
    }

    @Test func `a refresh and its tasks are read as they were written`() throws {
        let fixture = try CatalogFixture()
        let refresh = try begin(fixture).refresh
        #expect(refresh.trigger == .schedule)
        #expect(refresh.dueAt == 900)
        #expect(refresh.missed == 2)
        #expect(refresh.state == .running)
        #expect(refresh.createdAt == 1_000)
        #expect(refresh.actor == CatalogFixture.actor.name)
        #expect(try fixture.catalog.history.refresh(id: refresh.id) == refresh)
        #expect(try fixture.catalog.history.tasks(ofRefresh: refresh.id) == tasks)
        #expect(try fixture.catalog.history.openRefresh() == refresh)
        var changed = tasks[0]
        changed.state = .done
        changed.count = 12
        changed.endedAt = 1_500
        try fixture.catalog.history.write([changed], ofRefresh: refresh.id)
        #expect(try fixture.catalog.history.tasks(ofRefresh: refresh.id) == [changed] + tasks[1...])
        #expect(throws: StoreError.self) { try fixture.catalog.history.refresh(id: 99) }
    }

    @Test func `a second refresh is the first one, as long as that is open`() throws {
        let fixture = try CatalogFixture()
        let first = try begin(fixture)
        #expect(first.isNew)
        let second = try begin(fixture, at: 1_100)
        #expect(!second.isNew)
        #expect(second.refresh == first.refresh)
        try endAll(fixture, first.refresh)
        #expect(try fixture.catalog.history.openRefresh() == nil)
        let third = try begin(fixture, at: 3_000)
        #expect(third.isNew)
        #expect(third.refresh.id > first.refresh.id)
        #expect(
            try fixture.catalog.history.auditEntries().filter { $0.noun == "refresh" }
                .map { "\($0.actor) \($0.verb) \($0.thing)" }
                == ["cli:maria run 2", "cli:maria run 1"])
    }

    @Test func `no refresh ends while a task of it goes on`() throws {
        let fixture = try CatalogFixture()
        let refresh = try begin(fixture).refresh
        #expect(throws: StoreError.self) {
            try fixture.catalog.history.endRefresh(refresh.id, as: .completed, at: 2_000)
        }
        try endAll(fixture, refresh)
        let ended = try fixture.catalog.history.refresh(id: refresh.id)
        #expect(ended.state == .completed)
        #expect(ended.endedAt == 2_000)
    }

    @Test func `cancelling is written down once, and refused at the end`() throws {
        let fixture = try CatalogFixture()
        let refresh = try begin(fixture).refresh
        var changed = tasks[1]
        changed.state = .cancelled
        for _ in 1...2 {
            let cancelling = try fixture.catalog.history.cancelRefresh(
                refresh.id, changing: [changed], by: CatalogFixture.actor, at: 1_200)
            #expect(cancelling.state == .cancelling)
        }
        #expect(try fixture.catalog.history.tasks(ofRefresh: refresh.id)[1].state == .cancelled)
        #expect(
            try fixture.catalog.history.auditEntries().count {
                $0.noun == "refresh" && $0.verb == "stop"
            }
                == 1)
        try endAll(fixture, refresh)
        let error = #expect(throws: StoreError.self) {
            try fixture.catalog.history.cancelRefresh(
                refresh.id, changing: [], by: CatalogFixture.actor, at: 2_100)
        }
        #expect(error?.code == .refreshEnded)
    }

    @Test func `refreshes are paged, counted, and told by the thing`() throws {
        let fixture = try CatalogFixture()
        for number in 1...5 {
            try endAll(fixture, try begin(fixture, at: Int64(number)).refresh)
        }
        #expect(try fixture.catalog.history.refreshes(limit: 2).map(\.id) == [5, 4])
        #expect(try fixture.catalog.history.refreshes(before: 4, limit: 9).map(\.id) == [3, 2, 1])
        let numbers = try fixture.catalog.history.numbers(ofRefreshes: [2, 4, 77])
        #expect(numbers.keys.sorted() == [2, 4])
        #expect(numbers[4]?[.done] == 3)
        #expect(numbers[4]?.total == 3)
        #expect(numbers[4]?.open == 0)
        #expect(try fixture.catalog.history.numbers(ofRefreshes: []).isEmpty)
        let history = try fixture.catalog.history.refreshTasks(of: .segment, thing: 8, limit: 3)
        #expect(history.map(\.refresh.id) == [5, 4, 3])
        #expect(history.map(\.task.name) == ["All", "All", "All"])
        #expect(try fixture.catalog.history.refreshTasks(of: .source, thing: 8, limit: 3).isEmpty)
    }

    @Test func `a run that was skipped stands in the history, unless another is unfinished`() throws
    {
        let fixture = try CatalogFixture()
        let skipped = try fixture.catalog.history.recordSkippedRun(
            of: fixture.export.id, trigger: .refresh, reason: "upstream-failed",
            detail: "The source 'Shop' failed.", by: CatalogFixture.actor, at: 1_000)
        #expect(skipped?.state == .skipped)
        #expect(skipped?.reason == "upstream-failed")
        #expect(skipped?.detail == "The source 'Shop' failed.")
        #expect(skipped?.trigger == .refresh)
        #expect(skipped?.endedAt == 1_000)
        #expect(
            try fixture.catalog.setup.exportEntry(id: fixture.export.id)?.lastRun?.state == .skipped
        )
        #expect(
            try fixture.catalog.history.auditEntries().contains {
                $0.verb == "skip" && $0.noun == "export" && $0.thing == "News"
            })
        _ = try fixture.catalog.ledger.createRun(
            of: fixture.export, trigger: .onDemand, by: CatalogFixture.actor)
        for export in [fixture.export.id, 99] {
            #expect(
                try fixture.catalog.history.recordSkippedRun(
                    of: export, trigger: .refresh, reason: "x", detail: "X",
                    by: CatalogFixture.actor, at: 1_000) == nil)
        }
        #expect(try fixture.catalog.ledger.runs().count == 2)
    }
}
