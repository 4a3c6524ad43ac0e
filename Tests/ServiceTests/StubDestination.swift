import Exports
import Profiles
import Synchronization
import TestSupport

/// An account whose every answer a test decides; what is not decided answers as a healthy account would.
final class StubDestination: Destination {
    var descriptor: DestinationDescriptor { .plain }

    typealias Standings = @Sendable ([String]) throws(DestinationError) -> [String: Standing]

    private let standings: Standings
    private let resubscription: @Sendable (String) throws(DestinationError) -> Bool
    /// Whom the importer names as failed, in every batch.
    private let failed: [String]
    /// Imports that the account says are under way.
    private let outstanding: @Sendable () -> Int
    /// Told of every batch.
    private let delivering: @Sendable () -> Void
    private let putBack = Mutex<[String]>([])

    init(
        standings: @escaping Standings = { _ in [:] },
        resubscription: @escaping @Sendable (String) throws(DestinationError) -> Bool = { _ in true
        },
        failed: [String] = [],
        outstanding: @escaping @Sendable () -> Int = { 0 },
        delivering: @escaping @Sendable () -> Void = {}
    ) {
        self.failed = failed
        self.outstanding = outstanding
        self.delivering = delivering
        self.standings = standings
        self.resubscription = resubscription
    }

    /// Everyone who was to be put back on a list, in order.
    var resubscribed: [String] { putBack.withLock { $0 } }

    func wireFormat(for export: Export) -> any WireFormat { StubWire() }

    func check() async throws(DestinationError) -> AccountFacts {
        AccountFacts(user: "stub", contactsMax: nil, contacts: nil)
    }

    func lists() async throws(DestinationError) -> [DestinationList] {
        [DestinationList(id: "12", name: "All"), DestinationList(id: "13", name: "Others")]
    }

    func fields() async throws(DestinationError) -> [DestinationField] { [] }

    func deliver(
        _ operations: OperationList, wire: any WireFormat
    ) async throws(DestinationError) -> DeliveryAnswer {
        delivering()
        return .accepted(Receipt(token: "token", queued: operations.count))
    }

    func confirm(_ receipt: Receipt) async throws(DestinationError) -> Exports.Confirmation {
        .settled(failed: failed, succeededCount: nil)
    }

    func outstandingBatches() async throws(DestinationError) -> Int { outstanding() }

    func standing(
        of keys: [String], list: String
    ) async throws(DestinationError) -> [String: Standing] {
        try standings(keys)
    }

    func resubscribe(
        _ key: String, list: String, removedAt: Timestamp
    ) async throws(DestinationError) -> Bool {
        putBack.withLock { $0.append(key) }
        return try resubscription(key)
    }
}

struct StubWire: WireFormat {
    let limits = BatchLimits(operationsMax: 250, bytesMax: 399_999, envelopeBytes: 2)

    func append(_ operation: OperationView, to body: inout [UInt8]) {
        body.append(contentsOf: operation.key)
    }

    func body(of operations: OperationList) -> [UInt8] { operations.bytes }
}
