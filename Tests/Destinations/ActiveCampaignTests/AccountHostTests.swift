import ActiveCampaign
import Exports
import Profiles
import Testing
import Transport

struct AccountHostTests {
    struct Accepted: CustomTestStringConvertible, Sendable {
        let typed: String
        let text: String
        let url: String

        init(_ typed: String, _ text: String, _ url: String) {
            self.typed = typed
            self.text = text
            self.url = url
        }

        var testDescription: String { "'\(typed)'" }
    }

    private static let plain = "acme.api-us1.com"
    private static let plainURL = "https://acme.api-us1.com"

    static let pasted = [
        Accepted("acme.api-us1.com", plain, plainURL),
        Accepted("https://acme.api-us1.com", plain, plainURL),
        Accepted("https://acme.api-us1.com/", plain, plainURL),
        Accepted("https://acme.api-us1.com/api/3", plain, plainURL),
        Accepted("https://acme.api-us1.com/api/3/", plain, plainURL),
        Accepted("acme.api-us1.com/api/3", plain, plainURL),
        Accepted("acme.api-us1.com/", plain, plainURL),
        Accepted("HTTPS://Acme.API-us1.com/API/3", plain, plainURL),
        Accepted(" \tacme.api-us1.com\r\n", plain, plainURL),
        Accepted("\u{A0}https://acme.api-us1.com/api/3\u{A0}", plain, plainURL),
        Accepted("acme.activehosted.com", "acme.activehosted.com", "https://acme.activehosted.com"),
        Accepted("crm.my-shop.co.uk", "crm.my-shop.co.uk", "https://crm.my-shop.co.uk"),
        Accepted("9lives.api-us1.com", "9lives.api-us1.com", "https://9lives.api-us1.com"),
        Accepted(
            "\(String(repeating: "a", count: 63)).test",
            "\(String(repeating: "a", count: 63)).test",
            "https://\(String(repeating: "a", count: 63)).test"),
    ]

    @Test(arguments: pasted, [false, true])
    func `forms that people paste are taken`(given: Accepted, allowsLoopback: Bool) throws {
        let host = try AccountHost(parsing: given.typed, allowsLoopback: allowsLoopback)
        #expect(host.text == given.text)
        #expect(host.port == nil)
        #expect(host.endpoint.url == given.url)
    }

    @Test(arguments: pasted)
    func `the stored form is read as itself`(given: Accepted) throws {
        let host = try AccountHost(parsing: given.typed, allowsLoopback: false)
        #expect(try AccountHost(parsing: host.text, allowsLoopback: false) == host)
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        let name: String
        let typed: String

        init(_ name: String, _ typed: String) {
            self.name = name
            self.typed = typed
        }

        var testDescription: String { name }
    }

    static let refused = [
        Refused("empty", ""),
        Refused("blank", "  \n"),
        Refused("only a scheme", "https://"),
        Refused("only the path", "/api/3"),
        Refused("the name of an account alone", "acme"),
        Refused("another scheme", "ftp://acme.api-us1.com"),
        Refused("a script", "javascript:alert(1)"),
        Refused("two schemes", "https://https://acme.api-us1.com"),
        Refused("another path", "https://acme.api-us1.com/admin"),
        Refused("more after the path", "https://acme.api-us1.com/api/3/contacts"),
        Refused("an older API", "https://acme.api-us1.com/api/2"),
        Refused("the path twice", "acme.api-us1.com/api/3/api/3"),
        Refused("a query", "acme.api-us1.com?key=1"),
        Refused("a query after the path", "acme.api-us1.com/api/3?key=1"),
        Refused("a fragment", "acme.api-us1.com#x"),
        Refused("a user", "user@acme.api-us1.com"),
        Refused("a user and a password", "https://user:pw@acme.api-us1.com"),
        Refused("a port", "acme.api-us1.com:443"),
        Refused("a port after the scheme", "https://acme.api-us1.com:8443/api/3"),
        Refused("a port that is none", "acme.api-us1.com:https"),
        Refused("a colon at the end", "acme.api-us1.com:"),
        Refused("a blank inside", "acme .api-us1.com"),
        Refused("a line break inside", "acme.api-us1.com\nHost: evil.test"),
        Refused("a zero byte", "acme.api-us1.com\u{0}"),
        Refused("an underscore", "my_account.api-us1.com"),
        Refused("letters outside ASCII", "\u{E1}cme.api-us1.com"),
        Refused("an empty label", "acme..com"),
        Refused("a dot first", ".acme.com"),
        Refused("a dot last", "acme.api-us1.com."),
        Refused("a hyphen first", "-acme.api-us1.com"),
        Refused("a hyphen last in a label", "acme-.api-us1.com"),
        Refused("a label of 64", "\(String(repeating: "a", count: 64)).test"),
        Refused("254 characters", String(repeating: "a.", count: 125) + "test"),
        Refused("a backslash", "acme.api-us1.com\\@evil.test"),
        Refused("an escape", "acme%2eapi-us1.com"),
        Refused("an IPv6 address", "[::1]"),
        Refused("an IPv6 address without brackets", "::1"),
    ]

    @Test(arguments: refused, [false, true])
    func `anything else is refused as no host`(given: Refused, allowsLoopback: Bool) throws {
        let error = try #require(throws: DestinationError.self) {
            _ = try AccountHost(parsing: given.typed, allowsLoopback: allowsLoopback)
        }
        #expect(error.code == .addressForbidden)
        #expect([nil, .word("port")].contains(error.facts["what"]))
    }

    static let loopback = [
        Accepted("localhost", "localhost", "http://localhost"),
        Accepted("localhost:8080", "localhost:8080", "http://localhost:8080"),
        Accepted("http://localhost:8080/api/3", "localhost:8080", "http://localhost:8080"),
        Accepted("127.0.0.1:4659", "127.0.0.1:4659", "http://127.0.0.1:4659"),
        Accepted("127.1.2.3", "127.1.2.3", "http://127.1.2.3"),
        Accepted("LOCALHOST:65535", "localhost:65535", "http://localhost:65535"),
    ]

    @Test(arguments: loopback)
    func `this machine may be named with a port where that is allowed`(given: Accepted) throws {
        let host = try AccountHost(parsing: given.typed, allowsLoopback: true)
        #expect(host.text == given.text)
        #expect(host.endpoint.url == given.url)
        #expect(!host.endpoint.isSecure)
    }

    @Test(arguments: loopback)
    func `this machine is refused where it is not allowed`(given: Accepted) throws {
        let error = try #require(throws: DestinationError.self) {
            _ = try AccountHost(parsing: given.typed, allowsLoopback: false)
        }
        #expect(error.code == .addressForbidden)
    }

    @Test(arguments: [
        "localhost:0", "localhost:65536", "localhost:-1", "localhost:x", "localhost:",
    ])
    func `a port outside 1 to 65535 is refused`(typed: String) {
        #expect(throws: DestinationError.self) {
            _ = try AccountHost(parsing: typed, allowsLoopback: true)
        }
    }

    @Test(arguments: ["127.0.0.1.shop.test", "127.shop.test", "localhost.shop.test"])
    func `a name that begins like this machine's is no reason to leave HTTPS`(typed: String) throws
    {
        let host = try AccountHost(parsing: typed, allowsLoopback: true)
        #expect(host.endpoint.isSecure)
    }
}
