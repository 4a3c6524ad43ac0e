package import Acts
import Foundation

/// The words of a mail.
package struct MailWords: Equatable, Sendable {
    package let subject: String
    /// Lines of text.
    package let body: String
    /// The language's tag.
    package let language: String

    package init(subject: String, body: String, language: String) {
        self.subject = subject
        self.body = body
        self.language = language
    }
}

/// A mail as RFC 5322 has it, for `sendmail -i -t`. Its headers hold nothing that could break a line: addresses
/// are checked, and the subject is encoded.
package struct MailMessage: Equatable, Sendable {
    let id: String
    let from: MailAddress
    let to: [MailAddress]
    let words: MailWords
    /// Milliseconds since 1970.
    let at: Int64

    package init(
        id: String, from: MailAddress, to: [MailAddress], words: MailWords, at: Int64
    ) {
        self.id = id
        self.from = from
        self.to = to
        self.words = words
        self.at = at
    }

    /// ASCII, lines of at most 76 characters ended by a line feed; addresses longer than that stand alone.
    package var bytes: [UInt8] {
        let headers = [
            "From: Ferry <\(from.text)>",
            "To: " + to.map(\.text).joined(separator: ",\n "),
            "Subject: " + Self.encodedWords(words.subject),
            "Date: \(Self.date(at))",
            "Message-ID: <\(Self.token(id))@\(from.domain)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Language: \(Self.token(words.language))",
            "Content-Transfer-Encoding: base64",
        ]
        let body = Data(words.body.replacing("\n", with: "\r\n").utf8).base64EncodedString(
            options: [.lineLength76Characters, .endLineWithLineFeed])
        return Array((headers.joined(separator: "\n") + "\n\n\(body)\n").utf8)
    }

    /// UTF-8 in encoded words (RFC 2047), cut between characters, one per line.
    static func encodedWords(_ text: String) -> String {
        // "=?UTF-8?B?" and "?=" leave 63 of 75 characters, in which 45 bytes find room.
        let bytesMax = 45
        var words: [String] = []
        var chunk = ""
        for scalar in text.unicodeScalars {
            if chunk.utf8.count + String(scalar).utf8.count > bytesMax {
                words.append(chunk)
                chunk = ""
            }
            chunk.unicodeScalars.append(scalar)
        }
        words.append(chunk)
        return words.map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }
            .joined(separator: "\n ")
    }

    /// `Mon, 05 Jan 2026 08:00:00 +0000`.
    static func date(_ milliseconds: Int64) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
        return formatter.string(
            from: Date(timeIntervalSince1970: Double(milliseconds) / 1_000))
    }

    /// Letters, digits and hyphens of a text.
    private static func token(_ text: String) -> String {
        String(
            text.unicodeScalars.filter {
                $0.isASCII && ($0.properties.isAlphabetic || $0 == "-" || ("0"..."9").contains($0))
            }.map(Character.init))
    }
}
