import Delivery
import Exports
import Foundation
import Profiles
import Sandbox
import Segments
import Store
import Synchronization
import TestSupport
import Testing
import Transport

/// The invariants of the design, each broken on purpose in thought: these tests fail when one breaks.
@Suite(.timeLimit(.minutes(5)))
struct InvariantTests {
    @Test
    func `the ledger learns only from confirmations`() async throws {
        // An account that queues everything and never finishes anything.
        try await FlowWorld.with(.quick.with { $0.processingRate = 0.000_001 }) { world in
            try world.load(TestPerson.many(600))
            let export = try world.addExport()
            let stop = StopSignal()
            let catalog = world.catalog
            let seenLedger = Mutex(0)
            world.spy.watch { request in
                guard request.path.contains("/import/info") else { return }
                let delivered = try catalog.ledger.ledgerEntries(ofPerson: "person1@example.com")
                    .count
                seenLedger.withLock { $0 += delivered }
                stop.request()
            }
            let account = try await world.openAccount()
            let task = Task { try await world.run(export, stop: stop) }
            // Everything has been queued; nothing has been confirmed.
            try await eventually { world.sandbox.account.importsSubmitted >= 3 }
            task.cancel()
            _ = try? await task.value
            await account.close()
            #expect(seenLedger.withLock { $0 } == 0)
            #expect(try world.catalog.ledger.ledgerEntries(ofPerson: "person1@example.com").isEmpty)
        }
    }

    @Test
    func `a batch is stored as being sent before its first byte leaves`() async throws {
        try await FlowWorld.with { world in
            try world.load(TestPerson.many(600))
            let export = try world.addExport()
            let catalog = world.catalog
            let states = Mutex<[Bool]>([])
            world.spy.watch { request in
                guard request.kind != .general, let body = request.body else { return }
                let open = try catalog.ledger.openRuns()
                let sending = try catalog.ledger.openBatches(of: open[0].id).filter {
                    $0.state == .sending
                }
                // One of the batches on their way holds exactly the people in the body.
                let stored = try sending.map {
                    try catalog.ledger.operations(ofBatch: $0.number, run: open[0].id).keys
                }
                let text = String(decoding: body, as: UTF8.self)
                let isStored = stored.contains { $0.allSatisfy { text.contains("\"\($0)\"") } }
                states.withLock { $0.append(isStored) }
            }
            _ = try await world.run(export)
            #expect(states.withLock { $0 } == [true, true, true])
        }
    }

    @Test
    func `one outcome per person, whatever became of their batch`() async throws {
        try await FlowWorld.with(.quick.with { $0.poison = "poison" }) { world in
            var people = TestPerson.many(500)
            people[17].email = "poison17@example.com"
            people[300].email = "poison300@example.com"
            try world.load(people)
            let run = try await world.run(try world.addExport())
            #expect(run.state == .completedWithWarnings)
            #expect(run.delivered == 498)
            #expect(run.refused == 2)
            #expect(run.reasons == ["rejected-by-destination": 2])
            let outcomes = try world.outcomes(of: run)
            #expect(outcomes.count == 500)
            #expect(
                Set(outcomes.filter { $0.outcome == .refused }.map(\.key))
                    == ["poison17@example.com", "poison300@example.com"])
        }
    }

    @Test
    func `nothing is silently skipped: the five groups add up to the members`() async throws {
        try await FlowWorld.with { world in
            var people = TestPerson.many(400)
            people[0].email = ""
            people[1].email = "not an address"
            people[2].email = "PERSON4@example.com"
            people[9].points = 0
            try world.load(people)
            let run = try await world.run(try world.addExport())
            #expect(run.members == 399)
            #expect(run.suppressed == 3)
            #expect(run.reasons == ["no-email": 1, "invalid-email": 1, "duplicate-email": 1])
            #expect(
                run.members
                    == run.unchanged + run.delivered + run.pending + run.refused + run.suppressed)
            let suppressed = try world.outcomes(of: run).filter { $0.outcome == .suppressed }
            #expect(suppressed.allSatisfy { $0.reason != nil && !$0.profileID.isEmpty })
            #expect(suppressed.first { $0.reason == "duplicate-email" }?.winner != nil)
        }
    }

    @Test
    func `planning again after a complete run gives an empty plan`() async throws {
        try await FlowWorld.with { world in
            try world.load(TestPerson.many(300))
            let export = try world.addExport { $0.tags = ["loyal"] }
            _ = try await world.run(export)
            let account = try await world.openAccount()
            let planner = Planner(
                catalog: world.catalog, engine: world.engine,
                moment: Timestamp(milliseconds: world.time.now().milliseconds))
            let summary = try planner.rehearse(
                export, wire: account.destination.wireFormat(for: export))
            await account.close()
            #expect(summary.isEmpty)
            #expect(summary.unchanged == 300)
            let before = world.spy.imports.count
            let second = try await world.run(export)
            #expect(second.state == .completed)
            #expect(world.spy.imports.count == before)
        }
    }

    @Test
    func `a rehearsal sends nothing and stores nothing`() async throws {
        try await FlowWorld.with { world in
            try world.load(TestPerson.many(300))
            let export = try world.addExport()
            let account = try await world.openAccount()
            let planner = Planner(
                catalog: world.catalog, engine: world.engine,
                moment: Timestamp(milliseconds: world.time.now().milliseconds))
            let rows = Mutex(0)
            let summary = try planner.rehearse(
                export, wire: account.destination.wireFormat(for: export),
                observe: { _ in rows.withLock { $0 += 1 } })
            await account.close()
            #expect(summary.enter == 300)
            #expect(summary.batches == 2)
            #expect(rows.withLock { $0 } == 300)
            #expect(world.spy.seen.isEmpty)
            #expect(try world.catalog.ledger.runs().isEmpty)
        }
    }

    @Test
    func `a person's own opt-out is never undone, even where removed people may be put back`()
        async throws
    {
        try await FlowWorld.with { world in
            try world.load(TestPerson.many(20))
            let export = try world.addExport {
                $0.onLeave = .unsubscribe
                $0.resubscribesRemoved = true
                $0.holdShare = 1
            }
            _ = try await world.run(export)
            try await world.unsubscribe(["person3@example.com"], list: 1)
            var changed = TestPerson.many(20)
            changed[2].city = "Bergen"
            try world.load(changed)
            let run = try await world.run(export)
            #expect(run.reasons == ["unsubscribed": 1])
            #expect(world.sandbox.account.contact("person3@example.com")?.lists[1] == 2)
            #expect(world.sandbox.account.violations[.optOutUndone] == nil)
            #expect(
                !world.spy.seen.contains {
                    $0.path.hasSuffix("/contactLists") && $0.method == "POST"
                })
        }
    }

    @Test
    func `whom Ferry itself removed is put back where the export allows it, and only there`()
        async throws
    {
        for allows in [true, false] {
            try await FlowWorld.with { world in
                try world.load(TestPerson.many(20))
                let export = try world.addExport {
                    $0.onLeave = .unsubscribe
                    $0.resubscribesRemoved = allows
                    $0.holdShare = 1
                }
                _ = try await world.run(export)
                var without = TestPerson.many(20)
                without[4].points = 0
                try world.load(without)
                let second = try await world.run(export)
                #expect(second.left == 1)
                #expect(world.sandbox.account.contact("person5@example.com")?.lists[1] == 2)
                try world.load(TestPerson.many(20))
                let third = try await world.run(export)
                let standing = world.sandbox.account.contact("person5@example.com")?.lists[1]
                #expect(standing == (allows ? 1 : 2))
                #expect(third.delivered == (allows ? 1 : 0))
                #expect(third.reasons == (allows ? [:] : ["unsubscribed": 1]))
            }
        }
    }

    @Test
    func `R1 R35: only mapped attributes leave, and absent values are left out`() async throws {
        try await FlowWorld.with { world in
            var people = TestPerson.many(5)
            people[1].name = ""
            people[2].city = ""
            try world.load(people)
            _ = try await world.run(try world.addExport())
            let body = String(decoding: world.spy.imports[0].body, as: UTF8.self)
            #expect(!body.contains("private"))
            #expect(!body.contains("points"))
            #expect(!body.contains("\"\""))
            let contacts =
                try #require(
                    try JSONSerialization.jsonObject(with: Data(world.spy.imports[0].body))
                        as? [String: Any])["contacts"] as? [[String: Any]]
            let keys = Set(try #require(contacts).flatMap(\.keys))
            #expect(keys == ["email", "first_name", "fields", "subscribe"])
        }
    }

    @Test
    func `no transaction spans a request: the catalog can be written while one is on its way`()
        async throws
    {
        try await FlowWorld.with { world in
            try world.load(TestPerson.many(600))
            let export = try world.addExport()
            let catalog = world.catalog
            let actor = world.actor
            let written = Mutex(0)
            world.spy.watch { request in
                guard request.kind != .general else { return }
                let number = written.withLock { count in
                    count += 1
                    return count
                }
                _ = try catalog.setup.addSegment(
                    named: "Written \(number)", definition: .dynamic(rule: "everyone"), by: actor)
            }
            let run = try await world.run(export)
            #expect(run.delivered == 600)
            #expect(written.withLock { $0 } == 3)
        }
    }

    @Test
    func `no secret and no address stands in the record of calls`() async throws {
        try await FlowWorld.with(
            Knobs.quick.with { $0.faultHTML = 0.1 }.with { $0.poison = "poison" }
        ) { world in
            var people = TestPerson.many(300)
            people[7].email = "poison7@example.com"
            try world.load(people)
            let run = try await world.run(try world.addExport())
            let calls = try world.catalog.ledger.calls(ofRun: run.id)
            #expect(!calls.isEmpty)
            for call in calls {
                #expect(!call.path.contains("@") && !call.path.contains("%40"))
                #expect(!call.path.contains("?"))
                #expect(!call.path.contains(FlowWorld.secret))
            }
        }
    }
}

extension FlowWorld {
    /// Lets people end their subscription themselves, as through a link in a mail.
    func unsubscribe(_ emails: [String], list: Int) async throws {
        let live = try await LiveTransport(
            endpoint: LiveTransport.Endpoint(
                host: "127.0.0.1", port: sandbox.port, isSecure: false),
            secretHeaders: [("Api-Token", Self.secret)], allowsLoopback: true)
        let body = try JSONSerialization.data(withJSONObject: ["list": list, "emails": emails])
        let response = try await live.send(
            HTTPRequest(.post, "/sandbox/unsubscribes", body: Array(body)))
        await live.shutdown()
        try #require(response.status == 201)
    }
}
