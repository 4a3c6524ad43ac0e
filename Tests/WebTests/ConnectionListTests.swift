import Access
import Delivery
import Exports
import HTTPTypes
import Phrases
import Profiles
import Sandbox
import Service
import Store
import Testing

@testable import Web

/// The list of connections and what can be done from it.
struct ConnectionListTests {
    @Test func `R2: the type carries its preview mark wherever it is titled`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection()
            try await sandbox.world.browse(as: .administrator) { browser in
                for path in [
                    "/admin/connections", "/admin/connections/new", "/admin/connections?end=1",
                    "/admin/connections/\(connection.id)",
                ] {
                    let page = try await browser.get(path)
                    #expect(page.text.contains("<span class=\"mark\">preview</span>"), "\(path)")
                }
            }
        }
    }

    @Test func `a list of no connections says so, and one with connections does not`() async throws
    {
        try await WebSandbox.with { sandbox in
            let sentence = PhraseBook(.en).text(
                .connectionsNone, ["destination": "ActiveCampaign"])
            try await sandbox.world.browse(as: .administrator) { browser in
                let empty = try await browser.get("/admin/connections")
                #expect(empty.text.contains("<p class=\"quiet\">\(sentence)</p>"))
            }
            _ = try sandbox.addConnection()
            try await sandbox.world.browse(as: .administrator) { browser in
                let full = try await browser.get("/admin/connections")
                #expect(!full.text.contains(sentence))
            }
        }
    }

    @Test(arguments: [Role.viewer, .contributor])
    func `L1: nobody but administrators sees or edits a connection`(role: Role) async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection("Marketing EU", audience: .contributors)
            let path = "/admin/connections/\(connection.id)"
            try await sandbox.world.browse(as: role) { browser in
                for page in ["/admin/connections", "/admin/connections?end=1", path] {
                    let answer = try await browser.get(page)
                    #expect(answer.status == .forbidden)
                    #expect(!answer.text.contains("Marketing EU"))
                    #expect(!answer.text.contains("End a transfer"))
                }
                for page in [path, "\(path)/audience", "\(path)/end", "\(path)/remove"] {
                    #expect(try await browser.post(page).status == .forbidden)
                }
            }
            #expect(
                try sandbox.world.catalog.setup.requireConnection(id: connection.id) == connection)
        }
    }

    @Test func `L5: administrators reach every connection, whoever made it`() async throws {
        try await WebSandbox.with { sandbox in
            let connections = [
                try sandbox.addConnection("One"),
                try sandbox.addConnection("Two", audience: .contributors),
            ]
            try await sandbox.world.browse(as: .administrator) { browser in
                let list = try await browser.get("/admin/connections")
                for connection in connections {
                    #expect(list.text.contains("<bdi>\(connection.name)</bdi>"))
                    let page = try await browser.get("/admin/connections/\(connection.id)")
                    #expect(page.status == .ok)
                }
            }
        }
    }

    @Test func `L3: sharing and un-sharing is one click, and exports stay`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection()
            let export = try sandbox.addExport("Newsletter", on: connection)
            let path = "/admin/connections/\(connection.id)/audience"
            try await sandbox.world.browse(as: .administrator) { browser in
                for (audience, notice) in [
                    ("contributors", "connection-shared"),
                    ("administrators", "connection-unshared"),
                ] {
                    let answer = try await browser.post(path, [("audience", audience)])
                    #expect(answer.location == "/admin/connections?notice=\(notice)")
                    let stored = try sandbox.world.catalog.setup.requireConnection(
                        id: connection.id)
                    #expect(stored.audience.rawValue == audience)
                    #expect(try sandbox.world.catalog.setup.export(id: export.id) == export)
                }
                #expect(try await browser.post(path).status == .badRequest)
            }
            let row = "user:administrator-user set connection Sandbox [audience]"
            #expect(try sandbox.world.audit() == [row, row])
        }
    }

    @Test func `a check says what is wrong, beside the connection, until it works again`()
        async throws
    {
        try await WebSandbox.with { sandbox in
            let good = try sandbox.addConnection()
            let bad = try sandbox.world.catalog.setup.add(
                NewConnection(
                    name: "Bad", destination: "activecampaign", host: sandbox.host,
                    sealedSecret: Array("wrong-key".utf8), pace: TestAccounts.pace,
                    facts: AccountFacts(user: "admin", contactsMax: nil, contacts: nil)),
                by: WebWorld.actor)
            try await sandbox.world.browse(as: .administrator) { browser in
                let works = try await browser.post("/admin/connections/\(good.id)/check")
                #expect(works.location == "/admin/connections?notice=connection-works")
                let fails = try await browser.post("/admin/connections/\(bad.id)/check")
                #expect(fails.location == "/admin/connections")
                let list = try await browser.get("/admin/connections")
                #expect(list.text.contains("The account refuses the API key"))
                #expect(list.text.contains("Works"))
            }
            #expect(
                try sandbox.world.catalog.setup.requireConnection(id: bad.id).checkCode
                    == "key-refused")
            try sandbox.world.catalog.setup.setSecret(
                Array(WebSandbox.key.utf8), ofConnection: "Bad", by: WebWorld.actor)
            try await sandbox.world.browse(as: .administrator) { browser in
                _ = try await browser.post("/admin/connections/\(bad.id)/check")
            }
            #expect(
                try sandbox.world.catalog.setup.requireConnection(id: bad.id).checkCode == nil)
        }
    }

    @Test
    func `L6: a connection in use is not removed before its exports are detached or removed`()
        async throws
    {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection()
            let kept = try sandbox.addExport("Kept", on: connection)
            let dropped = try sandbox.addExport("Dropped", on: connection)
            let path = "/admin/connections/\(connection.id)"
            try await sandbox.world.browse(as: .administrator) { browser in
                let refused = try await browser.post("\(path)/remove")
                #expect(refused.status == .conflict)
                #expect(refused.text.contains("<bdi>Kept</bdi>"))
                #expect(refused.text.contains("<bdi>Dropped</bdi>"))
                let back = [("back", "remove")]
                let detached = try await browser.post(
                    "\(path)/exports/\(kept.id)/detach", back)
                #expect(
                    detached.location == "\(path)/remove?notice=connection-export-detached")
                #expect(
                    try await browser.post("\(path)/exports/\(kept.id)/detach").status
                        == .notFound)
                let removed = try await browser.post(
                    "\(path)/exports/\(dropped.id)/remove", back)
                #expect(removed.location == "\(path)/remove?notice=connection-export-removed")
                let free = try await browser.get("\(path)/remove")
                #expect(free.text.contains("No export uses this connection."))
                let gone = try await browser.post("\(path)/remove")
                #expect(gone.location == "/admin/connections?notice=connection-removed")
            }
            let catalog = sandbox.world.catalog
            #expect(try catalog.setup.connections().isEmpty)
            var expected = kept
            expected.connection = nil
            #expect(try catalog.setup.exports() == [expected])
            #expect(
                try sandbox.world.audit() == [
                    "user:administrator-user detach export Kept []",
                    "user:administrator-user remove export Dropped []",
                    "user:administrator-user remove connection Sandbox []",
                ])
        }
    }

    @Test func `an export of another connection is out of reach`() async throws {
        try await WebSandbox.with { sandbox in
            let one = try sandbox.addConnection("One")
            let two = try sandbox.addConnection("Two")
            let export = try sandbox.addExport("Newsletter", on: one)
            try await sandbox.world.browse(as: .administrator) { browser in
                for act in ["detach", "remove"] {
                    let answer = try await browser.post(
                        "/admin/connections/\(two.id)/exports/\(export.id)/\(act)")
                    #expect(answer.status == .notFound)
                }
            }
            #expect(try sandbox.world.catalog.setup.export(id: export.id) == export)
        }
    }

    @Test
    func `R40: from any page a transfer ends with two clicks, and the run under way stops`()
        async throws
    {
        // Answers take their time, so that most of the run is still to be sent when it is ended.
        try await WebSandbox.with(latency: 50) { sandbox in
            let connection = try sandbox.addConnection()
            let export = try sandbox.addExport("Newsletter", on: connection)
            let idle = try sandbox.addExport("Idle", on: connection)
            try sandbox.load(people: 5_000)
            let world = sandbox.world
            let run = try world.services.runs.start(
                export.id, trigger: .onDemand, by: WebWorld.actor)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await world.services.runs.run() }
                for await progress in world.services.runs.updates(of: run.id)
                where progress.sent > 0 { break }
                let ends = world.services.runs.updates(of: run.id)
                try await world.browse(as: .administrator) { browser in
                    let anywhere = try await browser.get("/account")
                    #expect(anywhere.text.contains(#"href="/admin/connections?end=1""#))
                    let page = try await browser.get("/admin/connections?end=1")
                    #expect(page.text.contains("A run is under way"))
                    let path = "/admin/connections/\(connection.id)/end"
                    #expect(page.text.contains("action=\"\(path)\""))
                    let ended = try await browser.post(path)
                    #expect(ended.location == "/admin/connections?notice=transfer-ended")
                    let list = try await browser.get(ended.location ?? "")
                    #expect(list.text.contains("The transfer has ended."))
                }
                for id in [export.id, idle.id] {
                    #expect(try world.catalog.setup.export(id: id)?.connection == nil)
                }
                #expect(
                    try world.audit() == [
                        "user:administrator-user detach export Idle []",
                        "user:administrator-user detach export Newsletter []",
                        "user:administrator-user stop run Newsletter \(run.id) []",
                    ])
                for await _ in ends {}
                let ended = try world.catalog.ledger.run(id: run.id)
                let told = ended.detail?.refusalCode ?? ""
                #expect(ended.state == .stopped, "\(ended.reason ?? ""): \(told)")
                #expect(ended.pending > 0)
                group.cancelAll()
            }
        }
    }

    @Test func `R41: the pages of connections render in every language without a gap`()
        async throws
    {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection()
            let other = try sandbox.addConnection("Other", audience: .contributors)
            _ = try sandbox.addExport("Newsletter", on: connection)
            try sandbox.world.catalog.setup.setCheckFailure("tls", ofConnection: other.id)
            try await sandbox.world.expectNoGaps([
                "/admin/connections", "/admin/connections/new", "/admin/connections?end=1",
                "/admin/connections/\(connection.id)",
                "/admin/connections/\(connection.id)/remove",
                "/admin/connections/\(other.id)/remove", "/privacy",
            ])
            try await sandbox.world.expectNoGaps(["/privacy"], as: nil)
        }
    }
}
