import Access
import Exports
import HTTPTypes
import Sandbox
import Store
import Testing

@testable import Web

/// Changing a stored connection.
struct ConnectionEditTests {
    private typealias Fields = [(String, String)]

    private static func fields(
        _ connection: Connection, _ changed: [(String, String)]
    ) -> [(String, String)] {
        let given = [
            ("name", connection.name), ("audience", connection.audience.rawValue),
            ("host", connection.host), ("agree", "1"), ("action", "save"),
        ]
        return given.filter { field in !changed.contains { $0.0 == field.0 } } + changed
    }

    @Test func `name and audience change without a check, and the audit names the fields`()
        async throws
    {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection("Old")
            try await sandbox.world.browse(as: .administrator) { browser in
                let page = try await browser.get("/admin/connections/\(connection.id)")
                #expect(page.text.contains("Hidden. Leave it empty to keep the key"))
                #expect(!page.text.contains(WebSandbox.key))
                let saved = try await browser.post(
                    "/admin/connections/\(connection.id)",
                    Self.fields(connection, [("name", "New"), ("audience", "contributors")]))
                #expect(saved.location == "/admin/connections?notice=connection-saved")
            }
            let changed = try sandbox.world.catalog.setup.requireConnection(id: connection.id)
            #expect(changed.name == "New")
            #expect(changed.audience == .contributors)
            #expect(
                try sandbox.world.catalog.setup.sealedSecret(ofConnection: connection.id)
                    == Array(WebSandbox.key.utf8))
            #expect(
                try sandbox.world.audit() == [
                    "user:administrator-user set connection New [name audience]"
                ])
        }
    }

    @Test func `another key is stored only after a check with it`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection()
            let path = "/admin/connections/\(connection.id)"
            try await sandbox.world.browse(as: .administrator) { browser in
                let forced = try await browser.post(
                    path, Self.fields(connection, [("key", "wrong-key")]))
                #expect(forced.status == .unprocessableContent)
                let refused = try await browser.post(
                    path,
                    Self.fields(connection, [("key", "wrong-key"), ("action", "connect")]))
                #expect(refused.text.contains("The account refuses the API key"))
                #expect(
                    try sandbox.world.catalog.setup.sealedSecret(ofConnection: connection.id)
                        == Array(WebSandbox.key.utf8))
                let connected = try await browser.post(
                    path,
                    Self.fields(connection, [("key", WebSandbox.key), ("action", "connect")]))
                #expect(connected.text.contains("Connected."))
                let saved = try await browser.post(path, Self.fields(connection, []))
                #expect(saved.status == .seeOther)
            }
            #expect(
                try sandbox.world.audit() == [
                    "user:administrator-user set connection Sandbox [secret]"
                ])
        }
    }

    @Test func `the stored key is not sent to another host`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection()
            let path = "/admin/connections/\(connection.id)"
            try await sandbox.world.browse(as: .administrator) { browser in
                for action in ["connect", "save"] {
                    let answer = try await browser.post(
                        path,
                        Self.fields(
                            connection,
                            [("host", "localhost:\(sandbox.server.port)"), ("action", action)]))
                    #expect(answer.status == .unprocessableContent)
                }
            }
            #expect(
                try sandbox.world.catalog.setup.requireConnection(id: connection.id) == connection)
        }
    }

    @Test func `another host needs its key and a new agreement`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection()
            let path = "/admin/connections/\(connection.id)"
            let host = "localhost:\(sandbox.server.port)"
            try await sandbox.world.browse(as: .administrator) { browser in
                let refused = try await browser.post(
                    path,
                    Self.fields(
                        connection,
                        [
                            ("host", host), ("key", WebSandbox.key), ("agree", ""),
                            ("action", "connect"),
                        ]))
                #expect(refused.text.contains("Another host is another recipient."))
                let connected = try await browser.post(
                    path,
                    Self.fields(
                        connection,
                        [("host", host), ("key", WebSandbox.key), ("action", "connect")]))
                #expect(connected.text.contains("Connected."))
                let saved = try await browser.post(
                    path, Self.fields(connection, [("host", host)]))
                #expect(saved.status == .seeOther)
            }
            let changed = try sandbox.world.catalog.setup.requireConnection(id: connection.id)
            #expect(changed.host == host)
            #expect(changed.consentBy == "user:administrator-user")
            #expect(
                try sandbox.world.audit() == [
                    "user:administrator-user set connection Sandbox [host secret consent]"
                ])
        }
    }

    @Test func `R24: another administrator takes over as export user`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection()
            let path = "/admin/connections/\(connection.id)"
            try await sandbox.world.browse(as: .administrator) { browser in
                let page = try await browser.get(path)
                #expect(page.text.contains("cli:test"))
                let added = try await browser.post(
                    path,
                    Self.fields(
                        connection,
                        [("password", WebSandbox.password), ("action", "export-user")]))
                #expect(added.text.contains("You are the export user of this connection."))
                _ = try await browser.post(path, Self.fields(connection, []))
            }
            #expect(
                try sandbox.world.audit() == [
                    "user:administrator-user set connection Sandbox [exportUser]"
                ])
        }
    }

    @Test func `a name that is taken is said beside the name`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection("One")
            _ = try sandbox.addConnection("Two")
            try await sandbox.world.browse(as: .administrator) { browser in
                let answer = try await browser.post(
                    "/admin/connections/\(connection.id)",
                    Self.fields(connection, [("name", "Two")]))
                #expect(answer.status == .unprocessableContent)
                #expect(answer.text.contains("There is already a connection of this name."))
            }
        }
    }
}
