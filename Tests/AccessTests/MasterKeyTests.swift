import Access
import Foundation
import Testing

struct MasterKeyTests {
    static let secret = "1f2e3d4c5b6a-token-of-an-account"

    private func newKey() throws -> MasterKey {
        try MasterKey(base64: MasterKey.newBase64())
    }

    /// What opening throws, as text; nil when it opens.
    private func complaint(
        opening sealed: [UInt8], with key: MasterKey, purpose: String
    ) -> String? {
        do {
            _ = try key.open(sealed, purpose: purpose)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        "", "k", secret, "sch\u{00FC}\u{00DF}el \u{05DE}\u{05E4}\u{05EA}\u{05D7} \u{1F511}",
        "two\nlines\u{0}", String(repeating: "x", count: 100_000),
    ])
    func `a sealed secret opens under the same key and purpose`(secret: String) throws {
        let key = try newKey()
        let sealed = try key.seal(secret, purpose: "acme.api-us1.com")
        #expect(try key.open(sealed, purpose: "acme.api-us1.com") == secret)
    }

    @Test func `a key read again from its text opens what it sealed`() throws {
        let text = MasterKey.newBase64()
        let sealed = try MasterKey(base64: text).seal(Self.secret, purpose: "host")
        #expect(
            try MasterKey(base64: "\n  \(text)\r\n").open(sealed, purpose: "host") == Self.secret)
    }

    @Test func `sealing twice gives different bytes, neither of which holds the secret`() throws {
        let key = try newKey()
        let first = try key.seal(Self.secret, purpose: "host")
        let second = try key.seal(Self.secret, purpose: "host")
        #expect(first != second)
        #expect(Data(first).range(of: Data(Self.secret.utf8)) == nil)
        #expect(Data(second).range(of: Data(Self.secret.utf8)) == nil)
    }

    @Test(arguments: ["", "acme.api-us2.com", "ACME.api-us1.com", "acme.api-us1.com "])
    func `another purpose opens nothing`(purpose: String) throws {
        let key = try newKey()
        let sealed = try key.seal(Self.secret, purpose: "acme.api-us1.com")
        #expect(complaint(opening: sealed, with: key, purpose: purpose) != nil)
    }

    @Test func `another key opens nothing`() throws {
        let sealed = try newKey().seal(Self.secret, purpose: "host")
        #expect(complaint(opening: sealed, with: try newKey(), purpose: "host") != nil)
    }

    struct Damage: CustomTestStringConvertible, Sendable {
        let name: String
        let apply: @Sendable ([UInt8]) -> [UInt8]

        var testDescription: String { name }
    }

    static let damages = [
        Damage(name: "nothing left") { _ in [] },
        Damage(name: "one byte left") { Array($0.prefix(1)) },
        Damage(name: "the nonce only") { Array($0.prefix(12)) },
        Damage(name: "nonce and tag only") { Array($0.prefix(12) + $0.suffix(16)) },
        Damage(name: "a bit of the nonce") { Self.flipping(0, in: $0) },
        Damage(name: "a bit of the secret") { Self.flipping(14, in: $0) },
        Damage(name: "a bit of the tag") { Self.flipping($0.count - 1, in: $0) },
        Damage(name: "the last byte missing") { $0.dropLast() },
        Damage(name: "one byte more") { $0 + [0] },
        Damage(name: "zeros") { [UInt8](repeating: 0, count: $0.count) },
    ]

    private static func flipping(_ position: Int, in bytes: [UInt8]) -> [UInt8] {
        var changed = bytes
        changed[position] ^= 1
        return changed
    }

    @Test(arguments: damages)
    func `damaged bytes open nothing and say so`(damage: Damage) throws {
        let key = try newKey()
        let sealed = try key.seal(Self.secret, purpose: "host")
        let text = try #require(
            complaint(opening: damage.apply(sealed), with: key, purpose: "host"))
        #expect(text.contains("cannot be opened"))
        #expect(text.contains("Enter the secret again"))
    }

    struct BadKey: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String

        var testDescription: String { name }
    }

    static let badKeys = [
        BadKey(name: "empty", text: ""),
        BadKey(name: "blank", text: " \n"),
        BadKey(name: "not base64", text: "correct horse battery staple, correct horse!"),
        BadKey(name: "hexadecimal", text: String(repeating: "0f", count: 32)),
        BadKey(name: "31 bytes", text: Data(repeating: 7, count: 31).base64EncodedString()),
        BadKey(name: "33 bytes", text: Data(repeating: 7, count: 33).base64EncodedString()),
        BadKey(
            name: "padding missing",
            text: String(Data(repeating: 7, count: 32).base64EncodedString().dropLast())),
        BadKey(
            name: "a character of another alphabet",
            text: "-_" + Data(repeating: 7, count: 32).base64EncodedString().dropFirst(2)),
    ]

    @Test(arguments: badKeys)
    func `a key that is not the base64 text of 32 bytes is refused without being quoted`(
        bad: BadKey
    ) throws {
        let error = try #require(throws: MasterKey.SealError.self) {
            _ = try MasterKey(base64: bad.text)
        }
        #expect(error.description.contains("32 bytes"))
        let shown = bad.text.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(shown.isEmpty || !error.description.contains(shown))
    }

    @Test func `new keys are 32 random bytes`() throws {
        let first = try #require(Data(base64Encoded: MasterKey.newBase64()))
        let second = try #require(Data(base64Encoded: MasterKey.newBase64()))
        #expect(first.count == MasterKey.size)
        #expect(first != second)
    }

    @Test func `no error holds the secret, the purpose or the key`() throws {
        let keyText = MasterKey.newBase64()
        let key = try MasterKey(base64: keyText)
        let sealed = try key.seal(Self.secret, purpose: "acme.api-us1.com")
        let text = try #require(complaint(opening: sealed, with: key, purpose: "other.host"))
        #expect(!text.contains(Self.secret))
        #expect(!text.contains("acme.api-us1.com"))
        #expect(!text.contains("other.host"))
        #expect(!text.contains(keyText))
    }

    @Test func `a key printed by mistake shows none of its bytes`() throws {
        let bytes = Data((0..<32).map { UInt8(100 + $0) })
        let key = try MasterKey(base64: bytes.base64EncodedString())
        var dumped = ""
        dump(key, to: &dumped)
        let shown = "\(key) \(String(reflecting: key)) \(dumped)"
        #expect(!shown.contains(bytes.base64EncodedString()))
        #expect(!shown.contains("100, 101, 102"))
        #expect(!shown.contains("646566"))
    }
}
