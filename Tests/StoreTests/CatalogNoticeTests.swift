import Access
import Testing

@testable import Store

@Suite struct CatalogNoticeTests {
    private static let day: Int64 = 86_400_000
    private static let now: Int64 = 1_767_600_000_000

    private func notice(_ cause: String, _ channel: NoticeChannel = .webhook) -> NewNotice {
        NewNotice(
            uid: "u-\(cause)", channel: channel, event: .runFailed, cause: cause, text: "{}")
    }

    @Test func `a run that turns is noted in its own transaction, and only when it turns`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let run = try fixture.carryOut([CatalogMember("ada@shop.test")])
        let skipped = try catalog.ledger.createRun(
            of: fixture.export, trigger: .refresh, by: CatalogFixture.actor)
        try catalog.ledger.end(skipped.id, state: .skipped, reason: "no-connection")
        let failed = try catalog.ledger.createRun(
            of: fixture.export, trigger: .refresh, by: CatalogFixture.actor)
        try catalog.ledger.end(failed.id, state: .failed, reason: "timeout")
        try catalog.ledger.end(failed.id, state: .failed, reason: "timeout")
        let turns = try catalog.history.runTurns(limit: 10)
        #expect(turns.map(\.run.id) == [run.id, failed.id])
        #expect(turns.map(\.state) == [.completed, .failed])
        #expect(turns[0].previous == nil)
        #expect(turns[1].previous?.state == .completed)
        #expect(abs(turns[1].at - (turns[1].run.endedAt ?? 0)) < 60_000)
        #expect(try catalog.history.runTurns(limit: 1).map(\.run.id) == [run.id])
    }

    @Test func `a turn that was settled tells nothing more`() throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let run = try catalog.ledger.createRun(
            of: fixture.export, trigger: .refresh, by: CatalogFixture.actor)
        try catalog.ledger.end(run.id, state: .failed)
        let turn = try #require(try catalog.history.runTurns(limit: 1).first)
        try catalog.history.settle(turn.id, telling: [notice("a")], at: Self.now)
        try catalog.history.settle(turn.id, telling: [notice("b")], at: Self.now)
        #expect(try catalog.history.notices(before: nil, limit: 10).map(\.uid) == ["u-a"])
        #expect(try catalog.history.runTurns(limit: 1).isEmpty)
    }

    @Test func `the same thing is told by one way once`() throws {
        let catalog = try CatalogFixture().catalog
        try catalog.history.tell([notice("a"), notice("a", .mail)], at: Self.now)
        try catalog.history.tell([notice("a"), notice("b")], at: Self.now)
        let stored = try catalog.history.notices(before: nil, limit: 10)
        #expect(stored.map(\.uid) == ["u-b", "u-a", "u-a"])
        #expect(try catalog.history.dueNotices(.mail, at: Self.now, limit: 9).map(\.uid) == ["u-a"])
        #expect(try catalog.history.dueNotices(.webhook, at: Self.now - 1, limit: 9).isEmpty)
        #expect(
            try catalog.history.notices(before: stored[0].id, limit: 1).map(\.channel) == [.mail])
    }

    @Test func `what waits for a clock that was set back is due`() throws {
        let catalog = try CatalogFixture().catalog
        try catalog.history.tell([notice("a")], at: Self.now)
        let id = try #require(
            try catalog.history.dueNotices(.webhook, at: Self.now, limit: 9).first
        ).id
        #expect(
            try catalog.history.beginAttempt(
                id, nextTryAt: Self.now + HistoryCatalog.noticePauseMax, at: Self.now))
        #expect(try catalog.history.dueNotices(.webhook, at: Self.now, limit: 9).isEmpty)
        #expect(try !catalog.history.beginAttempt(id, nextTryAt: Self.now + 1, at: Self.now))
        let earlier = Self.now - Self.day
        #expect(try catalog.history.dueNotices(.webhook, at: earlier, limit: 9).map(\.id) == [id])
        #expect(try catalog.history.beginAttempt(id, nextTryAt: earlier + 60_000, at: earlier))
        #expect(try catalog.history.dueNotices(.webhook, at: earlier, limit: 9).isEmpty)
    }

    @Test func `what was sent or given up is kept for 90 days, and what waits for ever`() throws {
        let catalog = try CatalogFixture().catalog
        try catalog.history.tell([notice("sent"), notice("failed"), notice("waits")], at: Self.now)
        for (notice, trouble) in zip(
            try catalog.history.dueNotices(.webhook, at: Self.now, limit: 2), [nil, "status-500"])
        {
            try catalog.history.endAttempt(notice.id, trouble: trouble, isLast: true, at: Self.now)
        }
        try catalog.history.tell([notice("b")], at: Self.now + 90 * Self.day)
        #expect(try catalog.history.notices(before: nil, limit: 10).count == 4)
        try catalog.history.tell([notice("c")], at: Self.now + 90 * Self.day + 1)
        #expect(
            try catalog.history.notices(before: nil, limit: 10).map(\.uid) == [
                "u-c", "u-b", "u-waits",
            ])
    }

    @Test func `a webhook without a secret cannot be stored`() throws {
        let catalog = try CatalogFixture().catalog
        var settings = NotificationSettings.none
        settings.webhookURL = "https://hooks.example.com"
        #expect(throws: (any Error).self) {
            try catalog.setup.setNotificationSettings(
                settings, by: CatalogFixture.actor, at: Self.now)
        }
        #expect(try catalog.setup.notificationSettings() == .none)
    }
}
