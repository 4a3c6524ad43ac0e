/// Where an account is reached, and the headers that prove who asks.
package struct AccountLink: Sendable {
    package let endpoint: LiveTransport.Endpoint
    package let secretHeaders: [(name: String, value: String)]

    package init(
        endpoint: LiveTransport.Endpoint, secretHeaders: [(name: String, value: String)]
    ) {
        self.endpoint = endpoint
        self.secretHeaders = secretHeaders
    }
}
