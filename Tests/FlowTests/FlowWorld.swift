import Access
import ActiveCampaign
import Delivery
import Exports
import Foundation
import Profiles
import SQLiteEngine
import Sandbox
import Segments
import Store
import Synchronization
import TestSupport
import Transport

/// A whole Ferry in a temporary folder beside a real sandbox: real files, real SQLite, real HTTP.
final class FlowWorld: Sendable {
    let folder: URL
    let catalog: Catalog
    let engine: SQLiteProfileEngine
    let sandbox: SandboxServer
    let spy = Spy()
    /// Seconds pass fifty times faster, so that nothing waits for long.
    let time = Timekeeper.system(scale: 50)
    let actor = Actor(name: "test")

    static let secret = "key-that-must-not-be-seen-anywhere"

    init(_ knobs: Knobs) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID())")
        let directory = try DataDirectory(path: folder.path(), use: .changing(purpose: "test"))
        catalog = try Catalog(path: directory.catalogPath)
        engine = try SQLiteProfileEngine(path: directory.profilesPath)
        sandbox = try await SandboxServer.start(port: 0, knobs: knobs, apiKey: Self.secret)
    }

    /// Runs a test in a world and takes the world down whatever happens.
    static func with(
        _ knobs: Knobs = .quick, _ body: (FlowWorld) async throws -> Void
    ) async throws {
        let world = try await FlowWorld(knobs)
        do {
            try await body(world)
        } catch {
            await world.end()
            throw error
        }
        await world.end()
    }

    private func end() async {
        await sandbox.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: Profiles

    /// Imports people; those who are not given are removed.
    func load(_ people: [TestPerson]) throws {
        var text = "id,email,name,city,points,note\n"
        for person in people {
            text +=
                "\(person.id),\(person.email),\(person.name),\(person.city),\(person.points),private\n"
        }
        let file = folder.appending(path: "people.csv")
        try Data(text.utf8).write(to: file)
        var options = ImportOptions(key: "id")
        options.removeMissing = true
        options.kinds = ["city": .text, "name": .text, "points": .number]
        _ = try engine.importProfiles(
            try ImportFile(path: file.path()), options: options,
            now: Timestamp(milliseconds: time.now().milliseconds), progress: { _ in },
            isCancelled: { false })
    }

    // MARK: Exports

    /// An export of everyone with points, by the name "Everyone".
    func addExport(_ change: (inout Export) -> Void = { _ in }) throws -> Export {
        let connection = try catalog.setup.connections().first ?? addConnection()
        if try catalog.setup.segments().isEmpty {
            _ = try catalog.setup.addSegment(
                named: "With points", definition: .dynamic(rule: "points > 0"), by: actor)
        }
        var export = Export(
            id: 0, name: "Everyone", connection: connection.id,
            list: ListReference(id: "1", name: "Newsletter"), segments: ["With points"],
            mapping: Mapping(
                email: "email", firstName: "name",
                fields: [MappedField(id: "1", title: "Loyalty level", attribute: "city")]))
        change(&export)
        return try catalog.setup.add(export, by: actor)
    }

    private func addConnection() throws -> Connection {
        try catalog.setup.add(
            NewConnection(
                name: "Sandbox", destination: "activecampaign", host: "127.0.0.1:\(sandbox.port)",
                sealedSecret: [1, 2, 3],
                pace: QuotaLimits(
                    requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil),
                facts: AccountFacts(user: "admin", contactsMax: nil, contacts: nil)),
            by: actor)
    }

    // MARK: Runs

    func run(_ export: Export, approve: Bool = false, stop: StopSignal = StopSignal()) async throws
        -> Run
    {
        try await runner.run(export, request(approve: approve, stop: stop))
    }

    func request(approve: Bool = false, stop: StopSignal = StopSignal()) -> ExportRunner.Request {
        ExportRunner.Request(
            trigger: .onDemand, actor: actor, isApproved: approve, stop: stop, progress: { _ in })
    }

    var runner: ExportRunner {
        ExportRunner(
            catalog: catalog, engine: engine, time: time,
            openAccount: { [self] _, _ in try await openAccount() })
    }

    func openAccount() async throws -> Account {
        let live = try await LiveTransport(
            endpoint: LiveTransport.Endpoint(
                host: "127.0.0.1", port: sandbox.port, isSecure: false),
            secretHeaders: [("Api-Token", Self.secret)], allowsLoopback: true)
        let calls = CallLog()
        let gate = AccountGate(
            transport: SpyingTransport(live: live, spy: spy),
            pacer: Pacer(
                limits: PaceLimits(
                    requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil)),
            time: time, record: { calls.add($0) })
        return Account(
            host: "127.0.0.1:\(sandbox.port)",
            destination: ActiveCampaign(gate: gate, time: time), gate: gate, calls: calls,
            close: { await live.shutdown() })
    }

    /// Every person with an outcome in a run, by key; a key may stand for several profiles.
    func outcomes(of run: Run) throws -> [OutcomeEntry] {
        var entries: [OutcomeEntry] = []
        try catalog.ledger.forEachOutcome(ofRun: run.id) { entry in
            entries.append(entry)
            return true
        }
        return entries
    }
}

extension Knobs {
    /// An account without limits that does its work at once.
    static var quick: Knobs {
        var knobs = Knobs()
        knobs.limits = false
        knobs.importDelay = 0
        knobs.processingRate = 0
        return knobs
    }

    /// The same with something else about it.
    func with(_ change: (inout Knobs) -> Void) -> Knobs {
        var knobs = self
        change(&knobs)
        return knobs
    }
}

/// A customer of a test.
struct TestPerson: Sendable {
    let id: Int
    var email: String
    var name = "Ada"
    var city = "Oslo"
    var points = 10

    init(
        _ id: Int, email: String? = nil, name: String = "Ada", city: String = "Oslo",
        points: Int = 10
    ) {
        self.id = id
        self.email = email ?? "person\(id)@example.com"
        self.name = name
        self.city = city
        self.points = points
    }

    static func many(_ count: Int) -> [TestPerson] {
        (1...count).map { TestPerson($0) }
    }
}

/// Sees every request before it leaves, and may look into the databases while it does.
final class Spy: Sendable {
    struct Seen: Sendable {
        let method: String
        let path: String
        let body: [UInt8]
    }

    private let state = Mutex<(seen: [Seen], watch: (@Sendable (HTTPRequest) throws -> Void)?)>(
        ([], nil))

    var seen: [Seen] { state.withLock { $0.seen } }

    var imports: [Seen] { seen.filter { $0.method == "POST" && $0.path.hasSuffix("/bulk_import") } }

    /// Runs `watch` on every request.
    func watch(_ watch: @escaping @Sendable (HTTPRequest) throws -> Void) {
        state.withLock { $0.watch = watch }
    }

    fileprivate func see(_ request: HTTPRequest) throws {
        let watch = state.withLock { state in
            state.seen.append(
                Seen(method: request.method.rawValue, path: request.path, body: request.body ?? []))
            return state.watch
        }
        try watch?(request)
    }
}

private struct SpyingTransport: HTTPTransport {
    let live: LiveTransport
    let spy: Spy

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try spy.see(request)
        return try await live.send(request)
    }
}
