import Access
import Foundation
import Profiles
import Store
import Testing

@testable import Acts

/// Users as acts: rights, refusals, and what the audit says, without any skin.
struct UserActTests {
    private let acts: ActContext
    private let terminal = ActsWorld.asker()
    private let world: ActsWorld

    init() throws {
        world = try ActsWorld()
        acts = world.acts()
    }

    private func asker(_ role: Role) -> Asker {
        Asker(actor: Actor(user: "some"), role: role, user: nil, means: .terminal)
    }

    private func refusal<A: Act>(of act: A, by asker: Asker) async -> Refusal? {
        await #expect(throws: Refusal.self) { try await self.acts.perform(act, by: asker) }
    }

    @Test(arguments: [Role.viewer, .contributor])
    func `users belong to administrators`(role: Role) async throws {
        let known = try await acts.perform(AddUser(name: "Ada", role: .viewer), by: terminal).user
        let events = try acts.catalog.history.auditEntries(limit: 10).count
        let some = asker(role)
        #expect(await refusal(of: ListUsers(), by: some)?.code == .notAllowed)
        #expect(await refusal(of: ShowUser(.id(known.id)), by: some)?.code == .notAllowed)
        #expect(
            await refusal(of: AddUser(name: "Eve", role: .viewer), by: some)?.code == .notAllowed)
        #expect(
            await refusal(of: ChangeUser(.id(known.id), role: .administrator), by: some)?.code
                == .notAllowed)
        #expect(await refusal(of: InviteUser(.id(known.id)), by: some)?.code == .notAllowed)
        #expect(try acts.catalog.people.users().map(\.name) == ["Ada"])
        #expect(try acts.catalog.history.auditEntries(limit: 10).count == events)
    }

    @Test func `a user is added with a link, and the audit says by whom`() async throws {
        let added = try await acts.perform(AddUser(name: "Ada", role: .contributor), by: terminal)
        #expect(added.user.role == .contributor && !added.user.hasPassword)
        #expect(added.invitation.link.hasPrefix("/invitation/"))
        let expected = acts.now() + Invitation.lifetimeMilliseconds
        #expect(added.invitation.expiresAt.milliseconds == expected)
        let events = try acts.catalog.history.auditEntries(limit: 10)
        #expect(events.allSatisfy { $0.actor == "cli:ann" })
        #expect(events.contains { $0.verb == "add" && $0.noun == "user" && $0.thing == "Ada" })
    }

    @Test func `what cannot be done is a code with facts`() async throws {
        _ = try await acts.perform(AddUser(name: "Ada", role: .viewer), by: terminal)
        let bad = await refusal(of: AddUser(name: "a b", role: .viewer), by: terminal)
        #expect(bad?.code == .invalid && bad?.findings == [.init("name", "user-name")])
        let taken = await refusal(of: AddUser(name: "ADA", role: .viewer), by: terminal)
        #expect(taken?.code == .nameTaken)
        let byName = await refusal(of: InviteUser(.name("Eve")), by: terminal)
        #expect(byName?.code == .notFound)
        #expect(byName?.facts == ["noun": .word("user"), "name": "Eve"])
        let byID = await refusal(of: ShowUser(.id(12_345)), by: terminal)
        #expect(byID?.facts == ["noun": .word("user"), "id": "12345"])
        _ = try await acts.perform(ChangeUser(.name("ada"), disabled: true), by: terminal)
        let disabled = await refusal(of: InviteUser(.name("Ada")), by: terminal)
        #expect(disabled?.code == .conflict && disabled?.cause == "user-disabled")
    }

    @Test func `what is not given stays`() async throws {
        _ = try await acts.perform(AddUser(name: "Ada", role: .viewer), by: terminal)
        let promoted = try await acts.perform(
            ChangeUser(.name("Ada"), role: .contributor), by: terminal)
        #expect(promoted.role == .contributor && !promoted.disabled)
        let disabled = try await acts.perform(
            ChangeUser(.name("Ada"), disabled: true), by: terminal)
        #expect(disabled.role == .contributor && disabled.disabled)
    }

    @Test(arguments: [(1, 2), (2, 1), (3, 1)])
    func `a list of two names a next page only when there is one`(
        limit: Int, pages: Int
    ) async throws {
        for name in ["Ada", "Eve"] {
            _ = try await acts.perform(AddUser(name: name, role: .viewer), by: terminal)
        }
        var found: [String] = []
        var after: Cursor?
        for page in 1...pages {
            let answer = try await acts.perform(
                ListUsers(page: PageRequest(limit: limit, after: after)), by: terminal)
            found += answer.items.map(\.name)
            #expect((answer.next == nil) == (page == pages))
            after = answer.next.flatMap { Cursor($0) }
        }
        #expect(found == ["Ada", "Eve"])
    }

    @Test func `the cursor of something else cannot be read`() async throws {
        let strange = PageRequest(limit: 1, after: Cursor(.users, "1", "2"))
        #expect(await refusal(of: ListUsers(page: strange), by: terminal)?.code == .unreadable)
    }

    @Test func `members that hold nothing are written as null, and missing ones read as such`()
        throws
    {
        let user = UserAnswer(User(id: 1, name: "Ada", role: .viewer, createdAt: 0))
        let data = try JSONEncoder().encode(user)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.contains("\"language\":null") && text.contains("\"lastSignInAt\":null"))
        #expect(try JSONDecoder().decode(UserAnswer.self, from: data) == user)
        let without = text.replacing(",\"language\":null", with: "")
            .replacing("\"language\":null,", with: "")
        #expect(try JSONDecoder().decode(UserAnswer.self, from: Data(without.utf8)) == user)
    }
}
