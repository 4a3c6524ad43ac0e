import Access
import Testing

struct UserNameTests {
    @Test(arguments: [
        "a", "ada", "Ada.Lovelace", "ada_1-b", "ada@example.com", "Żółw",
        "\u{05D3}\u{05E0}\u{05D4}",
        "\u{738B}\u{5C0F}\u{660E}", "9", String(repeating: "a", count: 60),
    ])
    func `letters and digits of any script make a name`(name: String) {
        #expect(UserName.checked(name) == name)
    }

    @Test(arguments: [
        "", " ", "ada lovelace", " ada", "ada\n", "a/b", "a:b", "a(b)", "a'b", "<b>", "a\u{200B}b",
        "a\u{202E}b", "\u{1F511}", String(repeating: "a", count: 61),
        "a" + String(repeating: "\u{0301}", count: 1_000),
    ])
    func `anything else makes none`(name: String) {
        #expect(UserName.checked(name) == nil)
    }

    @Test func `a name is stored in one form, however it was typed`() throws {
        let name = try #require(UserName.checked("Jose\u{0301}"))
        #expect(Array(name.unicodeScalars) == Array("Jos\u{E9}".unicodeScalars))
    }

    @Test(arguments: [
        ("Ada", "aDA"), ("\u{E9}va", "E\u{0301}VA"), ("stra\u{DF}e", "STRASSE"),
        (
            "\u{3A3}\u{3AF}\u{3C3}\u{3C5}\u{3C6}\u{3BF}\u{3C2}",
            "\u{3C3}\u{38A}\u{3A3}\u{3A5}\u{3A6}\u{39F}\u{3A3}"
        ),
    ])
    func `names that differ only in capitals are one`(one: String, other: String) {
        #expect(UserName.folded(one) == UserName.folded(other))
    }

    @Test func `different names stay different`() {
        #expect(UserName.folded("ada") != UserName.folded("ada1"))
        #expect(UserName.folded("eva") != UserName.folded("\u{E9}va"))
    }
}
