import Access
import Acts
import Delivery
import Exports
import Foundation
import Logging
import Sandbox
import Store
import TestSupport
import Testing

struct RehearsalFlowTests {
    private func rehearse(_ world: FlowWorld, _ export: Export) async throws -> RehearsalReport {
        let rehearsals = Rehearsals(
            catalog: world.catalog, engine: world.engine,
            accounts: Accounts(
                destinations: .activeCampaign, allowsLoopback: true,
                open: { _, _ in try await world.openAccount() },
                openNew: { _ in try await world.openAccount() }, seal: { _ in [] },
                settings: { connection in
                    AccountSettings(
                        destination: connection.destination, host: connection.host, secrets: [:])
                }),
            time: world.time, directory: world.folder.path(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let state = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await rehearsals.run() }
            let id = rehearsals.start(export, by: world.actor)
            try await eventually { rehearsals.rehearsal(id)?.isUnderWay != true }
            group.cancelAll()
            return rehearsals.rehearsal(id)?.state
        }
        guard case .done(let report)? = state else {
            Issue.record("\(String(describing: state))")
            throw CancellationError()
        }
        return report
    }

    /// Everything the databases hold, the logs of their last changes included.
    private func contents(_ world: FlowWorld) throws -> [String: Data] {
        let names = ["catalog.sqlite", "profiles.sqlite"].flatMap { [$0, "\($0)-wal"] }
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try Data(contentsOf: world.folder.appending(path: $0)))
            })
    }

    @Test func `a rehearsal changes nothing and foretells the run that follows`() async throws {
        try await FlowWorld.with { world in
            let export = try world.addExport {
                $0.onLeave = .field(id: "1", inside: "in", outside: "out")
                $0.mapping.fields = []
            }
            try world.load(TestPerson.many(400))
            _ = try await world.run(export)
            var people = TestPerson.many(300)
            people[4].name = "Grace"
            people += [TestPerson(900), TestPerson(901, email: "PERSON900@example.com")]
            people += [TestPerson(902, email: "nobody")]
            try world.load(people)

            let before = try contents(world)
            let requests = world.spy.seen.count
            let report = try await rehearse(world, export)
            #expect(try contents(world) == before)
            let new = world.spy.seen.dropFirst(requests)
            #expect(!new.isEmpty)
            #expect(new.allSatisfy { $0.method == "GET" })
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: world.folder.path())
                    .filter { $0.hasSuffix(".tmp") } == [])

            #expect(report.summary.change == 1)
            #expect(report.summary.enter == 1)
            #expect(report.summary.leave == 100)
            #expect(report.summary.unchanged == 299)
            #expect(report.summary.suppressed == ["duplicate-email": 1, "invalid-email": 1])
            #expect(report.forecast.contacts?.contacts == 400)
            #expect(report.forecast.contacts?.wouldNotFit == 0)

            let imports = world.spy.imports.count
            let run = try await world.run(export)
            #expect(run.plan == report.summary)
            #expect(world.spy.imports.count - imports == report.forecast.requests)
            #expect(
                world.spy.imports.dropFirst(imports).reduce(0) { $0 + $1.body.count }
                    == report.forecast.bytes)
            #expect(try await rehearse(world, export).summary.operations == 0)
        }
    }

    @Test func `a rehearsal says that a run would be held`() async throws {
        try await FlowWorld.with { world in
            let export = try world.addExport { $0.onLeave = .unsubscribe }
            try world.load(TestPerson.many(10))
            _ = try await world.run(export)
            try world.load(TestPerson.many(5))
            let report = try await rehearse(world, export)
            #expect(report.verdict == .hold(leavers: 5, delivered: 10))
            #expect(try await world.run(export).state == .held)
        }
    }
}
