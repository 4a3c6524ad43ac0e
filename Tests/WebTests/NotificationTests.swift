import Access
import Acts
import Foundation
import HTTPTypes
import Service
import Store
import Testing

@testable import Web

struct NotificationTests {
    private static let path = "/system/notifications"

    @Test func `a webhook that refuses twice gets the same signed text a third time`()
        async throws
    {
        try await WebhookServer.with { server, port async throws in
            let world = try NotificationWorld.make()
            try await world.browse(as: .administrator) { browser async throws in
                let saved = try await browser.post(
                    Self.path, NotificationWorld.fields(port: port))
                #expect(saved.location == "\(Self.path)?notice=notifications-saved")
            }
            server.answer([.internalServerError, .found])
            let run = try world.endedRun(.failed, reason: "key-refused")
            let notifier = world.services.notifier
            try await notifier.tick()
            world.pass(.seconds(59))
            try await notifier.tick()
            #expect(server.requests.count == 1)
            world.pass(.seconds(1))
            try await notifier.tick()
            world.pass(.seconds(300))
            try await notifier.tick()
            world.pass(.seconds(100_000))
            try await notifier.tick()
            let requests = server.requests
            // The redirect was not followed.
            #expect(requests.map(\.path) == Array(repeating: "/hook?team=ops", count: 3))
            #expect(Set(requests.map(\.body)).count == 1)
            #expect(requests.allSatisfy { $0.type == "application/json" })
            let notice = try Notice(json: try #require(requests.first).body)
            #expect(notice.event == .runFailed && notice.run?.reason == "key-refused")
            #expect(notice.link == "https://ferry.example/runs/\(run.id)")
            let last = try #require(requests.last)
            #expect(
                last.signature
                    == WebhookSignature.header(
                        secret: NotificationWorld.secret, seconds: WebWorld.start / 1_000 + 360,
                        body: Array(last.body.utf8)))
            let stored = try #require(
                try world.catalog.history.notices(before: nil, limit: 1).first)
            #expect(stored.state == .sent && stored.attempts == 3)
        }
    }

    @Test func `a failure in one language of mail reaches sendmail in whole`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mail-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appending(path: "sendmail").path()
        let got = folder.appending(path: "got")
        try Data("#!/bin/sh\ncat > '\(got.path())'\n".utf8).write(to: URL(filePath: script))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: script)
        let world = try NotificationWorld.make(sendmail: script)
        try await world.browse(as: .administrator) { browser async throws in
            let saved = try await browser.post(
                Self.path,
                NotificationWorld.fields(port: nil, mailTo: "ops@shop.test\nboss@shop.test"))
            #expect(saved.status == .seeOther)
        }
        try world.endedRun(.failed, reason: "key-refused")
        try await world.services.notifier.tick()
        let mail = try String(contentsOf: got, encoding: .utf8)
        #expect(mail.contains("To: ops@shop.test,\n boss@shop.test\n"))
        let parts = mail.components(separatedBy: "\n\n")
        let data = try #require(
            Data(
                base64Encoded: parts[1].replacing("\n", with: ""), options: []))
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains("A run of the export “News <b>” failed."))
        #expect(text.contains("Reason: The account refuses the API key."))
        #expect(text.contains("More: https://ferry.example/runs/1"))
        #expect(!text.contains("{"))
    }

    @Test func `every event has words in every language of mails`() throws {
        for event in NoticeEvent.allCases {
            for language in ["en", "bg", "pl", "zh-Hans", "hu", "he", "xx"] {
                let notice = try Notice(
                    json: """
                        {"version":1,"id":"u","event":"\(event.rawValue)","at":"2026-01-05T08:00:00.000Z"}
                        """)
                let words = NoticeWords.mail(notice, language: language)
                #expect(!words.subject.contains("{") && !words.body.contains("{"))
                #expect(words.subject.count > 5)
            }
        }
    }

    @Test func `the page keeps what was typed, but for the secret, and names what is wrong`()
        async throws
    {
        let world = try NotificationWorld.make()
        try await world.browse(as: .administrator) { browser async throws in
            let answer = try await browser.post(
                Self.path,
                [
                    ("active", "1"), ("webhook-url", "http://hooks.example/<x>"),
                    ("secret", "too-short"), ("mail-to", "ops@shop.test\nnobody"),
                    ("mail-from", ""), ("language", "he"),
                ])
            #expect(answer.status == .unprocessableContent)
            for field in ["webhook-url", "secret", "mail-to", "mail-from", "events"] {
                #expect(answer.text.contains("href=\"#\(field)\""), "\(field)")
                #expect(answer.text.contains("id=\"\(field)-finding\""), "\(field)")
            }
            #expect(answer.text.contains("value=\"http://hooks.example/&lt;x&gt;\""))
            #expect(answer.text.contains("ops@shop.test\nnobody</textarea>"))
            #expect(answer.text.contains("<option value=\"he\" lang=\"he\" selected>"))
            #expect(!answer.text.contains("too-short"))
            #expect(try world.audit() == [])
        }
    }

    @Test func `the secret is on no page, in no answer and in no row of the audit`() async throws {
        let world = try NotificationWorld.make()
        try await world.browse(as: .administrator) { browser async throws in
            _ = try await browser.post(Self.path, NotificationWorld.fields(port: 9))
            let page = try await browser.get(Self.path)
            #expect(page.text.contains("A secret is stored."))
            #expect(!page.text.contains(NotificationWorld.secret))
        }
        try await world.call(as: .administrator) { client async throws in
            let answer = try await client.get("/api/v1/notification-settings")
            #expect(answer.text.contains("\"hasSigningSecret\":true"))
            #expect(!answer.text.contains(NotificationWorld.secret))
        }
        #expect(
            try world.audit().filter { $0.contains(" notifications ") } == [
                "user:administrator-user set notifications notifications "
                    + "[isActive webhookURL signingSecret events]"
            ])
    }

    @Test func `a test shows on the page what came of it`() async throws {
        try await WebhookServer.with { server, port async throws in
            let world = try NotificationWorld.make()
            try await world.browse(as: .administrator) { browser async throws in
                #expect(try await browser.get(Self.path).text.contains(" disabled"))
                _ = try await browser.post(Self.path, NotificationWorld.fields(port: port))
                let taken = try await browser.post("\(Self.path)/test")
                #expect(taken.location == "\(Self.path)?notice=notifications-tested")
                server.answer([.notFound])
                let failed = try await browser.post("\(Self.path)/test")
                let page = try await browser.get(try #require(failed.location))
                #expect(page.text.contains("The test did not arrive everywhere."))
                #expect(page.text.contains("The receiver answered 404"))
                #expect(page.text.contains("Given up") && page.text.contains(">Sent<"))
            }
            #expect(server.requests.count == 2)
            #expect(
                try world.audit().last
                    == "user:administrator-user test notifications notifications [webhook]")
        }
    }

    @Test func `a webhook that nobody answers is told as such`() async throws {
        let world = try NotificationWorld.make()
        try await world.browse(as: .administrator) { browser async throws in
            _ = try await browser.post(Self.path, NotificationWorld.fields(port: 1))
            _ = try await browser.post("\(Self.path)/test")
            let page = try await browser.get(Self.path)
            #expect(page.text.contains("No connection could be made"))
        }
    }

    @Test func `the list names the export as text and links to its run`() async throws {
        let world = try NotificationWorld.make()
        try await world.browse(as: .administrator) { browser async throws in
            _ = try await browser.post(Self.path, NotificationWorld.fields(port: 1))
            try world.endedRun(.failed, reason: "timeout")
            try await world.services.notifier.tick()
            let page = try await browser.get(Self.path)
            #expect(page.text.contains("href=\"/runs/1\""))
            #expect(page.text.contains("News &lt;b&gt;"))
            #expect(page.text.contains("Next attempt"))
        }
    }

    @Test func `pages of notifications and of usage render in every language without a gap`()
        async throws
    {
        let world = try NotificationWorld.make()
        try await world.expectNoGaps([Self.path, "/system/usage"])
        try await world.browse(as: .administrator) { browser async throws in
            _ = try await browser.post(Self.path, NotificationWorld.fields(port: 1))
        }
        try world.endedRun(.failed, reason: "timeout")
        try await world.services.notifier.tick()
        try UsageTests.record(in: world)
        try await world.expectNoGaps([Self.path, "\(Self.path)?test=failed", "/system/usage"])
    }

    // MARK: The API

    private static let draft = """
        {"active": true, "webhookUrl": "https://hooks.example.com/x", \
        "signingSecret": "\(NotificationWorld.secret)", "mailTo": [], "language": "pl", \
        "events": ["run-held", "run-failed"]}
        """

    @Test func `programs replace the settings, and a secret that is not given stays`()
        async throws
    {
        let world = try NotificationWorld.make()
        try await world.call(as: .administrator) { client async throws in
            let path = "/api/v1/notification-settings"
            let saved = try await client.send(
                .put, path, headers: [.contentType: "application/json"], body: Self.draft)
            #expect(saved.status == .ok)
            #expect(saved.text.contains(#""events":["run-failed","run-held"]"#))
            let again = try await client.send(
                .put, path, headers: [.contentType: "application/json"],
                body: """
                    {"active": false, "webhookUrl": "https://hooks.example.com/y", "mailTo": [], \
                    "language": "en", "events": []}
                    """)
            #expect(again.status == .ok && again.text.contains(#""hasSigningSecret":true"#))
            let gone = try await client.send(
                .put, path, headers: [.contentType: "application/json"],
                body: #"{"active": false, "mailTo": [], "language": "en", "events": []}"#)
            #expect(gone.text.contains(#""hasSigningSecret":false"#))
            #expect(try await client.get(path).text == gone.text)
        }
    }

    @Test(arguments: [
        (#"{"active": true, "mailTo": [], "language": "en", "events": ["run-failed"]}"#, "active"),
        (
            #"{"active": false, "mailTo": ["x"], "mailFrom": "a@b.c", "language": "en", "events": []}"#,
            "mailTo"
        ),
        (#"{"active": false, "mailTo": [], "language": "xx", "events": []}"#, "language"),
        (#"{"active": false, "mailTo": [], "language": "en", "events": ["test"]}"#, "events"),
        (
            #"{"active": false, "webhookUrl": "https://x.example", "mailTo": [], "language": "en", "events": []}"#,
            "signingSecret"
        ),
        (#"{"active": false, "mailTo": [], "language": "en", "events": [], "more": 1}"#, "more"),
    ])
    func `what does not fit is named by its member`(body: String, field: String) async throws {
        let world = try NotificationWorld.make()
        try await world.call(as: .administrator) { client async throws in
            let answer = try await client.send(
                .put, "/api/v1/notification-settings",
                headers: [.contentType: "application/json"], body: body)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("\"field\":\"\(field)\""), "\(answer.text)")
        }
    }

    @Test func `programs test the ways, and read what was told page by page`() async throws {
        try await WebhookServer.with { server, port async throws in
            let world = try NotificationWorld.make()
            try await world.browse(as: .administrator) { browser async throws in
                _ = try await browser.post(Self.path, NotificationWorld.fields(port: port))
            }
            try await world.call(as: .administrator) { client async throws in
                for _ in 1...3 {
                    let tested = try await client.send(
                        .post, "/api/v1/notification-settings/test", body: nil)
                    #expect(tested.status == .ok && tested.text.contains(#""state":"sent""#))
                }
                struct Page: Decodable {
                    struct Item: Decodable { let id: Int, event: String, channel: String }
                    let items: [Item]
                    let next: String?
                }
                let first = try await client.get("/api/v1/notifications?limit=2").json(Page.self)
                #expect(first.items.map(\.event) == ["test", "test"])
                let rest = try await client.get(
                    "/api/v1/notifications?limit=2&after=\(try #require(first.next))"
                ).json(Page.self)
                #expect(rest.items.count == 1 && rest.next == nil)
                #expect(Set((first.items + rest.items).map(\.id)).count == 3)
            }
            #expect(server.requests.count == 3)
        }
    }

    @Test func `a test without any way is refused`() async throws {
        let world = try NotificationWorld.make()
        try await world.call(as: .administrator) { client async throws in
            let answer = try await client.send(
                .post, "/api/v1/notification-settings/test", body: nil)
            #expect(answer.status == .conflict)
        }
    }
}
