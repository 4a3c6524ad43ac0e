import Access
import Exports
import Foundation
import Profiles
import SQLiteEngine
import Store
import Synchronization
import TestSupport
import Testing

@testable import Acts
@testable import Delivery
@testable import Transport

/// What a check of an account makes of the trouble it meets.
struct ConnectionDeskTests {
    private let fixture: RunFixture
    private let connection: Connection

    init() throws {
        fixture = try RunFixture()
        connection = try fixture.catalog.setup.connection(named: "acme")
    }

    private func desk(
        _ destination: CheckedDestination, patience: Duration = .seconds(60),
        opening: @escaping @Sendable () throws -> Void = {}
    ) -> ConnectionDesk {
        let open: @Sendable () throws -> Account = {
            try opening()
            return Account(
                host: "acme.example", destination: destination,
                gate: AccountGate(
                    transport: NoTransport(),
                    pacer: Pacer(
                        limits: PaceLimits(
                            requestsPerSecond: nil, importsPerMinute: nil,
                            singleImportsPerMinute: nil)),
                    time: fixture.time.timekeeper),
                calls: destination.calls, close: { destination.close() })
        }
        return ConnectionDesk(
            accounts: Accounts(
                destinations: .plain, allowsLoopback: true,
                open: { _, _ in try open() }, openNew: { _ in try open() }, seal: { _ in [] },
                settings: { connection in
                    AccountSettings(
                        destination: connection.destination, host: connection.host, secrets: [:])
                }),
            catalog: fixture.catalog, patience: patience)
    }

    @Test func `an account that answers and lets import works`() async throws {
        let destination = CheckedDestination()
        let facts = AccountFacts(user: "stub", contactsMax: nil, contacts: nil)
        #expect(await desk(destination).check(Self.settings) == .works(facts))
        #expect(destination.wasClosed)
    }

    private static let settings = AccountSettings(
        destination: "activecampaign", host: "acme.example", secrets: ["apiKey": "k"])

    private static let errors: [(DestinationError, ConnectionTrouble)] = [
        (DestinationError(.unreachable, cause: .hostNotFound), .hostNotFound),
        (DestinationError(.unreachable, cause: .addressForbidden), .hostPrivate),
        (DestinationError(.unreachable, cause: .tls), .tls),
        (DestinationError(.unavailable, cause: .notConnected), .connectionFailed),
        (DestinationError(.unavailable, cause: .cut), .connectionFailed),
        (DestinationError(.unavailable, cause: .timeout), .timedOut),
        (DestinationError(.unavailable, cause: .rateLimited), .rateLimited),
        (DestinationError(.unavailable, cause: .serverTrouble), .unavailable),
        (DestinationError(.notThisProduct), .notThisProduct),
        (DestinationError(.notFound), .notThisProduct),
        (DestinationError(.keyRefused), .keyRefused),
        (DestinationError(.keyRefused, cause: .noImportRight), .noImportRight),
        (DestinationError(.accountInactive), .accountInactive),
        (DestinationError(.refusedRequest), .unavailable),
    ]

    @Test(arguments: errors.indices)
    func `R3: every trouble that can be told apart is told apart, and kept`(
        index: Int
    ) async throws {
        let (error, trouble) = Self.errors[index]
        let destination = CheckedDestination(error: error)
        let result = try await desk(destination).checkAgain(connection)
        #expect(result == .fails(trouble, Remark(error)))
        #expect(destination.wasClosed)
        let stored = try fixture.catalog.setup.requireConnection(id: connection.id)
        #expect(stored.checkCode == trouble.rawValue)
        #expect(stored.facts == connection.facts)
        _ = try await desk(CheckedDestination()).checkAgain(connection)
        #expect(try fixture.catalog.setup.requireConnection(id: connection.id).checkCode == nil)
    }

    @Test func `a key that may not import is found out before anything is imported`()
        async throws
    {
        let error = DestinationError(.keyRefused, cause: .noImportRight)
        let destination = CheckedDestination(importError: error)
        let result = await desk(destination).check(Self.settings)
        #expect(result == .fails(.noImportRight, Remark(error)))
    }

    @Test(arguments: [
        (TransportError.Code.hostNotFound, ConnectionTrouble.hostNotFound),
        (.addressForbidden, .hostPrivate),
    ])
    func `a host is looked at before a key travels`(
        code: TransportError.Code, trouble: ConnectionTrouble
    ) async throws {
        let desk = desk(
            CheckedDestination(),
            opening: { throw TransportError(code, "No way.", mayHaveArrived: false) })
        #expect(
            await desk.check(Self.settings)
                == .fails(
                    trouble,
                    Remark(
                        "account-destination-unreachable", ["what": .word(code.rawValue)])))
    }

    @Test func `a key sealed by another master key is told`() async throws {
        let desk = desk(
            CheckedDestination(), opening: { throw MasterKey.SealError("Cannot be opened.") })
        #expect(
            try await desk.checkAgain(connection)
                == .fails(.keyUnreadable, Remark("secret-unreadable", [:])))
    }

    @Test(arguments: [
        (Int?.none, ConnectionTrouble.timedOut), (429, .rateLimited), (502, .unavailable),
    ])
    func `who does not come to an end is given up, with the last answer as the reason`(
        status: Int?, trouble: ConnectionTrouble
    ) async throws {
        let destination = CheckedDestination(hangsAfter: status)
        let result = await desk(destination, patience: .zero)
            .check(Self.settings)
        guard case .fails(trouble, _) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(destination.wasClosed)
    }

    // MARK: The export user (D15)

    @Test func `a run on whose behalf nobody may act any more fails with that reason`()
        async throws
    {
        let catalog = fixture.catalog
        try catalog.setup.setExportUser(
            Actor(user: "gone"), ofConnection: connection.id, by: RunFixture.actor)
        let run = try fixture.run(batches: [])
        let runner = ExportRunner(
            catalog: catalog,
            engine: try SQLiteProfileEngine(
                path: fixture.directory.appending(path: "profiles.sqlite").path()),
            time: fixture.time.timekeeper,
            openAccount: { _, _ in throw DestinationError(.unreachable) })
        let ended = try await runner.resume(
            run,
            ExportRunner.Request(
                trigger: .onDemand, actor: RunFixture.actor, isApproved: true,
                stop: StopSignal(), progress: { _ in }))
        #expect(ended.state == .failed)
        #expect(ended.reason == "export-user-gone")
    }
}

/// An account that says one thing when it is checked.
private final class CheckedDestination: Destination {
    var descriptor: DestinationDescriptor { .plain }

    let calls = CallLog()
    private let stub = StubDestination()
    private let error: DestinationError?
    private let importError: DestinationError?
    private let hangs: Bool
    private let closed = Mutex(false)

    init(error: DestinationError? = nil, importError: DestinationError? = nil) {
        self.error = error
        self.importError = importError
        hangs = false
    }

    /// Never answers the check; its last call had this status.
    init(hangsAfter status: Int?) {
        error = nil
        importError = nil
        hangs = true
        calls.add(
            CallRecord(
                kind: .general, method: "GET", path: "/", startedAt: .zero, endedAt: .zero,
                status: status, pause: nil))
    }

    var wasClosed: Bool { closed.withLock { $0 } }

    func close() { closed.withLock { $0 = true } }

    func check() async throws(DestinationError) -> AccountFacts {
        if hangs {
            do {
                try await Task.sleep(for: .seconds(3_600))
            } catch {
                throw DestinationError(.unavailable)
            }
        }
        if let error { throw error }
        return try await stub.check()
    }

    func checkImportRight() async throws(DestinationError) {
        if let importError { throw importError }
    }

    func wireFormat(for export: Export) -> any WireFormat { stub.wireFormat(for: export) }

    func lists() async throws(DestinationError) -> [DestinationList] { try await stub.lists() }

    func fields() async throws(DestinationError) -> [DestinationField] {
        try await stub.fields()
    }

    func deliver(
        _ operations: OperationList, wire: any WireFormat
    ) async throws(DestinationError) -> DeliveryAnswer {
        try await stub.deliver(operations, wire: wire)
    }

    func confirm(_ receipt: Receipt) async throws(DestinationError) -> Exports.Confirmation {
        try await stub.confirm(receipt)
    }

    func outstandingBatches() async throws(DestinationError) -> Int { 0 }

    func standing(
        of keys: [String], list: String
    ) async throws(DestinationError) -> [String: Standing] { [:] }

    func resubscribe(
        _ key: String, list: String, removedAt: Timestamp
    ) async throws(DestinationError) -> Bool { false }
}
