import Foundation
import Profiles
import SQLiteEngine
import Testing

@testable import Store

@Suite struct CatalogImportTests {
    private static let choices = ImportChoices(ImportOptions(key: "id"))

    private func draft(
        _ name: String, file: String? = nil, isWhole: Bool = false
    ) -> SourceDraft {
        var options = ImportOptions(key: "id")
        options.removeMissing = isWhole
        return SourceDraft(
            name: name, file: file ?? "\(name).csv", choices: ImportChoices(options))
    }

    private func new(
        source: Source.ID? = nil, state: ImportState = .waiting, upload: String? = "abc"
    ) -> HistoryCatalog.NewImport {
        HistoryCatalog.NewImport(
            source: source, fileName: "people.csv", bytes: 12, upload: upload,
            choices: Self.choices, state: state)
    }

    @Test func `an import goes from its draft to its result, and the audit tells who did it`()
        throws
    {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let draft = try catalog.history.addImport(new(state: .draft), by: CatalogFixture.actor)
        #expect(draft.state == .draft && draft.startedAt == nil)
        #expect(try catalog.history.beginImport(draft.id) == false)
        #expect(
            try catalog.history.startImport(draft.id, by: CatalogFixture.actor).state == .waiting)
        #expect(try catalog.history.beginImport(draft.id))
        var summary = ImportSummary(format: .delimited, delimiter: .comma)
        summary.added = 3
        summary.rows = 3
        try catalog.history.completeImport(draft.id, summary)
        let done = try catalog.history.fileImport(id: draft.id)
        #expect(done.state == .done && done.summary == summary && done.upload == nil)
        #expect(done.endedAt != nil)
        let rows = try fixture.audit().filter { $0.noun == "import" }
        #expect(rows.map(\.verb) == ["upload", "start", "finish"])
        #expect(rows.allSatisfy { $0.thing == "people.csv" && $0.actor == "cli:maria" })
    }

    @Test func `an import that failed keeps its file and may be started again`() throws {
        let catalog = try CatalogFixture().catalog
        let job = try catalog.history.addImport(new(), by: CatalogFixture.actor)
        #expect(try catalog.history.beginImport(job.id))
        let row = RowError(
            .missingKey, line: 7, column: 1, columnName: "id")
        try catalog.history.failImport(
            job.id, ImportTrouble(ImportError(rows: [row], isCutOff: false)))
        let failed = try catalog.history.fileImport(id: job.id)
        #expect(failed.state == .failed && failed.reason == "bad-rows" && failed.upload == "abc")
        #expect(failed.problems == [FileImport.BadRow(row)])
        #expect(throws: StoreError.self) { try catalog.history.failImport(job.id, .interrupted) }
        let again = try catalog.history.startImport(job.id, by: CatalogFixture.actor)
        #expect(again.state == .waiting && again.reason == nil && again.problems.isEmpty)
        #expect(again.endedAt == nil)
    }

    @Test func `an import whose file is gone cannot be started`() throws {
        let catalog = try CatalogFixture().catalog
        let job = try catalog.history.addImport(new(state: .draft), by: CatalogFixture.actor)
        try catalog.history.forgetFiles(ofImport: job.id)
        let error = #expect(throws: StoreError.self) {
            try catalog.history.startImport(job.id, by: CatalogFixture.actor)
        }
        #expect(error?.code == .importEnded)
    }

    @Test func `imports are paged from the newest on`() throws {
        let catalog = try CatalogFixture().catalog
        let ids = try (1...5).map { _ in
            try catalog.history.addImport(new(state: .draft), by: CatalogFixture.actor).id
        }
        let first = try catalog.history.imports(limit: 2).map(\.id)
        #expect(first == [ids[4], ids[3]])
        #expect(
            try catalog.history.imports(before: ids[3], limit: 2).map(\.id) == [ids[2], ids[1]])
    }

    @Test func `one source is imported once at a time, and stays while it is`() throws {
        let catalog = try CatalogFixture().catalog
        let source = try catalog.setup.addSource(draft("shop"), by: CatalogFixture.actor)
        let job = try catalog.history.addImport(new(source: source.id), by: CatalogFixture.actor)
        let second = #expect(throws: StoreError.self) {
            try catalog.history.addImport(new(source: source.id), by: CatalogFixture.actor)
        }
        #expect(second?.code == .importUnderWay)
        let removal = #expect(throws: StoreError.self) {
            try catalog.setup.removeSource(source.id, by: CatalogFixture.actor)
        }
        #expect(removal?.code == .inUse)
        try catalog.history.cancelImport(job.id, by: CatalogFixture.actor)
        _ = try catalog.setup.removeSource(source.id, by: CatalogFixture.actor)
        #expect(try catalog.history.fileImport(id: job.id).source == nil)
    }

    @Test func `a source that was imported remembers its content until it is read differently`()
        throws
    {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        let source = try catalog.setup.addSource(draft("shop"), by: CatalogFixture.actor)
        let job = try catalog.history.addImport(new(source: source.id), by: CatalogFixture.actor)
        #expect(try catalog.history.beginImport(job.id))
        try catalog.history.completeImport(
            job.id, ImportSummary(format: .delimited, delimiter: .comma), fingerprint: "f1")
        #expect(try catalog.setup.source(id: source.id).lastFingerprint == "f1")
        #expect(try catalog.setup.source(id: source.id).lastState == .imported)
        var changed = draft("Shop")
        changed.file = "shop.csv"
        try catalog.setup.setSource(source.id, to: changed, by: CatalogFixture.actor)
        #expect(try catalog.setup.source(id: source.id).lastFingerprint == "f1")
        changed.choices.skipsBadRows = true
        try catalog.setup.setSource(source.id, to: changed, by: CatalogFixture.actor)
        #expect(try catalog.setup.source(id: source.id).lastFingerprint == nil)
        let changes = try fixture.audit().filter { $0.noun == "source" }
            .map { "\($0.verb) \($0.thing) \($0.changes)" }
        #expect(changes == ["add shop ", "set Shop name", "set Shop options"])
    }

    @Test func `names and files of sources are taken once`() throws {
        let catalog = try CatalogFixture().catalog
        _ = try catalog.setup.addSource(draft("shop"), by: CatalogFixture.actor)
        let name = #expect(throws: StoreError.self) {
            try catalog.setup.addSource(draft("shop", file: "b.csv"), by: CatalogFixture.actor)
        }
        #expect(name?.code == .nameTaken)
        let file = #expect(throws: StoreError.self) {
            try catalog.setup.addSource(draft("b", file: "shop.csv"), by: CatalogFixture.actor)
        }
        #expect(file?.code == .inUse)
    }

    @Test func `a file that is the whole stands alone`() throws {
        let catalog = try CatalogFixture().catalog
        #expect(try catalog.setup.mayRemoveMissing())
        let whole = try catalog.setup.addSource(
            draft("whole", isWhole: true), by: CatalogFixture.actor)
        let other = #expect(throws: StoreError.self) {
            try catalog.setup.addSource(draft("other"), by: CatalogFixture.actor)
        }
        #expect(other?.code == .notAlone)
        try catalog.setup.setSource(whole.id, to: draft("whole"), by: CatalogFixture.actor)
        _ = try catalog.setup.addSource(draft("other"), by: CatalogFixture.actor)
        let again = #expect(throws: StoreError.self) {
            try catalog.setup.setSource(
                whole.id, to: draft("whole", isWhole: true), by: CatalogFixture.actor)
        }
        #expect(again?.code == .notAlone)
        #expect(try !catalog.setup.mayRemoveMissing(exceptSource: whole.id))
    }

    @Test func `the mark of an import is kept with its profiles or not at all`() throws {
        let fixture = try CatalogFixture()
        let engine = try SQLiteProfileEngine(
            path: fixture.folder.appending(path: "profiles.sqlite").path)
        let path = fixture.folder.appending(path: "people.csv").path
        try Data("id,points\n1,5\n2,6\n".utf8).write(to: URL(filePath: path))
        #expect(try engine.lastImport() == nil)
        let summary = try engine.importProfiles(
            try ImportFile(path: path), options: ImportOptions(key: "id"), mark: 7,
            now: Timestamp(milliseconds: 0), progress: { _ in }, isCancelled: { false })
        #expect(try engine.lastImport()?.mark == 7)
        #expect(try engine.lastImport()?.summary == summary)
        #expect(throws: CancellationError.self) {
            try engine.importProfiles(
                try ImportFile(path: path), options: ImportOptions(key: "id"), mark: 8,
                now: Timestamp(milliseconds: 0), progress: { _ in }, isCancelled: { true })
        }
        #expect(try engine.lastImport()?.mark == 7)
    }
}
