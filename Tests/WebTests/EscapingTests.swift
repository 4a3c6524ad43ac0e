import Access
import HTTPTypes
import Hummingbird
import Profiles
import Testing

@testable import Web

/// Signs of markup, files and queries that stand beside a combining mark or a sign that joins the next: one
/// character to Swift, and a sign to whoever reads it.
struct EscapingTests {
    @Test(arguments: ["<", ">", "&", "\"", "'"])
    func `no sign of markup survives, whatever it is combined with`(sign: String) {
        for text in [sign, sign + "\u{301}", "\u{600}" + sign, "a\u{600}" + sign + "\u{301}b"] {
            let escaped = ScalarHTML().escapeText(text)
            let scalars = escaped.unicodeScalars
            #expect(!scalars.contains { "<>\"'".unicodeScalars.contains($0) })
            #expect(escaped.utf8.count > text.utf8.count)
        }
    }

    @Test func `a page holds no tag that somebody searched for`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .viewer) { browser in
            let page = try await browser.get(
                "/customers?q=a%D8%80%22%D8%80%3E%D8%80%3Cmeta%20x%3E")
            #expect(!page.text.utf8.contains(bytes: Array("<meta x".utf8)))
            let segments = try await browser.get("/segments?q=%D8%80%3Cmeta%20x%3E")
            #expect(!segments.text.utf8.contains(bytes: Array("<meta x".utf8)))
        }
    }

    @Test func `a cell of a file stays one cell, and no formula`() {
        #expect(CSVText.cell("x\"\u{301},=1").utf8.elementsEqual("\"x\"\"\u{301},=1\"".utf8))
        #expect(CSVText.cell("=\u{301}1").utf8.first == UInt8(ascii: "'"))
        #expect(CSVText.cell("\n=1").utf8.dropFirst().first == UInt8(ascii: "'"))
    }

    @Test func `a search for marks and operators finds nobody and breaks nothing`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .viewer) { browser in
            for text in ["a%22%CC%81b", "%22%CC%81%20OR%20%22", "%00", "%22%22%22"] {
                let page = try await browser.get("/customers?q=\(text)")
                #expect(page.status == .ok || page.status == .badRequest)
            }
        }
    }

    @Test func `places of a rule that are sent twice count once`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .contributor) { browser in
            var path = "0"
            var fields = [("k.\(path)", "group")]
            for _ in 0..<40 {
                path += ".0"
                fields += [("k.\(path)", "group"), ("k.\(path)", "group")]
            }
            // It answers at all: each doubling would be one of forty.
            let answer = try await browser.post("/segments/preview", fields)
            #expect(answer.status.code < 500)
        }
    }
}

extension Collection where Element == UInt8 {
    /// Whether these bytes stand anywhere in it.
    fileprivate func contains(bytes: [UInt8]) -> Bool {
        let all = Array(self)
        guard all.count >= bytes.count else { return false }
        return (0...(all.count - bytes.count)).contains {
            all[$0..<($0 + bytes.count)].elementsEqual(bytes)
        }
    }
}
