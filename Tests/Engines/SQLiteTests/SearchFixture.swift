import Exports
import Foundation
import GRDB
import Profiles
import SQLiteEngine
import Segments
import Testing

@testable import SQLiteEngine

/// A profile engine over a file, and imports into it.
final class SearchFixture {
    let engine: SQLiteProfileEngine
    private let folder: URL
    private var now: Int64 = 1_000

    static let people = """
        id,Email,Name,City,Phone,Points
        p1,ada@shop.test,Ada Lovelace,London,+44 20 7946,5
        p2,b.ada@shop.test,Ada Byron,Paris,+33 1 234,6
        p3,o'brien@mail.test,Anne-Marie O'Brien,Dublin,,7
        p10,GRACE@Shop.Test,Grace Hopper,Zürich,,8
        p11,,Łucja Żak,Łódź,,9
        P-000123,x@y.test,שרה כהן,חיפה,,10

        """

    init(_ text: String = SearchFixture.people) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ferry-search-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        engine = try SQLiteProfileEngine(path: folder.appending(path: "profiles.db").path())
        if !text.isEmpty { try load(text) }
    }

    deinit {
        // A folder that stays behind in the temporary folder does no harm.
        try? FileManager.default.removeItem(at: folder)
    }

    /// Imports a file, a second later than the one before.
    func load(_ text: String, replacing: Bool = false) throws {
        let path = folder.appending(path: "people.csv")
        try Data(text.utf8).write(to: path)
        var options = ImportOptions(key: "id")
        options.removeMissing = replacing
        now += 1_000
        _ = try engine.importProfiles(
            try ImportFile(path: path.path()), options: options,
            now: Timestamp(milliseconds: now), progress: { _ in }, isCancelled: { false })
    }

    /// Ids of everybody found, page by page.
    func find(_ text: String, filter: Segments.Predicate = .always, limit: Int = 50) throws
        -> [String]
    {
        var ids: [String] = []
        var after: String?
        repeat {
            let page = try engine.find(
                ProfileQuery(text: text, filter: filter, after: after, limit: limit), .none)
            ids += page.profiles.map(\.id)
            after = page.next
        } while after != nil
        return ids
    }

    /// Works off what imports have left.
    func complete(by rows: Int = 100) throws {
        while try !engine.advanceIndex(by: rows, .none) {}
    }

    /// Every indexed row holds the words of its profile, and no other row is indexed.
    func expectConsistent(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let (indexed, profiles) = try engine.database.write { db in
            try db.execute(
                sql: "INSERT INTO profileSearch (profileSearch) VALUES ('integrity-check')")
            return (
                try Int64.fetchAll(db, sql: "SELECT rowid FROM profileSearch ORDER BY rowid"),
                try Int64.fetchAll(db, sql: "SELECT rowNumber FROM profile ORDER BY rowNumber")
            )
        }
        #expect(indexed == profiles, sourceLocation: sourceLocation)
    }
}
