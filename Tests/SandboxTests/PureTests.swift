import Testing

@testable import Sandbox

struct AddressTests {
    @Test(arguments: [
        "a@shop.test", "o'hara@shop.test", "a.b+c@mail.shop.co", "a@xn--shop.test", "a@shop.co1",
        "ü@müller.de",
    ])
    func `these addresses keep the rules`(address: String) {
        #expect(Address.isWellFormed(address))
    }

    @Test(arguments: [
        "", "a", "@shop.test", "a@", "a@shop", "a@shop.t", "a@shop.1", "a@b@shop.test",
        "a b@shop.test", "a,b@shop.test", "<a@shop.test>", "\"a\"@shop.test", "a@[1.2.3.4]",
        "a:b@shop.test", "a@shop..", "a\\b@shop.test",
    ])
    func `these addresses break them`(address: String) {
        #expect(!Address.isWellFormed(address))
    }

    @Test func `addresses are compared trimmed and in lower case`() {
        #expect(Address.normalized("  Ines@SHOP.test\n") == "ines@shop.test")
        #expect(Address.normalized("É@shop.test") == "é@shop.test")
    }
}

struct JSONTests {
    @Test func `a value survives writing and reading`() throws {
        let value: JSONValue = [
            "text": "quote \" slash \\ line \n bell \u{7} é 伟 😀", "list": [1, -2, nil, true],
            "number": .number(1.5), "empty": [:],
        ]
        #expect(try JSONReader.value(of: value.bytes) == value)
    }

    @Test func `escapes are resolved, pairs of surrogates too`() throws {
        let text = #"{"a":"\u0041\n\/\ud83d\ude00 é"}"#
        #expect(try JSONReader.value(of: Array(text.utf8)) == ["a": "A\n/😀 é"])
    }

    @Test(arguments: [
        "", "{", "{}x", "[1,]", "{\"a\" 1}", "\"open", "nul", "+1", "\"\\ud83d\"", "{a:1}",
        "\"\u{1}\"", "[1 2]", "-", "\"\\x\"",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONReader.Malformed.self) {
            try JSONReader.value(of: Array(text.utf8))
        }
    }

    @Test func `text that is not UTF-8 and containers without end are refused`() {
        #expect(throws: JSONReader.Malformed.self) {
            try JSONReader.value(of: [0x22, 0xFF, 0x22])
        }
        #expect(throws: JSONReader.Malformed.self) {
            try JSONReader.value(of: Array(repeating: UInt8(ascii: "["), count: 100_000))
        }
    }
}

struct TimestampTests {
    @Test func `points in time are written in the account's zone and in UTC`() {
        #expect(Timestamps.local(1_772_463_601) == "2026-03-02T09:00:01-06:00")
        #expect(Timestamps.utc(1_772_463_601) == "2026-03-02 15:00:01")
        #expect(Timestamps.utc(951_782_400) == "2000-02-29 00:00:00")
        #expect(Timestamps.plainLocal(0) == "1969-12-31 18:00:00")
    }
}
