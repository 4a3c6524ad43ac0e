import Access
import Exports
import GRDB
import Profiles
import Schedules
import Testing

@testable import Store

/// A place of the catalog that holds something unheard of, and what reads it.
struct UnknownValue: Sendable, CustomTestStringConvertible {
    let table: String
    let column: String
    let read: @Sendable (Catalog, Export) throws -> Void

    var testDescription: String { "\(table).\(column)" }

    init(
        _ table: String, _ column: String,
        read: @escaping @Sendable (Catalog, Export) throws -> Void
    ) {
        self.table = table
        self.column = column
        self.read = read
    }

    static let all: [UnknownValue] = history + ledger + setup

    private static let history = [
        UnknownValue("refresh", "trigger") { catalog, _ in
            _ = try catalog.history.refreshes(limit: 1)
        },
        UnknownValue("refresh", "state") { catalog, _ in
            _ = try catalog.history.refresh(id: 1)
        },
        UnknownValue("refreshTask", "stage") { catalog, _ in
            _ = try catalog.history.tasks(ofRefresh: 1)
        },
        UnknownValue("refreshTask", "state") { catalog, _ in
            _ = try catalog.history.tasks(ofRefresh: 1)
        },
        UnknownValue("refreshTask", "state") { catalog, _ in
            _ = try catalog.history.numbers(ofRefreshes: [1])
        },
        UnknownValue("refreshTask", "dependsOn") { catalog, _ in
            _ = try catalog.history.tasks(ofRefresh: 1)
        },
        UnknownValue("runTurn", "state") { catalog, _ in
            _ = try catalog.history.runTurns(limit: 1)
        },
        UnknownValue("notification", "channel") { catalog, _ in
            _ = try catalog.history.notices(before: nil, limit: 1)
        },
        UnknownValue("notification", "event") { catalog, _ in
            _ = try catalog.history.notices(before: nil, limit: 1)
        },
        UnknownValue("notification", "state") { catalog, _ in
            _ = try catalog.history.notices(ofCause: "turn-1")
        },
    ]

    private static let ledger = [
        UnknownValue("run", "state") { catalog, _ in _ = try catalog.ledger.run(id: 1) },
        UnknownValue("run", "state") { catalog, _ in _ = try catalog.ledger.runTotals() },
        UnknownValue("run", "state") { catalog, export in
            _ = try catalog.setup.exportEntry(id: export.id)
        },
        UnknownValue("run", "trigger") { catalog, _ in _ = try catalog.ledger.run(id: 1) },
        UnknownValue("run", "trigger") { catalog, _ in _ = try catalog.setup.exportEntries() },
        UnknownValue("run", "plan") { catalog, _ in _ = try catalog.ledger.run(id: 1) },
        UnknownValue("batch", "state") { catalog, _ in
            _ = try catalog.ledger.openBatches(of: 2)
        },
        UnknownValue("outcome", "outcome") { catalog, _ in
            try catalog.ledger.forEachOutcome(ofRun: 2, outcome: nil, reason: nil) { _ in true }
        },
        UnknownValue("ledger", "state") { catalog, _ in
            _ = try catalog.ledger.ledgerEntries(ofPerson: "ada@shop.test")
        },
        UnknownValue("ledger", "state") { catalog, export in
            _ = try catalog.ledger.readLedger(of: export) { try $0.next()?.state }
        },
    ]

    private static let setup = [
        UnknownValue("connection", "audience") { catalog, _ in
            _ = try catalog.setup.connections()
        },
        UnknownValue("connection", "audience") { catalog, _ in
            _ = try catalog.setup.connections(usableBy: .administrator)
        },
        UnknownValue("connection", "audience") { catalog, _ in
            _ = try catalog.setup.exportEntries()
        },
        UnknownValue("export", "mapping") { catalog, _ in _ = try catalog.setup.exports() },
        UnknownValue("export", "tags") { catalog, _ in _ = try catalog.setup.exports() },
        UnknownValue("export", "onLeave") { catalog, _ in _ = try catalog.setup.exports() },
        UnknownValue("schedule", "definition") { catalog, _ in
            _ = try catalog.setup.systemSchedule()
        },
        UnknownValue("notificationSettings", "mailTo") { catalog, _ in
            _ = try catalog.setup.notificationSettings()
        },
        UnknownValue("notificationSettings", "events") { catalog, _ in
            _ = try catalog.setup.notificationSettings()
        },
        UnknownValue("user", "role") { catalog, _ in _ = try catalog.people.users() },
        UnknownValue("apiToken", "role") { catalog, _ in
            _ = try catalog.people.tokens(ofUser: 1)
        },
    ]
}

struct StoredValueTests {
    /// A catalog with a row in every table that is read: a run that has ended, one under way, a refresh, a notice,
    /// a schedule, a user with a token.
    private func fixture() throws -> CatalogFixture {
        let fixture = try CatalogFixture()
        let (catalog, actor) = (fixture.catalog, CatalogFixture.actor)
        try fixture.carryOut([CatalogMember("ada@shop.test")])
        _ = try fixture.sending([
            CatalogMember("", id: "blank"), CatalogMember("ada@shop.test", firstName: "Adele"),
        ])
        _ = try catalog.history.beginRefresh(
            [RefreshTask(position: 0, stage: .source, thing: 7, name: "Shop")],
            trigger: .request, dueAt: nil, missed: 0, by: actor, at: 1_000)
        try catalog.history.tell(
            [
                NewNotice(
                    uid: "u", channel: .webhook, event: .runFailed, cause: "turn-1", text: "{}")
            ], at: 1_000)
        try catalog.setup.setSystemSchedule(
            Schedule(.daily, at: [#require(TimeOfDay("06:00"))], in: "UTC"), isActive: true,
            by: actor)
        var settings = NotificationSettings.none
        settings.mailTo = ["ops@example.com"]
        try catalog.setup.setNotificationSettings(settings, by: actor, at: 1_000)
        let user = try catalog.people.addUser(
            named: "vera", role: .viewer, password: nil, by: actor)
        try catalog.people.addToken(
            of: user, named: "nightly", role: .viewer, token: .new(.api),
            expiresAt: .max, by: actor)
        return fixture
    }

    @Test(arguments: UnknownValue.all)
    func `a stored value that nobody knows is an error that names its place and never a guess`(
        unknown: UnknownValue
    ) throws {
        let fixture = try fixture()
        try unknown.read(fixture.catalog, fixture.export)
        try fixture.catalog.database.write { db in
            // Another version may have other checks.
            try db.execute(sql: "PRAGMA ignore_check_constraints = 1")
            try db.execute(
                sql: """
                    UPDATE "\(unknown.table)" SET \(unknown.column) =
                        CASE typeof(\(unknown.column)) WHEN 'integer' THEN 99 ELSE 'unheard-of' END
                    """)
            try db.execute(sql: "PRAGMA ignore_check_constraints = 0")
        }
        let error = #expect(throws: StoredValueError.self) {
            try unknown.read(fixture.catalog, fixture.export)
        }
        #expect(error == StoredValueError(table: unknown.table, column: unknown.column))
    }

    @Test func `an unknown kind of what was to be done is an error, and none at all is none`()
        throws
    {
        let fixture = try fixture()
        // Who waits when a run ends has an outcome with a kind; who was never sent has one without.
        try fixture.catalog.ledger.end(2, state: .stopped)
        func kinds() throws -> [OperationKind?] {
            var found: [OperationKind?] = []
            try fixture.catalog.ledger.forEachOutcome(ofRun: 2, outcome: nil, reason: nil) {
                found.append($0.kind)
                return true
            }
            return found
        }
        #expect(try kinds() == [nil, .change])
        try fixture.execute("PRAGMA ignore_check_constraints = 1")
        try fixture.execute("UPDATE outcome SET kind = 99 WHERE kind IS NOT NULL")
        #expect(throws: StoredValueError(table: "outcome", column: "kind")) { try kinds() }
    }
}
