package import Access
package import Delivery
package import Exports
import Profiles
package import Store

/// Where acts are performed: the data directory, the engine, the accounts, and what goes on in this process.
package struct ActContext: Sendable {
    package let catalog: Catalog
    package let engine: any ProfileEngine
    package let accounts: Accounts
    package let runs: any RunCarrier
    package let rehearsals: Rehearsals
    package let exports: ExportDesk
    /// Counts while rules are edited, two at a time in the whole process.
    package let counts: CountDesk
    package let imports: any ImportPort
    /// How long a check of an account may take in all; somebody waits for it.
    package var checkPatience: Duration = Patience().check
    /// Milliseconds since 1970.
    package let now: @Sendable () -> Int64
    /// What goes on by itself in this process; nil where no service runs.
    let telling: (any Telling)?
    let refreshing: (any Refreshing)?
    let schedules: (any ScheduleWatching)?
    /// Checks passwords.
    let signIns: SignInDesk
    /// Lets requests with a key take effect once.
    package let onceOnly: OnceOnly

    /// `passwordCost` is what a guess at a password costs.
    package init(
        catalog: Catalog, engine: any ProfileEngine, accounts: Accounts, runs: any RunCarrier,
        rehearsals: Rehearsals, exports: ExportDesk, imports: any ImportPort,
        telling: (any Telling)? = nil, refreshing: (any Refreshing)? = nil,
        schedules: (any ScheduleWatching)? = nil, passwordCost: PasswordCost = .standard,
        now: @escaping @Sendable () -> Int64
    ) {
        self.telling = telling
        self.refreshing = refreshing
        self.schedules = schedules
        signIns = SignInDesk(catalog: catalog, cost: passwordCost, now: now)
        onceOnly = OnceOnly(catalog: catalog, now: now)
        self.catalog = catalog
        self.engine = engine
        self.accounts = accounts
        self.runs = runs
        self.rehearsals = rehearsals
        self.exports = exports
        counts = CountDesk(engine: engine)
        self.imports = imports
        self.now = now
    }

    /// Performs an act when the asker's role allows it. This is the only place where roles are compared with
    /// what an act needs.
    package func perform<A: Act>(_ act: A, by asker: Asker) async throws -> A.Answer {
        guard asker.role.allows(A.needs) else {
            throw Refusal(
                .notAllowed,
                ["permission": .word(A.needs.rawValue), "role": .word(asker.role.rawValue)])
        }
        do {
            return try await act.perform(by: asker, in: self)
        } catch let error as StoreError where !error.isTrouble {
            throw Refusal(error)
        } catch let error as EngineError {
            throw Refusal(error) ?? error
        }
    }
}
