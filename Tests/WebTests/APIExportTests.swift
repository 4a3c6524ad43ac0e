import Access
import Acts
import Exports
import Foundation
import HTTPTypes
import Profiles
import Segments
import Service
import Store
import TestSupport
import Testing

@testable import Web

/// Connections, exports, runs and rehearsals over the API, with a real sandbox as the account.
struct APIExportTests {
    private struct Thing: Decodable {
        let id: Int64
        let name: String?
    }

    private struct Saved: Decodable { let export: Thing }
    private struct Page: Decodable {
        let items: [Thing]
        let next: String?
    }

    private func connectionBody(_ sandbox: WebSandbox, agree: Bool = true, password: String)
        -> String
    {
        """
        {"name":"Acme","audience":"contributors","host":"\(sandbox.host)",
        "apiKey":"\(WebSandbox.key)","agree":\(agree),"password":"\(password)"}
        """
    }

    private func exportBody(
        _ name: String, connection: Connection.ID, segment: String = "Everybody"
    )
        -> String
    {
        """
        {"name":"\(name)","connectionId":\(connection),"list":"1","segments":["\(segment)"],
        "mapping":{"email":"email"},"startsAutomations":false}
        """
    }

    @Test func `a connection is added with the own password, and its key is never shown`()
        async throws
    {
        try await WebSandbox.with { sandbox in
            try await sandbox.world.call(as: .administrator) { client async throws in
                let wrong = try await client.json(
                    .post, "/api/v1/connections", connectionBody(sandbox, password: "wrong"))
                #expect(wrong.status == .unprocessableContent)
                #expect(try wrong.problem().errors?.map(\.field) == ["password"])
                let added = try await client.json(
                    .post, "/api/v1/connections",
                    connectionBody(sandbox, password: WebSandbox.password))
                #expect(added.status == .created, "\(added.text)")
                let id = try added.json(Thing.self).id
                #expect(added.location == "/api/v1/connections/\(id)")
                for path in ["", "/lists", "/fields"] {
                    let answer = try await client.get("/api/v1/connections/\(id)\(path)")
                    #expect(answer.status == .ok, "\(path) \(answer.text)")
                    #expect(!answer.text.contains(WebSandbox.key))
                }
                let checked = try await client.json(.post, "/api/v1/connections/\(id)/check")
                #expect(checked.text.contains("\"works\":true"))
                for text in [added.text, checked.text, wrong.text] {
                    #expect(!text.contains(WebSandbox.key))
                    #expect(!text.contains(WebSandbox.password))
                }
                let other = try await client.json(
                    .patch, "/api/v1/connections/\(id)", "{\"host\":\"127.0.0.1:1\"}")
                #expect(other.status == .unprocessableContent)
                #expect(try other.problem().errors?.map(\.field) == ["apiKey", "agree"])
                let renamed = try await client.json(
                    .patch, "/api/v1/connections/\(id)", "{\"name\":\"Other\"}")
                #expect(renamed.status == .ok)
            }
            try await sandbox.world.call(as: .contributor) { client async throws in
                let answer = try await client.get("/api/v1/connections")
                #expect(
                    answer.text
                        == "{\"items\":[{\"id\":1,\"name\":\"Other\",\"type\":\"activecampaign\"}],\"next\":null}"
                )
                #expect(
                    try await client.json(.delete, "/api/v1/connections/1").status == .forbidden)
            }
            let audit = try sandbox.world.audit().joined(separator: "\n")
            #expect(!audit.contains(WebSandbox.key))
        }
    }

    @Test func `a connection is not added without consent, whoever gives the own password`()
        async throws
    {
        try await WebSandbox.with { sandbox in
            try await sandbox.world.call(as: .administrator) { client async throws in
                let refused = try await client.json(
                    .post, "/api/v1/connections",
                    connectionBody(sandbox, agree: false, password: WebSandbox.password))
                #expect(refused.status == .unprocessableContent)
                #expect(try refused.problem().errors?.map(\.field) == ["agree"])
            }
            #expect(try sandbox.world.catalog.setup.connections().isEmpty)
        }
    }

    @Test func `L1: a contributor does not learn of a connection that is not shared`() async throws
    {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection(audience: .administrators)
            let export = try sandbox.addExport("Weekly", on: connection)
            try await sandbox.world.call(as: .contributor) { client async throws in
                #expect(
                    try await client.get("/api/v1/connections").json(Page.self).items.isEmpty)
                for path in ["", "/lists", "/fields"] {
                    let answer = try await client.get(
                        "/api/v1/connections/\(connection.id)\(path)")
                    #expect(answer.status == .notFound)
                }
                let shown = try await client.get("/api/v1/exports/\(export.id)")
                #expect(shown.text.contains("\"right\":\"view\""))
                let body = exportBody("Weekly", connection: connection.id)
                let path = "/api/v1/exports/\(export.id)"
                #expect(try await client.json(.put, path, body).status == .forbidden)
                #expect(try await client.json(.delete, path).status == .forbidden)
                #expect(try await client.json(.post, "\(path)/detach").status == .forbidden)
                #expect(try await client.json(.post, "\(path)/runs").status == .forbidden)
                let added = try await client.json(
                    .post, "/api/v1/exports", exportBody("New", connection: connection.id))
                #expect(added.status == .unprocessableContent)
                #expect(try added.problem().errors?.map(\.field) == ["connectionId"])
                let all = try await client.json(.post, "/api/v1/exports/run-all")
                #expect(all.text == "{\"alreadyRunning\":[],\"started\":[]}")
            }
            #expect(try sandbox.world.catalog.ledger.runs().isEmpty)
        }
    }

    @Test func `an export is added, changed, detached and removed`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection(audience: .contributors)
            _ = try sandbox.addExport("First", on: connection)
            try await sandbox.world.call(as: .contributor) { client async throws in
                let added = try await client.json(
                    .post, "/api/v1/exports", exportBody("Second", connection: connection.id))
                #expect(added.status == .created, "\(added.text)")
                let path = "/api/v1/exports/\(try added.json(Saved.self).export.id)"
                #expect(added.location == path)
                let taken = try await client.json(
                    .put, path, exportBody("First", connection: connection.id))
                #expect(taken.status == .unprocessableContent)
                #expect(try taken.problem().errors?.map(\.code) == ["name-taken"])
                let unknown = try await client.json(
                    .put, path, exportBody("Second", connection: connection.id, segment: "Nobody"))
                #expect(try unknown.problem().errors?.map(\.code) == ["segment-unknown"])
                let changed = try await client.json(
                    .put, path, exportBody("Third", connection: connection.id))
                #expect(changed.status == .ok)
                #expect(changed.text.contains("\"name\":\"Third\""))
                let detached = try await client.json(.post, "\(path)/detach")
                #expect(detached.text.contains("\"connectionId\":null"))
                #expect(try await client.json(.delete, path).status == .noContent)
                #expect(try await client.get(path).status == .notFound)
            }
        }
    }

    @Test func `the same key starts one run and answers the same`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection(audience: .contributors)
            let export = try sandbox.addExport("Weekly", on: connection)
            let other = try sandbox.addExport("Other", on: connection)
            let key: HTTPFields = [try #require(HTTPField.Name(StartDesk.header)): "nightly-1"]
            try await sandbox.world.call(as: .contributor) { client async throws in
                let path = "/api/v1/exports/\(export.id)/runs"
                let first = try await client.json(.post, path, headers: key)
                #expect(first.status == .created)
                let again = try await client.json(.post, path, headers: key)
                #expect(again.status == .created)
                #expect(again.text == first.text)
                #expect(again.location == first.location)
                let mixed = try await client.json(
                    .post, "/api/v1/exports/\(other.id)/runs", headers: key)
                #expect(mixed.status == .unprocessableContent)
                #expect(try mixed.problem().code == "idempotency-mismatch")
                let keyless = try await client.json(.post, path)
                #expect(try keyless.problem().code == "already-running")
                let odd = try await client.json(
                    .post, path,
                    headers: [try #require(HTTPField.Name(StartDesk.header)): "two words"])
                #expect(odd.status == .badRequest)
            }
            #expect(try sandbox.world.catalog.ledger.runs().count == 1)
        }
    }

    @Test func `requests with one key at the same instant start one run`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection(audience: .contributors)
            let export = try sandbox.addExport("Weekly", on: connection)
            let key: HTTPFields = [try #require(HTTPField.Name(StartDesk.header)): "at-once"]
            try await sandbox.world.call(as: .contributor) { client async throws in
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            try await client.json(
                                .post, "/api/v1/exports/\(export.id)/runs", headers: key
                            ).status.code
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses.contains(201))
                #expect(Set(statuses).isSubset(of: [201, 409]), "\(statuses)")
            }
            #expect(try sandbox.world.catalog.ledger.runs().count == 1)
        }
    }

    @Test func `a run is started, followed to its end, and its people and calls are listed`()
        async throws
    {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection(audience: .contributors)
            try addPeople(sandbox)
            let export = try sandbox.addExport("Weekly", on: connection)
            let runs = sandbox.world.services.runs
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await runs.run() }
                try await sandbox.world.call(as: .contributor) { client async throws in
                    let started = try await client.json(
                        .post, "/api/v1/exports/\(export.id)/runs")
                    let path = try #require(started.location)
                    let id = try started.json(Thing.self).id
                    for await _ in runs.updates(of: Run.ID(id)) {}
                    let ended = try await client.get(path)
                    #expect(ended.text.contains("\"state\":\"completed\""), "\(ended.text)")
                    #expect(ended.text.contains("\"delivered\":3"))
                    try await expectPeople(client, path)
                    let calls = try await client.get("\(path)/calls?limit=1")
                    #expect(calls.status == .ok)
                    #expect(!calls.text.contains(WebSandbox.key))
                    #expect(!calls.text.contains("person1"))
                    for decision in ["stop", "approve", "dismiss"] {
                        let late = try await client.json(.post, "\(path)/\(decision)")
                        #expect(late.status == .conflict)
                    }
                    let list = try await client.get(
                        "/api/v1/runs?state=completed&export=\(export.id)")
                    #expect(try list.json(Page.self).items.map(\.id) == [id])
                    let metrics = try await client.get("/metrics").text
                    #expect(metrics.contains("ferry_outcome_people{outcome=\"delivered\"} 3"))
                    #expect(metrics.contains("ferry_history_runs{state=\"completed\"} 1"))
                    #expect(!metrics.contains("Weekly"))
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    private func addPeople(_ sandbox: WebSandbox) throws {
        try sandbox.load(people: 3)
        _ = try sandbox.world.catalog.setup.addSegment(
            named: "Everybody", definition: .dynamic(rule: "email is not empty"),
            by: WebWorld.actor)
    }

    private func expectPeople(_ client: Browser, _ path: String) async throws {
        struct People: Decodable {
            struct Person: Decodable {
                let address: String
                let outcome: String
            }
            let items: [Person]
            let next: String?
        }
        var found: [String] = []
        var after = ""
        while true {
            let page = try await client.get("\(path)/people?limit=1&outcome=delivered\(after)")
                .json(People.self)
            found += page.items.map(\.address)
            guard let next = page.next else { break }
            after = "&after=\(next)"
        }
        #expect(found == (1...3).map { "person\($0)@example.com" })
        let searched = try await client.get("\(path)/people?search=person2").json(People.self)
        #expect(searched.items.map(\.address) == ["person2@example.com"])
        #expect(try await client.get("\(path)/people?outcome=lost").status == .badRequest)
    }

    @Test func `a rehearsal tells what would happen and sends nothing`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection()
            try addPeople(sandbox)
            let export = try sandbox.addExport("Weekly", on: connection)
            let rehearsals = sandbox.world.services.rehearsals
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await rehearsals.run() }
                try await sandbox.world.call(as: .viewer) { client async throws in
                    let started = try await client.json(
                        .post, "/api/v1/exports/\(export.id)/rehearsals")
                    #expect(started.status == .created)
                    let path = try #require(started.location)
                    var shown = try await client.get(path)
                    try await eventually {
                        shown = try await client.get(path)
                        return !shown.text.contains("\"state\":\"planning\"")
                    }
                    #expect(shown.text.contains("\"enter\":3"), "\(shown.text)")
                    #expect(shown.text.contains("person1@example.com"))
                    let rows = try await client.get("\(path)/rows.csv")
                    #expect(rows.status == .ok)
                    #expect(rows.text.components(separatedBy: "\r\n").count == 5)
                    #expect(try await client.json(.post, "\(path)/cancel").status == .ok)
                    let missing = try await client.get("/api/v1/rehearsals/none")
                    #expect(missing.status == .notFound)
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(try sandbox.world.catalog.ledger.runs().isEmpty)
        }
    }

    @Test func `ending the transfer takes the account off every export`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection()
            let export = try sandbox.addExport("Weekly", on: connection)
            try await sandbox.world.call(as: .administrator) { client async throws in
                let path = "/api/v1/connections/\(connection.id)"
                let used = try await client.json(.delete, path)
                #expect(try used.problem().code == "in-use")
                let ended = try await client.json(.post, "\(path)/end")
                #expect(ended.text.contains("\"exports\":[]"))
                #expect(try await client.json(.delete, path).status == .noContent)
            }
            #expect(try sandbox.world.catalog.setup.export(id: export.id)?.connection == nil)
        }
    }
}
