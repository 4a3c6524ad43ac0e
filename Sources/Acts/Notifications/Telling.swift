package import Access
package import Store

/// By what people are told of runs: a service has it, and whoever may send a test.
package protocol Telling: Sendable {
    /// Whether an address may be a webhook's.
    func isWebhookAddress(_ url: String) -> Bool

    /// Seals the signing secret. Throws when there is no master key to seal it with.
    func seal(_ secret: String) throws -> [UInt8]

    /// Sends a test by every way that is set up, and answers what came of it. Throws what the catalog throws.
    func sendTest(by actor: Actor) async throws -> [OutgoingNotice]
}
