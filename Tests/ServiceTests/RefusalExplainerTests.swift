import Exports
import Store
import Synchronization
import Testing

@testable import Delivery

struct RefusalExplainerTests {
    private static let people = ["ada@shop.test", "ben@shop.test", "eve@shop.test"]
    private static let noAnswer = DestinationError(.unavailable)

    private func explainer(_ fixture: RunFixture, _ destination: StubDestination)
        -> RefusalExplainer
    {
        RefusalExplainer(
            account: fixture.account(destination), catalog: fixture.catalog, export: fixture.export)
    }

    @Test(arguments: [
        (Standing.unsubscribed, ReasonCode.unsubscribed), (.bounced, .bounced),
        (.excluded, .excluded), (.unknown, .notStated), (.active, .notStated),
    ])
    func `a failed person is refused for what the account says of them`(
        standing: Standing, reason: ReasonCode
    ) async throws {
        let fixture = try RunFixture()
        let destination = StubDestination(standings: { _ throws(DestinationError) in
            ["ben@shop.test": standing]
        })
        let verdict = try await explainer(fixture, destination).verdict(
            on: 1, OperationList(.enter, Self.people), receipt: Receipt(token: "t", queued: 3),
            failed: ["ben@shop.test"])
        #expect(verdict.refused == ["ben@shop.test": reason])
        #expect(verdict.again.isEmpty)
    }

    @Test func `somebody left out without a word is found by reading back`() async throws {
        let fixture = try RunFixture()
        let destination = StubDestination(standings: { keys throws(DestinationError) in
            Dictionary(
                uniqueKeysWithValues: keys.map {
                    ($0, $0 == "eve@shop.test" ? .excluded : .active)
                })
        })
        let verdict = try await explainer(fixture, destination).verdict(
            on: 1, OperationList(.enter, Self.people), receipt: Receipt(token: "t", queued: 2),
            failed: [])
        #expect(verdict.refused == ["eve@shop.test": .excluded])
    }

    @Test func `people are not refused because nobody could be asked about them`() async throws {
        let fixture = try RunFixture()
        let destination = StubDestination(standings: { _ throws(DestinationError) in
            throw Self.noAnswer
        })
        // The importer names the one it did not take; it says nothing against the others.
        let verdict = try await explainer(fixture, destination).verdict(
            on: 1, OperationList(.enter, Self.people), receipt: Receipt(token: "t", queued: 2),
            failed: ["ben@shop.test"])
        #expect(Set(verdict.refused.keys) == ["ben@shop.test"])
    }

    @Test func `when one is missing, nobody is named and nobody can be asked, none is delivered`()
        async throws
    {
        let fixture = try RunFixture()
        let silent = StubDestination(standings: { _ throws(DestinationError) in
            throw Self.noAnswer
        })
        // An account that answers, and knows nothing of them.
        let ignorant = StubDestination(standings: { _ throws(DestinationError) in [:] })
        for destination in [silent, ignorant] {
            let verdict = try await explainer(fixture, destination).verdict(
                on: 1, OperationList(.enter, Self.people), receipt: Receipt(token: "t", queued: 2),
                failed: [])
            let everyone = Dictionary(
                uniqueKeysWithValues: Self.people.map { ($0, ReasonCode.notStated) })
            #expect(verdict.refused == everyone)
            #expect(verdict.again.isEmpty)
        }
    }

    @Test(arguments: [(1, 3), (2, 3), (3, 0), (4, 0)])
    func `everybody is in doubt as long as fewer were queued than were sent`(
        queued: Int, refused: Int
    ) async throws {
        let fixture = try RunFixture()
        let destination = StubDestination(standings: { _ throws(DestinationError) in
            throw Self.noAnswer
        })
        let verdict = try await explainer(fixture, destination).verdict(
            on: 1, OperationList(.enter, Self.people),
            receipt: Receipt(token: "t", queued: queued), failed: [])
        #expect(verdict.refused.count == refused)
    }

    @Test func `whoever is found on the list is delivered, and the others are in doubt`()
        async throws
    {
        let fixture = try RunFixture()
        let destination = StubDestination(standings: { _ throws(DestinationError) in
            ["ada@shop.test": .active, "ben@shop.test": .notOnList]
        })
        let verdict = try await explainer(fixture, destination).verdict(
            on: 1, OperationList(.enter, Self.people), receipt: Receipt(token: "t", queued: 1),
            failed: [])
        #expect(verdict.refused == ["ben@shop.test": .notTaken, "eve@shop.test": .notStated])
    }

    @Test(arguments: [DestinationError.Code.keyRefused, .notFound, .refusedRequest])
    func `a run does not die of a reason that cannot be read`(code: DestinationError.Code)
        async throws
    {
        let fixture = try RunFixture()
        let destination = StubDestination(standings: { _ throws(DestinationError) in
            throw DestinationError(code)
        })
        let verdict = try await explainer(fixture, destination).verdict(
            on: 1, OperationList(.enter, Self.people), receipt: Receipt(token: "t", queued: 3),
            failed: ["ben@shop.test"])
        #expect(verdict.refused == ["ben@shop.test": .notStated])
    }

    // MARK: Putting back

    /// Ferry removed 'ben' in an earlier run.
    private func fixtureWithRemoved() throws -> RunFixture {
        let fixture = try RunFixture()
        try fixture.carryOut(OperationList(.enter, ["ben@shop.test"]))
        try fixture.carryOut(OperationList(.leave, ["ben@shop.test"]))
        #expect(
            try fixture.catalog.ledger.removedAt("ben@shop.test", export: fixture.export.id) != nil)
        return fixture
    }

    private static func unsubscribed(
        _ keys: [String]
    ) throws(DestinationError) -> [String: Standing] {
        Dictionary(uniqueKeysWithValues: keys.map { ($0, .unsubscribed) })
    }

    @Test func `somebody Ferry removed is put back and sent again`() async throws {
        let fixture = try fixtureWithRemoved()
        let destination = StubDestination(standings: Self.unsubscribed)
        let verdict = try await explainer(fixture, destination).verdict(
            on: 1, OperationList(.enter, Self.people), receipt: Receipt(token: "t", queued: 3),
            failed: ["ben@shop.test", "eve@shop.test"])
        #expect(verdict.again == ["ben@shop.test"])
        #expect(verdict.refused == ["eve@shop.test": .unsubscribed])
        #expect(destination.resubscribed == ["ben@shop.test"])
    }

    @Test func `a run does not die of somebody who may not be put back`() async throws {
        let fixture = try fixtureWithRemoved()
        let destination = StubDestination(
            standings: Self.unsubscribed,
            resubscription: { _ throws(DestinationError) in
                throw DestinationError(.keyRefused)
            })
        let verdict = try await explainer(fixture, destination).verdict(
            on: 1, OperationList(.enter, ["ben@shop.test"]),
            receipt: Receipt(token: "t", queued: 1),
            failed: ["ben@shop.test"])
        #expect(verdict.refused == ["ben@shop.test": .unsubscribed])
    }

    @Test func `nobody is put back twice in a run`() async throws {
        let fixture = try fixtureWithRemoved()
        let destination = StubDestination(standings: Self.unsubscribed)
        let explainer = explainer(fixture, destination)
        for _ in 0..<5 {
            _ = try await explainer.verdict(
                on: 1, OperationList(.enter, ["ben@shop.test"]),
                receipt: Receipt(token: "t", queued: 1), failed: ["ben@shop.test"])
        }
        #expect(destination.resubscribed == ["ben@shop.test"])
    }

    @Test func `somebody who leaves is never put back`() async throws {
        let fixture = try fixtureWithRemoved()
        // Came back, was refused, and leaves again.
        try fixture.carryOut(
            OperationList(.enter, ["ben@shop.test"]), refused: ["ben@shop.test": .notStated])
        let destination = StubDestination(standings: Self.unsubscribed)
        _ = try await explainer(fixture, destination).verdict(
            on: 1, OperationList(.leave, ["ben@shop.test"]),
            receipt: Receipt(token: "t", queued: 1),
            failed: ["ben@shop.test"])
        #expect(destination.resubscribed.isEmpty)
    }

    @Test(arguments: [Standing.unsubscribed, .notOnList, .unknown, .bounced])
    func `a failed leaver who is off the list has left`(standing: Standing) async throws {
        let fixture = try RunFixture()
        let destination = StubDestination(standings: { keys throws(DestinationError) in
            Dictionary(uniqueKeysWithValues: keys.map { ($0, standing) })
        })
        let verdict = try await explainer(fixture, destination).verdict(
            on: 1, OperationList(.leave, ["ben@shop.test"]),
            receipt: Receipt(token: "t", queued: 1),
            failed: ["ben@shop.test"])
        #expect(verdict.refused.isEmpty)
    }

    @Test func `a failed address that is spelt otherwise is not taken for nobody`() async throws {
        let fixture = try RunFixture()
        let destination = StubDestination(standings: { keys throws(DestinationError) in
            Dictionary(
                uniqueKeysWithValues: keys.map {
                    ($0, $0 == "eve@münchen.test" ? .bounced : .active)
                })
        })
        let verdict = try await explainer(fixture, destination).verdict(
            on: 1, OperationList(.enter, ["ada@shop.test", "eve@münchen.test"]),
            receipt: Receipt(token: "t", queued: 2), failed: ["eve@xn--mnchen-3ya.test"])
        #expect(verdict.refused == ["eve@münchen.test": .bounced])
    }
}
