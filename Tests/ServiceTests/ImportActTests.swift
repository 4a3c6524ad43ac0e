import Access
import Exports
import Profiles
import SQLiteEngine
import Segments
import Service
import Store
import Testing

@testable import Acts

struct ImportActTests {
    private let world: ActsWorld

    init() throws {
        world = try ActsWorld()
    }

    private func performing(
        _ text: String, isCancelled: Bool = false
    ) async throws -> ImportAnswer {
        let file = try world.file(text)
        let acts = world.acts(
            importing: ImportAtOnce.Work(
                file: file, badRowsPath: nil, progress: { _ in }, isCancelled: { isCancelled }))
        return try await acts.perform(
            AddImport(
                ImportDesk.NewFile(name: "people.csv", bytes: file.bytes, upload: nil),
                choices: ImportChoices(ImportOptions(key: "id")), starts: true),
            by: ActsWorld.asker())
    }

    @Test func `a command's import is written down with whoever asked for it`() async throws {
        let done = try await performing("id,points\np6,9\n")
        #expect(done.state == .done && done.summary?.added == 1)
        #expect(try world.engine.count(.always, .none) == 6)
        #expect(
            try world.audit() == [
                "cli:ann start import people.csv", "cli:ann finish import people.csv",
            ])
        #expect(try world.engine.lastImport()?.mark == done.id.rawValue)
    }

    @Test func `one that fails says why, and leaves nothing but that`() async throws {
        let error = await #expect(throws: ImportError.self) {
            try await performing("id,points\np6,9\np7\n")
        }
        #expect(error?.code == .badRows)
        #expect(try world.engine.count(.always, .none) == 5)
        let failed = try #require(try world.catalog.history.imports(limit: 1).first)
        #expect(failed.state == .failed && failed.problems.map(\.line) == [3])
        #expect(try world.audit().last == "cli:ann fail import people.csv")
    }

    @Test func `one that is stopped changes nothing, and says so`() async throws {
        await #expect(throws: CancellationError.self) {
            try await performing("id,points\np6,9\n", isCancelled: true)
        }
        #expect(try world.engine.count(.always, .none) == 5)
        #expect(try world.audit().last == "cli:ann cancel import people.csv")
    }

    @Test func `who may not import changes nothing and is not written down`() async throws {
        let file = try world.file("id\np6\n")
        let refusal = await #expect(throws: Refusal.self) {
            try await world.acts().perform(
                AddImport(
                    ImportDesk.NewFile(name: "people.csv", bytes: file.bytes, upload: nil),
                    choices: ImportChoices(ImportOptions(key: "id")), starts: true),
                by: ActsWorld.asker(.viewer))
        }
        #expect(refusal?.code == .notAllowed)
        #expect(try world.audit().isEmpty)
    }

    @Test func `missing profiles are not removed beside sources, by a command either`() async throws
    {
        _ = try world.catalog.setup.addSource(
            SourceDraft(
                name: "a", file: "a.csv", choices: ImportChoices(ImportOptions(key: "id"))),
            by: ActsWorld.actor)
        let file = try world.file("id\np6\n")
        let refusal = await #expect(throws: Refusal.self) {
            try await world.acts().perform(
                AddImport(
                    ImportDesk.NewFile(name: "people.csv", bytes: file.bytes, upload: nil),
                    choices: ImportChoices(ImportOptions(key: "id", removeMissing: true)),
                    starts: true), by: ActsWorld.asker())
        }
        #expect(refusal?.refusalCode == "not-alone")
        #expect(try world.catalog.history.imports(limit: 1).isEmpty)
    }
}
