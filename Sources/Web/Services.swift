package import Access
package import Exports
package import Logging
package import Runs
package import Store

/// Everything that pages and the API call; the application puts it together.
package struct Services: Sendable {
    package let catalog: Catalog
    package let engine: any ProfileEngine
    package let accounts: Accounts
    package let runs: RunCenter
    package let exports: ExportDesk
    package let segments: SegmentDesk
    package let rehearsals: Rehearsals
    package let notifier: Notifier
    /// The data directory; uploads lie in a folder of it.
    package let directory: String
    package let settings: ServiceSettings
    package let logger: Logger
    /// Milliseconds since 1970.
    package let now: @Sendable () -> Int64

    package init(
        catalog: Catalog, engine: any ProfileEngine, accounts: Accounts, runs: RunCenter,
        rehearsals: Rehearsals, directory: String, settings: ServiceSettings, logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) {
        self.catalog = catalog
        self.engine = engine
        self.accounts = accounts
        self.runs = runs
        exports = ExportDesk(catalog: catalog, engine: engine, accounts: accounts, now: now)
        segments = SegmentDesk(catalog: catalog, engine: engine, now: now)
        self.rehearsals = rehearsals
        notifier = Notifier(
            catalog: catalog, means: settings.notifying, publicURL: settings.publicURL,
            wording: NoticeWords.mail, logger: logger, now: now)
        self.directory = directory
        self.settings = settings
        self.logger = logger
        self.now = now
    }
}

/// How the service is reached and what it believes of those who reach it.
package struct ServiceSettings: Sendable {
    package var host = "127.0.0.1"
    /// 0 lets the system choose.
    package var port = 8_080
    /// The address under which people reach the service, when a proxy stands before it: cookies are bound to
    /// HTTPS when it begins with `https://`.
    package var publicURL: String?
    /// Whether the last entry of `X-Forwarded-For` is taken for the client's address.
    package var trustsProxy = false
    /// The privacy statement of whoever runs the service; nil for the page at `/privacy`.
    package var privacyURL: String?
    /// What a guess at a password costs; tests take less.
    package var passwordCost = PasswordCost.standard
    /// By what notifications leave; none unless the application gives them.
    package var notifying = NotifyingMeans.none

    package init() {}

    package var isSecure: Bool { publicURL?.hasPrefix("https://") == true }
}
