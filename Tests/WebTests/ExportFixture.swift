import Access
import Exports
import Foundation
import Profiles
import SQLiteEngine
import Sandbox
import Segments
import Store
import Testing

@testable import Web

/// A service with people, segments, and connections to a real sandbox.
final class ExportFixture: Sendable {
    let world: WebWorld
    let sandbox: SandboxServer
    /// Shared with contributors.
    let shared: Connection
    /// For administrators only.
    let own: Connection

    private init(sandbox: SandboxServer, segments: Bool) throws {
        self.sandbox = sandbox
        world = try WebWorld()
        shared = try Self.add("Marketing EU", sandbox.port, to: world)
        own = try Self.add("CRM tests", sandbox.port, to: world)
        try Self.share(.contributors, shared, in: world)
        try load()
        guard segments else { return }
        for (name, rule) in [("With points", "points > 0"), ("Everyone", "email is not empty")] {
            _ = try world.catalog.setup.addSegment(
                named: name, definition: .dynamic(rule: rule), by: WebWorld.actor)
        }
    }

    /// Runs a test in a fixture and takes its sandbox down whatever happens.
    static func with(
        segments: Bool = true, isAway: Bool = false,
        _ body: (ExportFixture) async throws -> Void
    ) async throws {
        var knobs = Knobs()
        knobs.limits = false
        // An account that is away answers every request with an error.
        if isAway { knobs.fault502 = 1 }
        let sandbox = try await SandboxServer.start(port: 0, knobs: knobs)
        do {
            try await body(try ExportFixture(sandbox: sandbox, segments: segments))
        } catch {
            await sandbox.stop()
            throw error
        }
        await sandbox.stop()
    }

    private static func add(_ name: String, _ port: Int, to world: WebWorld) throws -> Connection {
        try world.catalog.setup.add(
            NewConnection(
                name: name, destination: "activecampaign", host: "127.0.0.1:\(port)",
                sealedSecret: Array("sandbox-key".utf8), pace: TestAccounts.pace,
                facts: AccountFacts(user: "admin", contactsMax: nil, contacts: nil)),
            by: WebWorld.actor)
    }

    static func share(
        _ audience: Audience, _ connection: Connection, in world: WebWorld
    ) throws {
        try world.catalog.setup.setAudience(
            audience, ofConnection: connection.id, by: WebWorld.actor)
    }

    private func load() throws {
        var text = "id,email,name,city,points,birth_date\n"
        for number in 1...5 {
            text +=
                "p\(number),p\(number)@mail.example,Ann,Vienna,\(number - 2),1984-03-0\(number)\n"
        }
        let file = world.folder.appending(path: "people.csv")
        try Data(text.utf8).write(to: file)
        var options = ImportOptions(key: "id")
        options.kinds = ["birth_date": .date, "points": .number]
        _ = try world.engine.importProfiles(
            try ImportFile(path: file.path()), options: options,
            now: Timestamp(milliseconds: WebWorld.start), progress: { _ in },
            isCancelled: { false })
    }

    /// A stored export, without a page.
    func addExport(
        _ name: String = "News", on connection: Connection? = nil,
        change: (inout Export) -> Void = { _ in }
    ) throws -> Export {
        var export = Export(
            id: 0, name: name, connection: (connection ?? shared).id,
            list: ListReference(id: "1", name: "Newsletter"), segments: ["With points"],
            mapping: Mapping(email: "email", firstName: "name"))
        change(&export)
        return try world.catalog.setup.add(export, by: WebWorld.actor)
    }

    /// What a person fills in who wants a plain export.
    func fields(
        name: String = "News", connection: Connection? = nil, _ changes: [String: String] = [:],
        rows: [(String, String)] = [("firstName", "name")], segments: [String] = ["With points"]
    ) -> [(String, String)] {
        var fields = [
            "connection": String((connection ?? shared).id), "name": name, "list": "1",
            "listID": "", "email": "email", "tags": "", "leave": "keep", "automations": "no",
            "holdShare": "30", "limit": "1000000", "schedule": "refresh", "act": "save",
        ]
        fields.merge(changes) { _, new in new }
        return fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            + segments.map { ("segment", $0) }
            + rows.flatMap { [("target", $0.0), ("attribute", $0.1)] }
    }
}

extension Browser.Answer {
    /// The codes of what is found cannot be seen on a page, but its words can.
    func says(_ words: String) -> Bool { text.contains(words) }

    /// The value of a hidden field.
    func hidden(_ name: String) -> String? {
        guard let found = text.range(of: "name=\"\(name)\" value=\"") else { return nil }
        let rest = text[found.upperBound...]
        return rest.firstIndex(of: "\"").map { String(rest[..<$0]) }
    }
}
