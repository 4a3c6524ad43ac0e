import Access
import Exports
import Foundation
import Profiles
import SQLiteEngine
import Sandbox
import Segments
import Service
import Store

@testable import Web

/// A service beside a sandbox account with people, a connection and an export.
final class RunWorld: Sendable {
    let web: WebWorld
    let sandbox: SandboxServer
    let export: Export

    private init(_ knobs: Knobs, onLeave: LeavePolicy) async throws {
        let web = try WebWorld()
        self.web = web
        sandbox = try await SandboxServer.start(port: 0, knobs: knobs, apiKey: "key")
        let connection = try web.catalog.setup.add(
            NewConnection(
                name: "Sandbox", destination: "activecampaign",
                host: "127.0.0.1:\(sandbox.port)", sealedSecret: Array("key".utf8),
                pace: TestAccounts.pace,
                facts: AccountFacts(user: "admin", contactsMax: nil, contacts: nil)),
            by: WebWorld.actor)
        try Self.load(["ada@shop.test", "bob@shop.test", ""], into: web)
        _ = try web.catalog.setup.addSegment(
            named: "With points", definition: .dynamic(rule: "points > 0"), by: WebWorld.actor)
        export = try web.catalog.setup.add(
            Export(
                id: 0, name: "News <b>& \"more\"</b>", connection: connection.id,
                list: ListReference(id: "1", name: "Newsletter"), segments: ["With points"],
                mapping: Mapping(email: "email"), onLeave: onLeave), by: WebWorld.actor)
    }

    /// Runs a test and takes everything down afterwards. What is started is carried out meanwhile, unless
    /// `isServing` is false.
    static func with(
        _ knobs: Knobs = quick, onLeave: LeavePolicy = .keep, isServing: Bool = true,
        _ body: (RunWorld) async throws -> Void
    ) async throws {
        let world = try await RunWorld(knobs, onLeave: onLeave)
        var failure: (any Error)?
        do {
            if isServing {
                try await world.serve { try await body(world) }
            } else {
                try await body(world)
            }
        } catch {
            failure = error
        }
        await world.sandbox.stop()
        if let failure { throw failure }
    }

    /// Carries out what is started while `body` goes on.
    func serve(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [web] in try await web.services.runs.run() }
            var failure: (any Error)?
            do { try await body() } catch { failure = error }
            group.cancelAll()
            try await group.waitForAll()
            if let failure { throw failure }
        }
    }

    static var quick: Knobs {
        var knobs = Knobs()
        knobs.limits = false
        knobs.importDelay = 0
        knobs.processingRate = 0
        return knobs
    }

    /// People in the order of their ids; those who are not given are removed.
    static func load(_ addresses: [String], into web: WebWorld) throws {
        var text = "id,email,points\n"
        for (index, address) in addresses.enumerated() {
            text += "p\(index + 1),\"\(address.replacing("\"", with: "\"\""))\",10\n"
        }
        let file = web.folder.appending(path: "people.csv")
        try Data(text.utf8).write(to: file)
        var options = ImportOptions(key: "id")
        options.removeMissing = true
        options.kinds = ["points": .number]
        _ = try web.engine.importProfiles(
            try ImportFile(path: file.path()), options: options,
            now: Timestamp(milliseconds: WebWorld.start), progress: { _ in },
            isCancelled: { false })
    }

    /// Starts a run and waits for its end.
    func carryOut() async throws -> Run {
        let runs = web.services.runs
        let run = try runs.start(export.id, trigger: .onDemand, by: WebWorld.actor)
        for await _ in runs.updates(of: run.id) {}
        return try web.catalog.ledger.run(id: run.id)
    }

    func end(of run: Run) async throws -> Run {
        for await _ in web.services.runs.updates(of: run.id) {}
        return try web.catalog.ledger.run(id: run.id)
    }

    /// As many operations of each kind as a plan counts.
    private static func operations(of plan: PlanSummary) -> OperationList {
        var list = OperationList()
        let counts: [(OperationKind, Int)] = [
            (.enter, plan.enter), (.change, plan.change), (.retry, plan.retry),
            (.leave, plan.leave),
        ]
        for (kind, count) in counts {
            for number in 0..<count {
                Array("\(kind.word)\(number)@shop.test".utf8).withUnsafeBytes { key in
                    list.append(
                        OperationView(
                            kind: kind, key: key, profileID: key,
                            values: UnsafeRawBufferPointer(start: nil, count: 0)))
                }
            }
        }
        return list
    }

    /// A run with a stored plan, as if it were being sent, and nobody who sends it.
    func planned(
        _ change: (inout PlanSummary) -> Void = { _ in }
    ) throws -> Run {
        let catalog = web.catalog
        let run = try catalog.ledger.createRun(of: export, trigger: .schedule, by: WebWorld.actor)
        _ = try catalog.ledger.writePlan(of: run.id, export: export) { writer in
            var summary = PlanSummary()
            change(&summary)
            let operations = Self.operations(of: summary)
            if operations.count > 0 {
                try writer.store(PlanPacker.Packed(operations: operations, isRetry: false))
            }
            return summary
        }
        return try catalog.ledger.run(id: run.id)
    }
}
