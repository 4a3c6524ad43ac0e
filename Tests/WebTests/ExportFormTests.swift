import Access
import Exports
import Foundation
import HTTPTypes
import Sandbox
import Segments
import Store
import Testing

@testable import Web

struct ExportFormTests {
    @Test
    func `R36 R37 L2: contributors store exports on a shared connection; nothing runs`()
        async throws
    {
        try await ExportFixture.with { fixture in
            try await fixture.world.browse(as: .contributor) { browser in
                let answer = try await browser.post("/exports", fixture.fields())
                #expect(answer.location == "/exports?notice=export-added")
            }
            let export = try #require(try fixture.world.catalog.setup.exports().first)
            #expect(export.connection == fixture.shared.id)
            #expect(export.list == ListReference(id: "1", name: "Newsletter"))
            #expect(export.segments == ["With points"])
            #expect(export.mapping == Mapping(email: "email", firstName: "name"))
            #expect(try fixture.world.catalog.ledger.runs().isEmpty)
            let audit = try fixture.world.audit()
            #expect(audit == ["user:contributor-user add export News []"])
        }
    }

    @Test
    func `R2 R7 R9 R31: the form says preview, the bound, the contract, and helps with lists`()
        async throws
    {
        try await ExportFixture.with { fixture in
            try await fixture.world.browse(as: .administrator) { browser in
                let page = try await browser.get("/exports/new?connection=\(fixture.shared.id)")
                #expect(page.says("<span class=\"mark\">Preview</span>"))
                #expect(page.says("ends within 90 minutes"))
                #expect(page.says("contract may allow fewer contacts"))
                #expect(page.says("https://help.activecampaign.com/"))
                #expect(page.says("<option value=\"1\">Newsletter (id 1)</option>"))
                #expect(page.says("href=\"/admin/connections/new\""))
            }
        }
    }

    @Test func `R29 L1: connections stand under their type, and only those that one may use`()
        async throws
    {
        try await ExportFixture.with { fixture in
            try await fixture.world.browse(as: .contributor) { browser in
                let page = try await browser.get("/exports/new")
                #expect(page.says("<optgroup label=\"ActiveCampaign (preview)\">"))
                #expect(page.says("Marketing EU"))
                #expect(!page.says("CRM tests"))
                #expect(!page.says("127.0.0.1:"))
                #expect(!page.says("/admin/connections/new"))
            }
            try await fixture.world.browse(as: .administrator) { browser in
                let page = try await browser.get("/exports/new")
                #expect(page.says("CRM tests"))
            }
        }
    }

    @Test
    func
        `R26 R30: without a connection its section is absent, and permissions explained`()
        async throws
    {
        try await ExportFixture.with { fixture in
            try ExportFixture.share(.administrators, fixture.shared, in: fixture.world)
            try await fixture.world.browse(as: .contributor) { browser in
                let page = try await browser.get("/exports/new")
                #expect(!page.says("<optgroup label=\"ActiveCampaign (preview)\">"))
                #expect(page.says("Permissions needed to configure an export"))
                #expect(page.says("Ask an administrator"))
            }
        }
    }

    @Test func `L5: an administrator without any connection is led to adding one`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser in
            let page = try await browser.get("/exports/new")
            #expect(page.says("href=\"/admin/connections/new\""))
        }
    }

    @Test func `R4: without a segment the form explains, and nothing can be stored`() async throws {
        try await ExportFixture.with(segments: false) { fixture in
            try await fixture.world.browse(as: .administrator) { browser in
                let page = try await browser.get("/exports/new")
                #expect(page.says("There is no segment yet"))
                let answer = try await browser.post(
                    "/exports", fixture.fields(segments: []))
                #expect(answer.status == .unprocessableContent)
                #expect(answer.says("Choose at least one segment."))
            }
            #expect(try fixture.world.catalog.setup.exports().isEmpty)
        }
    }

    @Test func `R8 L13: segments are chosen with their counts; several in one, one in several`()
        async throws
    {
        try await ExportFixture.with { fixture in
            try await fixture.world.browse(as: .contributor) { browser in
                let page = try await browser.get("/exports/new?segment=Everyone")
                #expect(page.says("data-members=\"5\" checked"))
                #expect(page.says("data-members=\"3\">"))
                for name in ["One", "Two"] {
                    let answer = try await browser.post(
                        "/exports",
                        fixture.fields(name: name, segments: ["With points", "Everyone"]))
                    #expect(answer.status == .seeOther)
                }
            }
            #expect(
                try fixture.world.catalog.setup.exports().map(\.segments)
                    == [["With points", "Everyone"], ["With points", "Everyone"]])
        }
    }

    @Test func `R5 R32 R33: Email is required and offers what looks like an address first`()
        async throws
    {
        try await ExportFixture.with { fixture in
            try await fixture.world.browse(as: .contributor) { browser in
                let page = try await browser.get("/exports/new")
                let select = try #require(page.text.range(of: "<select id=\"email\""))
                let rest = page.text[select.lowerBound...]
                let first = try #require(rest.range(of: "<option value=\"email\" selected>"))
                let others = try #require(rest.range(of: "<optgroup"))
                #expect(first.lowerBound < others.lowerBound)
                let answer = try await browser.post("/exports", fixture.fields(["email": ""]))
                #expect(answer.status == .unprocessableContent)
                #expect(answer.says("Choose the attribute that holds the email address."))
                let number = try await browser.post(
                    "/exports", fixture.fields(["email": "points"]))
                #expect(number.says("cannot hold addresses"))
            }
            #expect(try fixture.world.catalog.setup.exports().isEmpty)
        }
    }

    @Test func `R34 R35: optional attributes are added and removed row by row`() async throws {
        try await ExportFixture.with { fixture in
            try await fixture.world.browse(as: .contributor) { browser in
                let more = try await browser.post(
                    "/exports", fixture.fields(["act": "add-attribute"]))
                #expect(more.status == .ok)
                #expect(more.says("id=\"target-1\""))
                // A row without a field yet has whole labels too.
                #expect(more.says("aria-label=\"Attribute of the profile\""))
                #expect(!more.says("aria-label=\"Attribute of the profile for \""))
                #expect(!more.says("aria-label=\"Remove: \""))
                #expect(more.says("field:3"))
                let fewer = try await browser.post(
                    "/exports", fixture.fields(["act": "remove-row-0"]))
                #expect(!fewer.says("id=\"target-0\""))
                let answer = try await browser.post(
                    "/exports",
                    fixture.fields(
                        rows: [
                            ("lastName", "name"), ("phone", "city"), ("field:3", "birth_date"),
                            ("", ""),
                        ]))
                #expect(answer.status == .seeOther)
            }
            let mapping = try #require(try fixture.world.catalog.setup.exports().first?.mapping)
            #expect(mapping.firstName == nil)
            #expect(mapping.attributes == ["email", "name", "city", "birth_date"])
        }
    }

    @Test
    func `a date into a text field is said before it is stored, and saving again accepts it`()
        async throws
    {
        try await ExportFixture.with { fixture in
            let rows = [("field:1", "birth_date")]
            try await fixture.world.browse(as: .contributor) { browser in
                let first = try await browser.post("/exports", fixture.fields(rows: rows))
                #expect(first.status == .unprocessableContent)
                #expect(
                    first.says("“birth_date” (date) goes into the text field “Loyalty level”"))
                let accepted = try #require(first.hidden("accepted"))
                #expect(!accepted.isEmpty)
                #expect(try fixture.world.catalog.setup.exports().isEmpty)
                let second = try await browser.post(
                    "/exports", fixture.fields(["accepted": accepted], rows: rows))
                #expect(second.status == .seeOther)
                let export = try #require(try fixture.world.catalog.setup.exports().first)
                // What was accepted once is not asked again.
                let third = try await browser.post(
                    "/exports/\(export.id)", fixture.fields(["limit": "10"], rows: rows))
                #expect(third.status == .seeOther)
            }
            #expect(try fixture.world.catalog.setup.exports().first?.peopleMax == 10)
        }
    }

    @Test func `R6: more members than a run may carry are warned of before saving`() async throws {
        try await ExportFixture.with { fixture in
            try await fixture.world.browse(as: .contributor) { browser in
                let exact = try await browser.post(
                    "/exports", fixture.fields(name: "Exact", ["limit": "3"]))
                #expect(exact.status == .seeOther)
                let over = try await browser.post(
                    "/exports", fixture.fields(name: "Over", ["limit": "2"]))
                #expect(over.status == .unprocessableContent)
                #expect(over.says("The chosen segments have 3 members"))
                #expect(over.says("is skipped and nobody is sent"))
            }
        }
    }

    @Test func `R31: a list is picked by name or typed by its id; an unknown one is refused`()
        async throws
    {
        try await ExportFixture.with { fixture in
            try await fixture.world.browse(as: .contributor) { browser in
                let unknown = try await browser.post(
                    "/exports", fixture.fields(["listID": "77"]))
                #expect(unknown.status == .unprocessableContent)
                #expect(unknown.says("The account has no list “77”"))
                #expect(unknown.says("Customers"))
                #expect(
                    unknown.says("name=\"listID\" dir=\"ltr\" inputmode=\"numeric\" value=\"77\""))
                let typed = try await browser.post("/exports", fixture.fields(["listID": "2"]))
                #expect(typed.status == .seeOther)
            }
            #expect(
                try fixture.world.catalog.setup.exports().first?.list
                    == ListReference(id: "2", name: "Customers"))
        }
    }

    @Test func `a list cannot be checked while the account is away, which is a warning`()
        async throws
    {
        try await ExportFixture.with(isAway: true) { fixture in
            try await fixture.world.browse(as: .contributor) { browser in
                let first = try await browser.post("/exports", fixture.fields(["listID": "9"]))
                #expect(first.status == .unprocessableContent)
                #expect(first.says("so the list “9” was not checked"))
                let accepted = try #require(first.hidden("accepted"))
                let second = try await browser.post(
                    "/exports", fixture.fields(["listID": "9", "accepted": accepted]))
                #expect(second.status == .seeOther)
                let named = try await browser.post(
                    "/exports", fixture.fields(name: "Named", ["listID": "Newsletter"]))
                #expect(named.says("must be given by its id"))
            }
            #expect(try fixture.world.catalog.setup.exports().count == 1)
        }
    }

    @Test func `everything that is wrong is found at once, and what was entered is kept`()
        async throws
    {
        try await ExportFixture.with { fixture in
            _ = try fixture.addExport("Taken")
            try await fixture.world.browse(as: .contributor) { browser in
                let answer = try await browser.post(
                    "/exports",
                    fixture.fields(
                        name: "Taken",
                        [
                            "automations": "", "leave": "field", "leaveIn": "same",
                            "leaveOut": "same", "limit": "many", "holdShare": "101",
                            "tags": "kept tag",
                        ], rows: [("firstName", "name"), ("firstName", "city"), ("phone", "")]))
                #expect(answer.status == .unprocessableContent)
                for words in [
                    "There is already an export “Taken”.",
                    "“First name” is filled twice", "Choose the attribute of the profile",
                    "choose the field and two different values", "a number from 1 to",
                    "a percentage from 0 to 100", "Say whether automations",
                ] {
                    #expect(answer.says(words), "\(words)")
                }
                #expect(answer.says("kept tag"))
                #expect(answer.says("value=\"many\""))
                #expect(answer.says("aria-invalid=\"true\""))
                #expect(answer.says("href=\"#name\""))
            }
            #expect(try fixture.world.catalog.setup.exports().count == 1)
        }
    }

    @Test func `a changed export keeps its id, and the audit names the changed fields`()
        async throws
    {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport()
            try await fixture.world.browse(as: .contributor) { browser in
                let page = try await browser.get("/exports/\(export.id)")
                #expect(page.says("value=\"News\""))
                #expect(page.says("<option value=\"1\" selected>Newsletter (id 1)</option>"))
                let answer = try await browser.post(
                    "/exports/\(export.id)",
                    fixture.fields(
                        name: "Renamed",
                        [
                            "schedule": "manual", "automations": "yes", "leave": "field",
                            "leaveField": "4", "leaveIn": "In", "leaveOut": "Out",
                            "tags": "b\r\na\r\n", "resubscribe": "on", "holdShare": "12.5",
                        ], segments: ["With points", "Everyone"]))
                #expect(answer.location == "/exports?notice=export-saved")
            }
            let changed = try #require(try fixture.world.catalog.setup.export(id: export.id))
            #expect(changed.onLeave == .field(id: "4", inside: "In", outside: "Out"))
            #expect(changed.tags == ["a", "b"])
            #expect(changed.holdShare == 0.125)
            #expect(changed.schedule == .manual)
            let audit = try fixture.world.audit()
            #expect(
                audit == [
                    "user:contributor-user set export Renamed [name segments tags onLeave holdPercent startAutomations resubscribeRemoved schedule]"
                ])
        }
    }

    @Test func `another list for people who were sent is a warning: everyone is sent anew`()
        async throws
    {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport()
            let run = try fixture.world.catalog.ledger.createRun(
                of: export, trigger: .refresh, by: WebWorld.actor)
            try fixture.world.catalog.ledger.end(run.id, state: .completed)
            try await fixture.world.browse(as: .contributor) { browser in
                let answer = try await browser.post(
                    "/exports/\(export.id)", fixture.fields(["list": "2"]))
                #expect(answer.says("the next run sends everyone anew"))
            }
            #expect(try fixture.world.catalog.setup.export(id: export.id)?.list.id == "1")
        }
    }

    @Test func `a duplicate is prefilled and stored only by saving`() async throws {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport { $0.tags = ["vip"] }
            try await fixture.world.browse(as: .contributor) { browser in
                let page = try await browser.get("/exports/\(export.id)/duplicate")
                #expect(page.says("value=\"News (copy)\""))
                #expect(page.says("action=\"/exports\""))
                #expect(page.says(">vip</textarea>"))
            }
            #expect(try fixture.world.catalog.setup.exports().count == 1)
        }
    }

    @Test func `changing the connection loads the lists of its account`() async throws {
        try await ExportFixture.with { fixture in
            try await fixture.world.browse(as: .contributor) { browser in
                let answer = try await browser.post(
                    "/exports", fixture.fields(["act": "load-lists", "name": ""]))
                #expect(answer.status == .ok)
                #expect(answer.says("Customers (id 2)"))
                #expect(answer.says("id=\"load-lists\""))
                #expect(answer.says("data-submits=\"load-lists\""))
            }
            #expect(try fixture.world.catalog.setup.exports().isEmpty)
        }
    }

    @Test func `an inactive segment is shown with what it means`() async throws {
        try await ExportFixture.with { fixture in
            try fixture.world.catalog.setup.setState(
                .inactive, ofSegment: "Everyone", by: WebWorld.actor)
            try await fixture.world.browse(as: .contributor) { browser in
                #expect(try await browser.get("/exports/new").says("It is not evaluated"))
                let answer = try await browser.post(
                    "/exports", fixture.fields(segments: ["Everyone"]))
                #expect(answer.says("The segment “Everyone” is inactive"))
            }
        }
    }

    @Test func `R41: the pages of exports render in every language without a gap`() async throws {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport {
                $0.mapping.fields = [
                    MappedField(id: "1", title: "Loyalty level", attribute: "birth_date")
                ]
                $0.onLeave = .field(id: "4", inside: "In", outside: "Out")
                $0.tags = ["vip"]
            }
            let run = try fixture.world.catalog.ledger.createRun(
                of: export, trigger: .refresh, by: WebWorld.actor)
            let paths = [
                "/exports", "/exports?q=nothing", "/exports/new", "/exports/\(export.id)",
                "/exports/\(export.id)/duplicate", "/exports/\(export.id)/remove",
            ]
            try await fixture.world.expectNoGaps(paths)
            try fixture.world.catalog.ledger.end(run.id, state: .completed)
            try await fixture.world.expectNoGaps(
                ["/exports", "/exports/\(export.id)"], as: .viewer)
        }
        try await WebWorld().expectNoGaps(["/exports", "/exports/new"])
    }
}
