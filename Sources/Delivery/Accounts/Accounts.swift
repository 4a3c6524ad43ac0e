package import Exports
package import Store

/// How accounts of destinations are reached; the application gives the means, because only it names concrete
/// destinations.
package struct Accounts: Sendable {
    /// Opens the account of a stored connection. `afterCrash` says that an earlier process may have sent
    /// more than it wrote down.
    package let open:
        @Sendable (_ connection: Connection, _ afterCrash: Bool) async throws -> Account
    /// Opens an account that is not stored yet.
    package let openNew: @Sendable (_ host: String, _ key: String) async throws -> Account
    /// Seals a key so that it opens for this host only.
    package let seal: @Sendable (_ key: String, _ host: String) throws -> [UInt8]
    /// The bare host of what a person typed or pasted.
    package let bareHost: @Sendable (_ text: String) throws -> String
    /// Limits of a new connection.
    package let defaultPace: Connection.Pace

    package init(
        open: @escaping @Sendable (Connection, Bool) async throws -> Account,
        openNew: @escaping @Sendable (String, String) async throws -> Account,
        seal: @escaping @Sendable (String, String) throws -> [UInt8],
        bareHost: @escaping @Sendable (String) throws -> String, defaultPace: Connection.Pace
    ) {
        self.open = open
        self.openNew = openNew
        self.seal = seal
        self.bareHost = bareHost
        self.defaultPace = defaultPace
    }
}

extension Account {
    /// Speaks to an account and closes it whatever happens.
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
