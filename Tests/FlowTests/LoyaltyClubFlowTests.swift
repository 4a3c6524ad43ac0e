import Access
import Acts
import Delivery
import Exports
import Foundation
import Logging
import LoyaltyClub
import Profiles
import SQLiteEngine
import Segments
import Store
import TestSupport
import Testing
import Transport

/// Everything that sends people, with a destination that has no lists, no addresses and no batches to ask about.
struct LoyaltyClubFlowTests {
    /// A Ferry in a temporary folder beside a club in memory.
    private final class World: Sendable {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID())")
        let catalog: Catalog
        let engine: SQLiteProfileEngine
        let club = ClubAccount()
        let time = Timekeeper.system(scale: 50)
        let actor = Actor(name: "test")
        let export: Export

        init(limit: Int = 5_000) throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            catalog = try Catalog(path: folder.appending(path: "catalog.sqlite").path)
            engine = try SQLiteProfileEngine(
                path: folder.appending(path: "profiles.sqlite").path)
            let connection = try catalog.setup.add(
                NewConnection(
                    name: "Club", destination: LoyaltyClub.descriptor.id,
                    host: "gold.club.example", settings: ["program": "gold"], sealedSecret: [1],
                    pace: LoyaltyClub.descriptor.limits,
                    facts: AccountFacts(user: "u", contactsMax: nil, contacts: nil)),
                by: actor)
            _ = try catalog.setup.addSegment(
                named: "All", definition: .dynamic(rule: "points > 0"), by: actor)
            export = try catalog.setup.add(
                Export(
                    id: 0, name: "Members", connection: connection.id,
                    list: ListReference(id: "", name: nil), segments: ["All"],
                    mapping: Mapping(email: "number", firstName: "name"),
                    onLeave: .field(id: "tier", inside: "in", outside: "out"),
                    peopleMax: limit, holdShare: 1), by: actor)
        }

        deinit {
            // A folder that stays behind in the temporary folder does no harm.
            try? FileManager.default.removeItem(at: folder)
        }

        func load(_ numbers: [String]) throws {
            let lines = numbers.enumerated().map { "\($0),\($1),Zoë,5" }
            let file = folder.appending(path: "people.csv")
            try Data("id,number,name,points\n\(lines.joined(separator: "\n"))\n".utf8)
                .write(to: file)
            var options = ImportOptions(key: "id")
            options.removeMissing = true
            options.kinds = ["number": .text, "name": .text, "points": .number]
            _ = try engine.importProfiles(
                try ImportFile(path: file.path()), options: options,
                now: Timestamp(milliseconds: time.now().milliseconds), progress: { _ in },
                isCancelled: { false })
        }

        func account() throws -> Account {
            let calls = CallLog()
            let descriptor = LoyaltyClub.descriptor
            let gate = AccountGate(
                transport: club,
                pacer: Pacer(limits: PaceLimits(descriptor.quotas, at: descriptor.limits)),
                time: time, record: { calls.add($0) })
            return Account(
                host: "gold.club.example",
                destination: LoyaltyClub(
                    gate: gate,
                    settings: AccountSettings(
                        destination: descriptor.id, host: "gold.club.example",
                        values: ["program": "gold"],
                        secrets: ["accessKey": "a", "signingKey": "s"]),
                    time: time), gate: gate, calls: calls, close: {})
        }

        func run() async throws -> Run {
            try await ExportRunner(
                catalog: catalog, engine: engine, time: time,
                openAccount: { [self] _, _ in try account() }
            ).run(
                export,
                ExportRunner.Request(
                    trigger: .onDemand, actor: actor, isApproved: true, stop: StopSignal(),
                    progress: { _ in }))
        }
    }

    private static func numbers(_ count: Int) -> [String] { (0..<count).map { "MEMBER-\($0)" } }

    @Test func `everybody is delivered in batches of the club's size, and only once`() async throws
    {
        let world = try World()
        try world.load(Self.numbers(95))
        let run = try await world.run()
        #expect(run.state == .completed, "\(run.reason ?? "") \(run.detail ?? "")")
        #expect(run.delivered == 95)
        #expect(world.club.batches == [40, 40, 15])
        #expect(world.club.programs == ["gold"])
        #expect(world.club.people["member-7"] == ["Zoë", "in"])
        let again = try await world.run()
        #expect(again.unchanged == 95)
        #expect(world.club.batches.count == 3)
    }

    @Test func `whoever leaves is marked, and whoever has no number is told`() async throws {
        let world = try World()
        try world.load(Self.numbers(20))
        _ = try await world.run()
        try world.load(Self.numbers(18) + ["", "no number"])
        let run = try await world.run()
        #expect(run.left == 2)
        #expect(run.plan?.suppressed == ["no-email": 1, "invalid-email": 1])
        #expect(world.club.people["member-19"] == ["Zoë", "out"])
    }

    @Test func `whom the club refuses has an outcome of their own`() async throws {
        let world = try World()
        world.club.refuse("member-3")
        try world.load(Self.numbers(10))
        let run = try await world.run()
        #expect(run.delivered == 9)
        #expect(run.refused == 1)
        #expect(run.state == .completedWithWarnings)
        #expect(world.club.people["member-3"] == nil)
    }

    @Test func `a rehearsal foretells the run by the club's own quotas`() async throws {
        let world = try World()
        try world.load(Self.numbers(95))
        let rehearsals = Rehearsals(
            catalog: world.catalog, engine: world.engine,
            accounts: Accounts(
                destinations: .withClub, allowsLoopback: false,
                open: { _, _ in try world.account() }, openNew: { _ in try world.account() },
                seal: { _ in [] },
                settings: { connection in
                    AccountSettings(
                        destination: connection.destination, host: connection.host, secrets: [:])
                }),
            time: world.time, directory: world.folder.path(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let state = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await rehearsals.run() }
            let id = rehearsals.start(world.export, by: world.actor)
            try await eventually { rehearsals.rehearsal(id)?.isUnderWay != true }
            group.cancelAll()
            return rehearsals.rehearsal(id)?.state
        }
        guard case .done(let report)? = state else {
            Issue.record("\(String(describing: state))")
            return
        }
        #expect(report.forecast.requests == 3)
        // Three calls at thirty in ten seconds.
        #expect(report.forecast.seconds == 1)
        #expect(report.forecast.contacts?.max == 5_000)
        #expect(world.club.people.isEmpty)
    }
}
