import Access
import Store
import Testing

@testable import Acts

/// Requests that name a key.
struct OnceOnlyTests {
    private let world: ActsWorld
    private let once: OnceOnly
    private let ada: User.ID
    private let ben: User.ID

    init() throws {
        let world = try ActsWorld()
        func add(_ name: String) throws -> User.ID {
            try world.catalog.people.addUser(
                named: name, role: .viewer, password: nil, by: ActsWorld.actor
            ).id
        }
        self.world = world
        once = world.acts().onceOnly
        ada = try add("ada")
        ben = try add("ben")
    }

    @Test func `the same request has its first answer, another one with its key is refused`()
        async throws
    {
        let first = try await once.answer(to: "POST /a", key: "k", of: ada) { (200, [1]) }
        let again = try await once.answer(to: "POST /a", key: "k", of: ada) { (200, [2]) }
        #expect(first == [1] && again == [1])
        await #expect(throws: OnceOnly.Trouble.otherRequest) {
            try await once.answer(to: "POST /b", key: "k", of: ada) { (200, [3]) }
        }
        #expect(try await once.answer(to: "POST /b", key: "l", of: ada) { (200, [4]) } == [4])
        #expect(try await once.answer(to: "POST /b", key: "k", of: ben) { (200, [5]) } == [5])
    }

    @Test func `a key is taken while its request is carried out, for its user alone`() async throws
    {
        let answer = try await once.answer(to: "POST /a", key: "k", of: ada) {
            await #expect(throws: OnceOnly.Trouble.underWay) {
                try await once.answer(to: "POST /a", key: "k", of: ada) { (200, [2]) }
            }
            let other = try await once.answer(to: "POST /a", key: "k", of: ben) { (200, [3]) }
            #expect(other == [3])
            return (200, [1])
        }
        #expect(answer == [1])
    }

    @Test func `a user has so many keys and no more, and others have their own`() async throws {
        let once = OnceOnly(catalog: world.catalog, keysMax: 2, now: { 0 })
        for key in ["a", "b"] {
            _ = try await once.answer(to: "POST /a", key: key, of: ada) { (200, [1]) }
        }
        await #expect(throws: OnceOnly.Trouble.tooManyKeys) {
            try await once.answer(to: "POST /a", key: "c", of: ada) {
                Issue.record("The request was carried out.")
                return (200, [1])
            }
        }
        #expect(try await once.answer(to: "POST /a", key: "b", of: ada) { (200, [2]) } == [1])
        #expect(try await once.answer(to: "POST /a", key: "c", of: ben) { (200, [3]) } == [3])
    }

    @Test func `a request that fails leaves its key free`() async throws {
        await #expect(throws: Refusal.self) {
            try await once.answer(to: "POST /a", key: "k", of: ada) { throw Refusal(.conflict) }
        }
        #expect(try await once.answer(to: "POST /a", key: "k", of: ada) { (200, [2]) } == [2])
    }
}
