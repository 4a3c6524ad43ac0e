package import Exports
package import Store
package import Transport

/// Opens accounts over the network, by their kind.
package struct AccountOpener: Sendable {
    private let destinations: Destinations
    private let catalog: Catalog
    private let limiters: AccountLimiters
    private let time: Timekeeper
    private let allowsLoopback: Bool
    private let vault: Vault

    /// Seals texts for a purpose, and opens them for the same purpose only.
    package struct Vault: Sendable {
        package let seal: @Sendable (_ text: String, _ purpose: String) throws -> [UInt8]
        package let open: @Sendable (_ sealed: [UInt8], _ purpose: String) throws -> String

        /// What they throw, `AccountOpener` throws.
        package init(
            seal: @escaping @Sendable (String, String) throws -> [UInt8],
            open: @escaping @Sendable ([UInt8], String) throws -> String
        ) {
            self.seal = seal
            self.open = open
        }
    }

    package init(
        destinations: Destinations, catalog: Catalog, limiters: AccountLimiters, time: Timekeeper,
        allowsLoopback: Bool, vault: Vault
    ) {
        self.destinations = destinations
        self.catalog = catalog
        self.limiters = limiters
        self.time = time
        self.allowsLoopback = allowsLoopback
        self.vault = vault
    }

    /// What sealed secrets are bound to: they open for this host only.
    private static func purpose(host: String) -> String { "connection-secret \(host)" }

    /// Seals the secrets of an account. Throws what the vault throws.
    package func seal(_ settings: AccountSettings) throws -> [UInt8] {
        try vault.seal(settings.sealable, Self.purpose(host: settings.host))
    }

    /// The settings of a stored connection. Throws `DestinationError` for a kind that is not known, and what the
    /// vault throws when the secrets do not open for this host.
    package func settings(of connection: Connection) throws -> AccountSettings {
        let descriptor = try destinations.kind(connection.destination).descriptor
        let sealed = try catalog.setup.sealedSecret(ofConnection: connection.id)
        return AccountSettings(
            destination: connection.destination, host: connection.host,
            values: connection.settings,
            secrets: try descriptor.secrets(
                from: try vault.open(sealed, Self.purpose(host: connection.host))))
    }

    /// Opens the account of a stored connection. Throws what `settings(of:)` throws, and `TransportError` when the
    /// host cannot be found.
    package func open(_ connection: Connection, afterCrash: Bool = false) async throws -> Account {
        try await open(
            settings(of: connection), pace: connection.pace, afterCrash: afterCrash)
    }

    /// Opens an account. `pace` holds as long as no connection leads to the host. With `isPatient` off, a
    /// connection that cannot be made is told at once, where somebody waits for it. Throws `DestinationError` for a
    /// kind or a host that cannot be, and `TransportError` when the host cannot be found.
    package func open(
        _ settings: AccountSettings, pace: QuotaLimits, afterCrash: Bool = false,
        isPatient: Bool = true
    ) async throws -> Account {
        let kind = try destinations.kind(settings.destination)
        let link = try kind.link(settings, allowsLoopback)
        let transport = try await LiveTransport(
            endpoint: link.endpoint, secretHeaders: link.secretHeaders,
            allowsLoopback: allowsLoopback, isPatient: isPatient)
        let limiter = try limiters.limiter(
            forHost: settings.host, of: kind.descriptor, defaults: pace, afterCrash: afterCrash)
        let calls = CallLog()
        let gate = AccountGate(transport: transport, limiter: limiter, record: { calls.add($0) })
        let catalog = catalog
        return Account(
            host: settings.host, destination: kind.destination(gate, settings, time), gate: gate,
            calls: calls,
            close: {
                await transport.shutdown()
                // A call that cannot be written down loses nobody; the command's own result matters more.
                try? catalog.ledger.record(calls.drain(), host: settings.host, run: nil)
            })
    }

    /// The same as the rooms above know it.
    package func accounts(
        limits: @escaping @Sendable (DestinationDescriptor) -> QuotaLimits = \.limits
    ) -> Accounts {
        Accounts(
            destinations: destinations, allowsLoopback: allowsLoopback,
            open: { try await open($0, afterCrash: $1) },
            openNew: { settings in
                let descriptor = try destinations.kind(settings.destination).descriptor
                return try await open(settings, pace: limits(descriptor), isPatient: false)
            },
            seal: { try seal($0) }, settings: { try settings(of: $0) }, limits: limits)
    }
}
