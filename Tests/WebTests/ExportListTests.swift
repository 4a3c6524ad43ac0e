import Access
import Exports
import Foundation
import HTTPTypes
import Schedules
import Service
import Store
import Testing

@testable import Web

struct ExportListTests {
    @Test
    func `R27 R28: the list shows what there is, and one control there starts a new one`()
        async throws
    {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport("Newsletter EU")
            let run = try fixture.world.catalog.ledger.createRun(
                of: export, trigger: .onDemand, by: WebWorld.actor)
            try fixture.world.catalog.ledger.end(run.id, state: .completedWithWarnings)
            try await fixture.world.browse(as: .contributor) { browser in
                let page = try await browser.get("/exports")
                for words in [
                    "Newsletter EU", "ActiveCampaign", "Preview", "Completed with warnings",
                    "href=\"/runs/\(run.id)\"", "Scheduled refresh", "Marketing EU",
                    "href=\"/exports/new\"", "action=\"/exports/\(export.id)/run\"",
                    "action=\"/exports/\(export.id)/rehearsals\"",
                ] {
                    #expect(page.says(words), "\(words)")
                }
                let menu = try await browser.get("/account")
                #expect(menu.says("href=\"/exports\""))
            }
        }
    }

    @Test func `L12: Your permissions says Edit or View, and View stands in place of Edit`()
        async throws
    {
        try await ExportFixture.with { fixture in
            let mine = try fixture.addExport("Mine")
            let theirs = try fixture.addExport("Theirs", on: fixture.own)
            try await fixture.world.browse(as: .contributor) { browser in
                let page = try await browser.get("/exports")
                #expect(page.says("<td>Edit</td>"))
                #expect(page.says("<td>View</td>"))
                #expect(page.says("action=\"/exports/\(mine.id)/run\""))
                #expect(!page.says("action=\"/exports/\(theirs.id)/run\""))
                #expect(!page.says("/exports/\(theirs.id)/remove"))
                let view = try await browser.get("/exports/\(theirs.id)")
                #expect(view.says("not shared with contributors"))
                #expect(view.says("<a class=\"button\" href=\"/exports\">Close</a>"))
                #expect(!view.says("<form class=\"form\""))
            }
        }
    }

    @Test func `L4: viewers see every export and can change none`() async throws {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport()
            try await fixture.world.browse(as: .viewer) { browser in
                let page = try await browser.get("/exports")
                #expect(page.says("News"))
                #expect(!page.says("/exports/new"))
                #expect(!page.says("/exports/run-all"))
                let view = try await browser.get("/exports/\(export.id)")
                #expect(view.says("<code dir=\"ltr\">email</code>"))
                #expect(!view.says("<form class=\"form\""))
                for path in [
                    "/exports", "/exports/\(export.id)", "/exports/\(export.id)/run",
                    "/exports/\(export.id)/detach", "/exports/\(export.id)/remove",
                    "/exports/run-all",
                ] {
                    let answer = try await browser.post(path, fixture.fields())
                    #expect(answer.status == .forbidden, "\(path)")
                }
            }
            #expect(try fixture.world.audit().isEmpty)
        }
    }

    @Test func `a contributor changes nothing on a connection that is not shared`() async throws {
        try await ExportFixture.with { fixture in
            let theirs = try fixture.addExport("Theirs", on: fixture.own)
            try await fixture.world.browse(as: .contributor) { browser in
                for path in ["", "/run", "/detach", "/remove"] {
                    let answer = try await browser.post(
                        "/exports/\(theirs.id)\(path)", fixture.fields())
                    #expect(answer.status == .forbidden, "\(path)")
                }
                // Neither may an export of one's own be moved there, nor a copy be made there.
                let moved = try await browser.post(
                    "/exports", fixture.fields(connection: fixture.own))
                #expect(moved.status == .unprocessableContent)
                #expect(moved.says("not shared with you"))
                let peek = try await browser.post(
                    "/exports", fixture.fields(connection: fixture.own, ["act": "load-lists"]))
                #expect(!peek.says("Customers (id 2)"))
                let copy = try await browser.get("/exports/\(theirs.id)/duplicate")
                #expect(copy.status == .ok)
                #expect(!copy.says("CRM tests"))
                let all = try await browser.post("/exports/run-all")
                #expect(all.location == "/exports?started=0&running=0")
            }
            #expect(try fixture.world.catalog.setup.export(id: theirs.id) == theirs)
            #expect(try fixture.world.catalog.setup.exports().count == 1)
            #expect(try fixture.world.catalog.ledger.runs().isEmpty)
            #expect(try fixture.world.audit().isEmpty)
        }
    }

    @Test func `L3: un-sharing a connection leaves its exports, which contributors then only view`()
        async throws
    {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport()
            try ExportFixture.share(.administrators, fixture.shared, in: fixture.world)
            try await fixture.world.browse(as: .contributor) { browser in
                #expect(try await browser.get("/exports").says("<td>View</td>"))
                let answer = try await browser.post("/exports/\(export.id)/run")
                #expect(answer.status == .forbidden)
            }
            #expect(try fixture.world.catalog.setup.export(id: export.id) == export)
        }
    }

    @Test(arguments: [
        ("/exports?q=winter", ["Winter"]),
        ("/exports?q=crm", ["Summer"]),
        ("/exports?q=activecampaign", ["Autumn", "Summer", "Winter"]),
        ("/exports?sort=-name", ["Winter", "Summer", "Autumn"]),
        ("/exports?sort=connection", ["Summer", "Autumn", "Winter"]),
        ("/exports?sort=schedule", ["Winter", "Autumn", "Summer"]),
        ("/exports?sort=-run", ["Autumn", "Summer", "Winter"]),
        ("/exports?sort=nonsense", ["Autumn", "Summer", "Winter"]),
    ])
    func `the list is searched and sorted by its address alone`(
        path: String, expected: [String]
    ) async throws {
        try await ExportFixture.with { fixture in
            _ = try fixture.addExport("Summer", on: fixture.own)
            _ = try fixture.addExport("Winter") { $0.schedule = .manual }
            let autumn = try fixture.addExport("Autumn")
            let run = try fixture.world.catalog.ledger.createRun(
                of: autumn, trigger: .refresh, by: WebWorld.actor)
            try fixture.world.catalog.ledger.end(run.id, state: .completed)
            try await fixture.world.browse(as: .administrator) { browser in
                let page = try await browser.get(path)
                let shown = ["Summer", "Winter", "Autumn"].compactMap { name in
                    page.text.range(of: "<bdi>\(name)</bdi></a>").map { ($0.lowerBound, name) }
                }
                #expect(shown.sorted { $0.0 < $1.0 }.map(\.1) == expected)
            }
        }
    }

    @Test func `R39: an export is run on demand, and once it runs the open run is shown`()
        async throws
    {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport { $0.schedule = .manual }
            try await fixture.world.browse(as: .contributor) { browser in
                let first = try await browser.post("/exports/\(export.id)/run")
                let run = try #require(
                    try fixture.world.catalog.ledger.openRun(ofExport: export.id))
                #expect(first.location == "/runs/\(run.id)?notice=run-started")
                #expect(run.trigger == .onDemand)
                let second = try await browser.post("/exports/\(export.id)/run")
                #expect(second.location == "/runs/\(run.id)?notice=already-running")
            }
            let audit = try fixture.world.audit()
            #expect(audit == ["user:contributor-user run export News []"])
        }
    }

    @Test
    func `L7: Run all takes only exports with an active schedule; Run takes any`()
        async throws
    {
        try await ExportFixture.with { fixture in
            _ = try fixture.addExport("Active")
            _ = try fixture.addExport("Manual") { $0.schedule = .manual }
            let six = try #require(TimeOfDay("06:00"))
            let own = try Schedule(.daily, at: [six], in: "UTC")
            _ = try fixture.addExport("Own") { $0.schedule = .own(own) }
            _ = try fixture.addExport("Detached") { $0.connection = nil }
            let busy = try fixture.addExport("Busy")
            _ = try fixture.world.services.runs.start(
                busy.id, trigger: .refresh, by: WebWorld.actor)
            try await fixture.world.browse(as: .contributor) { browser in
                let answer = try await browser.post("/exports/run-all")
                #expect(answer.location == "/exports?started=2&running=1")
                let page = try await browser.get(answer.location ?? "")
                #expect(page.says("2 exports were started. 1 was running already."))
            }
            #expect(
                try fixture.world.catalog.ledger.runs().map(\.exportName).sorted() == [
                    "Active", "Busy", "Own",
                ])
        }
    }

    @Test func `a detached export keeps everything, says so, and does not run`() async throws {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport { $0.tags = ["vip"] }
            try await fixture.world.browse(as: .contributor) { browser in
                let answer = try await browser.post("/exports/\(export.id)/detach")
                #expect(answer.location == "/exports?notice=export-detached")
                #expect(try await browser.get("/exports").says("No connection"))
                let run = try await browser.post("/exports/\(export.id)/run")
                #expect(run.location == "/exports/\(export.id)")
                let page = try await browser.get("/exports/\(export.id)")
                #expect(page.says("has no connection, so it does not run"))
                // It can be changed without a connection, and get one again.
                let kept = try await browser.post(
                    "/exports/\(export.id)", fixture.fields(["connection": "", "tags": "vip"]))
                #expect(kept.status == .seeOther)
                let attached = try await browser.post(
                    "/exports/\(export.id)", fixture.fields(["tags": "vip"]))
                #expect(attached.status == .seeOther)
            }
            var expected = export
            expected.connection = fixture.shared.id
            #expect(try fixture.world.catalog.setup.export(id: export.id) == expected)
            #expect(try fixture.world.catalog.ledger.runs().isEmpty)
            let audit = try fixture.world.audit()
            #expect(
                audit == [
                    "user:contributor-user detach export News []",
                    "user:contributor-user set export News [connection]",
                ])
        }
    }

    @Test func `removing asks first, and is refused while a run is unfinished`() async throws {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport()
            let run = try fixture.world.catalog.ledger.createRun(
                of: export, trigger: .refresh, by: WebWorld.actor)
            try await fixture.world.browse(as: .contributor) { browser in
                let asked = try await browser.get("/exports/\(export.id)/remove")
                #expect(asked.says("Remove this export?"))
                #expect(asked.says("href=\"/runs/\(run.id)\""))
                let refused = try await browser.post("/exports/\(export.id)/remove")
                #expect(refused.status == .conflict)
                #expect(refused.says("A run of this export is unfinished"))
                try fixture.world.catalog.ledger.end(run.id, state: .stopped)
                let answer = try await browser.post("/exports/\(export.id)/remove")
                #expect(answer.location == "/exports?notice=export-removed")
            }
            #expect(try fixture.world.catalog.setup.exports().isEmpty)
            let audit = try fixture.world.audit()
            #expect(audit == ["user:contributor-user remove export News []"])
        }
    }
}
