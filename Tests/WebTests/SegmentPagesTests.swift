import Access
import Acts
import Exports
import Foundation
import HTTPTypes
import Profiles
import SQLiteEngine
import Segments
import Store
import Testing

@testable import Web

extension ExportFixture {
    /// A segment that the service itself added, so that it is evaluated.
    func addSegment(_ name: String, _ draft: SegmentDesk.Draft) async throws -> Segment {
        try await world.services.segments.add(name, draft, by: WebWorld.actor).segment
    }

    func segmentEntry(_ id: Segment.ID) throws -> SegmentEntry {
        try #require(try world.catalog.history.segmentEntry(id: id))
    }

    /// Gives a segment a rule that the attributes there are do not fit.
    func breakRule(of segment: Segment) throws {
        try world.catalog.setup.setDefinition(
            .dynamic(rule: "wealth > 0"), ofSegment: segment.name, by: WebWorld.actor)
    }
}

struct SegmentListTests {
    @Test func `the list shows size, type, state, last evaluation and what uses each`() async throws
    {
        try await ExportFixture.with(segments: false) { fixture in
            let rich = try await fixture.addSegment("With points", .dynamic(rule: "points > 0"))
            let fixed = try await fixture.addSegment(
                "<Fixed>", .frozen(rule: "in segment 'With points'"))
            let export = try fixture.addExport("Newsletter")
            let outer = try await fixture.addSegment(
                "Outer", .dynamic(rule: "in segment '<Fixed>'"))
            try await fixture.world.browse(as: .contributor) { browser in
                let page = try await browser.get("/segments")
                for words in [
                    "href=\"/segments/\(rich.id)\"", "<td>3</td>", "<td>Dynamic</td>",
                    "<td>Static</td>", "Active", "datetime=\"2026-01-05T08:00:00Z\"",
                    "href=\"/exports/\(export.id)\"><bdi>Newsletter",
                    "href=\"/segments/\(outer.id)\"",
                    "&lt;Fixed&gt;", "3 segments", "href=\"/segments/new\"",
                    "href=\"/segments/new?from=\(rich.id)\"", "href=\"/segments/\(rich.id)/edit\"",
                    "action=\"/segments/\(fixed.id)/duplicate\"",
                    "action=\"/segments/\(fixed.id)/follow\"", "Nothing uses it",
                ] {
                    #expect(page.says(words), "\(words)")
                }
                #expect(!page.says("action=\"/segments/\(rich.id)/follow\""))
                #expect(!page.says("action=\"/segments/\(fixed.id)/freeze\""))
            }
        }
    }

    @Test func `viewers see segments and find nothing to change them by`() async throws {
        try await ExportFixture.with(segments: false) { fixture in
            let segment = try await fixture.addSegment("Rich", .dynamic(rule: "points > 0"))
            try await fixture.world.browse(as: .viewer) { browser in
                for path in ["/segments", "/segments/\(segment.id)"] {
                    let page = try await browser.get(path)
                    #expect(page.says("Rich"))
                    #expect(!page.says("action=\"/segments/"), "\(path)")
                    #expect(!page.says("/edit\""), "\(path)")
                    #expect(!page.says("/segments/new"), "\(path)")
                    #expect(!page.says("Add to an export"), "\(path)")
                }
                #expect(try await browser.get("/segments/\(segment.id)").says("p3"))
            }
        }
    }

    @Test func `the list is searched by name and sorted by each column`() async throws {
        try await ExportFixture.with(segments: false) { fixture in
            _ = try await fixture.addSegment("Émile few", .dynamic(rule: "points > 2"))
            _ = try await fixture.addSegment("emile many", .dynamic(rule: "points > -1"))
            _ = try await fixture.addSegment("Other", .frozen(rule: "everyone"))
            try await fixture.world.browse(as: .viewer) { browser in
                let found = try await browser.get("/segments?q=emile")
                #expect(found.says("Émile few") && found.says("emile many"))
                #expect(!found.says("Other"))
                #expect(try await browser.get("/segments?q=nobody").says("No segment matches."))
                for (sort, names) in [
                    ("members", ["Émile few", "emile many", "Other"]),
                    ("-members", ["Other", "emile many", "Émile few"]),
                    ("-type", ["Other", "emile many", "Émile few"]),
                    ("name", ["Émile few", "emile many", "Other"]),
                ] {
                    let text = try await browser.get("/segments?sort=\(sort)").text
                    let places = names.map { text.range(of: "<bdi>\($0)<")?.lowerBound }
                    #expect(!places.contains(nil), "\(sort)")
                    let known = places.compactMap { $0 }
                    #expect(known == known.sorted(), "\(sort)")
                }
            }
        }
    }

    @Test func `a long list goes on after the last name`() async throws {
        let world = try WebWorld()
        for number in 101...160 {
            _ = try world.catalog.setup.addSegment(
                named: "Segment \(number)", definition: .dynamic(rule: "everyone"),
                by: WebWorld.actor)
        }
        try await world.browse(as: .viewer) { browser in
            let first = try await browser.get("/segments?q=segment")
            #expect(first.says("Segment 150<") && !first.says("Segment 151<"))
            #expect(first.says("60 segments"))
            let next = try #require(
                first.text.firstMatch(of: #/rel="next" href="([^"]+)"/#)?.output.1)
            let second = try await browser.get(String(next).replacing("&amp;", with: "&"))
            #expect(!second.says("Segment 150<") && second.says("Segment 151<"))
            #expect(second.says("Segment 160<"))
            #expect(second.says("rel=\"prev\"") && !second.says("rel=\"next\""))
        }
    }

    @Test func `without segments the list says how to begin`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .contributor) { browser async throws in
            #expect(try await browser.get("/segments").says("There is no segment yet."))
        }
    }

    @Test func `the pages of segments render in every language without a gap`() async throws {
        try await ExportFixture.with { fixture in
            let bare = try fixture.world.catalog.setup.segments()[0]
            let rich = try await fixture.addSegment("Rich", .dynamic(rule: "points > 0"))
            let fixed = try await fixture.addSegment("Fixed", .frozen(rule: "in segment 'Rich'"))
            let broken = try await fixture.addSegment("Broken", .dynamic(rule: "points > 0"))
            try fixture.breakRule(of: broken)
            _ = try? await fixture.world.services.segments.evaluate(broken.id)
            try fixture.world.catalog.setup.setState(
                .inactive, ofSegment: "Broken", by: WebWorld.actor)
            _ = try fixture.addExport { $0.segments = ["Rich"] }
            _ = try fixture.addExport("Other")
            try await fixture.world.expectNoGaps(
                [
                    "/segments", "/segments?q=zzz", "/segments/\(bare.id)", "/segments/\(rich.id)",
                    "/segments/\(fixed.id)", "/segments/\(broken.id)?span=month",
                    "/segments/\(rich.id)/remove", "/segments/\(fixed.id)/remove",
                ], as: .contributor)
            try await fixture.world.expectNoGaps(
                ["/segments", "/segments/\(fixed.id)"], as: .viewer)
        }
        let world = try WebWorld()
        try await world.expectNoGaps(["/segments"])
    }
}

struct SegmentPageTests {
    @Test func `a segment's page shows rule, size over time and its first members`() async throws {
        try await ExportFixture.with(segments: false) { fixture in
            let segment = try await fixture.addSegment("Rich", .dynamic(rule: "points>0"))
            fixture.world.pass(.seconds(86_400 * 40))
            try await fixture.world.services.segments.change(
                segment.id, rule: "points > 1", by: WebWorld.actor)
            try await fixture.world.browse(as: .viewer) { browser in
                let page = try await browser.get("/segments/\(segment.id)")
                for words in [
                    "<h1><bdi>Rich</bdi></h1>", "dir=\"ltr\"", "points &gt; 1",
                    "<svg class=\"chart-plot\"",
                    "aria-label=\"Members over time: 3 at first, 2 at last, at least 2 and at most 3.\"",
                    "2 evaluations", "href=\"/customers/p4\"", "href=\"/customers/p5\"",
                    "<bdi>p5@mail.example</bdi>", "/segments/\(segment.id)/members.csv",
                    "Nothing uses it",
                ] {
                    #expect(page.says(words), "\(words)")
                }
                #expect(!page.says("href=\"/customers/p3\""))
                let month = try await browser.get("/segments/\(segment.id)?span=month")
                #expect(month.says("1 evaluation<"))
            }
        }
    }

    @Test func `of a large segment a hundred members are shown, and all of them downloaded`()
        async throws
    {
        try await ExportFixture.with(segments: false) { fixture in
            let file = fixture.world.folder.appending(path: "many.csv")
            let lines = (1_000..<2_201).map { "m\($0),=m\($0)@mail.example,0" }
            try Data((["id,email,points"] + lines).joined(separator: "\n").utf8).write(to: file)
            var options = ImportOptions(key: "id")
            options.kinds = ["points": .number]
            _ = try fixture.world.engine.importProfiles(
                try ImportFile(path: file.path()), options: options,
                now: Timestamp(milliseconds: WebWorld.start), progress: { _ in },
                isCancelled: { false })
            let segment = try await fixture.addSegment("All", .dynamic(rule: "everyone"))
            try await fixture.world.browse(as: .viewer) { browser in
                let page = try await browser.get("/segments/\(segment.id)")
                #expect(page.text.components(separatedBy: "href=\"/customers/").count == 101)
                // The attribute that is the id stands there once.
                #expect(!page.says("<bdi>m1000</bdi>"))
                let file = try await browser.get("/segments/\(segment.id)/members.csv")
                #expect(
                    file.headers[.contentDisposition]
                        == "attachment; filename=\"segment-\(segment.id)-members.csv\"")
                let rows = file.text.components(separatedBy: "\r\n")
                #expect(rows[0] == "profile,id,email,name,city,points,birth_date")
                #expect(rows.count == 1_208)
                #expect(rows[1] == "m1000,m1000,'=m1000@mail.example,,,0,")
                #expect(rows[1_206] == "p5,p5,p5@mail.example,Ann,Vienna,3,1984-03-05")
            }
        }
    }

    @Test func `a rule that fits no longer is told, and the size before stays`() async throws {
        try await ExportFixture.with(segments: false) { fixture in
            let segment = try await fixture.addSegment("Rich", .dynamic(rule: "points > 0"))
            try fixture.breakRule(of: segment)
            try await fixture.world.browse(as: .contributor) { browser in
                let answer = try await browser.post("/segments/\(segment.id)/evaluate")
                #expect(answer.location == "/segments/\(segment.id)")
                let page = try await browser.get("/segments/\(segment.id)")
                #expect(page.says("The last evaluation failed"))
                #expect(page.says("wealth"))
                #expect(page.says("<dd class=\"number\">3</dd>"))
                #expect(try await browser.get("/segments").says("Failed"))
                // Freezing it would fix nobody.
                let frozen = try await browser.post("/segments/\(segment.id)/freeze")
                #expect(frozen.location == "/segments/\(segment.id)")
                #expect(
                    try await browser.get("/segments/\(segment.id)/members.csv").status == .conflict
                )
            }
            #expect(try fixture.segmentEntry(segment.id).members == 3)
            #expect(
                try fixture.segmentEntry(segment.id).segment.definition
                    == .dynamic(rule: "wealth > 0"))
            #expect(try fixture.world.audit().isEmpty)
        }
    }

    @Test func `each act does what its button says and leaves its row in the audit`() async throws {
        try await ExportFixture.with(segments: false) { fixture in
            let segment = try await fixture.addSegment("Rich", .dynamic(rule: "points > 0"))
            let path = "/segments/\(segment.id)"
            try await fixture.world.browse(as: .contributor) { browser in
                fixture.world.pass(.seconds(60))
                for (act, fields, location) in [
                    ("evaluate", [("back", "list")], "/segments?notice=segment-evaluated"),
                    ("evaluate", [], "\(path)?notice=segment-evaluated"),
                    ("state", [("state", "inactive")], "\(path)?notice=segment-deactivated"),
                    ("state", [("state", "active")], "\(path)?notice=segment-activated"),
                    ("freeze", [], "\(path)?notice=segment-frozen"),
                    ("follow", [], "\(path)?notice=segment-followed"),
                ] {
                    let answer = try await browser.post("\(path)/\(act)", fields)
                    #expect(answer.location == location)
                    let page = try await browser.get(location)
                    #expect(page.says("role=\"status\""), "\(act)")
                }
                #expect(
                    try await browser.post("\(path)/state", [("state", "x")]).status == .badRequest)
                let copied = try await browser.post("\(path)/duplicate")
                let copy = try #require(
                    try fixture.world.catalog.setup.segments().first { $0.name == "Rich 2" })
                #expect(copied.location == "/segments/\(copy.id)?notice=segment-duplicated")
            }
            #expect(try fixture.segmentEntry(segment.id).segment == segment)
            #expect(try fixture.world.catalog.history.sizes(ofSegment: segment.id).count == 2)
            let actor = "user:contributor-user"
            #expect(
                try fixture.world.audit() == [
                    "\(actor) set segment Rich [state]", "\(actor) set segment Rich [state]",
                    "\(actor) freeze segment Rich []", "\(actor) set segment Rich [rule]",
                    "\(actor) add segment Rich 2 []",
                ])
        }
    }

    @Test func `a set that never had a rule asks for one`() async throws {
        try await ExportFixture.with(segments: false) { fixture in
            let picked = try await fixture.addSegment("Picked", .fixed(ids: ["p1", "p2"]))
            try await fixture.world.browse(as: .contributor) { browser in
                let page = try await browser.get("/segments/\(picked.id)")
                #expect(page.says("Its members are fixed."))
                #expect(!page.says("/follow\""))
                let answer = try await browser.post("/segments/\(picked.id)/follow")
                #expect(answer.location == "/segments/\(picked.id)/edit")
            }
        }
    }

    @Test func `a segment in use cannot be removed, and the page names what uses it`() async throws
    {
        try await ExportFixture.with(segments: false) { fixture in
            let inner = try await fixture.addSegment("With points", .dynamic(rule: "points > 0"))
            let outer = try await fixture.addSegment(
                "Outer", .dynamic(rule: "in segment 'With points'"))
            let export = try fixture.addExport("Newsletter")
            try await fixture.world.browse(as: .contributor) { browser in
                let path = "/segments/\(inner.id)/remove"
                for page in [try await browser.get(path), try await browser.post(path)] {
                    #expect(page.says("href=\"/exports/\(export.id)\"><bdi>Newsletter"))
                    #expect(page.says("href=\"/segments/\(outer.id)\"><bdi>Outer"))
                    #expect(!page.says("class=\"button danger\""))
                }
                #expect(try await browser.post(path).status == .conflict)
                let free = "/segments/\(outer.id)/remove"
                #expect(try await browser.get(free).says("class=\"button danger\""))
                let answer = try await browser.post(free)
                #expect(answer.location == "/segments?notice=segment-removed")
            }
            #expect(try fixture.world.catalog.setup.segments().map(\.name) == ["With points"])
            #expect(
                try fixture.world.audit() == ["user:contributor-user remove segment Outer []"])
        }
    }

    @Test func `L13: from its page a segment is added to an export that one may change`()
        async throws
    {
        try await ExportFixture.with { fixture in
            let everyone = try fixture.world.catalog.setup.segment(named: "Everyone")
            let mine = try fixture.addExport("Mine")
            let theirs = try fixture.addExport("Theirs", on: fixture.own)
            let holds = try fixture.addExport("Holds") { $0.segments = ["Everyone"] }
            let path = "/segments/\(everyone.id)/exports"
            try await fixture.world.browse(as: .contributor) { browser in
                let page = try await browser.get("/segments/\(everyone.id)")
                #expect(page.says("<option value=\"\(mine.id)\">Mine</option>"))
                #expect(!page.says("<option value=\"\(theirs.id)\""))
                #expect(!page.says("<option value=\"\(holds.id)\""))
                #expect(page.says("href=\"/exports/new?segment=Everyone\""))
                let answer = try await browser.post(path, [("export", "\(mine.id)")])
                #expect(answer.location == "/segments/\(everyone.id)?notice=segment-in-export")
                let refused = try await browser.post(path, [("export", "\(theirs.id)")])
                #expect(refused.status == .forbidden)
                #expect(try await browser.post(path, [("export", "999")]).status == .notFound)
                // Twice is once.
                _ = try await browser.post(path, [("export", "\(mine.id)")])
            }
            #expect(
                try fixture.world.catalog.setup.export(id: mine.id)?.segments
                    == ["With points", "Everyone"])
            #expect(try fixture.world.catalog.setup.export(id: theirs.id) == theirs)
            #expect(
                try fixture.world.audit() == ["user:contributor-user set export Mine [segments]"])
        }
    }

    @Test func `a segment that is gone is not found`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser in
            for path in ["999", "999/members.csv", "999/remove", "x"] {
                #expect(try await browser.get("/segments/\(path)").status == .notFound, "\(path)")
            }
            for act in ["evaluate", "freeze", "follow", "duplicate", "exports", "remove"] {
                let answer = try await browser.post("/segments/999/\(act)")
                #expect(answer.status == .notFound, "\(act)")
            }
        }
    }
}
