import Access
import Acts
import Delivery
import Exports
import Foundation
import Logging
import Profiles
import SQLiteEngine
import SQLiteKit
import Segments
import Service
import Store
import Transport

/// The composition root of the command line: the data directory with its databases, and the only place
/// that names a concrete engine.
struct Workspace: Sendable {
    let directory: DataDirectory
    let catalog: Catalog
    let engine: any ProfileEngine
    /// The profiles as they are now, for a backup.
    let profilesCopy: @Sendable () throws -> DatabaseCopy
    let time: Timekeeper
    let actor: Actor
    /// Shared by everything that speaks to an account.
    let limiters: AccountLimiters

    /// Opens the data directory. Everything that changes it, or speaks to an account, is `.changing`.
    static func open(_ use: DataDirectory.Use) throws -> Workspace {
        let settings = Settings.current
        let directory = try DataDirectory(path: settings.data, use: use)
        let catalog = try Catalog(path: directory.catalogPath)
        let time = Timekeeper.system(scale: settings.timeScale)
        let engine = try SQLiteProfileEngine(path: directory.profilesPath)
        return Workspace(
            directory: directory, catalog: catalog, engine: engine,
            profilesCopy: { try engine.copy() }, time: time,
            actor: Actor(name: "cli:\(NSUserName())"),
            limiters: AccountLimiters(catalog: catalog, time: time))
    }

    /// The moment at which rules are evaluated.
    var moment: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    var library: SegmentLibrary {
        get throws { SegmentLibrary(try catalog.setup.segments()) }
    }

    /// Everything that somebody may do.
    ///
    /// - Parameters:
    ///   - runs: Carries out what is started.
    ///   - sources: The watched folder; in the data directory unless it is named, as `ferry serve` has it.
    ///   - work: The file that is imported, by a command that does.
    func acts(
        _ runs: any RunCarrier, sources: String? = nil, importing work: ImportAtOnce.Work? = nil
    ) -> ActContext {
        // A command waits for as long as the account takes.
        var patience = Patience()
        patience.account = .seconds(600)
        let accounts = accounts
        let now = { @Sendable [self] in moment.milliseconds }
        return ActContext(
            catalog: catalog, engine: engine, accounts: accounts, runs: runs,
            rehearsals: rehearsals(Logger(label: "ferry") { _ in SwiftLogNoOpLogHandler() }),
            exports: ExportDesk(
                catalog: catalog, engine: engine, accounts: accounts, patience: patience, now: now),
            imports: ImportAtOnce(
                catalog: catalog, engine: engine,
                folder: SourceFolder(path: sources ?? "\(directory.path)/sources"), now: now,
                work: work),
            now: now)
    }

    /// Where segments are changed and evaluated.
    var segments: SegmentDesk {
        SegmentDesk(catalog: catalog, engine: engine, now: { [self] in moment.milliseconds })
    }

    /// Addresses of this machine are refused unless a person allows them, for a sandbox.
    static var allowsLoopback: Bool {
        Settings.current.allowsLoopback
    }

    private var masterKey: MasterKey {
        get throws {
            try directory.masterKey(environmentKey: Settings.current.masterKey)
        }
    }

    /// Opens accounts by the kind of their destination.
    var opener: AccountOpener {
        AccountOpener(
            destinations: .all, catalog: catalog, limiters: limiters, time: time,
            allowsLoopback: Self.allowsLoopback,
            vault: AccountOpener.Vault(
                seal: { [self] in try masterKey.seal($0, purpose: $1) },
                open: { [self] in try masterKey.open($0, purpose: $1) }))
    }

    /// Opens the account of a stored connection.
    func openAccount(_ connection: Connection) async throws -> Account {
        try await opener.open(connection)
    }

    /// Speaks to an account and closes it whatever happens.
    func withAccount<Result>(
        _ account: Account, _ body: (Account) async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await body(account)
            await account.close()
            return result
        } catch {
            await account.close()
            throw error
        }
    }

    /// The means by which the rooms below reach accounts.
    var accounts: Accounts { opener.accounts() }

    /// What the signing secret of notifications is bound to.
    private static let notifyingPurpose = "notification-secret"

    /// The means by which a service tells people of runs.
    var notifying: NotifyingMeans {
        return .live(
            allowsLoopback: Self.allowsLoopback,
            sendmail: Sendmail(path: Settings.current.sendmail ?? Sendmail.pathDefault),
            seal: { [self] in try masterKey.seal($0, purpose: Self.notifyingPurpose) },
            open: { [self] in try masterKey.open($0, purpose: Self.notifyingPurpose) })
    }

    var runner: ExportRunner {
        ExportRunner(
            catalog: catalog, engine: engine, time: time,
            openAccount: { [self] connection, afterCrash in
                try await opener.open(connection, afterCrash: afterCrash)
            })
    }

    /// Rehearsals of a service.
    func rehearsals(_ logger: Logger) -> Rehearsals {
        Rehearsals(
            catalog: catalog, engine: engine, accounts: accounts, time: time,
            directory: directory.path, logger: logger)
    }
}
