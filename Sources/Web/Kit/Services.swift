package import Access
package import Acts
package import Delivery
package import Exports
package import Logging
package import Service
package import Store

/// Everything that pages and the API call; the application puts it together.
package struct Services: Sendable {
    /// Everything that somebody may do.
    package let acts: ActContext
    package let catalog: Catalog
    package let engine: any ProfileEngine
    package let accounts: Accounts
    package let runs: RunCenter
    package let exports: ExportDesk
    package let segments: SegmentDesk
    package let rehearsals: Rehearsals
    package let notifier: Notifier
    package let refreshes: RefreshCenter
    package let searchIndexer: SearchIndexer
    /// Starts what schedules ask for, and tells the time they go by.
    package let scheduler: Scheduler
    package let imports: ImportCenter
    /// The data directory; uploads lie in a folder of it.
    package let directory: String
    package let settings: ServiceSettings
    package let logger: Logger
    /// Milliseconds since 1970.
    package let now: @Sendable () -> Int64
    /// What bodies of requests may take together.
    let bodies = BodyBudget()

    package init(
        catalog: Catalog, engine: any ProfileEngine, accounts: Accounts, runs: RunCenter,
        rehearsals: Rehearsals, directory: String, settings: ServiceSettings, logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) {
        self.catalog = catalog
        self.engine = engine
        self.accounts = accounts
        self.runs = runs
        segments = SegmentDesk(catalog: catalog, engine: engine, now: now)
        self.rehearsals = rehearsals
        imports = ImportCenter(
            catalog: catalog, engine: engine,
            folder: SourceFolder(path: settings.sourcesFolder ?? "\(directory)/sources"),
            uploads: UploadFolder(
                path: "\(directory)/uploads", bytesMax: settings.uploadBytesMax),
            logger: logger, now: now)
        let notifier = Notifier(
            catalog: catalog, means: settings.notifying, publicURL: settings.publicURL,
            wording: NoticeWords.mail, logger: logger, now: now)
        self.notifier = notifier
        refreshes = RefreshCenter(
            catalog: catalog, runs: runs, work: .live(imports, segments), logger: logger, now: now,
            onFailure: { refresh, numbers, moment in
                try notifier.tellRefreshFailed(
                    refresh, reason: nil, failedTasks: numbers[.failed], at: moment)
            })
        let scheduled = ScheduledRuns(catalog: catalog, runs: runs, refreshes: refreshes)
        let scheduler = Scheduler(
            catalog: catalog, now: Self.scheduleClock(settings, otherwise: now),
            pause: settings.clockFile == nil ? .seconds(1) : .milliseconds(200), logger: logger,
            start: { try scheduled.start($0) })
        self.scheduler = scheduler
        exports = ExportDesk(
            catalog: catalog, engine: engine, accounts: accounts, patience: settings.patience,
            now: now,
            onChange: { scheduler.wake() })
        var acts = ActContext(
            catalog: catalog, engine: engine, accounts: accounts, runs: runs,
            rehearsals: rehearsals, exports: exports, imports: imports, telling: notifier,
            refreshing: refreshes, schedules: scheduler, passwordCost: settings.passwordCost,
            now: now)
        acts.checkPatience = settings.patience.check
        self.acts = acts
        searchIndexer = SearchIndexer(engine: engine, logger: logger)
        self.directory = directory
        self.settings = settings
        self.logger = logger
        self.now = now
    }

    private static func scheduleClock(
        _ settings: ServiceSettings, otherwise now: @escaping @Sendable () -> Int64
    ) -> @Sendable () -> Int64 {
        guard let path = settings.clockFile else { return now }
        let file = ClockFile(path: path, fallback: now)
        return { file.now() }
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
    /// A file with the time that schedules go by, in milliseconds since 1970; for tests of a whole service only.
    package var clockFile: String?
    /// The watched folder; nil for `sources` in the data directory.
    package var sourcesFolder: String?
    /// Connections and their pace.
    package var connections = ConnectionLimits()
    /// Bytes that an uploaded file may have.
    package var uploadBytesMax = 2_000_000_000
    /// How long pages wait for accounts and numbers.
    package var patience = Patience()
    /// What a guess at a password costs; tests take less.
    package var passwordCost = PasswordCost.standard
    /// By what notifications leave; none unless the application gives them.
    package var notifying = NotifyingMeans.none

    package init() {}

    package var isSecure: Bool { publicURL?.hasPrefix("https://") == true }
}
