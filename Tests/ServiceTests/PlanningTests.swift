import Access
import Exports
import Foundation
import Profiles
import SQLiteEngine
import Segments
import Service
import Store
import TestSupport
import Testing
import Transport

@testable import Delivery

/// Planning beside everything else that goes on, and what becomes of a plan that is cut off.
struct PlanningTests {
    private struct Crash: Error {}

    /// The real engine, which does something at one member of each stream.
    private struct Interrupted: EmptyEngine {
        let engine: SQLiteProfileEngine
        let place: Int
        let act: @Sendable () throws -> Void

        func forEachMember(
            _ query: MemberQuery, _ limits: CallLimits, _ body: (MemberView) throws -> Void
        ) throws {
            var members = 0
            try engine.forEachMember(query, limits) { member in
                members += 1
                if members == place { try act() }
                try body(member)
            }
        }

        func schema(_ limits: CallLimits) throws -> ProfileSchema { try engine.schema(limits) }
    }

    private func planner(
        _ world: CenterWorld, at place: Int, act: @escaping @Sendable () throws -> Void
    ) -> Planner {
        Planner(
            catalog: world.catalog,
            engine: Interrupted(engine: world.engine, place: place, act: act),
            moment: Timestamp(milliseconds: world.time.now().milliseconds))
    }

    @Test func `a crash in the middle of planning costs nobody: the next start plans anew`()
        async throws
    {
        let world = try CenterWorld()
        try world.load(6_000)
        let export = try world.addExport("News")
        let run = try world.catalog.ledger.createRun(
            of: export, trigger: .onDemand, by: CenterWorld.actor)
        #expect(throws: Crash.self) {
            try planner(world, at: 5_500) { throw Crash() }
                .plan(run.id, of: export, wire: StubWire())
        }
        // A part of it is in the file, or the test would show nothing.
        #expect(try !world.catalog.ledger.openBatches(of: run.id).isEmpty)
        #expect(try world.catalog.ledger.run(id: run.id).plan == nil)
        try world.load(5_900)
        let center = world.center()
        try await world.serve(center) {
            let ended = try await eventuallyEnded(run, world)
            #expect(ended.state == .completed)
            #expect(ended.members == 5_900 && ended.delivered == 5_900)
            #expect(world.destination.taken.count == 5_900)
        }
    }

    @Test func `a run that is stopped half planned ends without anybody`() async throws {
        let world = try CenterWorld()
        try world.load(6_000)
        let export = try world.addExport("News")
        let run = try world.catalog.ledger.createRun(
            of: export, trigger: .onDemand, by: CenterWorld.actor)
        #expect(throws: Crash.self) {
            try planner(world, at: 5_500) { throw Crash() }
                .plan(run.id, of: export, wire: StubWire())
        }
        let center = world.center()
        try center.stop(run, by: CenterWorld.actor)
        try await eventually { try world.catalog.ledger.run(id: run.id).endedAt != nil }
        let ended = try world.catalog.ledger.run(id: run.id)
        #expect(ended.state == .stopped && ended.members == 0 && ended.pending == 0)
        #expect(try world.catalog.ledger.openBatches(of: run.id).isEmpty)
        #expect(try world.catalog.ledger.people(ofRun: run.id, limit: 10).isEmpty)
    }

    @Test func `others read and write while a run is planned`() throws {
        let world = try CenterWorld()
        try world.load(6_000)
        let export = try world.addExport("News")
        let run = try world.catalog.ledger.createRun(
            of: export, trigger: .onDemand, by: CenterWorld.actor)
        let planner = planner(world, at: 5_500) {
            _ = try world.catalog.setup.addSegment(
                named: "Meanwhile", definition: .static, by: CenterWorld.actor)
            #expect(try world.catalog.ledger.run(id: run.id).plan == nil)
            #expect(try world.engine.count(.always, .none) == 6_000)
        }
        let summary = try planner.plan(run.id, of: export, wire: StubWire())
        #expect(summary.enter == 6_000)
        #expect(
            try world.catalog.ledger.openBatches(of: run.id).map(\.people).reduce(0, +) == 6_000)
        #expect(try world.catalog.setup.segments().contains { $0.name == "Meanwhile" })
    }

    @Test func `a run whose closing was cut off is closed by the next start`() async throws {
        let world = try CenterWorld()
        try world.load(6_000)
        let export = try world.addExport("News")
        let run = try world.catalog.ledger.createRun(
            of: export, trigger: .onDemand, by: CenterWorld.actor)
        _ = try planner(world, at: 1) {}.plan(run.id, of: export, wire: StubWire())
        try world.catalog.ledger.beginSending(run.id)
        // Everyone does not fit one transaction.
        #expect(try !world.catalog.ledger.beginEnd(run.id, state: .failed, reason: "unreachable"))
        let center = world.center()
        try await world.serve(center) {
            let ended = try await eventuallyEnded(run, world)
            #expect(ended.state == .failed && ended.pending == 6_000)
            #expect(world.destination.taken.isEmpty)
            let next = try await world.carryOut(export, center)
            #expect(next.state == .completed && next.delivered == 6_000)
        }
    }

    private func eventuallyEnded(_ run: Run, _ world: CenterWorld) async throws -> Run {
        try await eventually { try world.catalog.ledger.run(id: run.id).endedAt != nil }
        return try world.catalog.ledger.run(id: run.id)
    }
}
