import Access
import ActiveCampaign
import Delivery
import Exports
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
}
