import Access
import ActiveCampaign
import Delivery
import Exports
import LoyaltyClub
import Sandbox
import Store
import TestSupport
import Transport

/// The way to accounts in tests: a sandbox on the loopback interface, without limits.
enum TestAccounts {
    /// Seconds pass fifty times faster, so that nothing waits for long.
    static let time = Timekeeper.system(scale: 50)
    static let pace = QuotaLimits(
        requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil)

    static func reaching(
        _ catalog: Catalog, _ destinations: Destinations = .activeCampaign
    ) -> Accounts {
        let opener = AccountOpener(
            destinations: destinations, catalog: catalog,
            limiters: AccountLimiters(catalog: catalog, time: time), time: time,
            allowsLoopback: true,
            vault: AccountOpener.Vault(
                seal: { text, _ in Array(text.utf8) },
                open: { sealed, _ in String(decoding: sealed, as: UTF8.self) }))
        return opener.accounts(limits: { QuotaLimits($0.quotas.map { ($0.name, nil) }) })
    }

    /// The same with a club in memory beside ActiveCampaign.
    static func reachingClub(_ catalog: Catalog, _ club: ClubAccount) -> Accounts {
        let others = reaching(catalog, .withClub)
        let settings = others.settings
        @Sendable func open(_ settings: AccountSettings) -> Account {
            let calls = CallLog()
            let gate = AccountGate(
                transport: club, pacer: Pacer(limits: PaceLimits([])), time: time,
                record: { calls.add($0) })
            return Account(
                host: settings.host,
                destination: LoyaltyClub(gate: gate, settings: settings, time: time), gate: gate,
                calls: calls, close: {})
        }
        return Accounts(
            destinations: .withClub, allowsLoopback: true,
            open: { connection, _ in open(try settings(connection)) },
            openNew: { open($0) }, seal: others.seal, settings: settings)
    }
}
