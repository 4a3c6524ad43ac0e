import Access
import Exports
import Segments
import Store
import TestSupport
import Testing

@testable import Delivery

/// Who is claimed by another export, and so keeps what leaving this one would take away.
struct ClaimTests {
    private static let ben = "ben@shop.test"

    /// Whether the fixture's own export would leave somebody alone, because another one holds them.
    private func isClaimed(_ fixture: RunFixture) throws -> Bool {
        try fixture.catalog.ledger.readLedger(of: fixture.export) { ledger in
            try Array(Self.ben.utf8).withUnsafeBytes { try ledger.isClaimedElsewhere($0) }
        }
    }

    private func connection(_ name: String, host: String, in fixture: RunFixture) throws
        -> Connection
    {
        try fixture.catalog.setup.add(
            NewConnection(
                name: name, destination: "activecampaign", host: host, sealedSecret: [],
                pace: QuotaLimits(
                    requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil),
                facts: AccountFacts(user: "u", contactsMax: nil, contacts: nil)),
            by: RunFixture.actor)
    }

    /// Delivers Ben by another export, and tells whether that claims him.
    private func claims(
        _ fixture: RunFixture, by change: (inout Export) -> Void
    ) throws -> Bool {
        let other = try fixture.addExport("Other", adjust: change)
        #expect(try !isClaimed(fixture))
        try fixture.carryOut(OperationList(.enter, [Self.ben]), of: other)
        return try isClaimed(fixture)
    }

    @Test func `the same list of the same account claims`() throws {
        #expect(try claims(RunFixture()) { $0.tags = ["other"] })
    }

    @Test func `another list of the same account does not claim`() throws {
        #expect(try !claims(RunFixture()) { $0.list = ListReference(id: "13", name: nil) })
    }

    @Test func `a list whose id only begins alike does not claim`() throws {
        #expect(try !claims(RunFixture()) { $0.list = ListReference(id: "120", name: nil) })
    }

    @Test func `the same list id on another host does not claim`() throws {
        let fixture = try RunFixture()
        let elsewhere = try connection("elsewhere", host: "other.example", in: fixture)
        #expect(try !claims(fixture) { $0.connection = elsewhere.id })
    }

    @Test func `another connection to the same host claims`() throws {
        let fixture = try RunFixture()
        let second = try connection("second key", host: "acme.example", in: fixture)
        #expect(try claims(fixture) { $0.connection = second.id })
    }

    @Test func `an export without a connection claims nobody`() throws {
        #expect(try !claims(RunFixture()) { $0.connection = nil })
    }

    @Test func `an export that does nothing to leavers claims all the same`() throws {
        #expect(try claims(RunFixture()) { $0.onLeave = .keep })
    }

    @Test func `where leaving does nothing, nobody is asked for`() throws {
        #expect(try !claims(RunFixture { $0.onLeave = .keep }) { $0.onLeave = .unsubscribe })
    }

    @Test(arguments: [("7", true), ("8", false)])
    func `a word in a field is claimed by whoever writes that field`(field: String, claims: Bool)
        throws
    {
        let fixture = try RunFixture { $0.onLeave = .field(id: "7", inside: "in", outside: "out") }
        let found = try self.claims(fixture) {
            // Another list, for a field stands at the person and not on a list.
            $0.list = ListReference(id: "13", name: nil)
            $0.onLeave = .field(id: field, inside: "yes", outside: "no")
        }
        #expect(found == claims)
    }

    @Test
    func `whoever has left the other export is claimed no more, and again when they are back`()
        throws
    {
        let fixture = try RunFixture()
        let other = try fixture.addExport("Other")
        try fixture.carryOut(OperationList(.enter, [Self.ben]), of: other)
        #expect(try isClaimed(fixture))
        try fixture.carryOut(OperationList(.leave, [Self.ben]), of: other)
        #expect(try !isClaimed(fixture))
        try fixture.carryOut(OperationList(.enter, [Self.ben]), of: other)
        #expect(try isClaimed(fixture))
    }

    @Test func `a leaver whom the account would not take off is claimed still`() throws {
        let fixture = try RunFixture()
        let other = try fixture.addExport("Other")
        try fixture.carryOut(OperationList(.enter, [Self.ben]), of: other)
        try fixture.carryOut(
            OperationList(.leave, [Self.ben]), refused: [Self.ben: .notStated], of: other)
        #expect(try isClaimed(fixture))
    }

    @Test func `one of two others is enough`() throws {
        let fixture = try RunFixture()
        let first = try fixture.addExport("First")
        let second = try fixture.addExport("Second")
        try fixture.carryOut(OperationList(.enter, [Self.ben]), of: first)
        try fixture.carryOut(OperationList(.enter, [Self.ben]), of: second)
        try fixture.carryOut(OperationList(.leave, [Self.ben]), of: first)
        #expect(try isClaimed(fixture))
        try fixture.carryOut(OperationList(.leave, [Self.ben]), of: second)
        #expect(try !isClaimed(fixture))
    }
}
