import Access
import Exports
import Foundation
import HTTPTypes
import Profiles
import SQLiteEngine
import Segments
import Store
import Testing

@testable import Web

/// A service with five customers, two segments and no account.
struct CustomerWorld {
    let web: WebWorld

    static let people = """
        id,email,FirstName,LastName,Tier,City,Points,Born,Active
        p1,ada@shop.test,Ada,Lovelace,gold,London,120,1990-12-10,true
        p2,ada@shop.test,Ada,Byron,silver,Paris,20,1991-01-02,false
        p3,<b>x</b>@shop.test,"<b>Bob</b>",O'Neil,gold,,7,,true
        a/b c%é,odd@shop.test,Odd,Id,silver,Oslo,0,2001-05-06,false
        p5,,No,Address,gold,Rome,300,,true

        """

    init(_ text: String = CustomerWorld.people) throws {
        web = try WebWorld()
        if !text.isEmpty { try Self.load(text, into: web) }
    }

    static func load(_ text: String, into world: WebWorld) throws {
        let file = world.folder.appending(path: "customers.csv")
        try Data(text.utf8).write(to: file)
        _ = try world.engine.importProfiles(
            try ImportFile(path: file.path()), options: ImportOptions(key: "id"),
            now: Timestamp(milliseconds: WebWorld.start), progress: { _ in },
            isCancelled: { false })
    }

    func addSegment(_ name: String, _ rule: String) throws {
        _ = try web.catalog.setup.addSegment(
            named: name, definition: .dynamic(rule: rule), by: WebWorld.actor)
    }
}

struct ProfilePagesTests {
    private static func ids(_ page: Browser.Answer) -> [String] {
        page.text.matches(of: #/<code dir="ltr">([^<]+)</code></td></tr>/#).map { String($0.1) }
    }

    // MARK: Looking for customers

    @Test(arguments: [
        ("", ["p1", "p2", "p3", "a/b c%é", "p5"]), ("?q=ada", ["p1", "p2"]),
        ("?q=ADA+par", ["p2"]), ("?q=p3", ["p3"]), ("?q=a%2Fb+c%25%C3%A9", ["a/b c%é"]),
        ("?is.Tier=gold", ["p1", "p3", "p5"]),
        ("?is.Tier=gold&is.Tier=silver", ["p1", "p2", "p3", "a/b c%é", "p5"]),
        ("?is.Tier=gold&is.Active=false", []), ("?q=ada&is.Tier=gold", ["p1"]),
        ("?attribute=Points&test=least&value=100", ["p1", "p5"]),
        ("?attribute=City&test=equals&value=paris", ["p2"]),
        ("?attribute=City&test=differs&value=paris", ["p1", "p3", "a/b c%é", "p5"]),
        ("?attribute=City&test=empty&value=", ["p3"]),
        (
            "?attribute=City&test=filled&value=&attribute=Points&test=most&value=20",
            ["p2", "a/b c%é"]
        ),
        ("?attribute=Born&test=least&value=1991-01-01", ["p2", "a/b c%é"]),
        ("?attribute=Active&test=equals&value=Yes", ["p1", "p3", "p5"]),
        ("?attribute=LastName&test=contains&value='n", ["p3"]),
        ("?filter=Points+%3E+100+or+City+%3D+'Oslo'", ["p1", "a/b c%é", "p5"]),
        ("?filter=in+segment+'Rich'", ["p1", "p5"]),
        ("?attribute=&test=equals&value=", ["p1", "p2", "p3", "a/b c%é", "p5"]),
    ])
    func `customers are found by words, ticks, conditions and rules`(
        query: String, ids: [String]
    ) async throws {
        let world = try CustomerWorld()
        try world.addSegment("Rich", "Points > 100")
        try await world.web.browse(as: .viewer) { browser async throws in
            let page = try await browser.get("/customers\(query)")
            #expect(page.status == .ok)
            #expect(Self.ids(page) == ids)
            #expect(page.text.contains("No customer matches.") == ids.isEmpty)
        }
    }

    @Test(arguments: [
        "?attribute=Points&test=least&value=many", "?attribute=Born&test=equals&value=yesterday",
        "?attribute=Nothing&test=equals&value=1", "?filter=Points+%3E%3E", "?is.Nothing=1",
        "?filter=in+segment+'None'", "?attribute=Points&test=contains&value=1",
        "?attribute=City&test=equals&value=",
    ])
    func `filters that mean nothing are told and keep what was entered`(
        query: String
    ) async throws {
        let world = try CustomerWorld()
        try await world.web.browse(as: .viewer) { browser async throws in
            let page = try await browser.get("/customers\(query)")
            #expect(page.status == .unprocessableContent)
            #expect(page.text.contains("The filters cannot be applied."))
            #expect(Self.ids(page) == [])
            let last = query.split(separator: "=").last.map(String.init) ?? ""
            #expect(
                query.hasSuffix("=")
                    || page.text.contains("value=\"\(FormFields("v=\(last)")["v"] ?? "")")
                    || page.text.contains("&#39;None&#39;") || page.text.contains("&gt;&gt;"))
        }
    }

    @Test func `what customers hold is shown as text`() async throws {
        let world = try CustomerWorld()
        try await world.web.browse(as: .viewer) { browser async throws in
            for path in ["/customers?q=neil", "/customers/p3", "/customers?q=%3Cb%3E"] {
                let page = try await browser.get(path)
                #expect(page.status == .ok)
                #expect(page.text.contains("&lt;b&gt;"))
                #expect(!page.text.contains("<b>"))
            }
        }
    }

    @Test func `pages go on after the last customer and hold everybody once`() async throws {
        let rows = (1...107).map { "c\($0),c\($0)@shop.test,gold" }.joined(separator: "\n")
        let world = try CustomerWorld("id,email,Tier\n\(rows)\n")
        try await world.web.browse(as: .viewer) { browser async throws in
            var path: String? = "/customers?q=shop&filter=Tier+%3D+'gold'"
            var seen: [String] = []
            while let next = path {
                let page = try await browser.get(next)
                seen += Self.ids(page)
                path = page.text.firstMatch(of: #/rel="next" href="([^"]+)"/#).map {
                    String($0.1).replacing("&amp;", with: "&").replacing("&#39;", with: "'")
                }
            }
            #expect(seen == (1...107).map { "c\($0)" })
        }
    }

    @Test func `filters become a segment for those who may make one`() async throws {
        let world = try CustomerWorld()
        let path = "/customers?q=ada&is.Tier=gold&attribute=Points&test=least&value=100"
        try await world.web.browse(as: .contributor) { browser async throws in
            let page = try await browser.get(path)
            let rule = LinkQuery.text([("rule", "Tier = 'gold' and Points >= 100")])
            #expect(page.text.contains("href=\"/segments/new\(rule)\""))
            #expect(page.text.contains("href=\"/customers?q=ada\""))
            #expect(try await !browser.get("/customers?q=ada").text.contains("/segments/new"))
        }
        try await world.web.browse(as: .viewer) { browser async throws in
            #expect(try await !browser.get(path).text.contains("/segments/new"))
        }
    }

    @Test func `without customers the page leads to imports`() async throws {
        let world = try CustomerWorld("")
        try await world.web.browse(as: .contributor) { browser async throws in
            let page = try await browser.get("/customers")
            #expect(page.text.contains("No customers have been imported yet."))
            #expect(
                page.text.contains("href=\"/imports\" ")
                    || page.text.contains("first\" href=\"/imports\""))
        }
        try await world.web.browse(as: .viewer) { browser async throws in
            #expect(try await !browser.get("/customers").text.contains("first\" href=\"/imports\""))
        }
    }

    @Test func `the page says how far the index is`() async throws {
        let rows = (1...2_100).map { "c\($0),c\($0)@shop.test" }.joined(separator: "\n")
        let world = try CustomerWorld("id,email\n\(rows)\n")
        try await world.web.browse(as: .viewer) { browser async throws in
            #expect(
                try await browser.get("/customers").text.contains(
                    "2,000 of 2,100 customers are indexed so far."))
            while try !world.web.engine.advanceIndex(by: 1_000, .none) {}
            #expect(try await !browser.get("/customers").text.contains("indexed so far"))
        }
    }

    // MARK: The index

    @Test func `an administrator chooses what customers are searched by`() async throws {
        let world = try CustomerWorld()
        try await world.web.browse(as: .administrator) { browser async throws in
            let page = try await browser.get("/customers/search-index")
            #expect(page.text.contains("value=\"email\" checked"))
            #expect(!page.text.contains("value=\"Tier\" checked"))
            #expect(!page.text.contains("value=\"Points\""))
            let answer = try await browser.post(
                "/customers/search-index", [("attribute", "Tier"), ("attribute", "email")])
            #expect(answer.location == "/customers/search-index?notice=search-index-saved")
            #expect(try await Self.ids(browser.get("/customers?q=gold")) == ["p1", "p3", "p5"])
            _ = try await browser.post("/customers/search-index", [("default", "1")])
            #expect(try await Self.ids(browser.get("/customers?q=gold")) == [])
            _ = try await browser.post("/customers/search-index", [("default", "1")])
            let refused = try await browser.post(
                "/customers/search-index", [("attribute", "Points")])
            #expect(refused.status == .unprocessableContent)
        }
        #expect(
            try world.web.audit() == [
                "user:administrator-user set search-index customers [City FirstName LastName Tier]",
                "user:administrator-user set search-index customers [City FirstName LastName Tier]",
            ])
    }

    // MARK: The card

    @Test func `a card tells each segment with a tick or a cross for every condition`()
        async throws
    {
        let world = try CustomerWorld()
        try world.addSegment("Rich", "Points > 100")
        try world.addSegment(
            "Rich in London", "in segment 'Rich' and (City = 'London' or City = 'Rome')")
        try world.addSegment("Not gold", "Tier != 'gold'")
        try world.addSegment("Broken", "Points > 1")
        let fixed = try world.web.catalog.setup.addSegment(
            named: "Fixed", definition: .static, by: WebWorld.actor)
        _ = try world.web.engine.freeze(ids: ["p1"], as: fixed.id, .none)
        try await world.web.browse(as: .viewer) { browser async throws in
            let page = try await browser.get("/customers/p1")
            #expect(page.status == .ok)
            #expect(page.text.contains("<h1><bdi>Ada Lovelace</bdi></h1>"))
            let lines = page.text.matches(
                of: #/<li class="(in\d) (yes|no)">.*?(?:unseen">[^<]*</span>)(.*?)</span></li>/#
            ).map {
                "\($0.1) \($0.2) \($0.3)".replacing(#/<[^>]+>/#, with: "")
            }
            #expect(
                lines.contains("in0 yes All of these"))
            #expect(lines.contains("in1 yes Member of “Rich”"))
            #expect(lines.contains("in2 yes Points &gt; 100 here: 120"))
            #expect(lines.contains("in1 yes At least one of these"))
            #expect(lines.contains("in2 yes City = &#39;London&#39; here: London"))
            #expect(lines.contains("in2 no City = &#39;Rome&#39; here: London"))
            #expect(lines.contains("in0 no Tier != &#39;gold&#39; here: gold"))
            #expect(page.text.contains("Not in 1 segment"))
            #expect(page.text.contains("A fixed set of members, without a rule."))
            // The other profile of the address.
            #expect(page.text.contains("href=\"/customers/p2\""))
            let other = try await browser.get("/customers/p3")
            #expect(other.text.contains("Attributes without a value"))
            #expect(!other.text.contains("href=\"/customers/p1\""))
        }
    }

    @Test func `an id may be any text`() async throws {
        let world = try CustomerWorld()
        try await world.web.browse(as: .viewer) { browser async throws in
            let list = try await browser.get("/customers?q=odd")
            let href = try #require(
                list.text.firstMatch(of: #/href="(/customers/a[^"]+)"/#)?.output.1)
            let page = try await browser.get(String(href))
            #expect(page.status == .ok)
            #expect(page.text.contains("Odd Id"))
            #expect(try await browser.get("/customers/nobody").status == .notFound)
        }
    }

    @Test func `a card tells for each export where the person stands and what comes next`()
        async throws
    {
        try await RunWorld.with { world in
            try RunWorld.load(
                ["ada@shop.test", "bad address", "", "ada@shop.test"], into: world.web)
            let before = try await world.web.browse(as: .viewer) { browser async throws in
                try await browser.get("/customers/p1")
            }
            #expect(before.text.contains("Never sent"))
            #expect(before.text.contains("The next run sends this customer."))
            #expect(before.text.contains("No run has had to do with this customer."))
            let run = try await world.carryOut()
            try await world.web.browse(as: .viewer) { browser async throws in
                let sent = try await browser.get("/customers/p1")
                #expect(sent.text.contains("Delivered"))
                #expect(sent.text.contains("href=\"/runs/\(run.id)\""))
                #expect(sent.text.contains("The next run sends what has changed."))
                let bad = try await browser.get("/customers/p2")
                #expect(bad.text.contains("Suppressed"))
                #expect(bad.text.contains("breaks the destination&#39;s rules, so nothing can be"))
                #expect(bad.text.contains("The email address breaks the destination&#39;s rules"))
                let none = try await browser.get("/customers/p3")
                #expect(none.text.contains("The profile has no email address"))
                #expect(none.text.contains("without an email address nothing can be sent"))
                let twin = try await browser.get("/customers/p4")
                #expect(
                    twin.text.contains(
                        "Another profile with the same email address is sent instead"))
                #expect(twin.text.contains("href=\"/customers/p1\""))
            }
        }
    }

    @Test func `the pages render in every language without a gap`() async throws {
        let world = try CustomerWorld()
        try world.addSegment("Rich", "in segment 'Gold' and not (City is empty or everyone)")
        try world.addSegment("Gold", "Tier = 'gold'")
        try await world.web.expectNoGaps([
            "/customers", "/customers?q=ada&is.Tier=gold", "/customers?filter=x",
            "/customers?attribute=Points&test=least&value=x", "/customers/p1", "/customers/p5",
            "/customers/search-index", "/customers/search-index?notice=search-index-saved",
        ])
        try await CustomerWorld("").web.expectNoGaps(["/customers", "/customers/search-index"])
        try await RunWorld.with { world in
            try RunWorld.load(["ada@shop.test", "bad", "ada@shop.test"], into: world.web)
            _ = try await world.carryOut()
            try await world.web.expectNoGaps(["/customers/p1", "/customers/p2", "/customers/p3"])
        }
    }
}
