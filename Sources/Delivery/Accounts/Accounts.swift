package import Exports
package import Store

/// How accounts of destinations are reached.
package struct Accounts: Sendable {
    package let destinations: Destinations
    /// Whether addresses of this machine are taken, for a sandbox.
    package let allowsLoopback: Bool
    /// Opens the account of a stored connection. `afterCrash` says that an earlier process may have sent
    /// more than it wrote down.
    package let open:
        @Sendable (_ connection: Connection, _ afterCrash: Bool) async throws -> Account
    /// Opens an account that is not stored yet.
    package let openNew: @Sendable (_ settings: AccountSettings) async throws -> Account
    /// Seals the secrets so that they open for this host only.
    package let seal: @Sendable (_ settings: AccountSettings) throws -> [UInt8]
    /// The settings of a stored connection with its secrets opened, for one that is changed in part.
    package let settings: @Sendable (_ connection: Connection) throws -> AccountSettings
    /// Limits of a new connection.
    package let limits: @Sendable (DestinationDescriptor) -> QuotaLimits

    /// What they throw comes through to whoever calls them.
    package init(
        destinations: Destinations, allowsLoopback: Bool,
        open: @escaping @Sendable (Connection, Bool) async throws -> Account,
        openNew: @escaping @Sendable (AccountSettings) async throws -> Account,
        seal: @escaping @Sendable (AccountSettings) throws -> [UInt8],
        settings: @escaping @Sendable (Connection) throws -> AccountSettings,
        limits: @escaping @Sendable (DestinationDescriptor) -> QuotaLimits = \.limits
    ) {
        self.destinations = destinations
        self.allowsLoopback = allowsLoopback
        self.open = open
        self.openNew = openNew
        self.seal = seal
        self.settings = settings
        self.limits = limits
    }
}

extension Accounts {
    /// What a kind says of itself; the usual one when none is named. Throws `DestinationError` for a kind that is
    /// not known.
    package func descriptor(
        of id: String? = nil
    ) throws(DestinationError) -> DestinationDescriptor {
        guard let id else { return destinations.usual }
        return try destinations.kind(id).descriptor
    }
}

extension Account {
    /// Speaks to an account and closes it whatever happens. Throws what `body` throws.
    package func closing<Result: Sendable>(
        _ body: (any Destination) async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await body(destination)
            await close()
            return result
        } catch {
            await close()
            throw error
        }
    }
}
