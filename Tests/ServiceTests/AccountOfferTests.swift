import Delivery
import Exports
import Store
import Synchronization
import TestSupport
import Testing

@testable import Acts

/// How long what an account offered is told again without asking.
struct AccountOfferTests {
    /// A clock that tests move, and how often an account was opened.
    private final class Watch: Sendable {
        private let state = Mutex((now: Int64(1_000), opened: 0))
        var now: Int64 { state.withLock { $0.now } }
        var opened: Int { state.withLock { $0.opened } }
        func set(_ now: Int64) { state.withLock { $0.now = now } }
        func open() { state.withLock { $0.opened += 1 } }
    }

    @Test func `an account that did not answer is asked again after fifteen seconds`() async throws
    {
        let world = try ActsWorld()
        let connection = try world.catalog.setup.add(
            NewConnection(
                name: "acme", destination: "activecampaign", host: "acme.example",
                sealedSecret: [],
                pace: QuotaLimits(
                    requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil),
                facts: AccountFacts(user: "u", contactsMax: nil, contacts: nil)),
            by: ActsWorld.actor)
        let watch = Watch()
        let desk = ExportDesk(
            catalog: world.catalog, engine: world.engine,
            accounts: Accounts(
                destinations: .plain, allowsLoopback: true,
                open: { _, _ in
                    watch.open()
                    throw DestinationError(.unavailable)
                },
                openNew: { _ in throw DestinationError(.unavailable) },
                seal: { _ in [] },
                settings: { connection in
                    AccountSettings(
                        destination: connection.destination, host: connection.host, secrets: [:])
                }),
            now: { watch.now })
        for (later, opened) in [(0, 1), (14_999, 1), (15_000, 2), (29_999, 2), (30_000, 3)] {
            watch.set(1_000 + Int64(later))
            #expect(try await desk.offer(connection.id).trouble?.code == .unavailable)
            #expect(watch.opened == opened, "after \(later) ms")
        }
        desk.forget(connection.id)
        _ = try await desk.offer(connection.id)
        #expect(watch.opened == 4)
    }
}
