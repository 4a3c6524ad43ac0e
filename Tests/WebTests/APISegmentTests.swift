import Access
import Acts
import Exports
import Foundation
import HTTPTypes
import Profiles
import Segments
import Store
import Testing

@testable import Web

/// A segment as clients read it.
private struct SegmentAnswer: Decodable {
    struct Thing: Decodable, Equatable {
        let id: Int64
        let name: String
    }
    struct Uses: Decodable {
        let exports: [Thing]
        let segments: [Thing]
    }
    struct Trouble: Decodable {
        let code: String
    }

    let id: Int64
    let name: String
    let kind: String
    let rule: String?
    let formerRule: String?
    let state: String
    let members: Int?
    let evaluatedAt: String?
    let trouble: Trouble?
    let usedBy: Uses
}

struct APISegmentTests {
    private static let path = "/api/v1/segments"

    @Test func `a segment is added with its rule and evaluated at once`() async throws {
        try await ExportFixture.with(segments: false) { fixture in
            try await fixture.world.call(as: .contributor) { client async throws in
                let answer = try await client.json(
                    .post, Self.path, #"{"name":"Rich","rule":"points>0"}"#)
                #expect(answer.status == .created)
                let segment = try answer.json(SegmentAnswer.self)
                #expect(answer.location == "\(Self.path)/\(segment.id)")
                #expect(segment.kind == "dynamic")
                #expect(segment.rule == "points > 0")
                #expect(segment.state == "active")
                #expect(segment.members == 3)
                #expect(segment.evaluatedAt == "2026-01-05T08:00:00.000Z")
                #expect(segment.usedBy.exports.isEmpty)
                #expect(try await client.get("\(Self.path)/\(segment.id)").text == answer.text)
            }
            #expect(try fixture.world.audit().last?.hasSuffix("add segment Rich []") == true)
        }
    }

    @Test func `a static segment is made from a rule or from ids`() async throws {
        try await ExportFixture.with(segments: false) { fixture in
            try await fixture.world.call(as: .contributor) { client async throws in
                let frozen = try await client.json(
                    .post, Self.path,
                    #"{"name":"Frozen","kind":"static","rule":"points > 0","state":"inactive"}"#
                ).json(SegmentAnswer.self)
                #expect(frozen.kind == "static")
                #expect(frozen.rule == nil)
                #expect(frozen.formerRule == "points > 0")
                #expect(frozen.members == 3)
                #expect(frozen.state == "inactive")
                let picked = try await client.json(
                    .post, Self.path, #"{"name":"Picked","kind":"static","ids":["p1","p2"]}"#
                ).json(SegmentAnswer.self)
                #expect(picked.members == 2)
                #expect(picked.formerRule == nil)
            }
        }
    }

    @Test(arguments: [
        (#"{"name":"A"}"#, "rule", "required"),
        (#"{"name":"A","rule":"wealth > 0"}"#, "rule", "rule"),
        (#"{"name":"A","rule":"points >"}"#, "rule", "rule"),
        (#"{"name":"A","ids":["p1"]}"#, "ids", "dynamic"),
        (#"{"name":"A","kind":"static","ids":["p1"],"rule":"everyone"}"#, "ids", "both"),
        (#"{"name":"A","kind":"static","ids":["p1","nobody"]}"#, "ids[1]", "unknown"),
        (#"{"name":" A","rule":"everyone"}"#, "name", "name"),
        (#"{"name":"A","rule":"everyone","state":"on"}"#, "state", "choice"),
        (#"{"name":"A","rule":"everyone","x":1}"#, "x", "unknown"),
    ])
    func `a body that does not fit stores nothing`(
        body: String, field: String, code: String
    ) async throws {
        try await ExportFixture.with(segments: false) { fixture in
            try await fixture.world.call(as: .contributor) { client async throws in
                let answer = try await client.json(.post, Self.path, body)
                #expect(answer.status == .unprocessableContent)
                let finding = try answer.problem().errors?.first
                #expect(finding?.field == field)
                #expect(finding?.code == code)
            }
            #expect(try fixture.world.catalog.setup.segments().isEmpty)
        }
    }

    @Test func `a name that is taken is a conflict`() async throws {
        try await ExportFixture.with { fixture in
            try await fixture.world.call(as: .contributor) { client async throws in
                let answer = try await client.json(
                    .post, Self.path, #"{"name":"everyone","rule":"points > 0"}"#)
                #expect(answer.status == .conflict)
                #expect(try answer.problem().code == "name-taken")
            }
        }
    }

    @Test func `a change evaluates, and what is not given stays`() async throws {
        try await ExportFixture.with { fixture in
            let id = try fixture.world.catalog.setup.segment(named: "Everyone").id
            try await fixture.world.call(as: .contributor) { client async throws in
                for (body, kind, rule, state, members) in [
                    (#"{"rule":"points>1"}"#, "dynamic", "points > 1", "active", 2),
                    (#"{"kind":"static"}"#, "static", nil, "active", 2),
                    (#"{"state":"inactive"}"#, "static", nil, "inactive", 2),
                    (#"{"kind":"dynamic"}"#, "dynamic", "points > 1", "inactive", 2),
                    (
                        #"{"rule":"points>2","state":"active"}"#, "dynamic", "points > 2", "active",
                        1
                    ),
                    ("{}", "dynamic", "points > 2", "active", 1),
                ] as [(String, String, String?, String, Int)] {
                    let answer = try await client.json(.patch, "\(Self.path)/\(id)", body)
                    #expect(answer.status == .ok, "\(body)")
                    let segment = try answer.json(SegmentAnswer.self)
                    #expect(segment.kind == kind, "\(body)")
                    #expect(segment.rule == rule, "\(body)")
                    #expect(segment.state == state, "\(body)")
                    #expect(segment.members == members, "\(body)")
                }
                for body in [#"{"rule":"wealth > 0"}"#, #"{"kind":"static","rule":"everyone"}"#] {
                    let answer = try await client.json(.patch, "\(Self.path)/\(id)", body)
                    #expect(answer.status == .unprocessableContent, "\(body)")
                }
                let gone = try await client.json(.patch, "\(Self.path)/999", "{}")
                #expect(gone.status == .notFound)
            }
        }
    }

    @Test func `a set of ids becomes dynamic only by a rule`() async throws {
        try await ExportFixture.with(segments: false) { fixture in
            let picked = try await fixture.addSegment("Picked", .fixed(ids: ["p1"]))
            try await fixture.world.call(as: .contributor) { client async throws in
                let answer = try await client.json(
                    .patch, "\(Self.path)/\(picked.id)", #"{"kind":"dynamic"}"#)
                #expect(answer.status == .unprocessableContent)
                #expect(try answer.problem().errors?.first?.field == "rule")
            }
        }
    }

    @Test func `a segment in use is not deleted, and the answer names what uses it`() async throws {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport("Newsletter")
            let inner = try fixture.world.catalog.setup.segment(named: "With points")
            let outer = try await fixture.addSegment(
                "Outer", .dynamic(rule: "in segment 'Everyone'"))
            let middle = try fixture.world.catalog.setup.segment(named: "Everyone")
            try await fixture.world.call(as: .contributor) { client async throws in
                let held = try await client.json(.delete, "\(Self.path)/\(inner.id)")
                #expect(held.status == .conflict)
                #expect(try held.problem().code == "in-use")
                #expect(held.text.contains("'Newsletter'"))
                let used = try await client.json(.delete, "\(Self.path)/\(middle.id)")
                #expect(used.text.contains("'Outer'"))
                let shown = try await client.get("\(Self.path)/\(inner.id)").json(
                    SegmentAnswer.self)
                #expect(shown.usedBy.exports == [.init(id: export.id.rawValue, name: "Newsletter")])
                let free = try await client.json(.delete, "\(Self.path)/\(outer.id)")
                #expect(free.status == .noContent)
                #expect(
                    try await client.json(.delete, "\(Self.path)/\(outer.id)").status == .notFound)
            }
            #expect(try fixture.world.catalog.setup.segments().count == 2)
        }
    }

    @Test func `an evaluation is written down; one that fails is a conflict and says why`()
        async throws
    {
        try await ExportFixture.with { fixture in
            let segment = try fixture.world.catalog.setup.segment(named: "Everyone")
            try await fixture.world.call(as: .contributor) { client async throws in
                let path = "\(Self.path)/\(segment.id)"
                // Counting for the asking is not written down.
                let counted = try await client.get("\(path)?count=true").json(SegmentAnswer.self)
                #expect(counted.members == 5)
                #expect(try await client.get(path).json(SegmentAnswer.self).members == nil)
                let answer = try await client.json(.post, "\(path)/evaluate")
                #expect(try answer.json(SegmentAnswer.self).members == 5)
                try fixture.breakRule(of: segment)
                let failed = try await client.json(.post, "\(path)/evaluate")
                #expect(failed.status == .conflict)
                #expect(failed.text.contains("wealth"))
                let shown = try await client.get(path).json(SegmentAnswer.self)
                #expect(shown.members == 5)
                #expect(shown.trouble?.code == "rule-invalid")
                #expect(try await client.get("\(path)/members").status == .conflict)
            }
        }
    }

    private struct Page<Item: Decodable>: Decodable {
        let items: [Item]
        let next: String?
    }

    private struct Size: Decodable {
        let at: String
        let members: Int
    }

    @Test func `sizes come newest first and page by page`() async throws {
        try await ExportFixture.with(segments: false) { fixture in
            let segment = try await fixture.addSegment("Rich", .dynamic(rule: "points > 0"))
            for rule in ["points > 1", "points > 2"] {
                fixture.world.pass(.seconds(60))
                try await fixture.world.services.segments.change(
                    segment.id, rule: rule, by: WebWorld.actor)
            }
            try await fixture.world.call(as: .viewer) { client async throws in
                let path = "\(Self.path)/\(segment.id)/sizes"
                let first = try await client.get("\(path)?limit=2").json(Page<Size>.self)
                #expect(first.items.map(\.members) == [1, 2])
                #expect(first.items[0].at == "2026-01-05T08:02:00.000Z")
                let next = try #require(first.next)
                let second = try await client.get("\(path)?limit=2&after=\(next)")
                    .json(Page<Size>.self)
                #expect(second.items.map(\.members) == [3])
                #expect(second.next == nil)
                #expect(try await client.get("\(Self.path)/999/sizes").status == .notFound)
            }
        }
    }

    private struct Member: Decodable {
        struct Attributes: Decodable {
            let points: Double?
            let name: String?
            let birthDate: String?

            enum CodingKeys: String, CodingKey {
                case points, name
                case birthDate = "birth_date"
            }
        }
        let id: String
        let attributes: Attributes
    }

    @Test func `members come in the order of their ids with their attributes`() async throws {
        try await ExportFixture.with { fixture in
            let segment = try fixture.world.catalog.setup.segment(named: "With points")
            try await fixture.world.call(as: .viewer) { client async throws in
                let path = "\(Self.path)/\(segment.id)/members"
                let first = try await client.get("\(path)?limit=2").json(Page<Member>.self)
                #expect(first.items.map(\.id) == ["p3", "p4"])
                #expect(first.items[0].attributes.points == 1)
                #expect(first.items[0].attributes.name == "Ann")
                #expect(first.items[0].attributes.birthDate == "1984-03-03")
                let next = try #require(first.next)
                let second = try await client.get("\(path)?limit=2&after=\(next)")
                    .json(Page<Member>.self)
                #expect(second.items.map(\.id) == ["p5"])
                #expect(second.next == nil)
                let stray = try await client.get("\(Self.path)?after=\(next)")
                #expect(stray.status == .badRequest)
            }
        }
    }
}
