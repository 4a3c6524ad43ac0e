import Access
import Testing

struct PasswordHashTests {
    private static let cheap = PasswordCost(roundsLog2: 4)
    private static let password = "a long and secret sentence"

    @Test func `a password matches its own hash and nothing else does`() async throws {
        let hash = try await PasswordHash.hash(Self.password, cost: Self.cheap)
        #expect(await hash.matches(Self.password))
        for other in ["", "a", Self.password + " ", Self.password.uppercased(), hash.text] {
            #expect(await !hash.matches(other))
        }
    }

    @Test func `the same password is hashed differently each time`() async throws {
        let one = try await PasswordHash.hash(Self.password, cost: Self.cheap)
        let other = try await PasswordHash.hash(Self.password, cost: Self.cheap)
        #expect(one != other && one.text != other.text)
    }

    @Test func `a hash made by another implementation of scrypt is understood`() async throws {
        // Python: hashlib.scrypt("correct-horse-é", salt: 0 to 15, n: 1024, r: 8, p: 1).
        let text =
            "$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$1Bv4S64tpgqtWNoWeQKq6n5vdrm5jvt7XN727PE/3/M"
        let hash = try PasswordHash(text: text)
        #expect(hash.text == text)
        #expect(await hash.matches("correct-horse-\u{E9}"))
        #expect(await hash.matches("correct-horse-e\u{0301}"))
        #expect(await !hash.matches("correct-horse-e"))
    }

    @Test(arguments: [
        ("\u{FB01}ne and \u{212B}ngstr\u{F6}m", "fine and \u{C5}ngstr\u{F6}m"),
        ("\u{FF50}assword of mine", "password of mine"),
    ])
    func `the same characters typed as other code points are the same password`(
        typed: String, again: String
    ) async throws {
        let hash = try await PasswordHash.hash(typed, cost: Self.cheap)
        #expect(await hash.matches(again))
    }

    @Test func `a hash survives its text form`() async throws {
        let hash = try await PasswordHash.hash(Self.password, cost: Self.cheap)
        #expect(hash.text.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(try PasswordHash(text: hash.text) == hash)
    }

    @Test(arguments: [
        "", "$", "secret", "$scrypt$ln=4,r=8,p=1$", "$argon2$ln=4,r=8,p=1$AAAA$AAAA",
        "$scrypt$ln=4,r=8$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
        // Costs that would take all memory, or nothing.
        "$scrypt$ln=40,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=0,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=18,r=32,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ])
    func `what is no hash is refused, and not repeated`(text: String) {
        let error = #expect(throws: PasswordHash.HashError.self) { try PasswordHash(text: text) }
        if text.count > 1 { #expect(error?.description.contains(text) == false) }
    }

    @Test func `a hash of another cost wants to be made again`() async throws {
        let hash = try await PasswordHash.hash(Self.password, cost: Self.cheap)
        #expect(!hash.needsRehash(for: Self.cheap))
        #expect(hash.needsRehash(for: PasswordCost(roundsLog2: 5)))
        #expect(hash.needsRehash())
    }

    @Test func `no password matches the hash for unknown names, which costs as much`() async throws
    {
        let dummy = PasswordHash.dummy(cost: Self.cheap)
        #expect(await !dummy.matches(Self.password))
        #expect(!dummy.needsRehash(for: Self.cheap))
        #expect(PasswordHash.dummy().text.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(try PasswordHash(text: PasswordHash.dummy().text) == PasswordHash.dummy())
    }

    @Test func `the standard cost can be carried out`() async throws {
        let hash = try await PasswordHash.hash(Self.password)
        #expect(hash.text.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(await hash.matches(Self.password))
    }

    @Test func `a hash that is printed shows nothing of itself`() async throws {
        let hash = try await PasswordHash.hash(Self.password, cost: Self.cheap)
        let secret = try #require(hash.text.split(separator: "$").last)
        var dumped = ""
        dump(hash, to: &dumped)
        #expect(!"\(hash) \(String(reflecting: hash)) \([hash]) \(dumped)".contains(secret))
    }
}

struct PasswordRulesTests {
    @Test(arguments: [
        ("elevenchars", PasswordProblem.tooShort), ("", .tooShort),
        ("twelve-chars", nil), (String(repeating: "ab", count: 100), nil),
        (String(repeating: "ab", count: 100) + "c", .tooLong),
        // One character, thousands of bytes.
        ("e" + String(repeating: "\u{0301}", count: 100_000), .tooLong),
        (String(repeating: "x", count: 30), .isOneCharacter),
        ("maria.of.acme@example", .isName), ("MARIA.of.Acme@example", .isName),
        ("maria.of.acme@example!", nil),
        ("passwordpassword", .isCommon), ("PasswordPassword", .isCommon),
        ("123456789012", .isCommon), ("\u{FF11}23456789012", .isCommon),
        ("correcthorsebatterystaple", .isCommon),
        (
            "\u{5BC6}\u{7801}\u{5F88}\u{957F}\u{4F46}\u{662F}\u{5F88}\u{597D}\u{8BB0}\u{4F4F}\u{5427}\u{FF01}",
            nil
        ),
    ])
    func `a password must be long and not the first to be guessed`(
        password: String, problem: PasswordProblem?
    ) {
        #expect(PasswordRules.check(password, userName: "maria.of.acme@example") == problem)
    }
}
