import Access
import Exports
import Foundation
import HTTPTypes
import Sandbox
import Store
import Testing

@testable import Web

/// The form of a connection, from nothing to stored.
struct ConnectionFormTests {
    private typealias Fields = [(String, String)]

    private static let path = "/admin/connections/new"

    private static func fields(_ sandbox: WebSandbox, _ changed: Fields = []) -> Fields {
        let given: Fields = [
            ("name", "Marketing EU"), ("audience", "administrators"), ("host", sandbox.host),
            ("agree", "1"),
        ]
        return given.filter { field in !changed.contains { $0.0 == field.0 } } + changed
    }

    @Test
    func
        `R10 R11 R13: administrators find connections and the type that can be added in their menu`()
        async throws
    {
        try await WebSandbox.with { sandbox in
            _ = try sandbox.addConnection("Marketing EU")
            try await sandbox.world.browse(as: .administrator) { browser in
                let start = try await browser.get("/account")
                #expect(start.text.contains(#"href="/admin/connections""#))
                let list = try await browser.get("/admin/connections")
                #expect(list.text.contains(">Add connection</a>"))
                #expect(list.text.contains("ActiveCampaign <span class=\"mark\">preview</span>"))
                #expect(list.text.contains("<bdi>Marketing EU</bdi>"))
                let form = try await browser.get(Self.path)
                #expect(form.text.contains("Set up connection to ActiveCampaign"))
                #expect(form.text.contains("<span class=\"mark\">preview</span>"))
            }
        }
    }

    @Test
    func `R14 R20 R22: the form advises a name, links to help and states what transfer means`()
        async throws
    {
        try await WebWorld().browse(as: .administrator) { browser in
            let page = try await browser.get(Self.path)
            #expect(page.text.contains("Tell purpose and target"))
            #expect(page.text.contains("https://help.activecampaign.com/"))
            for part in [
                "leaves the compliance boundary of Ferry", "such as personal data",
                "transfers this data on your instruction",
                "responsible that ActiveCampaign meets the privacy and security duties",
                #"href="/privacy""#,
            ] {
                #expect(page.text.contains(part), "\(part)")
            }
        }
    }

    @Test
    func
        `R12 R15 R16 R17 R18 R19 R21 R23 R24 R25: everything that is asked for stands in the order of the design`()
        async throws
    {
        try await WebWorld().browse(as: .administrator) { browser in
            let text = try await browser.get(Self.path).text
            let order = [
                #"name="name""#, #"name="audience" value="administrators" checked"#,
                #"name="audience" value="contributors""#, #"name="key""#, #"name="host""#,
                #"name="agree""#, #"value="connect""#, #"name="password""#,
                #"value="export-user""#, #"value="save" disabled"#,
            ]
            var rest = text[...]
            for part in order {
                let found = try #require(rest.range(of: part), "\(part)")
                rest = rest[found.upperBound...]
            }
        }
    }

    @Test(arguments: [Audience.administrators, .contributors])
    func `R1 R17 R23 R24 R25: connect, add yourself, save: a working connection`(
        audience: Audience
    ) async throws {
        try await WebSandbox.with { sandbox in
            try await sandbox.world.browse(as: .administrator) { browser in
                let chosen: Fields = [("audience", audience.rawValue)]
                let connected = try await browser.post(
                    Self.path,
                    Self.fields(
                        sandbox, chosen + [("key", WebSandbox.key), ("action", "connect")]))
                #expect(connected.status == .ok)
                #expect(connected.text.contains("Connected."))
                #expect(connected.text.contains(#"value="save" disabled"#))
                let added = try await browser.post(
                    Self.path,
                    Self.fields(
                        sandbox,
                        chosen + [("password", WebSandbox.password), ("action", "export-user")]))
                #expect(added.text.contains("You are the export user of this connection."))
                #expect(!added.text.contains(#"value="save" disabled"#))
                #expect(try sandbox.world.catalog.setup.connections().isEmpty)
                let saved = try await browser.post(
                    Self.path, Self.fields(sandbox, chosen + [("action", "save")]))
                #expect(saved.location == "/admin/connections?notice=connection-saved")
                for page in [connected, added] {
                    #expect(!page.text.contains(WebSandbox.key))
                    #expect(!page.text.contains(WebSandbox.password))
                }
            }
            let connection = try #require(try sandbox.world.catalog.setup.connections().first)
            #expect(connection.name == "Marketing EU")
            #expect(connection.audience == audience)
            #expect(connection.host == sandbox.host)
            #expect(connection.consentBy == "user:administrator-user")
            #expect(connection.exportUser == "user:administrator-user")
            #expect(connection.checkCode == nil)
            #expect(
                try sandbox.world.audit() == [
                    "user:administrator-user add connection Marketing EU [host secret consent]"
                ])
        }
    }

    /// What is missing when somebody saves by force, and where the page says so.
    private static let gaps: [(without: String, field: String)] = [
        ("name", "#name"), ("agree", "#agree"), ("check", "#connect"),
        ("export user", "#password"), ("same host", "#connect"), ("same key", "#connect"),
    ]

    @Test(arguments: gaps.indices)
    func `R12 R21 R25: Save is refused before everything is there`(index: Int) async throws {
        let (without, field) = Self.gaps[index]
        try await WebSandbox.with { sandbox in
            try await sandbox.world.browse(as: .administrator) { browser in
                if without != "check" {
                    _ = try await browser.post(
                        Self.path,
                        Self.fields(sandbox, [("key", WebSandbox.key), ("action", "connect")]))
                }
                if without != "export user", without != "check" {
                    _ = try await browser.post(
                        Self.path,
                        Self.fields(
                            sandbox,
                            [("password", WebSandbox.password), ("action", "export-user")]))
                }
                var last: Fields = [("action", "save")]
                switch without {
                case "name": last.append(("name", ""))
                case "agree": last.append(("agree", ""))
                case "same host": last.append(("host", "other.api-us1.com"))
                case "same key": last.append(("key", "another-key"))
                default: break
                }
                let answer = try await browser.post(Self.path, Self.fields(sandbox, last))
                #expect(answer.status == .unprocessableContent)
                #expect(answer.text.contains("<a href=\"\(field)\">"))
            }
            #expect(try sandbox.world.catalog.setup.connections().isEmpty)
        }
    }

    @Test func `R3: a key that the account refuses completes no connection`() async throws {
        try await WebSandbox.with { sandbox in
            try await sandbox.world.browse(as: .administrator) { browser in
                let refused = try await browser.post(
                    Self.path,
                    Self.fields(sandbox, [("key", "wrong-key"), ("action", "connect")]))
                #expect(refused.status == .unprocessableContent)
                #expect(refused.text.contains("The account refuses the API key"))
                #expect(refused.text.contains("<a href=\"#key\">"))
                #expect(!refused.text.contains("wrong-key"))
                let saved = try await browser.post(
                    Self.path,
                    Self.fields(
                        sandbox, [("password", WebSandbox.password), ("action", "save")]))
                #expect(saved.status == .unprocessableContent)
            }
            #expect(try sandbox.world.catalog.setup.connections().isEmpty)
        }
    }

    @Test(arguments: [
        ("", "Enter the host name of the account"), ("not a host", "This is no host name"),
        ("https://user@acme.example/x", "This is no host name"),
        ("10.0.0.1", "The host leads into a private network"),
        ("nothing-here.invalid", "The host was not found"),
        ("127.0.0.1:1", "No connection to the host"),
    ])
    func `R19: a host that cannot be is said beside its field`(
        host: String, words: String
    ) async throws {
        try await WebSandbox.with { sandbox in
            try await sandbox.world.browse(as: .administrator) { browser in
                let answer = try await browser.post(
                    Self.path,
                    Self.fields(
                        sandbox,
                        [("host", host), ("key", WebSandbox.key), ("action", "connect")]))
                #expect(answer.status == .unprocessableContent)
                #expect(answer.text.contains(words))
                #expect(answer.text.contains(#"id="host-finding""#))
                #expect(answer.text.contains(#"value="Marketing EU""#))
            }
        }
    }

    @Test func `R19: a whole address that was pasted becomes the bare host`() async throws {
        try await WebSandbox.with { sandbox in
            try await sandbox.world.browse(as: .administrator) { browser in
                let answer = try await browser.post(
                    Self.path,
                    Self.fields(
                        sandbox,
                        [
                            ("host", "https://\(sandbox.host)/api/3/"), ("key", WebSandbox.key),
                            ("action", "connect"),
                        ]))
                #expect(answer.text.contains("Connected."))
                #expect(answer.text.contains(#"name="host" value="\#(sandbox.host)""#))
            }
        }
    }

    @Test func `a key that was typed survives a mistake in the host`() async throws {
        try await WebSandbox.with { sandbox in
            try await sandbox.world.browse(as: .administrator) { browser in
                _ = try await browser.post(
                    Self.path,
                    Self.fields(
                        sandbox,
                        [
                            ("host", "nothing-here.invalid"), ("key", WebSandbox.key),
                            ("action", "connect"),
                        ]))
                let answer = try await browser.post(
                    Self.path, Self.fields(sandbox, [("key", ""), ("action", "connect")]))
                #expect(answer.text.contains("Connected."))
            }
        }
    }

    @Test func `what was achieved is forgotten after half an hour`() async throws {
        try await WebSandbox.with { sandbox in
            try await sandbox.world.browse(as: .administrator) { browser in
                _ = try await browser.post(
                    Self.path,
                    Self.fields(sandbox, [("key", WebSandbox.key), ("action", "connect")]))
                sandbox.world.pass(.seconds(1_801))
                let answer = try await browser.post(
                    Self.path,
                    Self.fields(
                        sandbox,
                        [("password", WebSandbox.password), ("action", "export-user")]))
                #expect(answer.status == .unprocessableContent)
                #expect(answer.text.contains("Connect first"))
            }
        }
    }

    @Test func `one session's draft is of no use to another`() async throws {
        try await WebSandbox.with { sandbox in
            try await sandbox.world.browse(as: .administrator) { browser in
                _ = try await browser.post(
                    Self.path,
                    Self.fields(sandbox, [("key", WebSandbox.key), ("action", "connect")]))
            }
            try await sandbox.world.browse(as: .administrator) { browser in
                let answer = try await browser.post(
                    Self.path, Self.fields(sandbox, [("action", "connect")]))
                #expect(answer.text.contains("Enter the API key."))
            }
        }
    }

    @Test func `R24: a wrong own password adds nobody, and counts as a failure to sign in`()
        async throws
    {
        try await WebSandbox.with { sandbox in
            try await sandbox.world.browse(as: .administrator) { browser in
                _ = try await browser.post(
                    Self.path,
                    Self.fields(sandbox, [("key", WebSandbox.key), ("action", "connect")]))
                let guess: Fields = [("password", "not it"), ("action", "export-user")]
                let first = try await browser.post(Self.path, Self.fields(sandbox, guess))
                #expect(first.text.contains("This is not your password."))
                var last = first
                for _ in 0..<20 where !last.text.contains("Wait a little") {
                    last = try await browser.post(Self.path, Self.fields(sandbox, guess))
                }
                #expect(last.text.contains("Wait a little"))
                let right = try await browser.post(
                    Self.path,
                    Self.fields(
                        sandbox,
                        [("password", WebSandbox.password), ("action", "export-user")]))
                #expect(!right.text.contains("You are the export user"))
                let signIn = try await browser.post(
                    "/sign-in",
                    [("name", "administrator-user"), ("password", WebSandbox.password)])
                #expect(signIn.status == .tooManyRequests)
            }
            #expect(
                try sandbox.world.catalog.history.auditEntries().contains {
                    $0.verb == "fail-sign-in"
                })
        }
    }
}
