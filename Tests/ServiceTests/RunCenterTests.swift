import Access
import Acts
import Exports
import Profiles
import Store
import TestSupport
import Testing
import Transport

@testable import Delivery
@testable import Service

struct RunCenterTests {
    private let actor = CenterWorld.actor

    private func expectSum(_ run: Run, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            run.members == run.unchanged + run.delivered + run.pending + run.refused
                + run.suppressed, sourceLocation: sourceLocation)
        #expect(run.pending >= 0, sourceLocation: sourceLocation)
    }

    @Test func `R39: a run that is started goes on by itself to its end`() async throws {
        let world = try CenterWorld()
        let center = world.center()
        try await world.serve(center) {
            let run = try await world.carryOut(try world.addExport("News"), center)
            #expect(run.state == .completed)
            #expect(run.delivered == 10)
            expectSum(run)
            #expect(center.progress(of: run.id) == nil)
        }
    }

    @Test func `a run started before the center lives is carried out when it does`() async throws {
        let world = try CenterWorld()
        let center = world.center()
        let run = try center.start(
            try world.addExport("News").id, trigger: .onDemand, by: actor)
        #expect(center.progress(of: run.id)?.phase == .waiting)
        try await world.serve(center) {
            let ended = try await world.end(of: run, center)
            #expect(ended.state == .completed)
        }
    }

    @Test func `an earlier run that was not closed is closed when the next is asked for`()
        async throws
    {
        let world = try CenterWorld()
        let center = world.center()
        let export = try world.addExport("News")
        let earlier = try world.leaveUnclosed(export)
        let error = #expect(throws: StoreError.self) {
            try center.start(export.id, trigger: .onDemand, by: actor)
        }
        #expect(error?.code == .alreadyRunning)
        #expect(center.progress(of: earlier.id) != nil)
        try await world.serve(center) {
            let closed = try await world.end(of: earlier, center)
            #expect(closed.endedAt != nil)
            let next = try await world.carryOut(export, center)
            #expect(next.state == .completed)
        }
    }

    @Test func `a second run of an export is refused while the first one goes on`() async throws {
        let world = try CenterWorld()
        let center = world.center()
        world.destination.close()
        try await world.serve(center) {
            let export = try world.addExport("News")
            let run = try center.start(export.id, trigger: .onDemand, by: actor)
            let error = #expect(throws: StoreError.self) {
                try center.start(export.id, trigger: .onDemand, by: actor)
            }
            #expect(error?.code == .alreadyRunning)
            world.destination.open()
            #expect(try await world.end(of: run, center).state == .completed)
            #expect(try world.catalog.ledger.runs().count == 1)
        }
    }

    @Test
    func `a run that waits its turn ends at once when it is stopped, and nobody is sent`()
        async throws
    {
        let world = try CenterWorld()
        let center = world.center()
        world.destination.close()
        try await world.serve(center) {
            var running: [Run] = []
            for number in 1...RunCenter.atOnceMax {
                running.append(
                    try center.start(
                        try world.addExport("Export \(number)").id, trigger: .onDemand, by: actor))
            }
            for run in running {
                await world.reach(run, center) { $0.phase == .sending && $0.sent == 0 }
            }
            let last = try center.start(
                try world.addExport("Last").id, trigger: .onDemand, by: actor)
            #expect(center.progress(of: last.id)?.phase == .waiting)
            try center.stop(last, by: actor)
            let stopped = try world.catalog.ledger.run(id: last.id)
            #expect(stopped.state == .stopped)
            #expect(stopped.reason == "stopped")
            #expect(stopped.requests == 0)
            expectSum(stopped)
            #expect(center.progress(of: last.id) == nil)
            world.destination.open()
            for run in running {
                #expect(try await world.end(of: run, center).state == .completed)
            }
        }
    }

    @Test
    func `an approved run that is stopped while it waits leaves everyone pending`() async throws {
        let world = try CenterWorld()
        let center = world.center()
        let held = try await heldRun(world, center)
        // Nobody carries it out, for the center does not live.
        try center.approve(held, by: actor)
        try center.stop(held, by: actor)
        let stopped = try world.catalog.ledger.run(id: held.id)
        #expect(stopped.state == .stopped)
        expectSum(stopped)
        #expect(world.destination.unsubscribed.isEmpty)
    }

    @Test
    func `a stop while sending lets what was sent be confirmed, and everyone is accounted for`()
        async throws
    {
        let world = try CenterWorld()
        let center = world.center()
        try world.load(2_000)
        world.destination.close()
        try await world.serve(center) {
            let run = try center.start(
                try world.addExport("News").id, trigger: .onDemand, by: actor)
            await world.reach(run, center) { $0.phase == .sending }
            try center.stop(run, by: actor)
            await world.reach(run, center) { $0.phase == .stopping }
            world.destination.open()
            let ended = try await world.end(of: run, center)
            #expect(ended.state == .stopped)
            expectSum(ended)
            #expect(ended.delivered == world.destination.taken.count)
            #expect(ended.pending > 0)
            #expect(throws: StoreError.self) { try center.stop(ended, by: actor) }
        }
    }

    @Test
    func `the end of the service leaves runs open, and the next one goes on with them`()
        async throws
    {
        let world = try CenterWorld()
        let first = world.center()
        world.destination.close()
        let export = try world.addExport("News")
        var begun: Run?
        try await world.serve(first) {
            let run = try first.start(export.id, trigger: .onDemand, by: actor)
            begun = run
            await world.reach(run, first) { $0.phase == .sending }
            // The account answers only when nobody listens any more.
            Task { world.destination.open() }
        }
        let run = try #require(begun)
        #expect(try world.catalog.ledger.run(id: run.id).state.isOpen)
        #expect(first.progress(of: run.id) == nil)
        let second = world.center()
        try await world.serve(second) {
            try await eventually { try !world.catalog.ledger.run(id: run.id).state.isOpen }
        }
        let ended = try world.catalog.ledger.run(id: run.id)
        #expect(ended.state == .completed)
        #expect(ended.delivered == 10)
        expectSum(ended)
    }

    @Test func `watchers end with their run, and leave nothing behind`() async throws {
        let world = try CenterWorld()
        let center = world.center()
        world.destination.close()
        try await world.serve(center) {
            let run = try center.start(
                try world.addExport("News").id, trigger: .onDemand, by: actor)
            await world.reach(run, center) { $0.phase == .sending }
            #expect(center.watchers(of: run.id) == 0)
            world.destination.open()
            _ = try await world.end(of: run, center)
            for await _ in center.updates(of: run.id) { Issue.record("a run that has ended") }
        }
    }

    // MARK: Held runs

    /// Six of ten have left.
    private func heldRun(_ world: CenterWorld, _ center: RunCenter) async throws -> Run {
        let export = try world.addExport("News")
        var held: Run?
        try await world.serve(center) {
            _ = try await world.carryOut(export, center)
            try world.load(10, without: 6)
            held = try await world.carryOut(export, center)
        }
        let run = try #require(held)
        try #require(run.state == .held)
        #expect(run.plan?.leave == 6)
        return run
    }

    @Test func `an approved run is planned anew and sent`() async throws {
        let world = try CenterWorld()
        let center = world.center()
        let held = try await heldRun(world, center)
        try await world.serve(center) {
            try center.approve(held, by: actor)
            let ended = try await world.end(of: held, center)
            #expect(ended.state == .completed)
            #expect(ended.left == 6)
            #expect(ended.approvedLeavers == 6)
        }
        #expect(world.destination.unsubscribed.count == 6)
    }

    @Test
    func `whom another export claims after a run was held stays on the list when it is approved`()
        async throws
    {
        let world = try CenterWorld()
        let center = world.center()
        let held = try await heldRun(world, center)
        try await world.serve(center) {
            let other = try await world.carryOut(
                try world.addExport("Everyone", segment: "Everyone"), center)
            #expect(other.state == .completed)
            try center.approve(held, by: actor)
            let ended = try await world.end(of: held, center)
            #expect(ended.state == .completed)
            #expect(ended.left == 6)
            expectSum(ended)
        }
        #expect(world.destination.unsubscribed.isEmpty)
        let left = try world.catalog.ledger.people(ofRun: held.id, outcome: .left, limit: 10)
        #expect(Set(left.map(\.reason)) == [ReasonCode.claimedElsewhere.rawValue])
    }

    @Test func `an approved run is held again when more people would leave than were looked at`()
        async throws
    {
        let world = try CenterWorld()
        let center = world.center()
        let held = try await heldRun(world, center)
        try world.load(10, without: 8)
        try await world.serve(center) {
            try center.approve(held, by: actor)
            let again = try await world.end(of: held, center)
            #expect(again.state == .held)
            #expect(again.plan?.leave == 8)
            #expect(world.destination.unsubscribed.isEmpty)
            try center.approve(again, by: actor)
            #expect(try await world.end(of: again, center).state == .completed)
        }
        #expect(world.destination.unsubscribed.count == 8)
    }

    @Test func `a dismissed run sends nothing, and only a held one can be decided about`()
        async throws
    {
        let world = try CenterWorld()
        let center = world.center()
        let held = try await heldRun(world, center)
        #expect(throws: StoreError.self) { try center.stop(held, by: actor) }
        try center.dismiss(held, by: actor)
        let ended = try world.catalog.ledger.run(id: held.id)
        #expect(ended.state == .dismissed)
        expectSum(ended)
        #expect(throws: StoreError.self) { try center.dismiss(held, by: actor) }
        #expect(throws: StoreError.self) { try center.approve(held, by: actor) }
        #expect(throws: StoreError.self) { try center.stop(held, by: actor) }
        #expect(world.destination.unsubscribed.isEmpty)
        let verbs = try world.catalog.history.auditEntries().filter { $0.noun == "run" }.map(\.verb)
        #expect(verbs == ["dismiss"])
    }

    // MARK: Ending a transfer

    @Test(arguments: [false, true])
    func `a run that sends is stopped and accounted for when its transfer ends`(all: Bool)
        async throws
    {
        let world = try CenterWorld()
        let center = world.center()
        try world.load(2_000)
        world.destination.close()
        let export = try world.addExport("News")
        try await world.serve(center) {
            let run = try center.start(export.id, trigger: .onDemand, by: actor)
            await world.reach(run, center) { $0.phase == .sending }
            if all {
                try center.endTransfer(world.connection, by: actor)
            } else {
                try center.detach(export, by: actor)
            }
            world.destination.open()
            let ended = try await world.end(of: run, center)
            #expect(ended.state == .stopped)
            #expect(ended.delivered == world.destination.taken.count)
            expectSum(ended)
            let later = try await world.carryOut(export, center)
            #expect(later.state == .skipped)
            #expect(later.reason == "no-connection")
        }
        #expect(try world.catalog.setup.export(id: export.id)?.connection == nil)
    }

    @Test func `a run that waits, and one that is held, end with their transfer`() async throws {
        let world = try CenterWorld()
        let center = world.center()
        let held = try await heldRun(world, center)
        let waiting = try center.start(
            try world.addExport("Other").id, trigger: .onDemand, by: actor)
        try center.endTransfer(world.connection, by: actor)
        #expect(try world.catalog.ledger.run(id: held.id).state == .dismissed)
        #expect(try world.catalog.ledger.run(id: waiting.id).state == .stopped)
        #expect(try world.catalog.ledger.openRuns().isEmpty)
        expectSum(try world.catalog.ledger.run(id: held.id))
    }

    @Test func `a run resumed after its connection was taken off is stopped, not skipped`()
        async throws
    {
        let world = try CenterWorld()
        let export = try world.addExport("News")
        let run = try world.catalog.ledger.createRun(of: export, trigger: .onDemand, by: actor)
        _ = try Planner(
            catalog: world.catalog, engine: world.engine,
            moment: .init(milliseconds: world.time.now().milliseconds)
        ).plan(run.id, of: export, wire: StubWire())
        try world.catalog.ledger.beginSending(run.id)
        try world.catalog.setup.detach([export.id], by: actor)
        let center = world.center()
        try await world.serve(center) {
            _ = try await world.end(of: run, center)
            try await eventually { try !world.catalog.ledger.run(id: run.id).state.isOpen }
        }
        let ended = try world.catalog.ledger.run(id: run.id)
        #expect(ended.state == .stopped)
        #expect(ended.reason == "no-connection")
        #expect(ended.pending == 10)
        expectSum(ended)
    }

    // MARK: Export user

    @Test(arguments: ["viewer", "disabled", "missing"])
    func `a run fails when its export user is no enabled administrator any more`(now: String)
        async throws
    {
        let world = try CenterWorld(connectedBy: Actor(user: "ada"))
        if now != "missing" {
            for name in ["ada", "eve"] {
                let user = try world.catalog.people.addUser(
                    named: name, role: .administrator, password: nil, by: actor)
                guard name == "eve", let ada = try world.catalog.people.user(named: "ada") else {
                    _ = user
                    continue
                }
                if now == "viewer" {
                    try world.catalog.people.setRole(.viewer, ofUser: ada.id, by: actor)
                } else {
                    try world.catalog.people.setDisabled(true, ofUser: ada.id, by: actor)
                }
            }
        }
        let center = world.center()
        try await world.serve(center) {
            let run = try await world.carryOut(try world.addExport("News"), center)
            #expect(run.state == .failed)
            #expect(run.reason == "export-user-gone")
            #expect(run.detail?.facts["user"] == "ada")
            #expect(run.requests == 0)
        }
        #expect(world.destination.taken.isEmpty)
    }

    @Test func `a run goes on for an export user who is an administrator`() async throws {
        let world = try CenterWorld(connectedBy: Actor(user: "ada"))
        _ = try world.catalog.people.addUser(
            named: "ada", role: .administrator, password: nil, by: actor)
        let center = world.center()
        try await world.serve(center) {
            let run = try await world.carryOut(try world.addExport("News"), center)
            #expect(run.state == .completed)
        }
    }
}

struct RunMeterTests {
    @Test func `the rate is that of the last minute`() {
        var meter = RunMeter(settled: 0, at: .zero)
        for second in 1...120 {
            meter.note(
                settled: second <= 60 ? second * 100 : 6_000 + (second - 60) * 10,
                at: .seconds(second))
        }
        #expect(meter.rate(at: .seconds(120)) == 600)
        #expect(meter.secondsLeft(of: 6_700, at: .seconds(120)) == 10)
    }

    @Test func `too little to tell a rate from gives none`() {
        var meter = RunMeter(settled: 5, at: .zero)
        #expect(meter.rate(at: .seconds(30)) == nil)
        meter.note(settled: 50, at: .seconds(1))
        #expect(meter.rate(at: .seconds(1)) == nil)
        #expect(meter.secondsLeft(of: 100, at: .seconds(1)) == nil)
        meter.note(settled: 50, at: .seconds(3))
        #expect(meter.rate(at: .seconds(3)) == 900)
    }

    @Test func `a burst promises no more than the account's limits allow`() {
        var meter = RunMeter(settled: 0, perMinuteMax: 25_000, at: .zero)
        meter.note(settled: 20_000, at: .seconds(10))
        #expect(meter.rate(at: .seconds(10)) == 25_000)
        #expect(meter.secondsLeft(of: 45_000, at: .seconds(10)) == 60)
    }

    @Test func `a run that stands still has no rate after a minute`() {
        var meter = RunMeter(settled: 0, at: .zero)
        meter.note(settled: 100, at: .seconds(10))
        for second in 11...80 { meter.note(settled: 100, at: .seconds(second)) }
        #expect(meter.rate(at: .seconds(80)) == nil)
        #expect(meter.lastSettledAt == .seconds(10))
    }
}
