import Exports
import Profiles
import Store
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// Imports that an earlier run had sent when it ended unfinished: an older one must not win over a newer one.
struct EarlierImportTests {
    /// Profiles with an address, and none of them.
    private struct NobodyEngine: EmptyEngine {
        func schema(_ limits: CallLimits) throws -> ProfileSchema {
            ProfileSchema(attributes: [Attribute(name: "Email", kind: .text)])
        }
    }

    private enum Event {
        case asked
        case sent
    }

    private final class Events: Sendable {
        private let all = Mutex<[Event]>([])
        var list: [Event] { all.withLock { $0 } }
        func add(_ event: Event) { all.withLock { $0.append(event) } }
    }

    private let fixture: RunFixture
    private let events = Events()

    init() throws {
        fixture = try RunFixture()
    }

    /// A run that ended while a batch of it was on its way.
    private func leaveUnderWay() throws {
        let run = try fixture.run(batches: [OperationList(.enter, ["eve@shop.test"])])
        try fixture.catalog.ledger.markSending(1, run: run.id)
        try fixture.catalog.ledger.mark(
            1, run: run.id, accepted: Receipt(token: "earlier", queued: 1))
        try fixture.catalog.ledger.end(run.id, state: .failed, reason: "unreachable")
    }

    /// A run in which everyone who was delivered leaves; the earlier import takes two glances.
    private func run() async throws -> Run {
        let events = events
        let account = fixture.account(
            StubDestination(
                outstanding: {
                    events.add(.asked)
                    return events.list.count > 2 ? 0 : 1
                }, delivering: { events.add(.sent) }))
        let runner = ExportRunner(
            catalog: fixture.catalog, engine: NobodyEngine(), time: fixture.time.timekeeper,
            openAccount: { _, _ in account })
        return try await runner.run(
            fixture.export,
            ExportRunner.Request(
                trigger: .onDemand, actor: RunFixture.actor, isApproved: true, stop: StopSignal(),
                progress: { _ in }))
    }

    @Test func `nothing is sent before they have ended`() async throws {
        try fixture.carryOut(OperationList(.enter, ["ben@shop.test"]))
        try leaveUnderWay()
        let run = try await run()
        #expect(events.list.prefix(4) == [.asked, .asked, .asked, .sent])
        #expect(try !fixture.catalog.ledger.hasImportsUnderWay(before: run))
    }

    @Test func `a run that sends nothing does not wait, and leaves them to the next one`()
        async throws
    {
        try leaveUnderWay()
        let run = try await run()
        #expect(events.list.isEmpty)
        #expect(try fixture.catalog.ledger.hasImportsUnderWay(before: run))
    }
}
