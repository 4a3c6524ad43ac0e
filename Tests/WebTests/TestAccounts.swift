import Access
import ActiveCampaign
import Delivery
import Exports
import Sandbox
import Store
import Transport

/// The way to accounts in tests: a sandbox on the loopback interface, without limits.
enum TestAccounts {
    /// Seconds pass fifty times faster, so that nothing waits for long.
    static let time = Timekeeper.system(scale: 50)
    static let pace = Connection.Pace(
        requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil)

    static func reaching(_ catalog: Catalog) -> Accounts {
        Accounts(
            open: { connection, _ in
                let sealed = try catalog.setup.sealedSecret(ofConnection: connection.id)
                return try await open(connection.host, key: String(decoding: sealed, as: UTF8.self))
            },
            openNew: { host, key in try await open(host, key: key, isPatient: false) },
            seal: { key, _ in Array(key.utf8) },
            bareHost: { try AccountHost(parsing: $0, allowsLoopback: true).text },
            defaultPace: pace)
    }

    private static func open(_ host: String, key: String, isPatient: Bool = true) async throws
        -> Account
    {
        let host = try AccountHost(parsing: host, allowsLoopback: true)
        let live = try await LiveTransport(
            endpoint: host.endpoint, secretHeader: (name: "Api-Token", value: key),
            allowsLoopback: true, isPatient: isPatient)
        let calls = CallLog()
        let gate = AccountGate(
            transport: live,
            pacer: Pacer(
                limits: PaceLimits(
                    requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil)),
            time: time, record: { calls.add($0) })
        return Account(
            host: host.text, destination: ActiveCampaign(gate: gate, time: time), gate: gate,
            calls: calls, close: { await live.shutdown() })
    }
}
