import Access
import Exports
import Foundation
import HTTPTypes
import Phrases
import Profiles
import Service
import Store
import TestSupport
import Testing

@testable import Web

struct StatusTests {
    /// A world with people, a segment and an export, and nobody who carries anything out.
    private func withWorld(
        isServing: Bool = false, _ body: (RunWorld) async throws -> Void
    ) async throws {
        try await RunWorld.with(isServing: isServing) { world in
            guard isServing else { return try await body(world) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await world.web.services.refreshes.run() }
                var failure: (any Error)?
                do { try await body(world) } catch { failure = error }
                group.cancelAll()
                try await group.waitForAll()
                if let failure { throw failure }
            }
        }
    }

    private func end(_ world: RunWorld, _ refresh: Refresh) async throws {
        try await eventually { try !world.web.catalog.history.refresh(id: refresh.id).state.isOpen }
    }

    /// A refresh that has ended, with one task of each kind.
    private func past(_ world: RunWorld, missed: Int = 0) throws -> Refresh {
        let catalog = world.web.catalog
        let refresh = try catalog.history.beginRefresh(
            [
                RefreshTask(
                    position: 0, stage: .source, thing: 1, name: "Shop <b>", state: .failed,
                    reason: "internal-error", detail: "It broke.",
                    startedAt: WebWorld.start, endedAt: WebWorld.start + 65_000),
                RefreshTask(
                    position: 1, stage: .segment, thing: 1, name: "With points",
                    dependsOn: [0], state: .skipped, reason: "upstream-failed", cause: 0,
                    endedAt: WebWorld.start + 65_000),
                RefreshTask(
                    position: 2, stage: .export, thing: world.export.id.rawValue, name: "News",
                    dependsOn: [0, 1], state: .skipped, reason: "not-allowed", run: 7,
                    endedAt: WebWorld.start + 65_000),
                RefreshTask(
                    position: 3, stage: .export, thing: 99, name: "Gone", dependsOn: [0],
                    state: .done, count: 1_200, startedAt: WebWorld.start + 65_000,
                    endedAt: WebWorld.start + 70_000),
            ], trigger: .schedule, dueAt: WebWorld.start - 60_000, missed: missed,
            by: WebWorld.actor, at: WebWorld.start
        ).refresh
        try catalog.history.endRefresh(refresh.id, as: .failed, at: WebWorld.start + 70_000)
        return try catalog.history.refresh(id: refresh.id)
    }

    @Test func `before the first refresh the page says so, and who may begins one`() async throws {
        try await withWorld { world in
            for (role, may) in [
                (Role.viewer, false), (.contributor, true), (.administrator, true),
            ] {
                try await world.web.browse(as: role) { browser in
                    let page = try await browser.get("/system/status")
                    #expect(page.status == .ok)
                    #expect(page.text.contains("There has been no refresh yet."))
                    #expect(page.text.contains("action=\"/system/status/refresh\"") == may)
                    #expect(
                        page.text.contains("not shared with you") == (role == .contributor))
                }
            }
        }
    }

    @Test(arguments: [
        (RefreshStage.source, "bad-rows", "Some rows cannot be imported. Correct the file"),
        (.source, "file-busy", "The file is being written."),
        (.segment, "rule-invalid", "The rule of a segment cannot be evaluated"),
        (.export, "run-held", "An earlier run of this export is held"),
    ])
    func `a task says in words why it failed`(stage: RefreshStage, code: String, words: String) {
        let task = RefreshTask(
            position: 0, stage: stage, thing: 1, name: "Shop", state: .failed, reason: code)
        let told = StatusWords.reason(task, cause: nil, PhraseBook(.en))
        #expect(told?.hasPrefix(words) == true)
    }

    @Test func `a refresh that was asked for is carried out, and shown with all it did`()
        async throws
    {
        try await withWorld(isServing: true) { world in
            try await world.web.browse(as: .administrator) { browser in
                let answer = try await browser.post("/system/status/refresh")
                #expect(answer.status == .seeOther)
                #expect(answer.location == "/system/status/1?notice=refresh-started")
                let refresh = try world.web.catalog.history.refresh(id: 1)
                try await end(world, refresh)
                let list = try await browser.get("/system/status")
                #expect(list.text.contains("href=\"/system/status/1\""))
                #expect(list.text.contains("Completed with warnings"))
                #expect(list.text.contains("Not scheduled"))
                #expect(!list.text.contains("data-refresh"))
                let page = try await browser.get("/system/status/1")
                #expect(page.text.contains("3 members"))
                #expect(page.text.contains("2 people delivered"))
                #expect(page.text.contains("href=\"/runs/1\""))
                #expect(page.text.contains("News &lt;b&gt;&amp;"))
                #expect(page.text.contains("administrator-user"))
            }
            #expect(
                try world.web.audit() == [
                    "user:administrator-user run refresh 1 []",
                    "user:administrator-user run export News <b>& \"more\"</b> []",
                ])
        }
    }

    @Test func `a refresh under way is shown with its stages, and another is not begun`()
        async throws
    {
        try await withWorld { world in
            try await world.web.browse(as: .contributor) { browser in
                _ = try await browser.post("/system/status/refresh")
                let again = try await browser.post("/system/status/refresh")
                #expect(again.location == "/system/status/1?notice=refresh-under-way")
                for path in ["/system/status", "/system/status/1"] {
                    let page = try await browser.get(path)
                    #expect(page.text.contains("data-refresh=\"2\""))
                    #expect(page.text.contains("1 of 2 tasks have ended"))
                    #expect(page.text.contains("action=\"/system/status/1/cancel\""))
                    #expect(!page.text.contains("action=\"/system/status/refresh\""))
                    #expect(page.text.contains("data-part=\"task-0\""))
                    #expect(
                        page.text.contains(
                            "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"))
                    // The connection is for administrators only.
                    #expect(page.text.contains("The connection is not shared with the person"))
                }
            }
            try await world.web.browse(as: .viewer) { browser in
                let page = try await browser.get("/system/status/1")
                #expect(!page.text.contains("/cancel"))
                #expect(
                    try await browser.post("/system/status/1/cancel").status == .forbidden)
                #expect(try await browser.post("/system/status/refresh").status == .forbidden)
            }
        }
    }

    @Test func `a refresh is cancelled once, and not when it has ended`() async throws {
        try await withWorld { world in
            try await world.web.browse(as: .administrator) { browser in
                _ = try await browser.post("/system/status/refresh")
                for _ in 1...2 {
                    let answer = try await browser.post("/system/status/1/cancel")
                    #expect(answer.location == "/system/status/1?notice=refresh-cancelled")
                }
                let page = try await browser.get("/system/status/1")
                #expect(page.text.contains("Being cancelled"))
                #expect(!page.text.contains("action=\"/system/status/1/cancel\""))
                let catalog = world.web.catalog
                try catalog.history.endRefresh(1, as: .cancelled, at: world.web.now)
                let late = try await browser.post("/system/status/1/cancel")
                #expect(late.location == "/system/status/1?notice=refresh-ended")
                #expect(try await browser.post("/system/status/9/cancel").status == .notFound)
            }
            #expect(
                try world.web.audit() == [
                    "user:administrator-user run refresh 1 []",
                    "user:administrator-user stop refresh 1 []",
                ])
        }
    }

    @Test func `tasks say why they were skipped or failed, and lead to what they are about`()
        async throws
    {
        try await withWorld { world in
            let refresh = try past(world, missed: 2)
            try await world.web.browse(as: .viewer) { browser in
                let page = try await browser.get("/system/status/\(refresh.id)")
                #expect(page.text.contains("Shop &lt;b&gt;"))
                #expect(page.text.contains("<bdi lang=\"en\">It broke.</bdi>"))
                #expect(page.text.contains("“Shop &lt;b&gt;” did not succeed"))
                #expect(page.text.contains("href=\"/system/status/\(refresh.id)#task-0\""))
                #expect(page.text.contains("The connection is not shared"))
                #expect(page.text.contains("href=\"/runs/7\""))
                #expect(page.text.contains("1,200 people delivered"))
                #expect(page.text.contains("href=\"/exports/\(world.export.id)\""))
                #expect(!page.text.contains("href=\"/exports/99\""))
                #expect(page.text.contains("It makes up for 2 times of the schedule"))
                #expect(page.text.contains("1 min, 5 sec"))
                #expect(try await browser.get("/system/status/99").status == .notFound)
            }
        }
    }

    @Test func `the last refreshes of one thing stand below its task`() async throws {
        try await withWorld { world in
            for _ in 1...3 { _ = try past(world) }
            try await world.web.browse(as: .viewer) { browser in
                let page = try await browser.get("/system/status/2?task=1")
                #expect(page.text.contains("The last refreshes of “With points”"))
                for id in 1...3 {
                    #expect(page.text.contains("href=\"/system/status/\(id)\" dir=\"ltr\""))
                }
                let none = try await browser.get("/system/status/2?task=77")
                #expect(none.status == .ok)
                #expect(!none.text.contains("The last refreshes of"))
            }
        }
    }

    @Test func `the history is paged`() async throws {
        try await withWorld { world in
            for _ in 1...(StatusPages.rowsMax + 2) { _ = try past(world) }
            try await world.web.browse(as: .viewer) { browser in
                let first = try await browser.get("/system/status")
                #expect(first.text.contains("href=\"/system/status/27\""))
                #expect(!first.text.contains("href=\"/system/status/2\""))
                #expect(first.text.contains("href=\"/system/status?before=3\""))
                let second = try await browser.get("/system/status?before=3")
                #expect(second.text.contains("href=\"/system/status/2\""))
                #expect(!second.text.contains("before="))
            }
        }
    }

    @Test func `the status pages are whole in every language`() async throws {
        try await withWorld { world in
            _ = try past(world, missed: 1)
            _ = try world.web.services.refreshes.start(trigger: .request, by: WebWorld.actor)
            try await world.web.expectNoGaps([
                "/system/status", "/system/status/1?task=0", "/system/status/2",
            ])
        }
    }

    // MARK: API

    private struct RefreshJSON: Decodable {
        struct Task: Decodable {
            let position: Int
            let stage: String
            let thingId: Int64
            let name: String
            let state: String
            let reason: String?
            let cause: Int?
            let runId: Int64?
            let count: Int?
        }
        let id: Int64
        let trigger: String
        let state: String
        let actor: String
        let missed: Int
        let dueAt: String?
        let taskCounts: [String: Int]
        let tasks: [Task]?
    }

    private struct Page: Decodable {
        let items: [RefreshJSON]
        let next: String?
    }

    @Test func `the API begins a refresh once for a key, and answers the open one to others`()
        async throws
    {
        try await withWorld { world in
            try await world.web.call(as: .contributor) { api in
                let key: HTTPFields = [try #require(HTTPField.Name("Idempotency-Key")): "one"]
                let first = try await api.send(
                    .post, "/api/v1/refreshes", headers: key, body: nil)
                #expect(first.status == .created)
                #expect(first.headers[.location] == "/api/v1/refreshes/1")
                let again = try await api.send(
                    .post, "/api/v1/refreshes", headers: key, body: nil)
                #expect(again.status == .created)
                let other = try await api.send(.post, "/api/v1/refreshes", body: nil)
                #expect(other.status == .ok)
                let refresh = try other.json(RefreshJSON.self)
                #expect(refresh.id == 1)
                #expect(refresh.trigger == "request")
                #expect(refresh.state == "running")
                #expect(refresh.tasks?.map(\.stage) == ["segment", "export"])
                #expect(refresh.tasks?.last?.reason == "not-allowed")
                #expect(refresh.taskCounts == ["waiting": 1, "skipped": 1])
                let cancelled = try await api.send(
                    .post, "/api/v1/refreshes/1/cancel", body: nil)
                #expect(cancelled.status == .ok)
                #expect(try cancelled.json(RefreshJSON.self).state == "cancelling")
                try world.web.catalog.history.endRefresh(1, as: .cancelled, at: world.web.now)
                let late = try await api.send(.post, "/api/v1/refreshes/1/cancel", body: nil)
                #expect(late.status == .conflict)
            }
        }
    }

    @Test func `the API lists and shows refreshes`() async throws {
        try await withWorld { world in
            for _ in 1...3 { _ = try past(world, missed: 1) }
            try await world.web.call(as: .viewer) { api in
                let first = try await api.get("/api/v1/refreshes?limit=2").json(Page.self)
                #expect(first.items.map(\.id) == [3, 2])
                #expect(first.items[0].taskCounts == ["failed": 1, "skipped": 2, "done": 1])
                #expect(first.items[0].missed == 1)
                #expect(first.items[0].dueAt != nil)
                let next = try #require(first.next)
                let rest = try await api.get("/api/v1/refreshes?limit=2&after=\(next)")
                    .json(Page.self)
                #expect(rest.items.map(\.id) == [1])
                #expect(rest.next == nil)
                let one = try await api.get("/api/v1/refreshes/2").json(RefreshJSON.self)
                #expect(one.state == "failed")
                #expect(one.tasks?.count == 4)
                #expect(one.tasks?[1].cause == 0)
                #expect(one.tasks?[2].runId == 7)
                #expect(one.tasks?[3].count == 1_200)
                #expect(try await api.get("/api/v1/refreshes/9").status == .notFound)
                let refused = try await api.send(.post, "/api/v1/refreshes", body: nil)
                #expect(refused.status == .forbidden)
            }
        }
    }
}
