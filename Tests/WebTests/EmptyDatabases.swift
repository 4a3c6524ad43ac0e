import Foundation
import SQLiteEngine
import Store

/// A catalog and profiles with nothing in them, made once: hundreds of worlds begin with a copy, which is faster than
/// to bring each to its schema.
struct EmptyDatabases: Sendable {
    private let catalog: Result<Data, any Error>
    private let profiles: Result<Data, any Error>

    static let made = EmptyDatabases()

    private init() {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ferry-empty-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        catalog = Result { [file = folder.appending(path: "catalog.sqlite")] in
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            // What a database of SQLite holds is in its one file when nobody has it open any more.
            do { _ = try Catalog(path: file.path()) }
            return try Data(contentsOf: file)
        }
        profiles = Result { [file = folder.appending(path: "profiles.sqlite")] in
            do { _ = try SQLiteProfileEngine(path: file.path()) }
            return try Data(contentsOf: file)
        }
    }

    func lay(catalog: String, profiles: String) throws {
        try self.catalog.get().write(to: URL(filePath: catalog))
        try self.profiles.get().write(to: URL(filePath: profiles))
    }
}
