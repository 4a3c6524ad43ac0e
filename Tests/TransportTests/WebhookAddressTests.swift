import Testing

@testable import Transport

struct WebhookAddressTests {
    @Test(arguments: [
        ("https://hooks.example.com", "https://hooks.example.com", "/"),
        ("https://hooks.example.com/a/b?c=d%20e", "https://hooks.example.com", "/a/b?c=d%20e"),
        ("https://HOOKS.example.com:8443/x", "https://hooks.example.com:8443", "/x"),
    ])
    func `an address of HTTPS is taken apart`(text: String, url: String, path: String) throws {
        let address = try #require(WebhookAddress(text, allowsLoopback: false))
        #expect(address.endpoint.url == url)
        #expect(address.path == path)
    }

    @Test(arguments: [
        "", "hooks.example.com", "http://hooks.example.com", "ftp://hooks.example.com",
        "https://", "https://user:word@hooks.example.com", "https://hooks.example.com/#part",
        "https://hooks.example.com/a b", "https://hooks.example.com/a\r\nHost: x",
        "https://localhost/", "https://127.0.0.1/", "https://[::1]/", "http://127.0.0.1:8080/",
        "https://hooks.example.com:0/", "https://hooks.example.com/é",
        "https://hooks.example.com/" + String(repeating: "a", count: 2_000),
    ])
    func `anything else is refused`(text: String) {
        #expect(WebhookAddress(text, allowsLoopback: false) == nil)
    }

    @Test func `plain HTTP goes to loopback alone, and only where it is allowed`() {
        #expect(WebhookAddress("http://127.0.0.1:8080/x", allowsLoopback: true) != nil)
        #expect(WebhookAddress("http://hooks.example.com/x", allowsLoopback: true) == nil)
    }

    @Test(arguments: ["10.0.0.1", "192.168.1.1", "169.254.169.254", "[fd00::1]"])
    func `nothing is posted into a private network`(host: String) async throws {
        let address = try #require(
            WebhookAddress("https://\(host)/latest", allowsLoopback: true))
        let error = await #expect(throws: TransportError.self) {
            _ = try await WebhookSender.post(
                [], to: address, signature: "", allowsLoopback: true)
        }
        #expect(error?.code == .addressForbidden)
    }
}
