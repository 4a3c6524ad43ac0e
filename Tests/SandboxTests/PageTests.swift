import Foundation
import Synchronization
import Testing

@testable import Sandbox

struct PageTests {
    private func pages(_ fixture: Fixture) -> SandboxPages {
        SandboxPages(account: fixture.account)
    }

    private func text(
        _ fixture: Fixture, _ path: String, _ query: [(name: String, value: String)] = [],
        language: String = "en"
    ) -> String {
        let call = SandboxRequest(
            "GET", path, query: query + [("lang", language)], base: "http://127.0.0.1:8300")
        let answer = pages(fixture).answer(call, acceptLanguage: nil, at: fixture.now)
        return String(decoding: answer?.body ?? [], as: UTF8.self)
    }

    private func seeded() -> Fixture {
        var fixture = Fixture()
        _ = fixture.carryOut([
            row(
                "eve@shop.test", ("first_name", "<b>Eve</b>"), ("tags", ["a&b"]),
                ("fields", [["id": 1, "value": "\"gold\""]]))
        ])
        return fixture
    }

    static let languages = ["en", "bg", "pl", "zh-Hans", "hu", "he"]

    @Test(arguments: languages)
    func `every page renders whole in every language`(language: String) {
        let fixture = seeded()
        for path in ["/", "/contacts", "/contacts/1", "/nothing"] {
            let page = text(fixture, path, language: language)
            #expect(page.contains("<html lang=\"\(language)\" dir="))
            #expect(page.contains("</html>"))
            #expect(page.components(separatedBy: "<h1>").count == 2)
            #expect(!page.contains("{{") && !page.contains("sandbox."))
            #expect(!page.contains("></label>") && !page.contains("<h2></h2>"))
        }
    }

    @Test func `Hebrew runs from right to left`() {
        #expect(text(Fixture(), "/", language: "he").contains("<html lang=\"he\" dir=\"rtl\">"))
    }

    @Test func `what people wrote is escaped`() {
        let page = text(seeded(), "/contacts/1")
        #expect(page.contains("&lt;b&gt;Eve&lt;/b&gt;"))
        #expect(page.contains("a&amp;b"))
        #expect(!page.contains("<b>Eve"))
    }

    @Test func `the browser's language is taken when none is asked for`() {
        let answer = pages(Fixture()).answer(
            SandboxRequest("GET", "/"), acceptLanguage: "hu,en;q=0.5", at: 0)
        let page = String(decoding: answer?.body ?? [], as: UTF8.self)
        #expect(page.contains("<html lang=\"hu\""))
    }

    @Test func `contacts are shown in pages and searched`() {
        var fixture = Fixture { $0.limits = false }
        _ = fixture.carryOut((0..<120).map { row("p\($0)@shop.test") })
        let first = text(fixture, "/contacts")
        #expect(first.contains("120 contacts"))
        #expect(first.contains("after=50") && !first.contains("before="))
        let last = text(fixture, "/contacts", [("after", "100")])
        #expect(!last.contains("after=") && last.contains("before=101"))
        let back = text(fixture, "/contacts", [("before", "101")])
        #expect(back.contains("/contacts/51?") && back.contains("/contacts/100?"))
        #expect(text(fixture, "/contacts", [("search", "P7@")]).contains("1 contact<"))
        #expect(text(fixture, "/contacts", [("search", "nobody")]).contains("No contact matches"))
    }

    @Test func `the form sets all knobs or none`() {
        let fixture = Fixture()
        func post(_ form: String) -> String? {
            let call = SandboxRequest(
                "POST", "/knobs", query: [("lang", "en")], body: Array(form.utf8))
            return pages(fixture).answer(call, acceptLanguage: nil, at: 0)?.header("Location")
        }
        #expect(post("limits=false&poison=a%2Bb+c&unknown=1") == "/?lang=en&saved=1")
        #expect(fixture.account.knobs.limits == false)
        #expect(fixture.account.knobs.poison == "a+b c")
        #expect(post("limits=true&fault-429=many") == "/?lang=en&refused=fault-429")
        #expect(fixture.account.knobs.limits == false)
    }

    @Test func `each knob has a label and each violation a name in every language`() {
        let fixture = Fixture()
        fixture.account.state.withLock { state in
            for violation in Violation.allCases { state.tally.note(violation) }
        }
        for language in Self.languages {
            let page = text(fixture, "/", language: language)
            for knob in Knob.all {
                #expect(!page.contains("<label for=\"\(knob.name)\">\(knob.name)<"))
            }
            for violation in Violation.allCases {
                #expect(!page.contains("<dt>\(violation.rawValue)<"))
            }
        }
    }

    @Test func `the style sheet names no foreign origin`() {
        #expect(!SandboxStyle.css.contains("http") && !SandboxStyle.css.contains("@import"))
    }
}
