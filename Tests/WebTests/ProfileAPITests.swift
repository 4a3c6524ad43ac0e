import Access
import Acts
import Foundation
import HTTPTypes
import Profiles
import Segments
import Store
import Testing

@testable import Web

struct ProfileAPITests {
    private struct Page: Decodable {
        struct Item: Decodable { let id: String }
        let items: [Item]
        let next: String?
    }

    @Test(arguments: [
        ("", ["p1", "p2", "p3", "a/b c%é", "p5"]), ("?search=ada", ["p1", "p2"]),
        ("?filter=Points%20%3E%20100", ["p1", "p5"]),
        ("?search=ada&filter=Tier%20%3D%20'gold'", ["p1"]), ("?search=%22%2A", []),
    ])
    func `customers are found by words and by a rule`(query: String, ids: [String]) async throws {
        let world = try CustomerWorld()
        try await world.web.call(as: .viewer) { client async throws in
            let answer = try await client.get("/api/v1/customers\(query)")
            #expect(answer.status == .ok)
            #expect(try answer.json(Page.self).items.map(\.id) == ids)
        }
    }

    @Test func `the cursor goes on after the last customer`() async throws {
        let world = try CustomerWorld()
        try await world.web.call(as: .viewer) { client async throws in
            var seen: [String] = []
            var after = ""
            repeat {
                let page = try await client.get("/api/v1/customers?limit=2\(after)").json(
                    Page.self)
                seen += page.items.map(\.id)
                after = page.next.map { "&after=\($0)" } ?? ""
            } while !after.isEmpty
            #expect(seen == ["p1", "p2", "p3", "a/b c%é", "p5"])
        }
    }

    @Test(arguments: [
        "?filter=Points%20%3E", "?filter=Nothing%20%3D%201", "?search=", "?limit=0", "?cursor=1",
        "?after=abc", "?filter=in%20segment%20'None'",
    ])
    func `a query that means nothing is refused`(query: String) async throws {
        let world = try CustomerWorld()
        try await world.web.call(as: .viewer) { client async throws in
            let answer = try await client.get("/api/v1/customers\(query)")
            #expect(answer.status == .badRequest)
            #expect(answer.problemCode == "bad-request")
        }
    }

    @Test func `a customer comes with segments and why, exports and history`() async throws {
        try await RunWorld.with { world in
            try RunWorld.load(["ada@shop.test", "ada@shop.test"], into: world.web)
            let run = try await world.carryOut()
            try await world.web.call(as: .viewer) { client async throws in
                let answer = try await client.get("/api/v1/customers/p1")
                #expect(answer.status == .ok)
                guard case .object(let customer) = try answer.json(JSONValue.self) else {
                    Issue.record("no object")
                    return
                }
                #expect(customer["id"] == "p1")
                #expect(customer["sameAddress"] == .texts(["p2"]))
                guard case .array(let segments) = customer["segments"],
                    case .object(let segment) = segments.first,
                    case .object(let why) = segment["why"],
                    case .array(let exports) = customer["exports"],
                    case .object(let export) = exports.first,
                    case .array(let history) = customer["history"],
                    case .object(let entry) = history.first
                else {
                    Issue.record("members are missing: \(answer.text)")
                    return
                }
                #expect(segment["member"] == .bool(true))
                #expect(why["kind"] == "condition")
                #expect(why["text"] == "points > 0")
                #expect(why["holds"] == .bool(true))
                #expect(export["state"] == "delivered")
                #expect(export["next"] == "stay")
                #expect(export["runId"] == .integer(run.id.rawValue))
                #expect(entry["runId"] == .integer(run.id.rawValue))
                #expect(entry["outcome"] == "delivered")
                let twin = try await client.get("/api/v1/customers/p2")
                #expect(twin.text.contains("\"state\":\"suppressed\""))
                #expect(twin.text.contains("\"next\":\"suppressed\""))
                #expect(twin.text.contains("\"profileId\":\"p1\""))
            }
        }
    }

    @Test func `ids are any text, and unknown ones are not found`() async throws {
        let world = try CustomerWorld()
        try await world.web.call(as: .viewer) { client async throws in
            let answer = try await client.get("/api/v1/customers/a%2Fb%20c%25%C3%A9")
            #expect(answer.status == .ok)
            #expect(answer.text.contains("Oslo"))
            #expect(try await client.get("/api/v1/customers/p9").status == .notFound)
            #expect(try await client.get("/api/v1/customers/p1?x=1").status == .badRequest)
        }
    }

    @Test func `administrators choose what customers are searched by`() async throws {
        let world = try CustomerWorld()
        try await world.web.call(as: .administrator) { client async throws in
            let state = try await client.get("/api/v1/search-index").json(JSONValue.self)
            #expect(
                state == [
                    "attributes": .texts(["email", "FirstName", "LastName", "City"]),
                    "chosen": .bool(false), "indexed": .integer(5), "total": .integer(5),
                ])
            let chosen = try await client.send(
                .put, "/api/v1/search-index", headers: [.contentType: "application/json"],
                body: "{\"attributes\": [\"Tier\"]}")
            #expect(chosen.status == .ok)
            #expect(chosen.text.contains("\"attributes\":[\"Tier\"]"))
            for body in ["{}", "{\"attributes\": [\"Points\"]}", "{\"attributes\": \"Tier\"}"] {
                let answer = try await client.send(
                    .put, "/api/v1/search-index", headers: [.contentType: "application/json"],
                    body: body)
                #expect(answer.status == .unprocessableContent, "\(body)")
            }
        }
        let rows = try world.web.audit().filter { $0.contains("search-index") }
        #expect(rows.count == 1)
        #expect(
            rows.first?.hasSuffix(
                "set search-index customers [City FirstName LastName Tier email]") == true)
    }
}
