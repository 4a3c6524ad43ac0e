import Access
import Exports
import Store
import TestSupport
import Testing

@testable import Delivery

/// Secrets of accounts as they are stored.
struct AccountSealTests {
    @Test func `a sealed secret opens for the host it was sealed for, and for no other`() throws {
        let fixture = try RunFixture()
        let key = try MasterKey(base64: MasterKey.newBase64())
        let time = fixture.time.timekeeper
        let opener = AccountOpener(
            destinations: .plain, catalog: fixture.catalog,
            limiters: AccountLimiters(catalog: fixture.catalog, time: time), time: time,
            allowsLoopback: true,
            vault: AccountOpener.Vault(
                seal: { text, purpose in try key.seal(text, purpose: purpose) },
                open: { sealed, purpose in try key.open(sealed, purpose: purpose) }))
        let settings = AccountSettings(
            destination: "activecampaign", host: "own.example", secrets: ["apiKey": "k"])
        let sealed = try opener.seal(settings)
        func connection(_ host: String) throws -> Connection {
            try fixture.catalog.setup.add(
                NewConnection(
                    name: host, destination: settings.destination, host: host,
                    sealedSecret: sealed,
                    pace: QuotaLimits(
                        requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil),
                    facts: AccountFacts(user: "u", contactsMax: nil, contacts: nil)),
                by: RunFixture.actor)
        }
        let own = try connection("own.example")
        #expect(try opener.settings(of: own) == settings)
        let other = try connection("other.example")
        #expect(throws: MasterKey.SealError.self) { try opener.settings(of: other) }
    }
}
