import Foundation
import GRDB
import Profiles

@testable import SQLiteEngine

/// A profiles database in memory, and files to import into it.
final class ProfileImportFixture {
    let database: DatabaseQueue
    private let folder: URL

    init() throws {
        database = try DatabaseQueue()
        try database.write { try ProfileSchemaTables.create(in: $0) }
        folder = FileManager.default.temporaryDirectory
            .appending(path: "ferry-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        // A folder that stays behind in the temporary folder does no harm.
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func write(_ text: String, _ name: String) throws -> String {
        try Data(text.utf8).write(to: folder.appending(path: name))
        return path(name)
    }

    /// Imports a file with this text, in one transaction.
    @discardableResult
    func load(
        _ text: String, name: String = "people.csv", _ options: ImportOptions = .init(key: "id"),
        now: Int64 = 1_000
    ) throws -> ImportSummary {
        try load(path: write(text, name), options, now: now)
    }

    @discardableResult
    func load(
        path: String, _ options: ImportOptions, now: Int64 = 1_000,
        progress: (ImportProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws -> ImportSummary {
        let file = try ImportFile(path: path)
        return try database.write { db in
            try ProfileImporter.run(
                in: db, file: file, options: options, now: Timestamp(milliseconds: now),
                progress: progress, isCancelled: isCancelled)
        }
    }

    /// What the import throws.
    func failure(
        _ text: String, name: String = "people.csv", _ options: ImportOptions = .init(key: "id")
    ) -> ImportError? {
        do {
            try load(text, name: name, options)
            return nil
        } catch {
            return error as? ImportError
        }
    }

    /// The stored values of an attribute by id, as SQLite prints them with their type.
    func values(_ attribute: String) throws -> [String: String] {
        try database.read { db in
            let stored = try ProfileSchemaTables.attributes(in: db).first { $0.name == attribute }
            guard let column = stored?.columnName else { return [:] }
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT id, typeof(\(column)) || coalesce(' ' || \(column), '') FROM profile")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }

    func changedAt() throws -> [String: Int64] {
        try database.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT id, changedAt FROM profile")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        }
    }

    func count(_ table: String = "profile") throws -> Int {
        try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }
}
