import Access
import Exports
import Foundation
import Logging
import Profiles
import SQLiteEngine
import Segments
import Store
import TestSupport
import Testing
import Transport

@testable import Acts
@testable import Delivery

/// Rehearsals beside a run fixture, with real profiles and an account that a test decides.
struct RehearsalWorld {
    let fixture: RunFixture
    let export: Export
    let engine: SQLiteProfileEngine
    private let make: @Sendable () -> Rehearsals
    static let actor = Actor(name: "ada")

    init(
        people: [String],
        account: @escaping @Sendable () throws -> any Destination = {
            StubDestination()
        }, patience: Duration = .seconds(30), adjust: (inout Export) -> Void = { _ in }
    ) throws {
        let fixture = try RunFixture()
        self.fixture = fixture
        _ = try fixture.catalog.setup.addSegment(
            named: "Everyone", definition: .dynamic(rule: "Name is not empty"), by: Self.actor)
        export = try fixture.addExport("People") { export in
            export.segments = ["Everyone"]
            export.mapping = Mapping(
                email: "Email", firstName: "Name",
                fields: [MappedField(id: "7", title: "Favourite <b>city</b>", attribute: "City")])
            adjust(&export)
        }
        let path = fixture.directory.path
        let engine = try SQLiteProfileEngine(path: path + "/profiles.sqlite")
        self.engine = engine
        make = {
            Rehearsals(
                catalog: fixture.catalog, engine: engine,
                accounts: Accounts(
                    destinations: .plain, allowsLoopback: true,
                    open: { _, _ in fixture.account(try account()) },
                    openNew: { _ in fixture.account(try account()) }, seal: { _ in [] },
                    settings: { connection in
                        AccountSettings(
                            destination: connection.destination, host: connection.host, secrets: [:]
                        )
                    }), time: .system(), directory: path,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                patience: patience)
        }
        try load(people)
    }

    /// Lines of `id,Email,Name,City`.
    func load(_ people: [String]) throws {
        let file = fixture.directory.appending(path: "people.csv")
        let text = (["id,Email,Name,City"] + people).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: file)
        var options = ImportOptions(key: "id")
        options.removeMissing = true
        options.kinds = ["Email": .text, "Name": .text, "City": .text]
        _ = try engine.importProfiles(
            try ImportFile(path: file.path()), options: options,
            now: Timestamp(milliseconds: 1_767_600_000_000), progress: { _ in },
            isCancelled: { false })
    }

    /// Makes the plan a run and lets the account take everyone.
    func deliver() throws {
        let run = try fixture.catalog.ledger.createRun(
            of: export, trigger: .onDemand, by: Self.actor)
        _ = try Planner(
            catalog: fixture.catalog, engine: engine,
            moment: Timestamp(milliseconds: 1_767_600_000_000)
        ).plan(run.id, of: export, wire: StubWire())
        try fixture.catalog.ledger.beginSending(run.id)
        let stored = try fixture.catalog.ledger.run(id: run.id)
        for number in 1...(stored.plan?.batches ?? 1) {
            _ = try fixture.catalog.ledger.settle(
                BatchVerdict(number: number, refused: [:]), run: stored)
        }
        try fixture.catalog.ledger.end(run.id, state: .completed)
    }

    /// Rehearsals that nobody carries out.
    func rehearsals() -> Rehearsals { make() }

    /// Carries rehearsals out while `body` goes on.
    func carryingOut<Value: Sendable>(
        _ body: (Rehearsals) async throws -> Value
    ) async throws -> Value {
        let rehearsals = make()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await rehearsals.run() }
            let value = try await body(rehearsals)
            group.cancelAll()
            return value
        }
    }

    func rehearse(_ export: Export? = nil) async throws -> Rehearsal {
        try await carryingOut { rehearsals in
            try await rehearsals.ended(rehearsals.start(export ?? self.export, by: Self.actor))
        }
    }

    func report() async throws -> RehearsalReport {
        let state = try await rehearse().state
        guard case .done(let report) = state else {
            Issue.record("\(state)")
            throw CancellationError()
        }
        return report
    }

    func file() async throws -> String {
        try await carryingOut { rehearsals in
            var bytes: [UInt8] = []
            let download = try rehearsals.download(export) {
                $0.joined(separator: "|") + "\n"
            }
            for try await piece in download { bytes += piece }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

extension Rehearsals {
    /// A rehearsal that has come to its end.
    fileprivate func ended(_ id: Rehearsal.ID) async throws -> Rehearsal {
        try await eventually { self.rehearsal(id)?.isUnderWay != true }
        return try #require(self.rehearsal(id))
    }
}

struct RehearsalTests {
    private func failure(_ state: Rehearsal.State) -> String? {
        if case .failed(let reason, _) = state { reason } else { nil }
    }

    @Test func `rows show the values delivered before and those that would be sent`() async throws {
        let world = try RehearsalWorld(people: [
            "1,ada@example.com,Ada,Oslo", "2,bob@example.com,Bob,Rome", "3,cy@example.com,Cy,Bonn",
        ])
        try world.deliver()
        try world.load([
            "1,ada@example.com,Ada,Bergen", "2,bob@example.com,Bob,", "4,dan@example.com,Dan,Ulm",
            "5,,Eve,Ulm", "6,DAN@example.com,Dan,Ulm",
        ])
        let report = try await world.report()
        #expect(report.summary.enter == 1)
        #expect(report.summary.change == 2)
        #expect(report.summary.leave == 1)
        #expect(report.summary.suppressedTotal == 2)

        let changed = try #require(report.rows[.change])
        #expect(changed.map(\.key) == ["ada@example.com", "bob@example.com"])
        #expect(changed[0].values.map(\.title) == ["first name", "Favourite <b>city</b>"])
        #expect(changed[0].values.map(\.before) == ["Ada", "Oslo"])
        #expect(changed[0].values.map(\.after) == ["Ada", "Bergen"])
        #expect(changed[0].values.map(\.isChanged) == [false, true])
        #expect(changed[1].values.map(\.before) == ["Bob", "Rome"])
        #expect(changed[1].values.map(\.after) == ["Bob", nil])

        #expect(report.rows[.enter]?.map(\.key) == ["dan@example.com"])
        #expect(report.rows[.enter]?.first?.values.map(\.before) == [nil, nil])
        #expect(report.rows[.leave]?.map(\.key) == ["cy@example.com"])
        #expect(report.rows[.leave]?.first?.values == [])
        let suppressed = try #require(report.rows[.suppressed])
        #expect(suppressed.map(\.reason) == [.noEmail, .duplicateEmail])
        #expect(suppressed.map(\.profileID) == ["5", "6"])
        #expect(suppressed.map(\.winner) == [nil, "4"])
    }

    @Test func `a leaver shows what the field becomes and nothing else`() async throws {
        let world = try RehearsalWorld(
            people: ["1,ada@example.com,Ada,Oslo"],
            adjust: {
                $0.onLeave = .field(id: "9", inside: "in", outside: "out")
            })
        try world.deliver()
        try world.load(["2,bob@example.com,Bob,Rome"])
        let leaver = try #require(try await world.report().rows[.leave]?.first)
        #expect(
            leaver.values == [
                RehearsalRow.Value(
                    target: .field("9"), title: "field 9", before: "in", after: "out")
            ])
    }

    @Test func `a report keeps the first rows and counts all, a download has all`() async throws {
        let people = (1...450).map { "\($0),p\($0)@example.com,Ada,Oslo" }
        let world = try RehearsalWorld(people: people)
        let report = try await world.report()
        #expect(report.summary.enter == 450)
        #expect(report.rows[.enter]?.count == RehearsalReport.rowsMax)
        #expect(report.count(.enter) == 450)
        let lines = try await world.file().split(separator: "\n")
        #expect(lines.first == "group|email|profile|reason|winner|changes")
        #expect(lines.count == 451)
        #expect(Set(lines.dropFirst().map { $0.split(separator: "|")[1] }).count == 450)
        let left = try FileManager.default.contentsOfDirectory(atPath: world.fixture.directory.path)
        #expect(left.filter { $0.hasSuffix(".tmp") } == [])
    }

    @Test func `a plan longer than a piece of a file comes whole and in order`() async throws {
        let city = String(repeating: "long ", count: 200)
        let people = (1...300).map { "\($0),p\(1_000 + $0)@example.com,Ada,\(city)" }
        let world = try RehearsalWorld(people: people)
        let text = try await world.file()
        #expect(text.utf8.count > 4 << 16)
        let keys = text.split(separator: "\n").dropFirst().map { $0.split(separator: "|")[1] }
        #expect(keys == (1...300).map { "p\(1_000 + $0)@example.com" })
    }

    @Test func `a value is cut off where it is too long for a page`() async throws {
        let city = String(repeating: "x", count: 5_000)
        let world = try RehearsalWorld(people: ["1,ada@example.com,Ada,\(city)"])
        let row = try #require(try await world.report().rows[.enter]?.first)
        #expect(row.values[1].after?.count == RehearsalRow.valueLengthMax + 1)
        #expect(row.values[1].after?.hasSuffix("x…") == true)
    }

    @Test func `what cannot be planned says why`() async throws {
        let world = try RehearsalWorld(people: ["1,ada@example.com,Ada,Oslo"])
        var export = world.export
        export.connection = nil
        #expect(failure(try await world.rehearse(export).state) == "no-connection")
        export = world.export
        export.segments = ["Nobody"]
        #expect(failure(try await world.rehearse(export).state) == "segment-missing")
        export = world.export
        export.mapping.firstName = "Shoe size"
        #expect(failure(try await world.rehearse(export).state) == "attribute-missing")
    }

    @Test func `the account tells how many would not fit`() async throws {
        let world = try RehearsalWorld(
            people: (1...5).map { "\($0),p\($0)@example.com,Ada,Oslo" },
            account: {
                StubAccount(answer: .success(.init(user: "u", contactsMax: 10, contacts: 7)))
            }
        )
        let forecast = try await world.report().forecast
        #expect(forecast.contacts?.wouldNotFit == 2)
        #expect(forecast.contacts?.max == 10)
        #expect(forecast.trouble == nil)
        #expect(forecast.requests == 1)
    }

    @Test func `an account that cannot be reached is said and hinders no plan`() async throws {
        let world = try RehearsalWorld(
            people: ["1,ada@example.com,Ada,Oslo"],
            account: { StubAccount(answer: .failure(DestinationError(.keyRefused))) })
        let report = try await world.report()
        #expect(report.summary.enter == 1)
        #expect(report.forecast.trouble?.code == "key-refused")
        #expect(report.forecast.contacts == nil)
    }

    @Test func `an account that does not answer is not waited for longer than allowed`()
        async throws
    {
        let world = try RehearsalWorld(
            people: ["1,ada@example.com,Ada,Oslo"], account: { StubAccount(answer: nil) },
            patience: .zero)
        let report = try await world.report()
        #expect(report.summary.enter == 1)
        #expect(report.forecast.trouble?.code == "destination-unreachable")
    }

    @Test func `a cancelled rehearsal stays cancelled`() async throws {
        let world = try RehearsalWorld(
            people: ["1,ada@example.com,Ada,Oslo"], account: { StubAccount(answer: nil) })
        let rehearsal = try await world.carryingOut { rehearsals in
            let id = rehearsals.start(world.export, by: RehearsalWorld.actor)
            rehearsals.cancel(id)
            rehearsals.cancel("nothing of that name")
            // Downloads wait in the same line: when one is through, the first has had its turn.
            for try await _ in try rehearsals.download(world.export, encode: { $0.joined() }) {}
            return try await rehearsals.ended(id)
        }
        guard case .cancelled = rehearsal.state else {
            Issue.record("\(rehearsal.state)")
            return
        }
    }

    @Test func `a plan under way ends when it is cancelled`() async throws {
        // The planner looks at cancellation every 10,000 members.
        let people = (1...25_000).map { "\($0),p\($0)@example.com,Ada,Oslo" }
        let world = try RehearsalWorld(people: people)
        let planner = Planner(
            catalog: world.fixture.catalog, engine: world.engine,
            moment: Timestamp(milliseconds: 1_767_600_000_000))
        let stop = StopSignal()
        var seen = 0
        #expect(throws: CancellationError.self) {
            _ = try planner.rehearse(
                world.export, wire: StubWire(),
                watch: Planner.Watch(
                    progress: { _ in stop.request() }, isCancelled: { stop.isRequested }),
                observe: { _ in seen += 1 })
        }
        #expect(seen <= 20_000)
    }

    @Test func `a download that nobody reads is given up`() async throws {
        let world = try RehearsalWorld(people: ["1,ada@example.com,Ada,Oslo"])
        try await world.carryingOut { rehearsals in
            _ = try rehearsals.download(world.export) { _ in
                Issue.record("Somebody planned for nobody.")
                return ""
            }
            _ = try await rehearsals.ended(
                rehearsals.start(world.export, by: RehearsalWorld.actor))
        }
    }

    @Test func `asking again while one is under way answers the same`() throws {
        let world = try RehearsalWorld(people: ["1,ada@example.com,Ada,Oslo"])
        let rehearsals = world.rehearsals()
        let first = rehearsals.start(world.export, by: RehearsalWorld.actor)
        #expect(rehearsals.start(world.export, by: RehearsalWorld.actor) == first)
        #expect(rehearsals.start(world.export, by: Actor(name: "bob")) != first)
        rehearsals.cancel(first)
        #expect(rehearsals.start(world.export, by: RehearsalWorld.actor) != first)
    }

    @Test func `only the newest are kept`() throws {
        let world = try RehearsalWorld(people: ["1,ada@example.com,Ada,Oslo"])
        let rehearsals = world.rehearsals()
        let ids = (0...Rehearsals.keptMax).map {
            rehearsals.start(world.export, by: Actor(name: "user-\($0)"))
        }
        #expect(rehearsals.rehearsal(ids[0]) == nil)
        #expect(ids.dropFirst().allSatisfy { rehearsals.rehearsal($0) != nil })
    }

    @Test func `R7: the largest run ends well within 90 minutes at the vendor's limits`() {
        var summary = PlanSummary()
        summary.batches = Export.peopleMaxDefault / 250
        let pace = QuotaLimits(
            requestsPerSecond: 5, importsPerMinute: 100, singleImportsPerMinute: 20)
        #expect(summary.seconds(at: pace, of: .plain) < 45 * 60)
        #expect(summary.seconds(at: pace, of: .plain) > 39 * 60)
    }

    @Test func `the minutes are those of the account's limits`() {
        var summary = PlanSummary()
        summary.batches = 205
        let pace = QuotaLimits(
            requestsPerSecond: 5, importsPerMinute: 100, singleImportsPerMinute: 20)
        #expect(summary.seconds(at: pace, of: .plain) == 121)
        summary.batches = 21
        summary.singleBatches = 21
        #expect(summary.seconds(at: pace, of: .plain) == 60.2)
        summary = PlanSummary()
        #expect(summary.seconds(at: pace, of: .plain) == 0)
    }
}

/// An account that says of itself what a test wants; nil never answers.
struct StubAccount: Destination {
    var descriptor: DestinationDescriptor { .plain }

    let answer: Result<AccountFacts, DestinationError>?
    private let rest = StubDestination()

    init(answer: Result<AccountFacts, DestinationError>?) {
        self.answer = answer
    }

    func check() async throws(DestinationError) -> AccountFacts {
        if let answer { return try answer.get() }
        // Sleeping ends early only when it is cancelled, and then there is nothing to do.
        try? await Task.sleep(for: .seconds(3_600))
        throw DestinationError(.unavailable)
    }

    func wireFormat(for export: Export) -> any WireFormat { rest.wireFormat(for: export) }
    func lists() async throws(DestinationError) -> [DestinationList] { [] }
    func fields() async throws(DestinationError) -> [DestinationField] { [] }
    func deliver(
        _ operations: OperationList, wire: any WireFormat
    ) async throws(DestinationError) -> DeliveryAnswer { .notTaken(detail: "A rehearsal sends.") }
    func confirm(_ receipt: Receipt) async throws(DestinationError) -> Exports.Confirmation {
        .notYet
    }
    func outstandingBatches() async throws(DestinationError) -> Int { 0 }
    func standing(
        of keys: [String], list: String
    ) async throws(DestinationError) -> [String: Standing] { [:] }
    func resubscribe(
        _ key: String, list: String, removedAt: Timestamp
    ) async throws(DestinationError) -> Bool { false }
}
