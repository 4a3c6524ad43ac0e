import Foundation
import Testing

@testable import Sandbox

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The sandbox over real sockets.
@Suite(.timeLimit(.minutes(10)))
struct ServerTests {
    private func withServer(
        _ body: (SandboxServer) async throws -> Void
    ) async throws {
        var knobs = Knobs()
        knobs.importDelay = 0
        knobs.processingRate = 0
        let server = try await SandboxServer.start(knobs: knobs)
        do {
            try await body(server)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private func send(
        _ server: SandboxServer, _ method: String, _ path: String, _ json: JSONValue? = nil,
        headers: [String: String] = ["Api-Token": "sandbox-key"]
    ) async throws -> (status: Int, json: JSONValue, headers: [String: String]) {
        var request = URLRequest(url: try #require(URL(string: server.url + path)))
        request.httpMethod = method
        request.httpBody = json.map { Data($0.bytes) }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let session = URLSession(configuration: .ephemeral)
        defer { session.invalidateAndCancel() }
        let (data, response) = try await session.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        let fields = http.allHeaderFields.map { ("\($0.key)".lowercased(), "\($0.value)") }
        return (
            http.statusCode, (try? JSONReader.value(of: Array(data))) ?? .null,
            Dictionary(fields, uniquingKeysWith: { $1 })
        )
    }

    @Test func `an import goes in and its contacts come out`() async throws {
        try await withServer { server in
            let batch = try await send(
                server, "POST", "/api/3/import/bulk_import",
                ["contacts": [row("a+b@shop.test"), row("c@shop.test")]])
            #expect(batch.status == 200)
            let id = batch.json["batchId"]?.text ?? ""
            let info = try await send(server, "GET", "/api/3/import/info?batchId=\(id)")
            #expect(info.json["status"] == "completed")
            let found = try await send(server, "GET", "/api/3/contacts?email=a%2Bb%40shop.test")
            #expect(found.json["meta"]?["total"] == "1")
            #expect(
                found.json["contacts"]?.elements.first?["links"]?["deals"]?.text?
                    .hasPrefix(server.url + "/api/3/") == true)
            #expect(server.account.activeCount(onList: 1) == 2)
        }
    }

    @Test func `the key is checked and the limits are told`() async throws {
        try await withServer { server in
            let refused = try await send(server, "GET", "/api/3/users/me", headers: [:])
            #expect(refused.status == 403)
            var last = try await send(server, "GET", "/api/3/users/me")
            #expect(last.headers["ratelimit-limit"] == "5")
            server.account.knobs.requestsPerSecond = 1
            server.account.knobs.rateWindow = .second
            server.account.knobs.penalty = true
            server.account.knobs.retryAfter = 60
            // Two in one second are too many; those of a group may fall on both sides of a boundary.
            for _ in 0..<50 where last.status != 429 {
                async let first = send(server, "GET", "/api/3/users/me")
                async let second = send(server, "GET", "/api/3/users/me")
                async let third = send(server, "GET", "/api/3/users/me")
                let answers = try await [first, second, third]
                last = answers.first { $0.status == 429 } ?? last
            }
            #expect(last.status == 429)
            #expect(last.headers["retry-after"] == "60")
        }
    }

    @Test func `a connection is cut after the write`() async throws {
        try await withServer { server in
            server.account.knobs.faultCutAfter = 1
            await #expect(throws: URLError.self) {
                try await send(
                    server, "POST", "/api/3/contact/sync",
                    ["contact": ["email": "a@shop.test"]])
            }
            #expect(server.account.contact("a@shop.test") != nil)
        }
    }

    @Test func `requests are logged with number, status and milliseconds`() async throws {
        try await withServer { server in
            _ = try await send(server, "GET", "/api/3/lists")
            _ = try await send(server, "GET", "/api/3/contacts/7")
            let log = try await send(server, "GET", "/sandbox/requests?after=1")
            #expect(log.json["requests"]?.elements.count == 1)
            #expect(log.json["requests"]?.elements.first?["path"] == "/api/3/contacts/7")
            #expect(log.json["requests"]?.elements.first?["status"] == 404)
            #expect(log.json["last"] == 2)
        }
    }

    @Test func `another site's page may not turn the knobs`() async throws {
        try await withServer { server in
            let foreign = try await send(
                server, "PUT", "/sandbox/knobs", ["limits": false],
                headers: ["Origin": "https://elsewhere.example"])
            #expect(foreign.status == 403)
            #expect(server.account.knobs.limits)
            let own = try await send(
                server, "PUT", "/sandbox/knobs", ["limits": false], headers: ["Origin": server.url])
            #expect(own.status == 200)
        }
    }

    @Test func `a callback reaches this machine`() async throws {
        try await withServer { listener in
            try await withServer { server in
                _ = try await send(
                    server, "POST", "/api/3/import/bulk_import",
                    [
                        "contacts": [row("a@shop.test"), row("b@shop.test")],
                        "callback": [
                            "url": .string(listener.url + "/api/3/users/me"),
                            "requestType": "GET",
                            "headers": [["key": "Api-Token", "value": "sandbox-key"]],
                        ],
                    ])
                // Each look takes a round trip; the callback comes within a few of them.
                var log = try await send(listener, "GET", "/sandbox/requests")
                for _ in 0..<5000 where log.json["last"] == 0 {
                    log = try await send(listener, "GET", "/sandbox/requests")
                }
                #expect(log.json["requests"]?.elements.first?["status"] == 200)
            }
        }
    }

    @Test func `a port that is taken is named in the error`() async throws {
        try await withServer { server in
            let error = await #expect(throws: SandboxStartError.self) {
                _ = try await SandboxServer.start(port: server.port)
            }
            #expect(error?.description.contains("port \(server.port)") == true)
        }
    }

    @Test func `the page and its style sheet are served`() async throws {
        try await withServer { server in
            let page = try await send(server, "GET", "/", headers: ["Accept-Language": "pl"])
            #expect(page.status == 200)
            #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
            let style = try await send(server, "GET", "/style.css", headers: [:])
            #expect(style.headers["content-type"] == "text/css; charset=utf-8")
        }
    }
}
