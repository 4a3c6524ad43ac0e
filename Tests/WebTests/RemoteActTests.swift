import Access
import Acts
import Foundation
import HTTPTypes
import Profiles
import Schedules
import Store
import Testing

@testable import Web

/// Acts as a remote command asks for them, and those that need somebody or a service.
struct RemoteActTests {
    private struct NoThings: ThingFinder {
        func id<Thing>(
            of reference: Reference<Thing>, noun: String, in list: String
        ) throws -> Identifier<Thing> { 0 }
    }

    /// Sends what a remote command sends, and reads the answer as it reads it.
    private func send<A: RemoteAct>(
        _ act: A, _ browser: Browser, expecting status: HTTPResponse.Status = .ok
    ) async throws -> A.Answer {
        let call = try await act.call(NoThings())
        var path = URLComponents()
        path.path = call.path
        path.queryItems = call.query.compactMap { name, value in
            value.map { URLQueryItem(name: name, value: $0) }
        }
        let body = try call.body.map {
            String(decoding: try JSONEncoder().encode($0), as: UTF8.self)
        }
        let answer = try await browser.send(
            try #require(HTTPRequest.Method(call.method)), try #require(path.string),
            headers: body == nil ? [:] : [.contentType: "application/json"], body: body)
        #expect(answer.status == status, "\(answer.text)")
        return try JSONDecoder().decode(A.Answer.self, from: Data(answer.text.utf8))
    }

    @Test func `a schedule set by a remote command is told back to it as it was set`() async throws
    {
        let world = try WebWorld()
        let schedule = try Schedule(
            .weekly([.thursday, .monday]), at: [#require(TimeOfDay("06:00"))], in: "Europe/Berlin")
        try await world.call(as: .administrator) { browser in
            let before = try await send(ShowSchedule(), browser)
            #expect(!before.isActive && before.changedAt == nil && before.next.isEmpty)
            let set = try await send(SetSchedule(schedule, isActive: true), browser)
            #expect(set.weekdays == [.monday, .thursday] && set.timeZone == "Europe/Berlin")
            #expect(set.next.count == ScheduleAnswer.nextMax)
            #expect(try await send(ShowSchedule(), browser) == set)
        }
        #expect(try world.catalog.setup.systemSchedule()?.schedule == schedule)
        #expect(try world.audit().contains { $0.contains("set schedule refresh") })
    }

    @Test func `a token made by a remote command opens the API and can be revoked by its owner`()
        async throws
    {
        let world = try WebWorld()
        try await world.call(as: .contributor) { browser in
            let issued = try await send(
                AddToken(name: "nightly", role: .viewer, expiresInDays: 7), browser,
                expecting: .created)
            #expect(issued.token.state == .active && issued.token.role == .viewer)
            let listed = try await send(ListTokens(), browser)
            #expect(listed.items.contains(issued.token))
            let me = try await send(ShowMe(), browser)
            #expect(me.role == .contributor && me.token?.role == .contributor)
        }
    }

    @Test func `a refresh begun by a remote command is read back with its tasks`() async throws {
        let world = try WebWorld()
        try await world.call(as: .contributor) { browser in
            let begun = try await send(StartRefresh(), browser, expecting: .created)
            let again = try await send(StartRefresh(), browser)
            #expect(again.refresh == begun.refresh)
            let shown = try await send(ShowRefresh(begun.refresh.summary.id), browser)
            #expect(shown == begun.refresh)
            let listed = try await send(ListRefreshes(), browser)
            #expect(listed.items == [shown.summary])
            let ended = try await send(CancelRefresh(shown.summary.id), browser)
            #expect(ended.summary.id == shown.summary.id && ended.summary.state != .running)
        }
    }

    @Test func `settings of notifications and the audit travel both ways`() async throws {
        let world = try WebWorld()
        try await world.call(as: .administrator) { browser in
            var draft = NotificationDraft(.none)
            draft.isActive = true
            draft.mailTo = ["ops@example.com"]
            draft.mailFrom = "ferry@example.com"
            draft.events = [.runFailed]
            let set = try await send(SetNotificationSettings(draft), browser)
            #expect(set.active && set.mailTo == ["ops@example.com"] && set.events == [.runFailed])
            #expect(set.webhookUrl == nil && !set.hasSigningSecret)
            #expect(try await send(ShowNotificationSettings(), browser) == set)
            let audit = try await send(
                ListAudit(AuditFilter(noun: "notifications"), page: PageRequest(limit: 1)), browser)
            #expect(audit.items.map(\.verb) == ["set"] && audit.next == nil)
            #expect(try await send(ListNotifications(), browser).items.isEmpty)
            #expect(try await send(ShowUsage(), browser) == Items([]))
        }
    }

    @Test func `the command line has no account of its own, and is told so`() async throws {
        let acts = try WebWorld().services.acts
        let terminal = Asker.terminal(Actor(name: "cli:test"))
        let noAccount = Refusal(.conflict, cause: "no-account")
        await #expect(throws: noAccount) { try await acts.perform(ShowMe(), by: terminal) }
        await #expect(throws: noAccount) { try await acts.perform(ListSessions(), by: terminal) }
        await #expect(throws: noAccount) { try await acts.perform(SignOut(), by: terminal) }
        await #expect(throws: noAccount) {
            try await acts.perform(
                SetPassword(old: "", new: NewPassword("x", repeated: "x")), by: terminal)
        }
    }

    @Test func `an act refuses a role that the skin let through`() async throws {
        let world = try WebWorld()
        let viewer = Asker(
            actor: Actor(user: "v"), role: .viewer, user: try world.user(.viewer), means: .service)
        let schedule = try Schedule(.daily, at: [#require(TimeOfDay("06:00"))], in: "UTC")
        let refusal = await #expect(throws: Refusal.self) {
            try await world.services.acts.perform(
                SetSchedule(schedule, isActive: true), by: viewer)
        }
        #expect(refusal?.code == .notAllowed)
        #expect(try world.catalog.setup.systemSchedule() == nil)
    }

    @Test func `a link makes the first administrator only while there is none`() async throws {
        let world = try WebWorld()
        let terminal = Asker.terminal(WebWorld.actor)
        let link = try await world.services.acts.perform(InviteFirstAdministrator(), by: terminal)
        #expect(link?.link.hasPrefix("/setup/") == true)
        _ = try world.user(.administrator)
        try await #expect(
            world.services.acts.perform(InviteFirstAdministrator(), by: terminal) == nil)
    }
}
