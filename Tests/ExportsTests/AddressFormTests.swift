import Exports
import Testing

struct AddressFormTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let key: String

        init(_ name: String, _ key: String) {
            self.name = name
            self.key = key
        }

        var testDescription: String { name }
    }

    private func isSendable(_ key: String) -> Bool {
        Array(key.utf8).withUnsafeBytes { AddressForm.isSendable($0) }
    }

    static let sendable = [
        Case("a plain address", "ines.moreau@shop.test"),
        Case("the shortest", "a@b.no"),
        Case("an apostrophe", "o'brien@shop.test"),
        Case("a plus sign", "ines+news@shop.test"),
        Case("other signs the rules do not forbid", "!#$%&*/=?^_`{|}~-@shop.test"),
        Case("dots in odd places", ".a..b.@shop.test"),
        Case("an accented local part", "jos\u{E9}.mu\u{F1}oz@shop.test"),
        Case("a Cyrillic address", "\u{438}\u{432}@\u{43F}\u{43E}.\u{431}\u{433}"),
        Case("a Hebrew local part", "\u{5DE}\u{5D9}@shop.test"),
        Case("a Chinese domain", "a@\u{4F8B}.\u{4E2D}\u{56FD}"),
        Case("an emoji", "\u{1F600}@shop.test"),
        Case("digits in the domain", "a@9.shop1.test"),
        Case("a digit after the two letters", "a@shop.te1"),
        Case("a port-like label first", "a@b.1.no"),
        Case("a hyphen in the domain", "a@my-shop.co"),
        Case("several levels", "a@b.c.d.e.fg"),
        Case("254 characters", String(repeating: "a", count: 248) + "@b.com"),
        Case("254 characters of two bytes", String(repeating: "\u{E9}", count: 248) + "@b.com"),
    ]

    @Test(arguments: sendable)
    func `an address that keeps the importer's rules can be sent`(given: Case) {
        #expect(isSendable(given.key))
    }

    static let malformed = [
        Case("empty", ""),
        Case("no at sign", "shop.test"),
        Case("only an at sign", "@"),
        Case("no local part", "@shop.test"),
        Case("no domain", "a@"),
        Case("two at signs", "a@b@shop.test"),
        Case("two at signs in a row", "a@@shop.test"),
        Case("an at sign at the end", "a@shop.test@"),
        Case("no dot in the domain", "a@shop"),
        Case("a dot in the local part only", "a.test@shop"),
        Case("nothing after the dot", "a@shop."),
        Case("one letter after the dot", "a@shop.t"),
        Case("one letter after each dot", "a@s.h.o.p"),
        Case("digits after the dot", "a@shop.12"),
        Case("an address of four numbers", "a@127.0.0.1"),
        Case("a digit between the letters", "a@shop.t1t"),
        Case("a hyphen between the letters", "a@shop.t-t"),
        Case("a blank in the local part", "a b@shop.test"),
        Case("a blank in the domain", "a@sh op.test"),
        Case("a tab", "a\tb@shop.test"),
        Case("a line break", "a@shop.test\nb"),
        Case("a zero byte", "a\u{0}@shop.test"),
        Case("a delete character", "a\u{7F}@shop.test"),
        Case("a no-break space in the local part", "a\u{A0}b@shop.test"),
        Case("a no-break space in the domain", "a@shop\u{A0}.test"),
        Case("a wide space", "a\u{3000}b@shop.test"),
        Case("a zero-width space", "a\u{200B}b@shop.test"),
        Case("a direction mark", "a\u{200F}b@shop.test"),
        Case("a byte order mark", "\u{FEFF}a@shop.test"),
        Case("a control character outside ASCII", "a\u{9F}@shop.test"),
        Case("255 characters", String(repeating: "a", count: 249) + "@b.com"),
        Case("255 characters of two bytes", String(repeating: "\u{E9}", count: 249) + "@b.com"),
        Case("a name before the address", "ines moreau <ines@shop.test>"),
        Case("two addresses", "a@shop.test,b@shop.test"),
        Case("a quoted local part", "\"a b\"@shop.test"),
    ]

    @Test(arguments: malformed)
    func `an address that breaks them cannot`(given: Case) {
        #expect(!isSendable(given.key))
    }

    @Test(arguments: ["\"", "(", ")", ",", ":", ";", "<", ">", "@", "[", "\\", "]"])
    func `a forbidden character spoils either part`(character: String) {
        #expect(!isSendable("a\(character)b@shop.test"))
        #expect(!isSendable("a@sh\(character)op.test"))
        #expect(!isSendable("a@shop.test\(character)"))
    }
}
