import Access
import Delivery
import Exports
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Phrases
import Sandbox
import Service
import Store
import TestSupport
import Testing

@testable import Web

struct RunPageTests {
    @Test func `R39: a run that was started on demand is shown to its end with its outcome`()
        async throws
    {
        try await RunWorld.with { world in
            let run = try await world.carryOut()
            #expect(run.state == .completedWithWarnings)
            try await world.web.browse(as: .viewer) { browser in
                let list = try await browser.get("/runs")
                #expect(list.text.contains("href=\"/runs/\(run.id)\""))
                #expect(list.text.contains("Completed with warnings"))
                #expect(list.text.contains("News &lt;b&gt;&amp; &quot;more&quot;&lt;/b&gt;"))
                let page = try await browser.get("/runs/\(run.id)")
                #expect(page.status == .ok)
                #expect(page.text.contains("Run \(run.id)"))
                #expect(page.text.contains("href=\"/runs/\(run.id)/people\""))
                #expect(page.text.contains("On demand"))
                #expect(
                    page.text.contains(
                        "href=\"/runs/\(run.id)/people?outcome=suppressed&amp;reason=no-email\""))
                #expect(page.text.contains("The profile has no email address"))
                #expect(page.text.contains("Suppressed people are sent as soon as"))
                #expect(!page.text.contains("data-events"))
                #expect(!page.text.contains("http-equiv=\"refresh\""))
            }
        }
    }

    @Test func `the five groups of the bar and of the table add up to the members`() async throws {
        try await RunWorld.with { world in
            let run = try await world.carryOut()
            #expect(run.members == 3)
            let model = OutcomeModel(run, PhraseBook(.en))
            #expect(model.groups.map(\.count) == ["0", "2", "0", "0", "1"])
            #expect(
                model.groups.map(\.group) == [
                    "unchanged", "delivered", "pending", "refused", "suppressed",
                ])
            #expect(model.members == "3")
            #expect(model.groups.compactMap { Int($0.count) }.reduce(0, +) == run.members)
        }
    }

    @Test func `R9: a refusal by the account's own contract is said as such`() async throws {
        var knobs = RunWorld.quick
        knobs.contactLimit = 1
        try await RunWorld.with(knobs) { world in
            let run = try await world.carryOut()
            try #require(run.reasons["contact-limit"] ?? 0 > 0)
            try await world.web.browse(as: .viewer) { browser in
                let page = try await browser.get("/runs/\(run.id)")
                #expect(page.text.contains("The account&#39;s own contract refused"))
                #expect(page.text.contains("Raise the contact limit"))
                #expect(!page.text.contains("more people than one run may carry"))
            }
        }
    }

    @Test func `R7: whoever watches a run is told how long the largest one takes`() async throws {
        try await RunWorld.with(isServing: false) { world in
            let run = try world.planned { $0.members = 3 }
            try world.web.catalog.ledger.beginSending(run.id)
            try await world.web.browse(as: .viewer) { browser in
                let page = try await browser.get("/runs/\(run.id)")
                #expect(page.text.contains("1,000,000 people ends within 90 minutes"))
                #expect(page.text.contains("data-events=\"/runs/\(run.id)/events?shown=sending\""))
                #expect(
                    page.text.contains(
                        "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"))
            }
        }
    }

    @Test func `what was skipped or failed says why and what to do`() async throws {
        try await RunWorld.with { world in
            try world.web.catalog.setup.detach([world.export.id], by: WebWorld.actor)
            let run = try await world.carryOut()
            #expect(run.state == .skipped)
            try await world.web.browse(as: .viewer) { browser in
                let page = try await browser.get("/runs/\(run.id)")
                #expect(page.text.contains("The export has no connection"))
                #expect(page.text.contains("Give the export a connection"))
                #expect(page.text.contains("<bdi lang=\"en\">"))
            }
        }
    }

    @Test func `the list is filtered by export and state, and paged`() async throws {
        try await RunWorld.with(isServing: false) { world in
            let catalog = world.web.catalog
            for _ in 1...(RunPages.rowsMax + 5) {
                let run = try catalog.ledger.createRun(
                    of: world.export, trigger: .refresh, by: WebWorld.actor)
                try catalog.ledger.end(run.id, state: .failed, reason: "key-refused")
            }
            try await world.web.browse(as: .viewer) { browser in
                let first = try await browser.get("/runs?state=failed&export=\(world.export.id)")
                #expect(Self.runs(first.text) == Array((6...55).reversed()))
                #expect(first.text.contains("before=6"))
                #expect(first.text.contains("state=failed&amp;before=6"))
                let second = try await browser.get("/runs?state=failed&before=6")
                #expect(Self.runs(second.text) == [5, 4, 3, 2, 1])
                let none = try await browser.get("/runs?state=held")
                #expect(none.text.contains("No run matches."))
            }
        }
    }

    private static func runs(_ text: String) -> [Int] {
        text.matches(of: #/href="/runs/([0-9]+)" dir="ltr"/#).compactMap { Int($0.1) }
    }

    @Test func `R41: the pages of runs render in every language without a gap`() async throws {
        try await RunWorld.with(onLeave: .unsubscribe, isServing: false) { world in
            var begun: Run?
            try await world.serve { begun = try await world.carryOut() }
            let done = try #require(begun)
            let held = try world.planned {
                $0.members = 5
                $0.leave = 4
                $0.unchanged = 1
                $0.deliveredBefore = 9
            }
            try world.web.catalog.ledger.hold(held.id, detail: "Many leave.")
            let paths = [
                "/runs", "/runs/\(done.id)", "/runs/\(held.id)", "/runs/\(done.id)/people",
                "/runs/\(done.id)/people?outcome=suppressed&q=zzz",
                "/runs/\(done.id)/people?outcome=unchanged", "/runs/\(done.id)/calls",
                "/runs/\(held.id)/calls",
            ]
            try await world.web.expectNoGaps(paths)
            try world.web.services.runs.dismiss(held, by: WebWorld.actor)
            let live = try world.planned { $0.enter = 2 }
            try await world.web.expectNoGaps(["/runs/\(live.id)", "/runs/\(held.id)"])
            try world.web.catalog.ledger.beginSending(live.id)
            try await world.web.expectNoGaps(["/runs/\(live.id)"])
        }
    }
}

struct RunDecisionTests {
    private func held(_ world: RunWorld) throws -> Run {
        let run = try world.planned {
            $0.members = 1
            $0.unchanged = 1
            $0.leave = 4
            $0.deliveredBefore = 5
        }
        try world.web.catalog.ledger.hold(run.id, detail: "4 of 5 delivered people would leave.")
        return try world.web.catalog.ledger.run(id: run.id)
    }

    @Test func `a held run shows who would leave, and is dismissed`() async throws {
        try await RunWorld.with(onLeave: .unsubscribe, isServing: false) { world in
            let run = try held(world)
            try await world.web.browse(as: .administrator) { browser in
                let page = try await browser.get("/runs/\(run.id)")
                #expect(page.text.contains("4 people would leave: 80% of those delivered"))
                #expect(page.text.contains("more than 30% of the delivered"))
                #expect(page.text.contains("action=\"/runs/\(run.id)/approve\""))
                let answer = try await browser.post("/runs/\(run.id)/dismiss")
                #expect(answer.status == .seeOther)
                #expect(answer.location == "/runs/\(run.id)?notice=run-dismissed")
                let after = try await browser.get("/runs/\(run.id)")
                #expect(after.text.contains("Dismissed"))
                #expect(!after.text.contains("/approve\""))
                let again = try await browser.post("/runs/\(run.id)/approve")
                #expect(again.location == "/runs/\(run.id)?notice=run-ended")
            }
            #expect(
                try world.web.audit() == [
                    "user:administrator-user dismiss run \(world.export.name) \(run.id) []"
                ])
        }
    }

    @Test func `a held run that is approved is planned anew and sent`() async throws {
        try await RunWorld.with(onLeave: .unsubscribe, isServing: false) { world in
            let run = try held(world)
            try await world.web.browse(as: .administrator) { browser in
                let answer = try await browser.post("/runs/\(run.id)/approve")
                #expect(answer.location == "/runs/\(run.id)?notice=run-approved")
            }
            try await world.serve {
                try await eventually { try !world.web.catalog.ledger.run(id: run.id).state.isOpen }
            }
            let ended = try world.web.catalog.ledger.run(id: run.id)
            #expect(ended.state == .completedWithWarnings)
            #expect(ended.delivered == 2)
            #expect(try world.web.audit().map { $0.split(separator: " ")[1] } == ["approve"])
        }
    }

    @Test func `a run is cancelled from its page`() async throws {
        var knobs = RunWorld.quick
        knobs.importDelay = 3_600
        try await RunWorld.with(knobs) { world in
            let run = try world.web.services.runs.start(
                world.export.id, trigger: .onDemand, by: WebWorld.actor)
            for await progress in world.web.services.runs.updates(of: run.id)
            where progress.sent > 0 { break }
            try await world.web.browse(as: .administrator) { browser in
                let page = try await browser.get("/runs/\(run.id)")
                #expect(page.text.contains("action=\"/runs/\(run.id)/stop\""))
                let answer = try await browser.post("/runs/\(run.id)/stop")
                #expect(answer.location == "/runs/\(run.id)?notice=run-stopped")
                let stopping = try await browser.get("/runs/\(run.id)?notice=run-stopped")
                #expect(stopping.text.contains("The run sends nothing more."))
            }
            #expect(
                try world.web.audit() == [
                    "user:administrator-user stop run \(world.export.name) \(run.id) []"
                ])
        }
    }

    @Test func `a contributor decides nothing where the connection is not shared`() async throws {
        try await RunWorld.with(onLeave: .unsubscribe, isServing: false) { world in
            let run = try held(world)
            try await world.web.browse(as: .contributor) { browser in
                let page = try await browser.get("/runs/\(run.id)")
                #expect(!page.text.contains("/approve\""))
                #expect(try await browser.post("/runs/\(run.id)/dismiss").status == .forbidden)
            }
            #expect(try world.web.catalog.ledger.run(id: run.id).state == .held)
            // Without a connection nothing of an account is at stake.
            try world.web.catalog.setup.detach([world.export.id], by: WebWorld.actor)
            try await world.web.browse(as: .contributor) { browser in
                let answer = try await browser.post("/runs/\(run.id)/dismiss")
                #expect(answer.status == .seeOther)
            }
            #expect(try world.web.catalog.ledger.run(id: run.id).state == .dismissed)
        }
    }

    @Test(arguments: ["stop", "approve", "dismiss"])
    func `a viewer decides nothing, and no form passes without its token`(act: String)
        async throws
    {
        try await RunWorld.with(onLeave: .unsubscribe, isServing: false) { world in
            let run = try held(world)
            try await world.web.browse(as: .viewer) { browser in
                let page = try await browser.get("/runs/\(run.id)")
                #expect(!page.text.contains("/approve\""))
                #expect(try await browser.post("/runs/\(run.id)/\(act)").status == .forbidden)
            }
            try await world.web.browse(as: .administrator) { browser in
                let answer = try await browser.post("/runs/\(run.id)/\(act)", withToken: false)
                #expect(answer.status == .forbidden)
            }
            #expect(try world.web.catalog.ledger.run(id: run.id).state == .held)
            #expect(try world.web.audit().isEmpty)
        }
    }
}
