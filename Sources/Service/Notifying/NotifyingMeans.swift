import Access
import Transport

/// By what notices leave; the application gives it, because it holds the master key.
package struct NotifyingMeans: Sendable {
    /// Posts to a webhook and answers the status.
    package let post:
        @Sendable (_ url: String, _ signature: String, _ body: [UInt8]) async throws -> Int
    /// Gives a whole mail to the system.
    package let mail: @Sendable (_ message: [UInt8]) async throws -> Void
    /// Whether an address may be a webhook's.
    package let isWebhookAddress: @Sendable (_ url: String) -> Bool
    /// Seals the signing secret, and opens it.
    package let seal: @Sendable (_ secret: String) throws -> [UInt8]
    package let open: @Sendable (_ sealed: [UInt8]) throws -> String

    /// What `post`, `mail` and `open` throw becomes the trouble of a notice; what `seal` throws
    /// comes through.
    package init(
        post: @escaping @Sendable (String, String, [UInt8]) async throws -> Int,
        mail: @escaping @Sendable ([UInt8]) async throws -> Void,
        isWebhookAddress: @escaping @Sendable (String) -> Bool,
        seal: @escaping @Sendable (String) throws -> [UInt8],
        open: @escaping @Sendable ([UInt8]) throws -> String
    ) {
        self.post = post
        self.mail = mail
        self.isWebhookAddress = isWebhookAddress
        self.seal = seal
        self.open = open
    }

    /// The real ways: HTTPS to public hosts, and the system's `sendmail`. Posting throws
    /// `TransportError`, mail `Sendmail.Trouble`.
    package static func live(
        allowsLoopback: Bool, sendmail: Sendmail,
        seal: @escaping @Sendable (String) throws -> [UInt8],
        open: @escaping @Sendable ([UInt8]) throws -> String
    ) -> NotifyingMeans {
        NotifyingMeans(
            post: { url, signature, body in
                guard let address = WebhookAddress(url, allowsLoopback: allowsLoopback) else {
                    throw TransportError(
                        .addressForbidden, "The address of the webhook cannot be used.",
                        mayHaveArrived: false)
                }
                return try await WebhookSender.post(
                    body, to: address, signature: signature, allowsLoopback: allowsLoopback)
            },
            mail: { try await sendmail.send($0) },
            isWebhookAddress: { WebhookAddress($0, allowsLoopback: allowsLoopback) != nil },
            seal: seal, open: open)
    }

    /// No way at all, where the application gives none: nothing can be set up.
    package static let none = NotifyingMeans(
        post: { _, _, _ in throw Sendmail.Trouble(code: "not-set-up") },
        mail: { _ in throw Sendmail.Trouble(code: "not-set-up") },
        isWebhookAddress: { _ in false },
        seal: { _ in throw Sendmail.Trouble(code: "not-set-up") },
        open: { _ in throw Sendmail.Trouble(code: "not-set-up") })
}
