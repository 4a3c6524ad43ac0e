import Access
import Acts
import Foundation
import HTTPTypes
import Profiles
import Segments
import Store
import Testing

@testable import Web

/// A problem as clients read it.
struct ProblemAnswer: Decodable {
    struct Finding: Decodable {
        let field: String
        let code: String
    }

    let type: String
    let title: String
    let status: Int
    let code: String
    let requestId: String
    let errors: [Finding]?
}

extension Browser {
    /// Sends JSON as a program does.
    func json(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if body != nil { headers[.contentType] = "application/json" }
        return try await send(method, path, headers: headers, body: body)
    }
}

extension Browser.Answer {
    /// The problem an answer holds; fails the test when it is none.
    func problem() throws -> ProblemAnswer {
        #expect(headers[.contentType] == "application/problem+json")
        return try json(ProblemAnswer.self)
    }
}

struct APITokenTests {
    @Test func `without a token nothing is told`() async throws {
        let world = try WebWorld()
        try await world.call(as: nil) { client async throws in
            let answer = try await client.get("/api/v1/me")
            #expect(answer.status == .unauthorized)
            #expect(answer.headers[.wwwAuthenticate] == "Bearer realm=\"ferry\"")
            #expect(try answer.problem().code == "sign-in-required")
        }
    }

    @Test func `a session is no token`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser async throws in
            #expect(try await browser.get("/api/v1/me").status == .unauthorized)
        }
    }

    @Test(arguments: ["Basic YTpi", "Bearer", "Bearer fa_short", "Token x", "fa_x"])
    func `a header of another form lets nobody in`(header: String) async throws {
        let world = try WebWorld()
        try await world.call(as: nil) { client async throws in
            let answer = try await client.get("/api/v1/me", headers: [.authorization: header])
            #expect(answer.status == .unauthorized)
        }
    }

    @Test func `a token may do what its role allows and no more`() async throws {
        let world = try WebWorld()
        try await world.call(as: .administrator, scope: .viewer) { client async throws in
            let me = try await client.get("/api/v1/me")
            #expect(me.status == .ok)
            #expect(me.text.contains("\"role\":\"viewer\""))
            let users = try await client.get("/api/v1/users")
            #expect(users.status == .forbidden)
            #expect(try users.problem().code == "not-allowed")
        }
    }

    @Test func `an expired token lets nobody in`() async throws {
        let world = try WebWorld()
        try await world.call(as: .viewer) { client async throws in
            #expect(try await client.get("/api/v1/me").status == .ok)
            world.pass(.seconds(86_400))
            #expect(try await client.get("/api/v1/me").status == .unauthorized)
        }
    }

    @Test func `a revoked token lets nobody in`() async throws {
        let world = try WebWorld()
        try await world.call(as: .viewer) { client async throws in
            struct Me: Decodable {
                struct Token: Decodable { let id: Int64 }
                let token: Token
            }
            let id = try await client.get("/api/v1/me").json(Me.self).token.id
            #expect(try await client.json(.delete, "/api/v1/tokens/\(id)").status == .noContent)
            #expect(try await client.get("/api/v1/me").status == .unauthorized)
        }
        #expect(
            try world.audit().contains { $0.contains("revoke token viewer-user") })
    }

    @Test func `a disabled owner's token rests`() async throws {
        let world = try WebWorld()
        let viewer = try world.user(.viewer)
        try await world.call(as: .viewer) { client async throws in
            try world.catalog.people.setDisabled(true, ofUser: viewer.id, by: WebWorld.actor)
            #expect(try await client.get("/api/v1/me").status == .unauthorized)
            try world.catalog.people.setDisabled(false, ofUser: viewer.id, by: WebWorld.actor)
            #expect(try await client.get("/api/v1/me").status == .ok)
        }
    }

    @Test func `a demoted owner's token goes`() async throws {
        let world = try WebWorld()
        let contributor = try world.user(.contributor)
        try await world.call(as: .contributor) { client async throws in
            try world.catalog.people.setRole(.viewer, ofUser: contributor.id, by: WebWorld.actor)
            #expect(try await client.get("/api/v1/me").status == .unauthorized)
        }
    }

    @Test func `a token makes none that is higher than itself`() async throws {
        let world = try WebWorld()
        try await world.call(as: .administrator, scope: .contributor) { client async throws in
            let body = { (role: String) in
                "{\"name\":\"new-\(role)\",\"role\":\"\(role)\",\"expiresInDays\":7}"
            }
            let refused = try await client.json(.post, "/api/v1/tokens", body("administrator"))
            #expect(refused.status == .forbidden)
            let made = try await client.json(.post, "/api/v1/tokens", body("contributor"))
            #expect(made.status == .created)
            let again = try await client.json(.post, "/api/v1/tokens", body("contributor"))
            #expect(again.status == .conflict)
            #expect(try again.problem().code == "name-taken")
        }
    }

    @Test(arguments: [(0, false), (1, true), (365, true), (366, false)])
    func `a token lives for one day to a year`(days: Int, fits: Bool) async throws {
        let world = try WebWorld()
        try await world.call(as: .viewer) { client async throws in
            let answer = try await client.json(
                .post, "/api/v1/tokens",
                "{\"name\":\"nightly\",\"role\":\"viewer\",\"expiresInDays\":\(days)}")
            #expect(answer.status == (fits ? .created : .unprocessableContent))
        }
    }

    @Test func `everybody lists their own tokens alone`() async throws {
        let world = try WebWorld()
        _ = try world.apiToken(.administrator)
        let viewer = try world.apiToken(.viewer)
        try await world.call(as: .viewer) { client async throws in
            struct Tokens: Decodable {
                struct Token: Decodable { let id: APIToken.ID }
                let items: [Token]
            }
            let listed = try await client.get("/api/v1/tokens").json(Tokens.self).items.map(\.id)
            let own = try world.catalog.people.tokens(ofUser: world.user(.viewer).id).map(\.id)
            #expect(listed == own.sorted())
            #expect(listed.count == 2 && !viewer.isEmpty)
        }
    }

    @Test func `somebody else's token is not there`() async throws {
        let world = try WebWorld()
        _ = try world.apiToken(.viewer)
        let id = try #require(
            try world.catalog.people.tokens(ofUser: world.user(.viewer).id).first
        ).id
        try await world.call(as: .administrator) { client async throws in
            #expect(try await client.json(.delete, "/api/v1/tokens/\(id)").status == .notFound)
        }
        #expect(
            try world.catalog.people.tokens(ofUser: world.user(.viewer).id)[0].isRevoked == false)
    }
}

struct APIProblemTests {
    /// A request that is refused, and how.
    struct Refused: Sendable, CustomTestStringConvertible {
        let method: String
        let path: String
        var body: String?
        var type: String? = "application/json"
        let status: Int
        let code: String
        var field: String?

        var testDescription: String { "\(method) \(path) \(body?.prefix(60) ?? "")" }
    }

    @Test(arguments: [
        Refused(method: "GET", path: "/api/v1/nothing", status: 404, code: "not-found"),
        Refused(method: "GET", path: "/api/v1", status: 404, code: "not-found"),
        Refused(method: "GET", path: "/api/v1/runs/abc", status: 404, code: "not-found"),
        Refused(method: "GET", path: "/api/v1/runs/0", status: 404, code: "not-found"),
        Refused(
            method: "GET", path: "/api/v1/runs/99999999999999999999", status: 404,
            code: "not-found"),
        Refused(method: "DELETE", path: "/api/v1/me", status: 405, code: "method-not-allowed"),
        Refused(method: "TRACE", path: "/api/v1/runs/1", status: 405, code: "method-not-allowed"),
        Refused(method: "QUERY", path: "/api/v1/runs", status: 405, code: "method-not-allowed"),
        Refused(method: "POST", path: "/health/live", status: 405, code: "method-not-allowed"),
        Refused(
            method: "GET", path: "/api/v1/runs?limit=0", status: 400, code: "bad-request",
            field: "limit"),
        Refused(
            method: "GET", path: "/api/v1/runs?limit=201", status: 400, code: "bad-request",
            field: "limit"),
        Refused(
            method: "GET", path: "/api/v1/runs?limt=5", status: 400, code: "bad-request",
            field: "limt"),
        Refused(
            method: "GET", path: "/api/v1/runs?export=%2B5", status: 400, code: "bad-request",
            field: "export"),
        Refused(
            method: "GET", path: "/api/v1/runs?export=0", status: 400, code: "bad-request",
            field: "export"),
        Refused(
            method: "GET", path: "/api/v1/runs?limit=5&limit=6", status: 400, code: "bad-request",
            field: "limit"),
        Refused(
            method: "GET", path: "/api/v1/runs?after=xyz", status: 400, code: "bad-request",
            field: "after"),
        Refused(
            method: "GET", path: "/api/v1/runs?state=odd", status: 400, code: "bad-request",
            field: "state"),
        Refused(
            method: "GET", path: "/api/v1/audit?from=yesterday", status: 400, code: "bad-request",
            field: "from"),
        Refused(
            method: "POST", path: "/api/v1/users", body: "{}", type: "text/plain", status: 415,
            code: "unsupported-type"),
        Refused(
            method: "POST", path: "/api/v1/users", body: "{", status: 400, code: "bad-request"),
        Refused(
            method: "POST", path: "/api/v1/users", body: String(repeating: "[", count: 20_000),
            status: 400, code: "bad-request"),
        Refused(
            method: "POST", path: "/api/v1/users", body: "[]", status: 422, code: "invalid",
            field: ""),
        Refused(
            method: "POST", path: "/api/v1/users",
            body: "\"" + String(repeating: "x", count: APIBody.bytesMax) + "\"", status: 413,
            code: "too-large"),
        Refused(
            method: "POST", path: "/api/v1/users", body: "{\"name\":\"a\"}", status: 422,
            code: "invalid", field: "role"),
        Refused(
            method: "POST", path: "/api/v1/users",
            body: "{\"name\":7,\"role\":\"viewer\"}", status: 422, code: "invalid", field: "name"),
        Refused(
            method: "POST", path: "/api/v1/users",
            body: "{\"name\":\"a\\nb\",\"role\":\"viewer\"}", status: 422, code: "invalid",
            field: "name"),
        Refused(
            method: "POST", path: "/api/v1/users",
            body: "{\"name\":\"a\",\"role\":\"viewer\",\"rolle\":1}", status: 422,
            code: "invalid", field: "rolle"),
        Refused(
            method: "POST", path: "/api/v1/tokens",
            body: "{\"name\":\"a\",\"role\":\"viewer\",\"expiresInDays\":366}", status: 422,
            code: "invalid", field: "expiresInDays"),
        Refused(
            method: "POST", path: "/api/v1/tokens",
            body: "{\"name\":\"a\",\"role\":\"viewer\",\"expiresInDays\":1.5}", status: 422,
            code: "invalid", field: "expiresInDays"),
        Refused(
            method: "POST", path: "/api/v1/tokens",
            body: "{\"name\":\"a\",\"role\":\"viewer\",\"expiresInDays\":1e30}", status: 422,
            code: "invalid", field: "expiresInDays"),
        Refused(
            method: "POST", path: "/api/v1/exports",
            body: """
                {"name":"a","connectionId":1,"list":"1","segments":["s",4],"startsAutomations":false,
                "mapping":{"email":"Email","fields":[{"id":"1"}]}}
                """, status: 422, code: "invalid", field: "mapping.fields[0].attribute"),
        Refused(
            method: "POST", path: "/api/v1/exports",
            body: """
                {"name":"a","connectionId":1,"list":"1","segments":["s",4],"startsAutomations":false,
                "mapping":{"email":"Email"}}
                """, status: 422, code: "invalid", field: "segments[1]"),
        Refused(
            method: "POST", path: "/api/v1/connections",
            body: """
                {"name":"a","audience":"contributors","host":"acme.api-us1.com","apiKey":"k",
                "agree":false,"password":"p"}
                """, status: 422, code: "invalid", field: "agree"),
    ])
    func `what does not fit is refused as a problem`(request: Refused) async throws {
        let world = try WebWorld()
        try await world.call(as: .administrator) { client async throws in
            let method = try #require(HTTPRequest.Method(request.method))
            var headers = HTTPFields()
            if request.body != nil { headers[.contentType] = request.type }
            let answer = try await client.send(
                method, request.path, headers: headers, body: request.body)
            #expect(answer.status.code == request.status)
            let problem = try answer.problem()
            #expect(problem.type == "about:blank")
            #expect(problem.status == request.status)
            #expect(problem.code == request.code)
            #expect(!problem.requestId.isEmpty)
            if let field = request.field {
                #expect(problem.errors?.contains { $0.field == field } == true, "\(answer.text)")
            }
            if request.status == 405 { #expect(answer.headers[.allow]?.isEmpty == false) }
        }
        #expect(try world.audit().filter { !$0.contains("add token") } == [])
    }

    @Test func `a path that is there for other methods says which`() async throws {
        let world = try WebWorld()
        try await world.call(as: nil) { client async throws in
            let answer = try await client.send(.patch, "/api/v1/exports/1", body: nil)
            #expect(answer.headers[.allow] == "DELETE, GET, PUT")
        }
    }

    @Test(arguments: [
        ("", false), ("k", true), (String(repeating: "k", count: 200), true),
        (String(repeating: "k", count: 201), false), ("two words", false), ("ké", false),
    ])
    func `a key that makes a request count once has 1 to 200 visible letters`(
        key: String, fits: Bool
    ) async throws {
        let world = try WebWorld()
        try await world.call(as: .contributor) { client async throws in
            let name = try #require(HTTPField.Name("Idempotency-Key"))
            let answer = try await client.send(
                .post, "/api/v1/refreshes", headers: [name: key], body: nil)
            #expect(answer.status == (fits ? .created : .badRequest))
        }
    }

    @Test func `everything wrong with a body is said at once`() async throws {
        let world = try WebWorld()
        try await world.call(as: .administrator) { client async throws in
            let answer = try await client.json(
                .post, "/api/v1/tokens", "{\"name\":\"\",\"role\":\"king\",\"other\":null}")
            let fields = try answer.problem().errors?.map(\.field)
            #expect(fields == ["name", "role", "expiresInDays", "other"])
        }
    }
}

struct APIPagingTests {
    private struct Page: Decodable {
        struct Item: Decodable { let id: Int64 }
        let items: [Item]
        let next: String?
    }

    private func all(_ client: Browser, _ path: String, limit: Int) async throws -> [Int64] {
        var ids: [Int64] = []
        var after = ""
        while true {
            let sign = path.contains("?") ? "&" : "?"
            let answer = try await client.get("\(path)\(sign)limit=\(limit)\(after)")
            #expect(answer.status == .ok, "\(answer.text)")
            let page = try answer.json(Page.self)
            #expect(page.items.count <= limit)
            ids += page.items.map(\.id)
            guard let next = page.next else { return ids }
            #expect(page.items.count == limit)
            after = "&after=\(next)"
        }
    }

    @Test(arguments: [1, 2, 7, 200])
    func `pages follow each other without gaps or repeats`(limit: Int) async throws {
        let world = try WebWorld()
        for number in 1...9 {
            _ = try world.catalog.people.addUser(
                named: "user-\(10 - number)", role: .viewer, password: nil, by: WebWorld.actor)
            _ = try world.catalog.setup.addSegment(
                named: "Segment \(number)", definition: .static, by: WebWorld.actor)
        }
        try await world.call(as: .administrator) { client async throws in
            let users = try await all(client, "/api/v1/users", limit: limit)
            #expect(users == (try world.catalog.people.users().map(\.id.rawValue).sorted()))
            let segments = try await all(client, "/api/v1/segments", limit: limit)
            #expect(segments == (try world.catalog.setup.segments().map(\.id.rawValue).sorted()))
            let audit = try await all(client, "/api/v1/audit", limit: limit)
            #expect(
                audit == (try world.catalog.history.auditEntries(limit: 1_000).map(\.id.rawValue)))
            let filtered = try await all(client, "/api/v1/audit?noun=segment", limit: limit)
            #expect(filtered.count == 9)
            let tokens = try await all(client, "/api/v1/tokens", limit: limit)
            #expect(tokens.count == 1)
        }
    }

    @Test func `two items with a limit of two name no next page`() async throws {
        let world = try WebWorld()
        for number in 1...2 {
            _ = try world.catalog.setup.addSegment(
                named: "Segment \(number)", definition: .static, by: WebWorld.actor)
        }
        _ = try world.user(.viewer)
        try await world.call(as: .administrator) { client async throws in
            let audit = try world.catalog.history.auditEntries(limit: 1_000).count
            let lists = [
                ("/api/v1/segments", 2), ("/api/v1/users", 2), ("/api/v1/tokens", 1),
                ("/api/v1/audit", audit),
            ]
            for (path, count) in lists {
                let full = try await client.get("\(path)?limit=\(count)").json(Page.self)
                #expect(full.items.count == count && full.next == nil, "\(path)")
                guard count > 1 else { continue }
                let fewer = try await client.get("\(path)?limit=\(count - 1)").json(Page.self)
                #expect(fewer.items.count == count - 1 && fewer.next != nil, "\(path)")
            }
        }
    }

    @Test func `a cursor is of no use in another list`() async throws {
        let world = try WebWorld()
        try await world.call(as: .administrator) { client async throws in
            _ = try world.user(.viewer)
            let next = try #require(
                try await client.get("/api/v1/users?limit=1").json(Page.self).next)
            let answer = try await client.get("/api/v1/segments?after=\(next)")
            #expect(answer.status == .badRequest)
            #expect(try answer.problem().errors?.first?.code == "cursor")
            for path in ["users", "segments"] {
                let kind: Cursor.Kind = path == "users" ? .users : .segments
                let strange = Cursor(kind, "1", "2").text
                let answer = try await client.get("/api/v1/\(path)?after=\(strange)")
                #expect(answer.status == .badRequest, "\(path)")
                #expect(try answer.problem().errors?.first?.code == "cursor", "\(path)")
            }
        }
    }

    @Test func `a moment is told to the millisecond and read back the same`() {
        for milliseconds in 1_767_600_000_000...1_767_600_001_999 as ClosedRange<Int64> {
            let text = Moment(milliseconds).text
            #expect(text.hasSuffix("Z") && text.utf8.count == 24)
            #expect(Moment(text)?.milliseconds == milliseconds)
        }
    }

    @Test(arguments: [
        Cursor(.people, "a@b.example", "p\u{1F}1"), Cursor(.runs, after: 7),
        Cursor(.people, "", "ü \" \\"),
    ])
    func `a cursor survives being carried`(cursor: Cursor) {
        #expect(Cursor(cursor.text, kind: cursor.kind) == cursor)
        #expect(Cursor(cursor.text, kind: .calls) == nil)
    }
}

struct APIPeopleTests {
    @Test func `a user is added, invited, changed and shut out`() async throws {
        let world = try WebWorld()
        struct Added: Decodable {
            struct User: Decodable { let id: Int64 }
            struct Invitation: Decodable { let link: String }
            let user: User
            let invitation: Invitation
        }
        try await world.call(as: .administrator) { client async throws in
            let added = try await client.json(
                .post, "/api/v1/users", "{\"name\":\"maria\",\"role\":\"viewer\"}")
            #expect(added.status == .created)
            let value = try added.json(Added.self)
            #expect(added.location == "/api/v1/users/\(value.user.id)")
            #expect(value.invitation.link.contains("/invitation/fi_"))
            let path = "/api/v1/users/\(value.user.id)"
            let changed = try await client.json(
                .patch, path, "{\"role\":\"contributor\",\"disabled\":true}")
            #expect(changed.status == .ok)
            #expect(changed.text.contains("\"disabled\":true"))
            #expect(changed.text.contains("\"role\":\"contributor\""))
            let refused = try await client.json(.post, "\(path)/invitations")
            #expect(refused.status == .conflict)
            let taken = try await client.json(
                .post, "/api/v1/users", "{\"name\":\"MARIA\",\"role\":\"viewer\"}")
            #expect(taken.status == .conflict)
            #expect(try taken.problem().code == "name-taken")
        }
        let actor = try #require(
            try world.catalog.history.auditEntries(AuditFilter(verb: "disable")).first?.actor)
        #expect(actor.hasPrefix("user:administrator-user (token test-"))
        #expect(
            try world.audit().map { $0.split(separator: ")").last ?? "" }.filter {
                $0.contains("maria")
            } == [
                " add user maria [role]", " add invitation maria []", " set user maria [role]",
                " disable user maria []",
            ])
    }

    @Test func `sessions are listed and ended`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .viewer) { browser async throws in
            #expect(try await browser.get("/account").status == .ok)
            try await world.call(as: .viewer) { client async throws in
                struct Page: Decodable {
                    struct Item: Decodable { let id: Int64 }
                    let items: [Item]
                }
                let sessions = try await client.get("/api/v1/sessions").json(Page.self).items
                #expect(sessions.count == 1)
                let id = try #require(sessions.first).id
                let ended = try await client.json(.delete, "/api/v1/sessions/\(id)")
                #expect(ended.status == .noContent)
                #expect(
                    try await client.json(.delete, "/api/v1/sessions/\(id)").status == .notFound)
            }
            #expect(try await browser.get("/account").status == .seeOther)
        }
    }
}

struct APIProbeTests {
    @Test func `life needs nothing, readiness needs runs to be carried out`() async throws {
        let world = try WebWorld()
        try await world.call(as: nil) { client async throws in
            #expect(try await client.get("/health/live").status == .ok)
            let ready = try await client.get("/health/ready")
            #expect(ready.status == .serviceUnavailable)
            #expect(try ready.problem().code == "unavailable")
        }
    }

    @Test func `numbers name neither exports nor people`() async throws {
        let world = try WebWorld()
        try await world.call(as: .viewer) { client async throws in
            _ = try await client.get("/api/v1/me")
            let answer = try await client.get("/metrics")
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(
                answer.text.contains("ferry_http_requests_total{kind=\"api\",status=\"2xx\"} 1\n"))
            for state in RunState.allCases {
                #expect(answer.text.contains("ferry_history_runs{state=\"\(state.rawValue)\"} 0"))
            }
            for line in answer.text.split(separator: "\n") where !line.hasPrefix("#") {
                #expect(
                    line.wholeMatch(
                        of: #/ferry_[a-z_]+(\{[a-z]+="[^"]+"(,[a-z]+="[^"]+")*\})? [0-9.]+/#)
                        != nil, "\(line)")
            }
        }
    }

    @Test func `numbers need a token`() async throws {
        let world = try WebWorld()
        try await world.call(as: nil) { client async throws in
            #expect(try await client.get("/metrics").status == .unauthorized)
        }
    }
}
