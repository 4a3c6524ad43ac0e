import Access
import Acts
import Delivery
import Exports
import Foundation
import HTTPTypes
import LoyaltyClub
import Segments
import Store
import Testing
import Transport

@testable import Web

/// A destination that no page, no endpoint and no act was written for.
struct LoyaltyClubTests {
    private static let path = "/admin/connections/new"
    private static let secrets = ["access-secret", "signing-secret"]

    private static func world(_ club: ClubAccount = ClubAccount()) throws -> WebWorld {
        try WebWorld(reaching: { TestAccounts.reachingClub($0, club) })
    }

    /// What the one who adds connections confirms them with.
    private static func givePassword(_ world: WebWorld) async throws {
        try world.catalog.people.setPassword(
            try await PasswordHash.hash(
                "a password of my own", cost: PasswordCost(roundsLog2: 1)),
            ofUser: try world.user(.administrator).id, keepingSession: nil, by: WebWorld.actor)
    }

    private static func fields(_ more: [(String, String)]) -> [(String, String)] {
        [
            ("type", "loyalty-club"), ("name", "Gold"), ("audience", "contributors"),
            ("host", "https://GOLD.club.example/"), ("program", " Gold "), ("agree", "1"),
        ] + more
    }

    @Test func `the list has a section for it that leads to its form`() async throws {
        try await Self.world().browse(as: .administrator) { browser in
            let list = try await browser.get("/admin/connections")
            #expect(list.text.contains(#"<h2 id="type-loyalty-club">Loyalty Club</h2>"#))
            #expect(list.text.contains(#"href="/admin/connections/new?type=loyalty-club""#))
            let form = try await browser.get("\(Self.path)?type=loyalty-club")
            #expect(form.text.contains("Set up connection to Loyalty Club"))
            #expect(!form.text.contains("class=\"mark\""))
            for part in [
                #"name="type" value="loyalty-club""#, #"name="host""#, #"name="program""#,
                #"name="accessKey" type="password""#, #"name="signingKey" type="password""#,
                "Club server", "Signing key", "pass members on to Loyalty Club",
            ] {
                #expect(form.text.contains(part), "\(part)")
            }
            #expect(!form.text.contains(#"name="key""#))
            let stranger = try await browser.get("\(Self.path)?type=nothing")
            #expect(stranger.status == .notFound)
        }
    }

    @Test func `connect, add yourself, save: a connection with two secrets`() async throws {
        let world = try Self.world()
        try await Self.givePassword(world)
        try await world.browse(as: .administrator) { browser in
            let keys = zip(["accessKey", "signingKey"], Self.secrets).map { ($0, $1) }
            let connected = try await browser.post(
                Self.path, Self.fields(keys + [("action", "connect")]))
            #expect(connected.text.contains("Connected."), "\(connected.text)")
            #expect(connected.text.contains(#"value="gold.club.example""#))
            #expect(connected.text.contains(#"value="gold""#))
            let added = try await browser.post(
                Self.path,
                Self.fields([("password", "a password of my own"), ("action", "export-user")]))
            #expect(added.text.contains("You are the export user of this connection."))
            for page in [connected, added] {
                for secret in Self.secrets { #expect(!page.text.contains(secret)) }
            }
            let saved = try await browser.post(Self.path, Self.fields([("action", "save")]))
            #expect(saved.location == "/admin/connections?notice=connection-saved")
            let list = try await browser.get("/admin/connections")
            #expect(list.text.contains("<bdi>Gold</bdi>"))
        }
        let connection = try #require(try world.catalog.setup.connections().first)
        #expect(connection.destination == "loyalty-club")
        #expect(connection.settings == ["program": "gold"])
        #expect(
            try world.services.accounts.settings(connection).secrets
                == ["accessKey": Self.secrets[0], "signingKey": Self.secrets[1]])
    }

    @Test func `what is missing or wrong is said beside its field, in the club's words`()
        async throws
    {
        try await Self.world().browse(as: .administrator) { browser in
            let page = try await browser.post(
                Self.path,
                [
                    ("type", "loyalty-club"), ("name", "Gold"), ("audience", "contributors"),
                    ("host", "elsewhere.example"), ("program", "g0ld"), ("agree", "1"),
                    ("accessKey", "with space"), ("action", "connect"),
                ])
            #expect(page.status == .unprocessableContent)
            for part in [
                ##"href="#host""##, ##"href="#program""##, ##"href="#accessKey""##,
                "This is no server of the club.", "A program is named by letters.",
                "A key has no spaces.",
            ] {
                #expect(page.text.contains(part), "\(part)")
            }
        }
    }

    @Test func `acts add, change, check, read and remove it, as commands do`() async throws {
        let world = try Self.world()
        let acts = world.services.acts
        let asker = Asker.terminal(Actor(name: "cli:test"))
        let typed = [
            "host": "gold.club.example", "program": "gold", "accessKey": "a", "signingKey": "s",
        ]
        let added = try await acts.perform(
            AddConnection(
                name: "Gold", type: "loyalty-club", audience: .administrators,
                account: .typed(typed), agrees: true, password: .confirmed,
                limits: QuotaLimits([("loadsPerHour", 50)])), by: asker)
        #expect(added.details?.settings == ["program": "gold"])
        #expect(
            added.details?.limits
                == QuotaLimits([("callsPerTenSeconds", 30), ("loadsPerHour", 50)]))
        var change = ChangeConnection(.name("Gold"))
        change.account = .typed(["signingKey": "another"])
        change.limits["loadsPerHour"] = nil
        let changed = try await acts.perform(change, by: asker)
        #expect(changed.details?.limits["loadsPerHour"] == nil)
        let stored = try world.catalog.setup.connection(named: "Gold")
        #expect(
            try world.services.accounts.settings(stored).secrets
                == ["accessKey": "a", "signingKey": "another"])
        #expect(try await acts.perform(CheckConnection(.name("Gold")), by: asker).works)
        #expect(
            try await acts.perform(ListAccountLists(.name("Gold")), by: asker).items.isEmpty)
        #expect(
            try await acts.perform(ListAccountFields(.name("Gold")), by: asker).items.map(\.title)
                == ["Tier"])
        _ = try await acts.perform(RemoveConnection(.name("Gold")), by: asker)
        #expect(try world.catalog.setup.connections().isEmpty)
    }

    @Test func `another host takes all its secrets and the consent anew`() async throws {
        let world = try Self.world()
        let acts = world.services.acts
        let asker = Asker.terminal(Actor(name: "cli:test"))
        let typed = [
            "host": "gold.club.example", "program": "gold", "accessKey": "a", "signingKey": "s",
        ]
        _ = try await acts.perform(
            AddConnection(
                name: "Gold", type: "loyalty-club", audience: .administrators,
                account: .typed(typed), agrees: true, password: .confirmed), by: asker)
        var change = ChangeConnection(.name("Gold"))
        change.account = .typed(["host": "silver.club.example", "accessKey": "b"])
        let refusal = await #expect(throws: Refusal.self) {
            try await acts.perform(change, by: asker)
        }
        #expect(
            refusal?.findings.map { "\($0.field) \($0.code)" }
                == ["signingKey key-for-host", "agree consent"])
    }

    @Test func `the API adds and changes it with its settings apart`() async throws {
        let world = try Self.world()
        try await Self.givePassword(world)
        try await world.call(as: .administrator) { client async throws in
            let missing = try await client.json(
                .post, "/api/v1/connections",
                #"{"name":"Gold","type":"loyalty-club","audience":"contributors","host":"gold.club.example","agree":true,"password":"p","settings":{"program":"gold"}}"#
            )
            #expect(missing.status == .unprocessableContent)
            #expect(
                try missing.problem().errors?.map(\.field)
                    == ["settings.accessKey", "settings.signingKey"])
            let added = try await client.json(
                .post, "/api/v1/connections",
                #"{"name":"Gold","type":"loyalty-club","audience":"contributors","host":"gold.club.example","agree":true,"password":"a password of my own","settings":{"program":"gold","accessKey":"a","signingKey":"s"}}"#
            )
            #expect(added.status == .created, "\(added.text)")
            #expect(added.text.contains(#""settings":{"program":"gold"}"#))
            let id = try #require(try world.catalog.setup.connections().first?.id)
            let changed = try await client.json(
                .patch, "/api/v1/connections/\(id)", #"{"limits":{"loadsPerHour":7}}"#)
            #expect(changed.status == .ok)
            #expect(
                try world.catalog.setup.requireConnection(id: id).pace
                    == QuotaLimits([("calls", 30), ("loads", 7)]))
            let foreign = try await client.json(
                .patch, "/api/v1/connections/\(id)", #"{"limits":{"importsPerMinute":7}}"#)
            #expect(foreign.status == .unprocessableContent)
        }
    }

    /// A world with a connection to the club, profiles with numbers and a segment of all of them.
    private static func joined() async throws -> WebWorld {
        let world = try Self.world()
        try await Self.givePassword(world)
        _ = try await world.services.acts.perform(
            AddConnection(
                name: "Gold", type: "loyalty-club", audience: .contributors,
                account: .typed([
                    "host": "gold.club.example", "program": "gold", "accessKey": "a",
                    "signingKey": "s",
                ]), agrees: true, password: .confirmed),
            by: .terminal(Actor(name: "cli:test")))
        try CustomerWorld.load("id,number,name\n1,aaa-1,Ada\n2,bbb-2,Ben\n", into: world)
        _ = try world.catalog.setup.addSegment(
            named: "All", definition: .dynamic(rule: "name is present"), by: WebWorld.actor)
        return world
    }

    @Test func `the form of an export asks for nothing that it has not`() async throws {
        let world = try await Self.joined()
        let id = try #require(try world.catalog.setup.connections().first?.id)
        try await world.browse(as: .contributor) { browser in
            let form = try await browser.get("/exports/new?connection=\(id)")
            for part in [
                "id=\"list\"", "name=\"tags\"", "id=\"leave-unsubscribe\"",
                "id=\"resubscribe\"", "id=\"automations-yes\"", "value=\"phone\"",
                "class=\"mark\"", "activecampaign.com",
            ] {
                #expect(!form.text.contains(part), "\(part)")
            }
            for part in ["<optgroup label=\"Loyalty Club\">", "id=\"leave-field\"", "Tier"] {
                #expect(form.text.contains(part), "\(part)")
            }
            let saved = try await browser.post(
                "/exports",
                [
                    ("name", "Members"), ("connection", "\(id)"), ("segment", "All"),
                    ("email", "number"), ("leave", "keep"), ("automations", "no"),
                    ("schedule", "manual"),
                ])
            #expect(saved.location == "/exports?notice=export-added", "\(saved.text)")
        }
        #expect(try world.catalog.setup.exports().first?.list.id == "")
    }

    @Test func `the API takes an export without a list, and refuses what the club has not`()
        async throws
    {
        let world = try await Self.joined()
        let id = try #require(try world.catalog.setup.connections().first?.id)
        @Sendable func body(_ more: String) -> String {
            """
            {"name":"Members","connectionId":\(id),"segments":["All"],"mapping":{"email":"number"},\
            "startsAutomations":false\(more)}
            """
        }
        try await world.call(as: .contributor) { client async throws in
            let refused = try await client.json(
                .post, "/api/v1/exports",
                body(#","list":"3","tags":["x"],"onLeave":{"action":"unsubscribe"}"#))
            #expect(refused.status == .unprocessableContent)
            #expect(
                try refused.problem().errors?.filter { $0.code == "not-offered" }.map(\.field)
                    == ["list", "tags", "onLeave"])
            let added = try await client.json(.post, "/api/v1/exports", body(""))
            #expect(added.status == .created, "\(added.text)")
        }
    }
}
