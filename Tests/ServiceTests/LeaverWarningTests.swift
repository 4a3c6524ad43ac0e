import Exports
import Profiles
import Store
import TestSupport
import Testing

@testable import Delivery

/// People who left the segments, and whom the account would not let go.
struct LeaverWarningTests {
    /// Profiles with an address, and none of them.
    private struct NobodyEngine: EmptyEngine {
        func schema(_ limits: CallLimits) throws -> ProfileSchema {
            ProfileSchema(attributes: [Attribute(name: "Email", kind: .text)])
        }
    }

    @Test(arguments: [(false, RunState.completed), (true, .completedWithWarnings)])
    func `a leaver whom the account keeps is a warning, and tried again`(
        isKept: Bool, state: RunState
    ) async throws {
        let ben = "ben@shop.test"
        let fixture = try RunFixture()
        try fixture.carryOut(OperationList(.enter, [ben]))
        let account = fixture.account(
            StubDestination(
                standings: { _ throws(DestinationError) in [ben: .active] },
                failed: isKept ? [ben] : []))
        let runner = ExportRunner(
            catalog: fixture.catalog, engine: NobodyEngine(), time: fixture.time.timekeeper,
            openAccount: { _, _ in account })
        let run = try await runner.run(
            fixture.export,
            ExportRunner.Request(
                trigger: .onDemand, actor: RunFixture.actor, isApproved: true, stop: StopSignal(),
                progress: { _ in }))
        #expect(run.state == state, "\(run.reason ?? "") \(run.detail ?? "")")
        #expect(run.leaveRefused == (isKept ? 1 : 0))
        #expect(run.left == (isKept ? 0 : 1))
        let entry = try #require(try fixture.catalog.ledger.ledgerEntries(ofPerson: ben).first)
        #expect(entry.state == (isKept ? .delivered : .left))
    }
}
