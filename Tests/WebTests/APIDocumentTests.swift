import Access
import HTTPTypes
import Testing

@testable import Web

struct APIDocumentTests {
    @Test func `the description lists every operation for programs and no other`() throws {
        let routes = try WebWorld().server.routes
            .filter {
                $0.kind == .api || $0.path.hasPrefix("/api/") || $0.path.hasPrefix("/health/")
            }
            .map { "\($0.method) \($0.path)" }
        let described = try APIDocument.own().operations.map { "\($0.method) \($0.path)" }
        #expect(Set(routes) == Set(described))
        #expect(described.count == Set(described).count)
    }

    @Test func `every operation has a summary and a tag`() throws {
        for operation in try APIDocument.own().operations {
            #expect(!operation.summary.isEmpty, "\(operation)")
            #expect(!operation.tag.isEmpty, "\(operation)")
        }
    }

    @Test func `operations are read in their order however the description is laid out`() throws {
        let text = """
            openapi: 3.1.0
            paths:
                "/b": {get: {summary: "One: two", tags: [Second, Third]}, parameters: []}
                /a:
                    post:
                        tags:
                          - First
                        summary: >-
                            On
                            two lines
            components: {get: {summary: no operation}}
            """
        #expect(
            try APIDocument(text).operations == [
                .init(method: "GET", path: "/b", summary: "One: two", tag: "Second"),
                .init(method: "POST", path: "/a", summary: "On two lines", tag: "First"),
            ])
        #expect(throws: (any Error).self) { try APIDocument("paths: [") }
    }

    @Test func `the description is served to anybody`() async throws {
        let world = try WebWorld()
        try await world.call(as: nil) { client async throws in
            let answer = try await client.get("/api/v1/openapi.yaml")
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "application/yaml; charset=utf-8")
            #expect(answer.text.contains("openapi: 3.1.0"))
        }
    }

    @Test func `every code of a problem stands in the description`() throws {
        let text = try APIDocument.own().text
        let codes = try #require(text.firstMatch(of: #/enum: \[(not-found, [^\]]+)\]/#)).output.1
        #expect(codes == WebProblem.Code.allCases.map(\.rawValue).joined(separator: ", "))
    }

    @Test func `the page of the API renders in every language without a gap`() async throws {
        let world = try WebWorld()
        try await world.expectNoGaps(["/api"], as: .viewer)
        try await world.browse(as: .viewer) { browser async throws in
            let page = try await browser.get("/api")
            for operation in try APIDocument.own().operations {
                #expect(page.text.contains(">\(operation.path)<"), "\(operation.path)")
            }
        }
    }
}
