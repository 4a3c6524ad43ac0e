import Access
import EngineConformance
import Foundation
import HTTPTypes
import Phrases
import Profiles
import Store
import Testing

@testable import Web

/// A service whose profiles live where they can only be read: what is not there is said, and the rest goes on.
struct ReadOnlyEngineTests {
    private static let attributes = [
        Attribute(name: "Email", kind: .text), Attribute(name: "Points", kind: .number),
    ]

    private static func world() throws -> WebWorld {
        let profiles = (1...3).map { number in
            Profile(
                id: "p\(number)", changedAt: Timestamp(milliseconds: 1_000),
                values: [
                    "Email": .text("p\(number)@mail.test"), "Points": .number(Double(number)),
                ])
        }
        return try WebWorld(serving: ReferenceEngine(attributes: attributes, profiles: profiles))
    }

    @Test func `customers are listed and filtered, and found by an exact id or address`()
        async throws
    {
        let world = try Self.world()
        try await world.browse(as: .administrator) { browser in
            let page = try await browser.get("/customers")
            #expect(page.status == .ok)
            #expect(page.text.contains("cannot be found by words here"))
            #expect(!page.text.contains("href=\"/customers/search-index\""))
            for (query, found) in [
                ("", ["p1", "p2", "p3"]), ("?q=p2", ["p2"]), ("?q=P3@MAIL.test", ["p3"]),
                ("?q=mail", []), ("?filter=Points%20%3E%201", ["p2", "p3"]),
                ("?q=p1&filter=Points%20%3E%201", []),
            ] {
                let text = try await browser.get("/customers\(query)").text
                for id in ["p1", "p2", "p3"] {
                    #expect(
                        text.contains("href=\"/customers/\(id)\"") == found.contains(id),
                        "\(query), \(id)")
                }
            }
            #expect(try await browser.get("/customers/p1").text.contains("p1@mail.test"))
        }
        try await world.expectNoGaps(["/customers", "/customers/p1", "/segments/new", "/imports"])
    }

    @Test(arguments: Language.allCases)
    func `a page of what is missing says so in the reader's language`(
        language: Language
    ) async throws {
        let world = try Self.world()
        let sentence = try #require(
            PhraseBook(language).text(at: "refusal.engine-unavailable.search"))
        try await world.browse(as: .administrator) { browser in
            browser.jar.set(Visitor.languageCookie, language.rawValue)
            let page = try await browser.get("/customers/search-index")
            #expect(page.status == .conflict)
            #expect(page.text.contains(sentence))
        }
    }

    @Test func `the API says what is missing, and nothing is stored`() async throws {
        let world = try Self.world()
        try await world.call(as: .administrator) { client async throws in
            let frozen = try await client.json(
                .post, "/api/v1/segments",
                #"{"name":"Fixed","kind":"static","rule":"Points > 1"}"#)
            #expect(frozen.status == .conflict && frozen.problemCode == "conflict")
            #expect(frozen.text.contains("cannot be made static here"))
            let upload = try await client.send(
                .post, "/api/v1/imports?key=id", headers: [.contentType: "text/csv"],
                body: "id\np9\n")
            #expect(upload.status == .conflict)
            #expect(upload.text.contains("Files cannot be imported here"))
            let index = try await client.get("/api/v1/search-index")
            #expect(index.status == .conflict)
            #expect(index.text.contains("cannot be found by words here"))
        }
        #expect(try world.catalog.setup.segments().isEmpty)
        #expect(try world.catalog.history.imports(limit: 10).isEmpty)
    }

    @Test func `a dynamic segment is made, counted and shown as ever`() async throws {
        let world = try Self.world()
        try await world.call(as: .administrator) { client async throws in
            let added = try await client.json(
                .post, "/api/v1/segments", #"{"name":"Rich","rule":"Points > 1"}"#)
            #expect(added.status == .created)
            #expect(added.text.contains(#""members":2"#))
            let path = try #require(added.location)
            let first = try await client.get("\(path)/members?limit=1").text
            #expect(first.contains(#""id":"p2""#) && !first.contains(#""next":null"#))
            let removed = try await client.send(.delete, path, body: nil)
            #expect(removed.status.code < 300)
        }
    }
}
