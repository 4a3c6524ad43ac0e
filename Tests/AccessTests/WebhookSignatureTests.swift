import Testing

@testable import Access

struct WebhookSignatureTests {
    @Test func `a signature is the one that any HMAC-SHA256 tool computes`() {
        let header = WebhookSignature.header(
            secret: "a-secret-of-sixteen", seconds: 1_767_600_000, body: Array(#"{"a":1}"#.utf8))
        #expect(
            header
                == "t=1767600000,v1=f20ed38335bc7553036f4fcf138957ac552ea98754be74b76dca6f592ac838be"
        )
    }

    @Test func `another time, body or secret has another signature`() {
        let body = Array("{}".utf8)
        let all = [
            WebhookSignature.header(secret: "one", seconds: 1, body: body),
            WebhookSignature.header(secret: "two", seconds: 1, body: body),
            WebhookSignature.header(secret: "one", seconds: 2, body: body),
            WebhookSignature.header(secret: "one", seconds: 1, body: Array("[]".utf8)),
        ].map { String($0.drop { $0 != "," }) }
        #expect(Set(all).count == 4)
    }
}
