import Access
import Acts
import Foundation
import HTTPTypes
import Segments
import Store
import Testing

@testable import Web

struct SegmentEditorTests {
    private static let rules = [
        "everyone", "not everyone", "in segment 'Home owners'",
        "not in segment 'O''Brien''s guests'", "city = 'Oslo'", "city != 'O''Brien \"& <b>'",
        "CITY = 'Oslo' ignoring case", "\"First name\" starts with 'A'",
        "\"First name\" does not end with '1' ignoring case", "city does not contain ' '",
        "city in ('Oslo', 'Bergen', '2024-01-01', ' x ')", "city not in ('Oslo') ignoring case",
        "city < 'M'", "city between 'A' and 'P'", "city is empty", "city is not empty",
        "points = 3", "points != -1.5", "points >= 90000", "not (points < 3)",
        "points not between 1 and 1e+20", "points in (1, 2.5)", "member = true", "member != false",
        "member is empty", "born = 1984-03-02", "born != today", "born < today - 3 months",
        "born between today - 2 weeks and today + 1 year", "born in (1984-03-02, 1985-01-01)",
        "born not within last 30 days", "born within next 1 year", "month of born = 3",
        "month of born != 12", "month of born > 3", "year of seen in (2025, 2026)",
        "day of born not between 1 and 15", "seen >= 2026-01-01T10:00:00Z",
        "seen = 2026-01-01T10:00:00.123Z", "seen in (2026-01-01, 2026-01-01T10:00:00Z)",
        "seen in (today)", "seen within last 2 weeks", "city = 'a\nb' or points = 1",
        "not (not (points = 1))",
        "points > 1 and (city = 'Oslo' or not (member = true and born is empty)) and not (city = 'x' or city = 'y')",
    ]

    @Test(arguments: rules)
    func `a rule goes through the page's rows and comes back the same`(rule: String) async throws {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            let page = try await browser.get(SegmentEditorFixture.path(rule: rule))
            #expect(page.status == .ok)
            var form = FormOfPage(page.text)
            #expect(form["k.0"] == "group", "\(rule)")
            // Only the rows hold the rule now.
            form["text"] = "everyone"
            let answer = try await browser.post(
                "/segments/new", form.pressing("take-builder"))
            let text = FormOfPage(answer.text)["text"]?.replacing("\r\n", with: "\n")
            #expect(text == "everyone" || text == rule)
            form["agreed"] = "other = 1"
            let taken = try await browser.post("/segments/new", form.pressing("take-builder"))
            #expect(
                FormOfPage(taken.text)["text"]?.replacing("\r\n", with: "\n")
                    == (try Rule(parsing: rule).description), "\(rule)")
        }
    }

    // MARK: Without script

    @Test func `rows are added and removed with buttons, and all that was entered is kept`()
        async throws
    {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            var form = FormOfPage(try await browser.get("/segments/new").text)
            #expect(form["a.0.0"] == "" && form["v.0.0:0"] == nil)
            form["name"] = "Kept"
            form["kind"] = "static"
            form["a.0.0"] = "a:points"
            form = FormOfPage(
                try await browser.post("/segments/new", form.pressing("update")).text)
            #expect(form["o.0.0"] == "equal" && form["v.0.0:0"] == "")
            form["v.0.0:0"] = "12 apples"
            let added = try await browser.post(
                "/segments/new", form.pressing("add-condition:0"))
            #expect(added.status == .ok)
            #expect(added.says("id=\"subject-0.1\""))
            #expect(added.says("Write a number"))
            // What is missing is no mistake while somebody is at it.
            #expect(!added.says("Choose what the condition is about."))
            form = FormOfPage(added.text)
            #expect(form["v.0.0:0"] == "12 apples" && form["name"] == "Kept")
            #expect(form["kind"] == "static")
            form = FormOfPage(
                try await browser.post("/segments/new", form.pressing("add-group:0")).text)
            #expect(form["k.0.2"] == "group" && form["g.0.2"] == "any")
            #expect(form["k.0.2.0"] == "row")
            form["a.0.2.0"] = "segment"
            form["g.0.2"] = "not-any"
            form = FormOfPage(
                try await browser.post("/segments/new", form.pressing("remove:0.0")).text)
            #expect(form["g.0.1"] == "not-any" && form["a.0.1.0"] == "segment")
            #expect(form["k.0.2"] == nil && form["a.0.0"] == "")
        }
    }

    @Test func `another attribute brings its own operators and keeps the value`() async throws {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            let path = SegmentEditorFixture.path(rule: "city contains '7' ignoring case")
            var form = FormOfPage(try await browser.get(path).text)
            #expect(form["c.0.0"] == "1")
            form["a.0.0"] = "a:points"
            let page = try await browser.post("/segments/new", form.pressing("update"))
            form = FormOfPage(page.text)
            #expect(form["o.0.0"] == "equal" && form["v.0.0:0"] == "7")
            #expect(form["text"] == "points = 7")
            form["o.0.0"] = "between"
            form = FormOfPage(
                try await browser.post("/segments/new", form.pressing("update")).text)
            #expect(form["v.0.0:0"] == "7" && form["v.0.0:1"] == "")
            // The text waits until the rows are complete again.
            #expect(form["text"] == "points = 7" && form["last"] == "builder")
        }
    }

    @Test func `the page counts the whole and every row, with its share of all`() async throws {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            let path = SegmentEditorFixture.path(rule: "points > 3 and city = 'Oslo'")
            let form = FormOfPage(try await browser.get(path).text)
            let page = try await browser.post("/segments/new", form.pressing("update"))
            #expect(page.says("<b data-total>3 customers</b>"))
            #expect(page.says("25% of 12"))
            #expect(page.says("data-count=\"0.0\" title=\"Customers of 1\">9</output>"))
            #expect(page.says("data-count=\"0.1\" title=\"Customers of 2\">4</output>"))
        }
    }

    // MARK: The text

    @Test
    func `text that is taken over becomes rows; a mistake shows its place and changes nothing`()
        async throws
    {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            var form = FormOfPage(try await browser.get("/segments/new").text)
            form["text"] = "points > 3 and\ncity = 'Oslo'"
            form = FormOfPage(
                try await browser.post("/segments/new", form.pressing("take-text")).text)
            #expect(form["a.0.0"] == "a:points" && form["a.0.1"] == "a:city")
            #expect(form["last"] == "text")
            form["text"] = "points > 3 and\ncty = 'Oslo'"
            for button in ["take-text", "update"] {
                let page = try await browser.post("/segments/new", form.pressing(button))
                #expect(page.status == .ok)
                #expect(page.says("Line 2, column 1:"))
                #expect(page.says("<code dir=\"ltr\">city</code>"))
                let shown = FormOfPage(page.text)
                #expect(shown["text"] == "points > 3 and\r\ncty = 'Oslo'")
                #expect(shown["a.0.1"] == "a:city" && shown["v.0.1:0"] == "Oslo")
            }
            let saved = try await browser.post("/segments/new", form.pressing("save"))
            #expect(saved.status == .unprocessableContent)
            #expect(saved.says("The text of the rule cannot be understood."))
        }
    }

    @Test func `when both were changed the page asks which of them holds`() async throws {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            let path = SegmentEditorFixture.path(rule: "points > 3")
            var form = FormOfPage(try await browser.get(path).text)
            form["name"] = "Both"
            form["v.0.0:0"] = "4"
            form["text"] = "points > 5"
            let page = try await browser.post("/segments/new", form.pressing("save"))
            #expect(page.status == .unprocessableContent)
            #expect(page.says("Say which of them holds."))
            form = FormOfPage(page.text)
            #expect(form["v.0.0:0"] == "4" && form["text"] == "points > 5")
            let rows = FormOfPage(
                try await browser.post("/segments/new", form.pressing("take-builder")).text)
            #expect(rows["text"] == "points > 4" && rows["last"] == "builder")
            let text = FormOfPage(
                try await browser.post("/segments/new", form.pressing("take-text")).text)
            #expect(text["v.0.0:0"] == "5" && text["last"] == "text")
        }
    }

    @Test func `a rule with more rows than fit is changed as text`() async throws {
        let fixture = try await SegmentEditorFixture()
        let rule = (0..<250).map { "points != \($0)" }.joined(separator: " and ")
        let segment = try await fixture.world.services.segments.add(
            "Long", .dynamic(rule: rule), by: WebWorld.actor
        ).segment
        try await fixture.world.browse(as: .contributor) { browser in
            let path = "/segments/\(segment.id)/edit"
            var form = FormOfPage(try await browser.get(path).text)
            #expect(form["k.0"] == nil && form["text"] == rule)
            form["text"] = "points = 1 or \(rule)"
            let saved = try await browser.post(path, form.pressing("save"))
            #expect(saved.location == "/segments/\(segment.id)?notice=segment-saved")
        }
    }

    @Test func `conditions that no row can hold are kept as they are, and can be removed`()
        async throws
    {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            let rule = "gone = 1 and city = 'a\nb' and city = 'Oslo'"
            let page = try await browser.get(SegmentEditorFixture.path(rule: rule))
            #expect(page.says("No row can hold this condition."))
            #expect(page.says("Profiles have no attribute &#39;gone&#39;."))
            var form = FormOfPage(page.text)
            #expect(
                form["w.0.0"] == "gone = 1" && form["w.0.1"] == "city = 'a\r\nb'"
                    || form["w.0.1"] == "city = 'a\nb'")
            form = FormOfPage(
                try await browser.post("/segments/new", form.pressing("remove:0.0")).text)
            form = FormOfPage(
                try await browser.post("/segments/new", form.pressing("remove:0.0")).text)
            #expect(form["text"] == "city = 'Oslo'")
        }
    }

    // MARK: Saving

    @Test func `a new segment is stored and evaluated`() async throws {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            let path = SegmentEditorFixture.path(rule: "points > 3")
            var form = FormOfPage(try await browser.get(path).text)
            form["name"] = "Keen"
            form["v.0.0:0"] = "10"
            let saved = try await browser.post("/segments/new", form.pressing("save"))
            let entry = try #require(
                try fixture.world.catalog.history.segmentEntries().first {
                    $0.segment.name == "Keen"
                })
            #expect(saved.status == .seeOther)
            #expect(saved.location == "/segments/\(entry.id)?notice=segment-saved")
            #expect(entry.segment.definition == .dynamic(rule: "points > 10"))
            #expect(entry.members == 2)
            form["name"] = "Keen now"
            form["kind"] = "static"
            _ = try await browser.post("/segments/new", form.pressing("save"))
            let frozen = try #require(
                try fixture.world.catalog.history.segmentEntries().first {
                    $0.segment.name == "Keen now"
                })
            #expect(frozen.segment.definition == .static && frozen.members == 2)
        }
        #expect(
            try fixture.world.audit().prefix(2).map { $0 }.first
                == "user:contributor-user add segment Keen []")
    }

    @Test func `a form with gaps is shown again, with each of them named`() async throws {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            var form = FormOfPage(try await browser.get("/segments/new").text)
            var page = try await browser.post("/segments/new", form.pressing("save"))
            #expect(page.status == .unprocessableContent)
            #expect(page.says("2 things need your attention."))
            #expect(page.says("href=\"#name\">Give the segment a name."))
            #expect(page.says("href=\"#entry-0.0\">Choose what the condition is about."))
            form["name"] = "home OWNERS"
            form["text"] = "everyone"
            page = try await browser.post("/segments/new", form.pressing("save"))
            #expect(page.says("There is already a segment of that name."))
            #expect(page.says("value=\"home OWNERS\""))
            form["name"] = "a\u{7}b"
            page = try await browser.post("/segments/new", form.pressing("save"))
            #expect(page.says("without line breaks"))
        }
        #expect(try fixture.world.catalog.setup.segments().count == 2)
        #expect(try fixture.world.audit().isEmpty)
    }

    @Test func `a stored segment gets another rule, and may not use itself`() async throws {
        let fixture = try await SegmentEditorFixture()
        let path = "/segments/\(fixture.owners.id)/edit"
        try await fixture.world.browse(as: .contributor) { browser in
            var form = FormOfPage(try await browser.get(path).text)
            #expect(form["text"] == "points > 6" && form["name"] == nil)
            form["text"] = "in segment 'Home owners'"
            let circle = try await browser.post(path, form.pressing("save"))
            #expect(circle.status == .unprocessableContent)
            form["text"] = "points > 6"
            form["o.0.0"] = "at-most"
            let saved = try await browser.post(path, form.pressing("save"))
            #expect(saved.location == "/segments/\(fixture.owners.id)?notice=segment-saved")
        }
        let entry = try #require(
            try fixture.world.catalog.history.segmentEntry(id: fixture.owners.id))
        #expect(entry.segment.definition == .dynamic(rule: "points <= 6"))
        #expect(entry.members == 6)
        #expect(
            try fixture.world.audit() == ["user:contributor-user set segment Home owners [rule]"])
    }

    @Test func `a static segment says that it will follow the rule`() async throws {
        let fixture = try await SegmentEditorFixture()
        let path = "/segments/\(fixture.guests.id)/edit"
        try await fixture.world.browse(as: .contributor) { browser in
            let page = try await browser.get(path)
            #expect(page.says("it follows the rule from now on"))
            let form = FormOfPage(page.text)
            #expect(form["text"] == "city = 'Oslo'")
            _ = try await browser.post(path, form.pressing("save"))
        }
        #expect(
            try fixture.world.catalog.setup.segment(named: "O'Brien's guests").definition
                == .dynamic(rule: "city = 'Oslo'"))
    }

    @Test func `a duplicate opens with the rule and a free name`() async throws {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            let form = FormOfPage(
                try await browser.get("/segments/new?from=\(fixture.owners.id)").text)
            #expect(form["name"] == "Home owners 2" && form["text"] == "points > 6")
            let missing = try await browser.get("/segments/new?from=99")
            #expect(missing.status == .notFound)
        }
    }

    @Test func `viewers may not open the form`() async throws {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .viewer) { browser async throws in
            for path in ["/segments/new", "/segments/\(fixture.owners.id)/edit"] {
                #expect(try await browser.get(path).status == .forbidden)
                #expect(try await browser.post(path).status == .forbidden)
            }
        }
    }

    // MARK: What the script asks for

    @Test func `the preview tells text, counts and findings, and rows only when they changed`()
        async throws
    {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            let path = SegmentEditorFixture.path(
                rule: "points > 3 and (city = 'Oslo' or member = true)")
            var form = FormOfPage(try await browser.get(path).text)
            func preview(_ fields: [(String, String)]) async throws -> PreviewAnswer {
                let answer = try await browser.post("/segments/preview", fields)
                #expect(answer.status == .ok)
                #expect(answer.headers[.contentType] == "application/json")
                return try answer.json(PreviewAnswer.self)
            }
            form["v.0.0:0"] = "6"
            let counted = try await preview(form.pressing("update") + [("live", "builder")])
            #expect(counted.text == "points > 6 and (city = 'Oslo' or member = true)")
            #expect(counted.html == nil && counted.hasRows && counted.last == "builder")
            #expect(counted.total == 4 && counted.everyone == 12)
            #expect(counted.count == "4 customers" && counted.countHint == "33.3% of 12")
            #expect(counted.parts["0.0"]?.count == "6")
            #expect(counted.parts["0.1"]?.count == "8" && counted.parts["0.1.0"]?.count == "4")
            form["v.0.0:0"] = "six"
            let wrong = try await preview(form.pressing("update") + [("live", "builder")])
            #expect(wrong.total == nil && wrong.parts["0.0"]?.notes.count == 1)
            #expect(wrong.parts["0.1"]?.count == "8" && wrong.parts["0.0"]?.count == "")
            let added = try await preview(
                form.pressing("add-condition:0.1") + [("live", "builder"), ("render", "1")])
            #expect(added.focus == "subject-0.1.2")
            #expect(added.html?.contains("id=\"subject-0.1.2\"") == true)
            #expect(added.html?.contains("<html") == false)
            form["text"] = "points > 6"
            let typed = try await preview(form.pressing("update") + [("live", "text")])
            #expect(typed.html?.contains("id=\"subject-0.0\"") == true && typed.last == "text")
            #expect(typed.total == 6)
            form["text"] = "points >\n 'x'"
            let mistaken = try await preview(form.pressing("update") + [("live", "text")])
            #expect(mistaken.html == nil && mistaken.total == nil)
            #expect(mistaken.textNote?.line == 2 && mistaken.textNote?.column == 2)
            #expect(mistaken.textNote?.length == 3)
        }
    }

    @Test func `frequent values are offered where they help`() async throws {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.browse(as: .contributor) { browser in
            let answer = try await browser.get("/segments/values?attribute=CITY")
            #expect(
                answer.text
                    == #"{"isSample":false,"items":[{"count":4,"value":"Bergen"},{"count":4,"value":"Oslo"}]}"#
            )
            #expect(try await browser.get("/segments/values?attribute=none").status == .notFound)
            #expect(try await browser.get("/segments/values").status == .notFound)
            let city = try await browser.get(SegmentEditorFixture.path(rule: "city = 'x'"))
            #expect(city.says("<option value=\"Bergen\">"))
            // Everybody has a first name of their own: nothing to choose from.
            let name = try await browser.get(
                SegmentEditorFixture.path(rule: "\"First name\" = 'x'"))
            #expect(!name.says("<datalist"))
        }
    }

    @Test func `the form renders in every language without a gap`() async throws {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.expectNoGaps(
            [
                "/segments/new", "/segments/\(fixture.owners.id)/edit",
                "/segments/\(fixture.guests.id)/edit",
                SegmentEditorFixture.path(rule: "points >"),
                SegmentEditorFixture.path(
                    rule:
                        "city in ('Oslo') and (born within last 3 days or seen > today - 1 day or gone = 1) and points between 1 and 2 and month of born = 3 and member = true"
                ),
            ])
    }

    // MARK: The API

    @Test func `programs count rules and learn of attributes and values`() async throws {
        let fixture = try await SegmentEditorFixture()
        try await fixture.world.call(as: .viewer) { browser in
            let json = HTTPFields([HTTPField(name: .contentType, value: "application/json")])
            let counted = try await browser.send(
                .post, "/api/v1/segments/count", headers: json,
                body: #"{"rule": "points > 3 and not (city = 'Oslo' or member = TRUE)"}"#)
            #expect(
                counted.text
                    == #"{"conditions":[{"count":9,"rule":"points > 3"},{"count":4,"rule":"city = 'Oslo'"},{"count":6,"rule":"member = true"}],"count":3,"profiles":12,"rule":"points > 3 and not (city = 'Oslo' or member = true)","share":0.25}"#
            )
            let wrong = try await browser.send(
                .post, "/api/v1/segments/count", headers: json, body: #"{"rule": "pints > 3"}"#)
            #expect(wrong.status == .unprocessableContent)
            #expect(wrong.text.contains("points"))
            let attributes = try await browser.get("/api/v1/attributes")
            #expect(attributes.text.contains(#"{"kind":"timestamp","name":"seen"}"#))
            let values = try await browser.get("/api/v1/attributes/First%20name/values")
            #expect(values.status == .ok && values.text.contains("Ann12"))
            let none = try await browser.get("/api/v1/attributes/none/values")
            #expect(none.problemCode == "not-found")
        }
    }
}
