import Access
import Testing

struct SecretTokenTests {
    private static let known = "fs_" + String(repeating: "A", count: 43)
    private static let short = String(known.dropLast())
    private static let malformed: [String] = [
        "", "fs_", "AAAA", "\(known)A", short, "\(short) ", "\(short)=", "\(short)+",
        "\(short)\u{E9}",
        "FS_\(known.dropFirst(3))",
    ]

    @Test(arguments: SecretToken.Kind.allCases)
    func `a new token is read again as its kind and as no other`(kind: SecretToken.Kind) {
        let token = SecretToken.new(kind)
        #expect(token.text.hasPrefix(kind.rawValue + "_"))
        #expect(token.text.count == 46)
        #expect(SecretToken(text: token.text, kind: kind) == token)
        for other in SecretToken.Kind.allCases where other != kind {
            #expect(SecretToken(text: token.text, kind: other) == nil)
        }
    }

    @Test func `tokens do not repeat`() {
        let tokens = (0..<100).map { _ in SecretToken.new(.api) }
        #expect(Set(tokens.map(\.text)).count == 100)
        #expect(Set(tokens.map(\.digest)).count == 100)
    }

    @Test(arguments: malformed)
    func `what has not the form of a token is none`(text: String) {
        #expect(SecretToken(text: text, kind: .session) == nil)
    }

    @Test func `the digest is the SHA-256 of the text`() throws {
        let token = try #require(SecretToken(text: Self.known, kind: .session))
        let hex = token.digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hex == "8ada4c18fe03bac1af9c53e1a782031c3076eb9db2b85f3cc94cd721d953c10d")
    }

    @Test func `a token that is printed shows nothing of itself`() {
        let token = SecretToken.new(.session)
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), "\([token])", dumped] {
            #expect(!text.contains(token.text.dropFirst(3)))
        }
    }
}

struct CSRFTests {
    @Test func `the token of a form is derived from the session`() throws {
        let session = try #require(
            SecretToken(text: "fs_" + String(repeating: "A", count: 43), kind: .session))
        #expect(
            CSRF.token(forSession: session) == "SYWcXLR4BcwimvL3DiNU3eZ4uhGFb5uP4IyESuwJQBI")
    }

    @Test func `a form of one session is not accepted in another`() {
        let mine = SecretToken.new(.session)
        let token = CSRF.token(forSession: mine)
        #expect(CSRF.matches(token, session: mine))
        #expect(!CSRF.matches(token, session: .new(.session)))
        #expect(!CSRF.matches("", session: mine))
        #expect(!CSRF.matches(token + "A", session: mine))
        #expect(!CSRF.matches(String(token.dropLast()), session: mine))
        #expect(!CSRF.matches(mine.text, session: mine))
    }

    @Test func `the token of a form tells nothing of the session`() {
        let session = SecretToken.new(.session)
        #expect(!CSRF.token(forSession: session).contains(session.text.dropFirst(3)))
    }
}
