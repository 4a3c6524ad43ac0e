import Access
import Exports
import Foundation
import Logging
import Profiles
import SQLiteEngine
import Segments
import Store
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Delivery
@testable import Service

/// A run center over real databases and an account that a test can make wait.
final class CenterWorld: Sendable {
    let folder: URL
    let catalog: Catalog
    let engine: SQLiteProfileEngine
    let destination = PatientDestination()
    let time = Timekeeper.system(scale: 50)
    let connection: Connection

    static let actor = Actor(name: "cli:test")

    init(connectedBy actor: Actor = CenterWorld.actor) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ferry-center-\(UUID())")
        let directory = try DataDirectory(path: folder.path(), use: .changing(purpose: "test"))
        catalog = try Catalog(path: directory.catalogPath)
        engine = try SQLiteProfileEngine(path: directory.profilesPath)
        connection = try catalog.setup.add(
            NewConnection(
                name: "acme", destination: "activecampaign", host: "acme.example", sealedSecret: [],
                pace: QuotaLimits(
                    requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil),
                facts: AccountFacts(user: "u", contactsMax: nil, contacts: nil)),
            by: actor)
        _ = try catalog.setup.addSegment(
            named: "With points", definition: .dynamic(rule: "points > 0"), by: Self.actor)
        _ = try catalog.setup.addSegment(
            named: "Everyone", definition: .dynamic(rule: "points >= 0"), by: Self.actor)
        try load(10)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// People 1 to `count`; those up to `without` have no points.
    func load(_ count: Int, without: Int = 0) throws {
        var text = "id,email,points\n"
        for id in 1...count { text += "\(id),p\(id)@shop.test,\(id <= without ? 0 : 5)\n" }
        let file = folder.appending(path: "people.csv")
        try Data(text.utf8).write(to: file)
        var options = ImportOptions(key: "id")
        options.removeMissing = true
        options.kinds = ["points": .number]
        _ = try engine.importProfiles(
            try ImportFile(path: file.path()), options: options,
            now: Timestamp(milliseconds: time.now().milliseconds), progress: { _ in },
            isCancelled: { false })
    }

    func addExport(_ name: String, segment: String = "With points") throws -> Export {
        try catalog.setup.add(
            Export(
                id: 0, name: name, connection: connection.id,
                list: ListReference(id: "12", name: nil), segments: [segment],
                mapping: Mapping(email: "email"), onLeave: .unsubscribe), by: Self.actor)
    }

    func center() -> RunCenter {
        let runner = ExportRunner(
            catalog: catalog, engine: engine, time: time,
            openAccount: { [self] connection, _ in
                let gate = AccountGate(
                    transport: NoTransport(),
                    pacer: Pacer(
                        limits: PaceLimits(
                            requestsPerSecond: nil, importsPerMinute: nil,
                            singleImportsPerMinute: nil)), time: time)
                return Account(
                    host: connection.host, destination: destination, gate: gate, calls: CallLog(),
                    close: {})
            })
        return RunCenter(
            runner: runner,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Lets a center live as long as `body`, as the service does.
    func serve(_ center: RunCenter, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await center.run() }
            do {
                try await body()
            } catch {
                destination.open()
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Starts an export and waits for the end of its run.
    func carryOut(_ export: Export, _ center: RunCenter) async throws -> Run {
        let run = try center.start(export.id, trigger: .onDemand, by: Self.actor)
        return try await end(of: run, center)
    }

    /// A run that has its last state and is not closed, as a crash leaves a large one.
    func leaveUnclosed(_ export: Export) throws -> Run {
        try load(5_000)
        let run = try catalog.ledger.createRun(of: export, trigger: .onDemand, by: Self.actor)
        let planner = Planner(
            catalog: catalog, engine: engine,
            moment: Timestamp(milliseconds: time.now().milliseconds))
        _ = try planner.plan(run.id, of: export, wire: StubWire())
        try #require(try !catalog.ledger.beginEnd(run.id, state: .failed))
        return try catalog.ledger.run(id: run.id)
    }

    func end(of run: Run, _ center: RunCenter) async throws -> Run {
        for await _ in center.updates(of: run.id) {}
        return try catalog.ledger.run(id: run.id)
    }

    /// Waits until a run has come so far.
    func reach(
        _ run: Run, _ center: RunCenter, _ isReached: (RunProgress) -> Bool
    ) async {
        for await progress in center.updates(of: run.id) where isReached(progress) { return }
    }
}

/// An account that takes everything, and lets imports wait as long as its door is closed.
final class PatientDestination: Destination {
    var descriptor: DestinationDescriptor { .plain }

    private struct State {
        var isOpen = true
        var waiting: [CheckedContinuation<Void, Never>] = []
        var unsubscribed: Set<String> = []
        var taken: Set<String> = []
    }

    private let state = Mutex(State())

    var unsubscribed: Set<String> { state.withLock { $0.unsubscribed } }
    var taken: Set<String> { state.withLock { $0.taken } }

    func close() { state.withLock { $0.isOpen = false } }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    func wireFormat(for export: Export) -> any WireFormat { StubWire() }

    func check() async throws(DestinationError) -> AccountFacts {
        AccountFacts(user: "stub", contactsMax: nil, contacts: nil)
    }

    func lists() async throws(DestinationError) -> [DestinationList] {
        [DestinationList(id: "12", name: "All")]
    }

    func fields() async throws(DestinationError) -> [DestinationField] { [] }

    func deliver(
        _ operations: OperationList, wire: any WireFormat
    ) async throws(DestinationError) -> DeliveryAnswer {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if goesOn { continuation.resume() }
        }
        if Task.isCancelled { return .unclear(detail: "Given up.") }
        let count = operations.count
        state.withLock { state in
            operations.visit { (operation: OperationView) in
                if operation.kind == .leave {
                    state.unsubscribed.insert(operation.keyText)
                } else {
                    state.taken.insert(operation.keyText)
                }
            }
        }
        return .accepted(Receipt(token: "token", queued: count))
    }

    func confirm(_ receipt: Receipt) async throws(DestinationError) -> Exports.Confirmation {
        .settled(failed: [], succeededCount: nil)
    }

    func outstandingBatches() async throws(DestinationError) -> Int { 0 }

    func standing(
        of keys: [String], list: String
    ) async throws(DestinationError) -> [String: Standing] { [:] }

    func resubscribe(
        _ key: String, list: String, removedAt: Timestamp
    ) async throws(DestinationError) -> Bool { false }
}
