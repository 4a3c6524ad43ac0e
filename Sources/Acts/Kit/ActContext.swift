import Access
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
    /// Milliseconds since 1970.
    package let now: @Sendable () -> Int64

    package init(
        catalog: Catalog, engine: any ProfileEngine, accounts: Accounts, runs: any RunCarrier,
        rehearsals: Rehearsals, exports: ExportDesk, imports: any ImportPort,
        now: @escaping @Sendable () -> Int64
    ) {
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
