package import Access
package import Delivery
package import Exports
import Profiles
import Segments
package import Store
import Synchronization

/// Where exports are made and changed: knows what may be chosen, and what is wrong with what was chosen.
package final class ExportDesk: Sendable {
    let catalog: Catalog
    let engine: any ProfileEngine
    let accounts: Accounts
    /// How long an account may take to answer; somebody waits for it.
    private let patience: Duration
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64
    /// Called when an export was stored, for whoever goes by its schedule.
    private let onChange: @Sendable () -> Void
    private let offers = Mutex<[Connection.ID: Kept<AccountOffer>]>([:])
    let counter: MemberCounter

    /// How long an answer is good for.
    static let freshMilliseconds: Int64 = 60_000
    /// How long an account that did not answer is left alone.
    static let troubleMilliseconds: Int64 = 15_000
    /// Accounts that are remembered at the same time.
    static let keptMax = 500

    /// Something that was true at a moment.
    struct Kept<Value: Sendable>: Sendable {
        let value: Value
        let at: Int64
    }

    package init(
        catalog: Catalog, engine: any ProfileEngine, accounts: Accounts,
        patience: Patience = Patience(), now: @escaping @Sendable () -> Int64,
        onChange: @escaping @Sendable () -> Void = {}
    ) {
        self.catalog = catalog
        self.engine = engine
        counter = MemberCounter(engine: engine, patience: patience.count)
        self.accounts = accounts
        self.patience = patience.account
        self.now = now
        self.onChange = onChange
    }

    /// The lists and custom fields of an account; asked at most once a minute, and sooner
    /// when there was trouble. An account that refuses or does not answer is an offer with its
    /// trouble. Throws `StoreError.notFound` for a connection that there is not, `TransportError`
    /// when the host cannot be found, and what the vault throws when the secret does not open.
    package func offer(_ connection: Connection.ID) async throws -> AccountOffer {
        let moment = now()
        if let kept = offers.withLock({ $0[connection] }), moment - kept.at < kept.value.freshness {
            return kept.value
        }
        guard let stored = try catalog.setup.connection(id: connection) else {
            throw StoreError.missing("connection", connection)
        }
        let offer = try await ask(stored)
        offers.withLock { Self.keep(offer, for: connection, at: moment, in: &$0) }
        return offer
    }

    private func ask(_ connection: Connection) async throws -> AccountOffer {
        do {
            let account = try await accounts.open(connection, false)
            let patience = patience
            return try await account.closing { destination in
                try await withThrowingTaskGroup(of: AccountOffer.self) { group in
                    group.addTask {
                        AccountOffer(
                            lists: try await destination.lists(),
                            fields: try await destination.fields())
                    }
                    group.addTask {
                        try await Task.sleep(for: patience)
                        throw DestinationError(.unavailable)
                    }
                    defer { group.cancelAll() }
                    guard let offer = try await group.next() else { throw CancellationError() }
                    return offer
                }
            }
        } catch let error as DestinationError {
            return AccountOffer(trouble: error)
        }
    }

    /// Lets the next question go to the account.
    package func forget(_ connection: Connection.ID) {
        offers.withLock { $0[connection] = nil }
    }

    static func keep<Value>(
        _ value: Value, for key: Connection.ID, at moment: Int64,
        in table: inout [Connection.ID: Kept<Value>]
    ) {
        if table.count >= keptMax, let oldest = table.min(by: { $0.value.at < $1.value.at }) {
            table[oldest.key] = nil
        }
        table[key] = Kept(value: value, at: moment)
    }

    /// Attributes that can hold an address, those that look like it first. Throws what the engine
    /// throws.
    package func emailCandidates() async throws -> EmailCandidates {
        let names = try await engine.schema().attributes.filter { $0.kind == .text }.map(\.name)
        let looksFitting = { (name: String) in
            let letters = name.lowercased().filter(\.isLetter)
            return letters.contains("email") || letters.hasSuffix("mail")
        }
        return EmailCandidates(
            fitting: names.filter(looksFitting), others: names.filter { !looksFitting($0) })
    }

    /// Stores a new export. Nothing runs. Throws as `SetupCatalog.add` does: `StoreError` for a
    /// name that cannot be or is taken, and for a segment that there is not.
    package func add(_ export: Export, by actor: Actor) throws -> Export {
        defer { onChange() }
        return try catalog.setup.add(export, by: actor)
    }

    /// Stores a changed export and answers the fields that changed. Nothing runs. Throws as
    /// `SetupCatalog.change` does: `StoreError` when there is no such export, for a name that
    /// cannot be or is taken, for a segment that there is not, and while a run is unfinished.
    package func change(_ export: Export, by actor: Actor) throws -> [String] {
        defer { onChange() }
        return try catalog.setup.change(export, by: actor)
    }
}

extension AccountOffer {
    /// For how many milliseconds it is good.
    fileprivate var freshness: Int64 {
        trouble == nil ? ExportDesk.freshMilliseconds : ExportDesk.troubleMilliseconds
    }
}
