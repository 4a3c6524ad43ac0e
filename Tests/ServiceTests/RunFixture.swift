import Access
import Exports
import Foundation
import Profiles
import Segments
import Store
import TestSupport
import Transport

@testable import Delivery

/// A catalog of its own with a connection, a segment and an export.
final class RunFixture: Sendable {
    static let actor = Actor(name: "test")

    let directory: URL
    let catalog: Catalog
    let export: Export
    let time = ManualTime()

    init(adjust: (inout Export) -> Void = { _ in }) throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("ferry-runs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        catalog = try Catalog(path: directory.appendingPathComponent("catalog.sqlite").path)
        let connection = try catalog.setup.add(
            NewConnection(
                name: "acme", destination: "activecampaign", host: "acme.example", sealedSecret: [],
                pace: QuotaLimits(
                    requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil),
                facts: AccountFacts(user: "u", contactsMax: nil, contacts: nil)),
            by: Self.actor)
        _ = try catalog.setup.addSegment(
            named: "All", definition: .dynamic(rule: "Email is not empty"), by: Self.actor)
        var export = Export(
            id: 0, name: "News", connection: connection.id,
            list: ListReference(id: "12", name: nil), segments: ["All"],
            mapping: Mapping(email: "Email"), onLeave: .unsubscribe, resubscribesRemoved: true)
        adjust(&export)
        self.export = try catalog.setup.add(export, by: Self.actor)
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    /// Another export to the same list.
    func addExport(_ name: String, adjust: (inout Export) -> Void = { _ in }) throws -> Export {
        var other = export
        other.name = name
        adjust(&other)
        return try catalog.setup.add(other, by: Self.actor)
    }

    /// A run that is sending batches of these operations; their numbers count from 1.
    func run(of export: Export? = nil, batches: [OperationList]) throws -> Run {
        let export = export ?? self.export
        let run = try catalog.ledger.createRun(of: export, trigger: .onDemand, by: Self.actor)
        _ = try catalog.ledger.writePlan(of: run.id, export: export) { writer in
            var packer = PlanPacker(wire: StubWire())
            for batch in batches {
                try batch.visit { (operation: OperationView) throws in
                    _ = try packer.add(.operation(operation, before: nil)) { try writer.store($0) }
                }
                try packer.finish { try writer.store($0) }
            }
            return packer.summary
        }
        try catalog.ledger.beginSending(run.id)
        return try catalog.ledger.run(id: run.id)
    }

    /// One whole run with one batch and this verdict.
    @discardableResult
    func carryOut(
        _ operations: OperationList, refused: [String: ReasonCode] = [:], of export: Export? = nil
    ) throws -> Run {
        let run = try run(of: export, batches: [operations])
        _ = try catalog.ledger.settle(BatchVerdict(number: 1, refused: refused), run: run)
        try catalog.ledger.end(run.id, state: .completed)
        return try catalog.ledger.run(id: run.id)
    }

    func account(_ destination: any Destination) -> Account {
        let calls = CallLog()
        let gate = AccountGate(
            transport: NoTransport(),
            pacer: Pacer(
                limits: PaceLimits(
                    requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil)),
            time: time.timekeeper)
        return Account(
            host: "acme.example", destination: destination, gate: gate, calls: calls, close: {})
    }
}

/// A line on which nothing is ever sent.
struct NoTransport: HTTPTransport {
    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        throw TransportError(.notConnected, "No line.", mayHaveArrived: false)
    }
}

extension OperationList {
    /// Operations of one kind for people of these keys.
    init(_ kind: OperationKind, _ keys: [String], values: [UInt8] = [1, 1, 0x41]) {
        self.init()
        for key in keys {
            Array(key.utf8).withUnsafeBytes { key in
                values.withUnsafeBytes { values in
                    append(
                        OperationView(kind: kind, key: key, profileID: key, values: values))
                }
            }
        }
    }
}
