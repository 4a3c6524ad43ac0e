import Access
import Exports
import Foundation
import GRDB
import Profiles
import SQLiteEngine
import Segments
import Testing

@testable import Store

struct DataBackupTests {
    /// A data directory with one delivered person, and a place for its copy.
    private struct World {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ferry-copy-\(UUID())")
        let directory: DataDirectory
        let fixture: CatalogFixture
        let engine: SQLiteProfileEngine

        var target: String { folder.appending(path: "copy").path() }

        init() throws {
            fixture = try CatalogFixture()
            try fixture.carryOut([CatalogMember("ada@shop.test")])
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            directory = try DataDirectory(path: fixture.folder.path(), use: .reading)
            engine = try SQLiteProfileEngine(path: directory.profilesPath)
        }

        func copy(withKey: Bool = false) throws -> DataBackup.Report {
            try DataBackup.make(
                of: directory, catalog: fixture.catalog, profiles: engine.copy, into: target,
                withKey: withKey)
        }

        func permissions(_ name: String) throws -> Int? {
            let path = name.isEmpty ? target : target + "/" + name
            return try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }

        func files() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: target).sorted()
        }
    }

    @Test func `a copy opens and holds the ledger, for its owner alone`() async throws {
        let world = try World()
        defer { try? FileManager.default.removeItem(at: world.folder) }
        let report = try world.copy()
        #expect(report.files == ["catalog.sqlite", "profiles.sqlite"] && !report.hasKey)
        #expect(report.bytes > 0)
        #expect(try world.files() == ["catalog.sqlite", "profiles.sqlite"])
        #expect(try world.permissions("") == 0o700)
        for file in try world.files() { #expect(try world.permissions(file) == 0o600) }
        let copy = try DataDirectory(path: world.target, use: .changing(purpose: "test"))
        let catalog = try Catalog(path: copy.catalogPath)
        #expect(try catalog.ledger.ledgerEntries(ofPerson: "ada@shop.test").count == 1)
        #expect(try catalog.setup.exports() == world.fixture.catalog.setup.exports())
        _ = try await SQLiteProfileEngine(path: copy.profilesPath).schema()
    }

    @Test func `a copy that is made while others write is whole`() async throws {
        let world = try World()
        defer { try? FileManager.default.removeItem(at: world.folder) }
        let catalog = world.fixture.catalog
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 1...200 {
                    _ = try catalog.setup.addSegment(
                        named: "Segment \(number)", definition: .static, by: CatalogFixture.actor)
                }
            }
            _ = try world.copy()
            try await group.waitForAll()
        }
        try expectWhole(try Catalog(path: world.target + "/catalog.sqlite"))
        #expect(try catalog.setup.segments().count == 201)
    }

    private func expectWhole(_ copy: Catalog) throws {
        // Whole transactions only: each segment with its row of the audit.
        let names = Set(try copy.setup.segments().map(\.name))
        let audited = try copy.database.read { db in
            try String.fetchSet(
                db, sql: "SELECT thing FROM audit WHERE noun = 'segment' AND verb = 'add'")
        }
        #expect(names == audited)
        let check = try copy.database.read {
            try String.fetchOne($0, sql: "PRAGMA integrity_check")
        }
        #expect(check == "ok")
    }

    @Test func `the key is copied only when asked for`() throws {
        let world = try World()
        defer { try? FileManager.default.removeItem(at: world.folder) }
        _ = try world.directory.masterKey(environmentKey: nil)
        #expect(try !world.copy().hasKey)
        try FileManager.default.removeItem(atPath: world.target)
        let report = try world.copy(withKey: true)
        #expect(report.hasKey)
        #expect(try world.permissions("master.key") == 0o600)
        #expect(
            FileManager.default.contents(atPath: world.target + "/master.key")
                == world.directory.storedKey)
    }

    @Test func `a folder with something in it is refused and left as it is`() throws {
        let world = try World()
        defer { try? FileManager.default.removeItem(at: world.folder) }
        try FileManager.default.createDirectory(
            atPath: world.target, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(filePath: world.target + "/note"))
        let error = #expect(throws: StoreError.self) { try world.copy() }
        #expect(error?.facts["what"] == .word("folder-not-empty"))
        #expect(try world.files() == ["note"])
    }

    @Test func `an empty folder is taken`() throws {
        let world = try World()
        defer { try? FileManager.default.removeItem(at: world.folder) }
        try FileManager.default.createDirectory(
            atPath: world.target, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        _ = try world.copy()
        #expect(try world.permissions("") == 0o700)
    }
}
