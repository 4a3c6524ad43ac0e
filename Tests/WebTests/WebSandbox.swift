import Access
import Exports
import Foundation
import Profiles
import SQLiteEngine
import Sandbox
import Segments
import Store

@testable import Web

/// A real sandbox beside a world, and what connections need of it.
struct WebSandbox: Sendable {
    static let key = "key-that-must-not-be-seen-anywhere"
    static let password = "a long enough password"

    let world: WebWorld
    let server: SandboxServer

    var host: String { "127.0.0.1:\(server.port)" }

    /// Runs a test beside a sandbox and stops it whatever happens. `latency` is in milliseconds before every
    /// answer.
    static func with(
        latency: Int = 0,
        _ body: (WebSandbox) async throws -> Void
    ) async throws {
        var quick = Knobs()
        quick.limits = false
        quick.importDelay = 0
        quick.processingRate = 0
        quick.latency = latency
        var settings = ServiceSettings()
        settings.passwordCost = PasswordCost(roundsLog2: 1)
        let world = try WebWorld(settings: settings)
        let administrator = try world.user(.administrator)
        try world.catalog.people.setPassword(
            try await PasswordHash.hash(password, cost: settings.passwordCost),
            ofUser: administrator.id, keepingSession: nil, by: WebWorld.actor)
        let server = try await SandboxServer.start(port: 0, knobs: quick, apiKey: key)
        do {
            try await body(WebSandbox(world: world, server: server))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    /// A connection to the sandbox that works.
    func addConnection(
        _ name: String = "Sandbox", audience: Audience = .administrators
    ) throws -> Connection {
        try world.catalog.setup.add(
            NewConnection(
                name: name, destination: "activecampaign", host: host,
                sealedSecret: Array(Self.key.utf8), pace: TestAccounts.pace,
                facts: AccountFacts(user: "admin", contactsMax: 10, contacts: 1),
                audience: audience),
            by: WebWorld.actor)
    }

    func addExport(_ name: String, on connection: Connection) throws -> Export {
        if try world.catalog.setup.segments().isEmpty {
            try load(people: 3)
            _ = try world.catalog.setup.addSegment(
                named: "Everybody", definition: .dynamic(rule: "email is not empty"),
                by: WebWorld.actor)
        }
        return try world.catalog.setup.add(
            Export(
                id: 0, name: name, connection: connection.id,
                list: ListReference(id: "1", name: "Newsletter"), segments: ["Everybody"],
                mapping: Mapping(email: "email")), by: WebWorld.actor)
    }

    func load(people: Int) throws {
        let file = world.folder.appending(path: "people.csv")
        let rows = (1...people).map { "\($0),person\($0)@example.com\n" }
        try Data(("id,email\n" + rows.joined()).utf8).write(to: file)
        _ = try world.engine.importProfiles(
            try ImportFile(path: file.path()), options: ImportOptions(key: "id"),
            now: Timestamp(milliseconds: world.now), progress: { _ in }, isCancelled: { false })
    }
}
