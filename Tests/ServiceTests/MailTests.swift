import Foundation
import Testing

@testable import Acts
@testable import Service

struct MailTests {
    @Test(arguments: [
        "ops@example.com", "a.b+c@mail.example.co.uk", "root@localhost", "o'neil@example.com",
    ])
    func `a plain address is taken`(text: String) {
        #expect(MailAddress(text)?.text == text)
    }

    @Test(arguments: [
        "", "ops", "@example.com", "ops@", "a@b@c", "ops@example.com\r\nBcc: x@example.com",
        "ops@example.com,x@example.com", "Ops <ops@example.com>", "\"a b\"@example.com",
        "a b@example.com", ".a@example.com", "a..b@example.com", "a@-example.com",
        "a@example..com", "ö@example.com", "a@exämple.com", "a@example.com\n",
        String(repeating: "a", count: 65) + "@example.com",
        "a@" + String(repeating: "a", count: 64) + ".com",
    ])
    func `what could break a header, or is no address, is refused`(text: String) {
        #expect(MailAddress(text) == nil)
    }

    private func message(subject: String, body: String = "One.\nTwo.") throws -> String {
        let from = try #require(MailAddress("ferry@example.com"))
        let to = try [#require(MailAddress("a@example.com")), #require(MailAddress("b@x.test"))]
        let mail = MailMessage(
            id: "0b9e-77", from: from, to: to,
            words: MailWords(subject: subject, body: body, language: "zh-Hans"),
            at: 1_767_600_000_000)
        return String(decoding: mail.bytes, as: UTF8.self)
    }

    @Test func `a mail has the headers of RFC 5322 and its text in base64`() throws {
        let expected = """
            From: Ferry <ferry@example.com>
            To: a@example.com,
             b@x.test
            Subject: =?UTF-8?B?SGVsbG8=?=
            Date: Mon, 05 Jan 2026 08:00:00 +0000
            Message-ID: <0b9e-77@example.com>
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Language: zh-Hans
            Content-Transfer-Encoding: base64

            T25lLg0KVHdvLg==

            """
        #expect(try message(subject: "Hello") == expected)
    }

    @Test(arguments: [
        "Ferry: “Zażółć gęślą jaźń” nie działa, a to jest bardzo długi temat wiadomości",
        "ייצוא נכשל: רשימת הלקוחות של החנות שלנו בעיר הגדולה",
        String(repeating: "一二三", count: 40), "Break\r\nBcc: x@example.com", "",
    ])
    func `a subject of any kind comes back whole and breaks no line`(subject: String) throws {
        let text = try message(subject: subject)
        let lines = text.components(separatedBy: "\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 76 || $0.hasPrefix("Subject: ") })
        #expect(text.utf8.allSatisfy { $0 < 0x80 && $0 != 0x0D })
        #expect(!lines.contains { $0.hasPrefix("Bcc") })
        var decoded = ""
        for word in text.matches(of: #/=\?UTF-8\?B\?([A-Za-z0-9+\/=]*)\?=/#) {
            #expect(word.output.0.utf8.count <= 75)
            let data = try #require(Data(base64Encoded: String(word.output.1)))
            // Cut between characters, so that each word is text by itself.
            decoded += try #require(String(data: data, encoding: .utf8))
        }
        #expect(decoded == subject)
    }
}

/// A command that stands in for `sendmail`.
struct FakeSendmail {
    let folder: URL
    let path: String
    /// What the command got.
    let mail: URL

    /// `script` may use `$MAIL`, where the mail is to be written.
    init(_ script: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ferry-mail-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        mail = folder.appending(path: "mail")
        path = folder.appending(path: "sendmail").path()
        try Data("#!/bin/sh\nMAIL='\(mail.path())'\n\(script)\n".utf8)
            .write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    func remove() {
        // A folder that stays behind in the temporary folder does no harm.
        try? FileManager.default.removeItem(at: folder)
    }

    var got: String { get throws { try String(contentsOf: mail, encoding: .utf8) } }
}

struct SendmailTests {
    @Test func `the command gets the mail, its two options, and nothing of our environment`()
        async throws
    {
        let fake = try FakeSendmail(
            #"{ echo "$@"; env | grep -c -e FERRY -e HOME; cat; } > "$MAIL""#)
        defer { fake.remove() }
        try await Sendmail(path: fake.path).send(Array("From: a\n\nText\n".utf8))
        #expect(try fake.got == "-i -t\n0\nFrom: a\n\nText\n")
    }

    @Test func `a command that refuses says so with its code`() async throws {
        let fake = try FakeSendmail("exit 75")
        defer { fake.remove() }
        await #expect(throws: Sendmail.Trouble(code: "sendmail-exit-75")) {
            try await Sendmail(path: fake.path).send(Array(repeating: 65, count: 16_000))
        }
    }

    @Test func `a command that does not end is ended`() async throws {
        let fake = try FakeSendmail("exec sleep 600")
        defer { fake.remove() }
        await #expect(throws: Sendmail.Trouble(code: "sendmail-timeout")) {
            try await Sendmail(path: fake.path, timeout: .milliseconds(50)).send([65])
        }
    }

    @Test func `a missing command is told`() async throws {
        await #expect(throws: Sendmail.Trouble(code: "sendmail-missing")) {
            try await Sendmail(path: "/nowhere/sendmail").send([65])
        }
    }

    @Test func `a mail larger than a pipe holds is not begun`() async throws {
        await #expect(throws: Sendmail.Trouble(code: "mail-too-long")) {
            try await Sendmail(path: "/bin/cat").send(Array(repeating: 65, count: 16_385))
        }
    }
}
