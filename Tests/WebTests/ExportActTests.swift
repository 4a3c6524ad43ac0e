import Access
import Acts
import Exports
import Foundation
import HTTPTypes
import Profiles
import Schedules
import Store
import Testing

@testable import Web

/// What acts about exports allow and answer, whatever page, program or command asks.
struct ExportActTests {
    /// Things are named by their ids here.
    private struct Ids: ThingFinder {
        func id<Thing>(
            of reference: Reference<Thing>, noun: String, in list: String
        ) async throws -> Identifier<Thing> {
            guard case .id(let id) = reference else { throw Refusal(.notFound) }
            return id
        }
    }

    private func contributor(_ sandbox: WebSandbox) throws -> Asker {
        let user = try sandbox.world.user(.contributor)
        return Asker(actor: Actor(user: user.name), role: .contributor, user: user, means: .service)
    }

    @Test(arguments: ExportSchedule.Kind.allCases)
    func `what a command sends is what the API takes, and what it answers is read back whole`(
        kind: ExportSchedule.Kind
    ) async throws {
        let schedule: ExportSchedule =
            switch kind {
            case .refresh: .refresh
            case .manual: .manual
            case .own:
                .own(
                    try Schedule(
                        .weekly([.monday, .friday]), at: [try #require(TimeOfDay("22:00"))],
                        in: "Europe/Sofia"))
            }
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection(audience: .contributors)
            _ = try sandbox.addExport("First", on: connection)
            var draft = ExportDraft(
                name: "Second", list: "1", segments: ["Everybody"], email: "email")
            draft.firstName = "id"
            draft.tags = ["a", "b"]
            draft.onLeave = .unsubscribe
            draft.limit = 7
            draft.holdShare = 12.5
            draft.startsAutomations = true
            draft.resubscribesRemoved = true
            draft.schedule = schedule
            let call = try await AddExport(draft, connection: .id(connection.id)).call(Ids())
            let body = try #require(call.body)
            let sent = String(decoding: try JSONEncoder().encode(body), as: UTF8.self)
            try await sandbox.world.call(as: .contributor) { client async throws in
                let answer = try await client.json(.post, call.path, sent)
                #expect(answer.status == .created, "\(answer.text)")
                let saved = try answer.json(SavedExportAnswer.self)
                #expect(saved.export.right == .change)
                #expect(saved.warnings.map(\.code) == ["unsubscribe-for-good"])
                let stored = try sandbox.world.catalog.setup.export(named: "Second")
                #expect(try saved.export.export() == stored)
                #expect(stored.schedule == schedule)
                #expect(stored.holdShare == 0.125)
            }
        }
    }

    @Test func `over a connection that is not shared an export is only looked at`() async throws {
        try await WebSandbox.with { sandbox in
            let connection = try sandbox.addConnection(audience: .administrators)
            let export = Reference.id(try sandbox.addExport("Weekly", on: connection).id)
            let asker = try contributor(sandbox)
            let acts = sandbox.world.services.acts
            let draft = ExportDraft(
                name: "Weekly", list: "1", segments: ["Everybody"], email: "email")
            #expect(try await acts.perform(ShowExport(export), by: asker).right == .view)
            for refusal in [
                await #expect(throws: Refusal.self) {
                    _ = try await acts.perform(
                        ChangeExport(export, draft, connection: nil), by: asker)
                },
                await #expect(throws: Refusal.self) {
                    _ = try await acts.perform(DetachExport(export), by: asker)
                },
                await #expect(throws: Refusal.self) {
                    _ = try await acts.perform(RemoveExport(export), by: asker)
                },
            ] {
                #expect(refusal?.refusalCode == "not-shared")
            }
            let unfit = await #expect(throws: Refusal.self) {
                var other = draft
                other.name = "Other"
                _ = try await acts.perform(
                    AddExport(other, connection: .id(connection.id)), by: asker)
            }
            #expect(unfit?.code == .invalid)
            #expect(unfit?.findings.map(\.code) == ["connection-not-yours"])
            #expect(unfit?.findings.map(\.field) == ["connectionId"])
            #expect(try sandbox.world.audit().isEmpty)
        }
    }

    @Test func `a draft that was written wrongly is refused before it is sent`() async throws {
        var draft = ExportDraft(name: "A", list: "1", segments: ["S"], email: "email")
        draft.fields = [FieldDraft(text: "no equals sign")]
        await #expect(throws: Refusal.self) {
            _ = try await AddExport(draft, connection: nil).call(Ids())
        }
        draft.fields = []
        draft.onLeave = LeaveDraft(text: "vanish")
        await #expect(throws: Refusal.self) {
            _ = try await AddExport(draft, connection: nil).call(Ids())
        }
    }
}
