import Exports
import TestSupport
import Testing

struct PersonKeyTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let address: String
        let key: String

        init(_ name: String, _ address: String, _ key: String) {
            self.name = name
            self.address = address
            self.key = key
        }

        var testDescription: String { name }
    }

    static let cases = [
        Case("already a key", "ines.moreau@shop.test", "ines.moreau@shop.test"),
        Case("capitals", "Ines.MOREAU@Shop.Test", "ines.moreau@shop.test"),
        Case("blanks around", "  a@b.no \t", "a@b.no"),
        Case("line breaks around", "\r\n\u{0B}\u{0C}a@b.no\r\n", "a@b.no"),
        Case("blanks inside stay", "a b@c.no", "a b@c.no"),
        Case("empty", "", ""),
        Case("only blanks", " \t\r\n ", ""),
        Case("only a no-break space", "\u{A0}", ""),
        Case("no-break and wide spaces around", "\u{A0}\u{3000}a@b.no\u{2003}\u{A0}", "a@b.no"),
        Case("line separators around", "\u{2028}a@b.no\u{85}", "a@b.no"),
        Case("characters next to letters", "@A[Z`a{z@", "@a[z`a{z@"),
        Case("an accent of its own", "JOSE\u{301}@b.no", "jos\u{E9}@b.no"),
        Case("an accent composed", "JOS\u{C9}@b.no", "jos\u{E9}@b.no"),
        Case("marks in another order", "q\u{307}\u{323}@b.no", "q\u{323}\u{307}@b.no"),
        Case("the Kelvin sign", "\u{212A}@b.no", "k@b.no"),
        Case("the Angstrom sign", "\u{212B}@b.no", "\u{E5}@b.no"),
        Case(
            "Cyrillic", "\u{418}\u{412}@\u{411}.\u{411}\u{413}",
            "\u{438}\u{432}@\u{431}.\u{431}\u{433}"),
        Case("small letters that compose where capitals do not", "J\u{30C}@b.no", "\u{1F0}@b.no"),
        Case(
            "the others of that kind", "H\u{331}T\u{308}W\u{30A}Y\u{30A}@b.no",
            "\u{1E96}\u{1E97}\u{1E98}\u{1E99}@b.no"),
        Case("a capital I with a dot", "\u{130}@b.no", "i\u{307}@b.no"),
        Case("sharp s stays", "STRA\u{DF}E@b.no", "stra\u{DF}e@b.no"),
        Case("no capitals in Chinese", "\u{674E}@b.no", "\u{674E}@b.no"),
    ]

    @Test(arguments: cases)
    func `an address is trimmed, composed and lower-cased`(given: Case) {
        let key = PersonKey.normalized(given.address)
        // By scalars, because Swift holds canonically equal strings equal.
        #expect(Array(key.unicodeScalars) == Array(given.key.unicodeScalars))
    }

    @Test(arguments: cases)
    func `a key is its own key`(given: Case) {
        #expect(Array(PersonKey.normalized(given.key).utf8) == Array(given.key.utf8))
    }

    @Test(arguments: 0..<100)
    func `ASCII and Unicode take ways that agree`(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let bytes = (0..<random.number(0...40)).map { _ in UInt8(random.number(0...127)) }
        let address = String(decoding: bytes, as: UTF8.self)
        // A letter outside ASCII in the middle sends the same characters the other way.
        let ascii = PersonKey.normalized(address + "|" + address)
        let unicode = PersonKey.normalized(address + "\u{674E}" + address)
        let swapped = unicode.unicodeScalars.map { $0 == "\u{674E}" ? "|" : $0 }
        #expect(swapped == Array(ascii.unicodeScalars))
    }

    @Test(arguments: cases.flatMap { [$0.address, $0.key, $0.key + " ", "\t" + $0.key] })
    func `what is taken for its own key is its own key`(address: String) {
        let isNormalized = Array(address.utf8).withUnsafeBytes { PersonKey.isNormalized($0) }
        let isOwnKey = Array(PersonKey.normalized(address).utf8) == Array(address.utf8)
        #expect(!isNormalized || isOwnKey)
    }

    @Test(arguments: [("a@b.no", true), ("a@b.no ", false), (" a@b.no", false), ("A@b.no", false)])
    func `a plain key is known for one without looking closer`(address: String, isKey: Bool) {
        #expect(Array(address.utf8).withUnsafeBytes { PersonKey.isNormalized($0) } == isKey)
    }

    @Test func `the buffer given is replaced, not added to`() {
        var key = Array("left over".utf8)
        Array("B@c.NO".utf8).withUnsafeBytes { PersonKey.normalize($0, into: &key) }
        #expect(key == Array("b@c.no".utf8))
        Array("\u{C9}@c.NO".utf8).withUnsafeBytes { PersonKey.normalize($0, into: &key) }
        #expect(key == Array("\u{E9}@c.no".utf8))
        [UInt8]().withUnsafeBytes { PersonKey.normalize($0, into: &key) }
        #expect(key.isEmpty)
    }

    @Test func `bytes that are no UTF-8 give a key all the same`() {
        var key: [UInt8] = []
        ([0xFF, 0x41, 0xC3] as [UInt8]).withUnsafeBytes { PersonKey.normalize($0, into: &key) }
        #expect(String(validating: key, as: UTF8.self) == "\u{FFFD}a\u{FFFD}")
    }
}
