import Access
import Exports
import Foundation
import Logging
import Profiles
import Store
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Acts
@testable import Service

/// A notifier over a real catalog, with ways that answer what a test wants and a clock that it moves.
final class NotifierWorld: Sendable {
    struct Posted: Equatable, Sendable {
        let url: String
        let signature: String
        let body: String
    }

    struct State {
        var now = Int64(Date().timeIntervalSince1970 * 1_000)
        var posted: [Posted] = []
        var mails: [String] = []
        /// Answers of the webhook, in turn; 204 when there is none left.
        var statuses: [Int] = []
        var mailTrouble: Sendmail.Trouble?
    }

    let runs: RunFixture
    let state = Mutex(State())
    static let actor = Actor(name: "user:maria")
    static let secret = "a-secret-nobody-may-read"

    init() throws { runs = try RunFixture() }

    var catalog: Catalog { runs.catalog }
    var now: Int64 { state.withLock { $0.now } }

    func pass(minutes: Int64) { state.withLock { $0.now += minutes * 60_000 } }

    var notifier: Notifier {
        Notifier(
            catalog: catalog,
            means: NotifyingMeans(
                post: { [self] url, signature, body in
                    state.withLock { state in
                        state.posted.append(
                            Posted(
                                url: url, signature: signature,
                                body: String(decoding: body, as: UTF8.self)))
                        return state.statuses.isEmpty ? 204 : state.statuses.removeFirst()
                    }
                },
                mail: { [self] message in
                    try state.withLock { state in
                        if let trouble = state.mailTrouble { throw trouble }
                        state.mails.append(String(decoding: message, as: UTF8.self))
                    }
                },
                isWebhookAddress: { $0.hasPrefix("https://") },
                seal: { Array("sealed:\($0)".utf8) },
                open: { String(String(decoding: $0, as: UTF8.self).dropFirst("sealed:".count)) }),
            publicURL: "https://ferry.example/",
            wording: { notice, language in
                MailWords(
                    subject: "\(notice.event.rawValue)", body: notice.id, language: language)
            },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            now: { [self] in now })
    }

    func setUp(
        mailTo: [String] = [], events: Set<NoticeEvent> = Set(NoticeEvent.chosen)
    ) throws {
        let found = try notifier.save(
            NotificationDraft(
                isActive: true, webhookURL: "https://hooks.example/x",
                signingSecret: Self.secret, mailTo: mailTo,
                mailFrom: mailTo.isEmpty ? "" : "ferry@example.com", language: "he",
                events: events), by: Self.actor)
        #expect(found == [])
    }

    @discardableResult
    func run(
        _ state: RunState, reason: String? = nil, trigger: RunTrigger = .refresh
    ) throws -> Run {
        let run = try catalog.ledger.createRun(of: runs.export, trigger: trigger, by: Self.actor)
        try catalog.ledger.end(run.id, state: state, reason: reason)
        return try catalog.ledger.run(id: run.id)
    }

    var posted: [Notice] {
        get throws { try state.withLock { $0.posted }.map { try Notice(json: $0.body) } }
    }

    func notices() throws -> [OutgoingNotice] {
        try catalog.history.notices(before: nil, limit: 100).reversed()
    }
}

extension Notifier {
    /// Saves settings as the act does.
    fileprivate func save(
        _ draft: NotificationDraft, by actor: Actor
    ) throws -> [NotificationDraft.Finding] {
        try draft.save(in: catalog, with: self, by: actor, at: 0)
    }
}

struct NotifierTests {
    @Test func `failed, recovered and held runs are told once, in their order`() async throws {
        let world = try NotifierWorld()
        try world.setUp()
        try world.run(.completed)
        let failed = try world.run(.failed, reason: "key-refused")
        try world.run(.skipped, reason: "no-connection")
        try world.run(.completedWithWarnings)
        let held = try world.catalog.ledger.createRun(
            of: world.runs.export, trigger: .schedule, by: NotifierWorld.actor)
        try world.catalog.ledger.hold(held.id, detail: "many")
        let notifier = world.notifier
        try await notifier.tick()
        try await notifier.tick()
        #expect(try world.posted.map(\.event) == [.runFailed, .runRecovered, .runHeld])
        let first = try #require(try world.posted.first)
        #expect(first.run?.reason == "key-refused")
        #expect(first.run?.exportName == "News")
        #expect(first.link == "https://ferry.example/runs/\(failed.id)")
        #expect(try world.notices().allSatisfy { $0.state == .sent && $0.attempts == 1 })
    }

    @Test func `a run that is approved and held again is told again`() async throws {
        let world = try NotifierWorld()
        try world.setUp()
        let run = try world.catalog.ledger.createRun(
            of: world.runs.export, trigger: .schedule, by: NotifierWorld.actor)
        try world.catalog.ledger.hold(run.id, detail: "many")
        try await world.notifier.tick()
        _ = try world.catalog.ledger.approve(run.id, by: NotifierWorld.actor)
        try world.catalog.ledger.hold(run.id, detail: "more")
        try await world.notifier.tick()
        #expect(try world.posted.map(\.event) == [.runHeld, .runHeld])
    }

    @Test func `what fails is tried eight times with growing pauses, and then given up`()
        async throws
    {
        let world = try NotifierWorld()
        try world.setUp()
        world.state.withLock { $0.statuses = Array(repeating: 503, count: 20) }
        try world.run(.failed)
        let notifier = world.notifier
        try await notifier.tick()
        for pause in NoticeRetries.pauses {
            let before = world.state.withLock { $0.posted.count }
            world.pass(minutes: pause / 60_000 - 1)
            try await notifier.tick()
            #expect(world.state.withLock { $0.posted.count } == before)
            world.pass(minutes: 1)
            try await notifier.tick()
            #expect(world.state.withLock { $0.posted.count } == before + 1)
        }
        let notice = try #require(try world.notices().first)
        #expect(notice.state == .failed && notice.attempts == 8)
        #expect(notice.trouble == "status-503" && notice.nextTryAt == nil)
        world.pass(minutes: 100_000)
        try await notifier.tick()
        let bodies = world.state.withLock { $0.posted.map(\.body) }
        #expect(bodies.count == 8 && Set(bodies).count == 1)
    }

    @Test func `a service that ends while it sends tries again later with the same id`()
        async throws
    {
        let world = try NotifierWorld()
        try world.setUp()
        try world.run(.failed)
        // As the service does it before the bytes leave, and then nothing more.
        let turn = try #require(try world.catalog.history.runTurns(limit: 1).first)
        let notice = NewNotice(
            uid: "u", channel: .webhook, event: .runFailed, cause: "turn-\(turn.id)",
            text: try Notice(id: "u", event: .runFailed, at: world.now).json)
        try world.catalog.history.settle(turn.id, telling: [notice], at: world.now)
        let stored = try #require(try world.notices().first)
        #expect(
            try world.catalog.history.beginAttempt(
                stored.id, nextTryAt: world.now + 60_000, at: world.now))
        try await world.notifier.tick()
        #expect(try world.posted.isEmpty)
        world.pass(minutes: 1)
        try await world.notifier.tick()
        #expect(try world.posted.map(\.id) == ["u"])
        #expect(try world.notices().map(\.state) == [.sent])
    }

    @Test func `two who look at once send once`() async throws {
        let world = try NotifierWorld()
        try world.setUp()
        try world.run(.failed)
        let stored = world.notifier
        try await stored.tick()
        let notice = try #require(try world.notices().first)
        #expect(
            try !world.catalog.history.beginAttempt(notice.id, nextTryAt: world.now, at: world.now))
        #expect(try world.posted.count == 1)
    }

    @Test func `mail goes out though the webhook is down, and the other way round`()
        async throws
    {
        let world = try NotifierWorld()
        try world.setUp(mailTo: ["a@example.com", "b@example.com"])
        world.state.withLock { $0.statuses = [500] }
        try world.run(.failed)
        try await world.notifier.tick()
        let mail = try #require(world.state.withLock { $0.mails.first })
        #expect(mail.contains("To: a@example.com,\n b@example.com\n"))
        #expect(mail.contains("Content-Language: he\n"))
        #expect(try Set(world.notices().map(\.state)) == [.pending, .sent])
        world.state.withLock { $0.mailTrouble = Sendmail.Trouble(code: "sendmail-exit-75") }
        try world.run(.failed, reason: "timeout")
        try await world.notifier.tick()
        #expect(try world.posted.count == 2)
        #expect(try world.notices().last?.trouble == "sendmail-exit-75")
    }

    @Test func `events that are not chosen are not told, nor anything while it is switched off`()
        async throws
    {
        let world = try NotifierWorld()
        try world.run(.failed)
        try await world.notifier.tick()
        try world.setUp(events: [.runHeld])
        try world.run(.failed, reason: "timeout")
        try await world.notifier.tick()
        #expect(try world.notices().isEmpty)
        #expect(try world.catalog.history.runTurns(limit: 1).isEmpty)
    }

    @Test func `what is older than a day when the service starts is no news`() async throws {
        let world = try NotifierWorld()
        try world.setUp()
        try world.run(.failed)
        world.pass(minutes: 25 * 60)
        try await world.notifier.tick()
        #expect(try world.notices().isEmpty)
    }

    @Test func `switching off gives up what still waits`() async throws {
        let world = try NotifierWorld()
        try world.setUp()
        world.state.withLock { $0.statuses = [500] }
        try world.run(.failed)
        let notifier = world.notifier
        try await notifier.tick()
        var draft = NotificationDraft(try world.catalog.setup.notificationSettings())
        draft.isActive = false
        #expect(try notifier.save(draft, by: NotifierWorld.actor) == [])
        world.pass(minutes: 10)
        try await notifier.tick()
        #expect(try world.notices().map(\.trouble) == ["switched-off"])
        #expect(try world.posted.count == 1)
    }

    @Test func `a failed refresh is told once`() async throws {
        let world = try NotifierWorld()
        try world.setUp()
        let notifier = world.notifier
        for _ in 1...2 {
            try notifier.tellRefreshFailed(
                7, reason: "source-failed", failedTasks: 2, at: world.now)
        }
        try await notifier.tick()
        let notice = try #require(try world.posted.first)
        #expect(try world.posted.count == 1)
        #expect(notice.event == .refreshFailed && notice.refresh?.failedTasks == 2)
        #expect(notice.link == "https://ferry.example/system/status/7")
    }

    @Test func `a test goes out at once, once, though it is switched off`() async throws {
        let world = try NotifierWorld()
        try world.setUp()
        let notifier = world.notifier
        var draft = NotificationDraft(try world.catalog.setup.notificationSettings())
        draft.isActive = false
        #expect(try notifier.save(draft, by: NotifierWorld.actor) == [])
        #expect(try await notifier.sendTest(by: NotifierWorld.actor).map(\.state) == [.sent])
        world.state.withLock { $0.statuses = [404] }
        let failed = try await notifier.sendTest(by: NotifierWorld.actor)
        #expect(failed.map(\.state) == [.failed] && failed.map(\.trouble) == ["status-404"])
        world.pass(minutes: 10_000)
        try await notifier.tick()
        #expect(try world.posted.count == 2)
    }

    @Test func `a test that the end of the service cut short is told as such`() async throws {
        let world = try NotifierWorld()
        try world.setUp()
        let text = try Notice(id: "u", event: .test, at: world.now).json
        try world.catalog.history.beginTest(
            [NewNotice(uid: "u", channel: .webhook, event: .test, cause: "test-u", text: text)],
            nextTryAt: world.now + 60_000, by: NotifierWorld.actor, at: world.now)
        try await world.notifier.tick()
        #expect(try world.notices().map(\.state) == [.pending])
        world.pass(minutes: 1)
        try await world.notifier.tick()
        #expect(try world.notices().map(\.trouble) == ["interrupted"])
        #expect(try world.posted.isEmpty)
    }

    @Test func `neither the audit nor what is told holds the secret`() async throws {
        let world = try NotifierWorld()
        try world.setUp()
        try world.run(.failed)
        try await world.notifier.tick()
        let audit = try world.catalog.history.auditEntries().filter { $0.noun == "notifications" }
        #expect(audit.map(\.verb) == ["set"])
        #expect(
            audit.first?.changes == [
                "isActive", "webhookURL", "signingSecret", "language",
            ])
        let told = world.state.withLock { "\($0.posted)" } + "\(audit)\(try world.notices())"
        #expect(!told.contains(NotifierWorld.secret))
    }

    @Test func `saving the same again writes nothing, and keeps the secret`() throws {
        let world = try NotifierWorld()
        try world.setUp()
        let draft = NotificationDraft(try world.catalog.setup.notificationSettings())
        #expect(try world.notifier.save(draft, by: NotifierWorld.actor) == [])
        #expect(
            try world.catalog.history.auditEntries().filter { $0.noun == "notifications" }.count
                == 1)
        #expect(try world.catalog.setup.notificationSettings().sealedSecret != nil)
    }

    struct DraftCase: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout NotificationDraft) -> Void
        let found: [NotificationDraft.Finding]
        var testDescription: String { name }

        static let all: [DraftCase] = [
            DraftCase(name: "as it is", change: { _ in }, found: []),
            DraftCase(
                name: "plain HTTP", change: { $0.webhookURL = "http://x" }, found: [.webhookAddress]
            ),
            DraftCase(
                name: "no secret", change: { $0.signingSecret = nil }, found: [.secretMissing]),
            DraftCase(name: "short", change: { $0.signingSecret = "short" }, found: [.secretForm]),
            DraftCase(
                name: "space", change: { $0.signingSecret = "a secret with spaces" },
                found: [.secretForm]),
            DraftCase(name: "no mail address", change: { $0.mailTo = ["ops"] }, found: [.mailTo]),
            DraftCase(
                name: "many", change: { $0.mailTo = (1...21).map { "a\($0)@b.c" } },
                found: [.tooManyMailTo]),
            DraftCase(name: "no sender", change: { $0.mailFrom = "" }, found: [.mailFrom]),
            DraftCase(
                name: "nobody",
                change: {
                    $0.webhookURL = ""
                    $0.mailTo = []
                }, found: [.nobody]),
            DraftCase(name: "nothing", change: { $0.events = [] }, found: [.nothing]),
            DraftCase(
                name: "off",
                change: {
                    $0.isActive = false
                    $0.webhookURL = ""
                    $0.mailTo = []
                    $0.events = []
                }, found: []),
        ]
    }

    @Test(arguments: DraftCase.all)
    func `a draft is checked as the table says`(row: DraftCase) {
        var draft = NotificationDraft(
            isActive: true, webhookURL: "https://x.example", signingSecret: NotifierWorld.secret,
            mailTo: ["a@b.c"], mailFrom: "f@b.c", language: "en", events: [.runFailed])
        row.change(&draft)
        #expect(
            draft.findings(hasSecret: false, isWebhookAddress: { $0.hasPrefix("https://") })
                == row.found)
    }
}
