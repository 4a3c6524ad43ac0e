import Access
import Exports
import Foundation
import HTTPTypes
import Store
import Testing

@testable import Web

struct RunPeopleTests {
    private static let awkward = [
        "ada@shop.test", "o'brien@shop.test", "<b>bold</b>@shop.test", "=cmd|'/c calc'!a0",
        "דוד@shop.test", "a,b \"c\"@shop.test", "",
    ]

    @Test func `people are listed by outcome with their reason, and shown as text only`()
        async throws
    {
        try await RunWorld.with { world in
            try RunWorld.load(Self.awkward, into: world.web)
            let run = try await world.carryOut()
            try await world.web.browse(as: .viewer) { browser in
                let page = try await browser.get("/runs/\(run.id)/people?outcome=suppressed")
                #expect(page.text.contains("<bdi dir=\"ltr\">&lt;b&gt;bold&lt;/b&gt;@shop.test"))
                #expect(!page.text.contains("<b>bold"))
                #expect(page.text.contains("The email address breaks the destination&#39;s rules"))
                #expect(!page.text.contains("ada@shop.test"))
                #expect(page.text.contains("aria-current=\"page\">Suppressed"))
                let none = try await browser.get("/runs/\(run.id)/people?outcome=refused&q=ada")
                #expect(none.text.contains("Nobody matches."))
                let all = try await browser.get("/runs/\(run.id)/people")
                #expect(all.text.contains("ada@shop.test"))
                #expect(all.text.contains("דוד@shop.test"))
            }
        }
    }

    @Test(arguments: [
        ("ADA@SHOP", ["p1"]), ("%", []), ("_", []), ("p6", ["p6"]), ("דוד", ["p5"]),
        ("o'br", ["p2"]), ("\\", []),
    ])
    func `people are found by a part of their address or profile id`(
        part: String, found: [String]
    ) async throws {
        try await RunWorld.with { world in
            try RunWorld.load(Self.awkward, into: world.web)
            let run = try await world.carryOut()
            try await world.web.browse(as: .viewer) { browser in
                let page = try await browser.get(
                    "/runs/\(run.id)/people?q=\(LinkQuery.encoded(part))")
                let ids = page.text.matches(of: #/<td><code dir="ltr">(p[0-9]+)</#).map {
                    String($0.1)
                }
                #expect(ids == found)
            }
        }
    }

    @Test func `the pages of a long list hold everyone once`() async throws {
        try await RunWorld.with { world in
            try RunWorld.load(
                (1...(2 * RunPages.peopleMax + 7)).map { "p\($0)@shop.test" }, into: world.web)
            let run = try await world.carryOut()
            try await world.web.browse(as: .viewer) { browser in
                var path: String? = "/runs/\(run.id)/people?outcome=delivered"
                var seen: [String] = []
                while let next = path {
                    let page = try await browser.get(next)
                    seen += page.text.matches(of: #/<bdi dir="ltr">([^<]+)</#).map { String($0.1) }
                    path = page.text.firstMatch(of: #/rel="next" href="([^"]+)"/#).map {
                        String($0.1).replacing("&amp;", with: "&")
                    }
                }
                #expect(seen.count == 2 * RunPages.peopleMax + 7)
                #expect(
                    seen == seen.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
                )
                #expect(Set(seen).count == seen.count)
            }
        }
    }

    @Test func `the file holds who the filter lets through, and no formula`() async throws {
        try await RunWorld.with { world in
            try RunWorld.load(Self.awkward, into: world.web)
            let run = try await world.carryOut()
            try await world.web.browse(as: .viewer) { browser in
                let file = try await browser.get("/runs/\(run.id)/people.csv?outcome=suppressed")
                #expect(file.headers[.contentType] == "text/csv; charset=utf-8")
                let lines = file.text.components(separatedBy: "\r\n").dropLast()
                #expect(lines.count == 1 + run.suppressed)
                #expect(lines.first?.hasPrefix("email,profile,outcome,action,reason") == true)
                #expect(
                    lines.contains {
                        $0.hasPrefix("'=cmd|'/c calc'!a0,p4,suppressed,,invalid-email,")
                    })
                #expect(lines.contains { $0.hasPrefix(",p7,suppressed,,no-email,") })
                #expect(!file.text.contains("ada@shop.test"))
            }
        }
    }

    @Test func `the calls of a run are listed without personal data, and can be downloaded`()
        async throws
    {
        try await RunWorld.with { world in
            let run = try await world.carryOut()
            try #require(run.requests > 0)
            try await world.web.browse(as: .viewer) { browser in
                let page = try await browser.get("/runs/\(run.id)/calls")
                #expect(page.text.contains("/api/3/import/bulk_import</code>"))
                #expect(page.text.contains("POST"))
                #expect(!page.text.contains("shop.test"))
                let file = try await browser.get("/runs/\(run.id)/calls.csv")
                let lines = file.text.components(separatedBy: "\r\n").dropLast()
                #expect(lines.count == 1 + run.requests)
                #expect(lines.first == "time,method,path,status,milliseconds,pause")
                #expect(!file.text.contains("shop.test"))
            }
        }
    }
}
