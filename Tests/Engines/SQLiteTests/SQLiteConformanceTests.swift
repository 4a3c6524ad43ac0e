import EngineConformance
import Exports
import Foundation
import GRDB
import Profiles
import RuleSQL
import Segments
import Testing

@testable import SQLiteEngine

/// The embedded engine, and the one in memory, keep what the port promises.
@Suite struct SQLiteConformanceTests {
    @Test(arguments: EngineCheck.all)
    func `the embedded engine keeps the promise`(check: EngineCheck) throws {
        try check.run(on: Self.make)
    }

    @Test(arguments: EngineCheck.all)
    func `an engine that can only be read keeps the promise, as far as it goes`(
        check: EngineCheck
    ) throws {
        try check.run { attributes, profiles, use in
            try use(ReferenceEngine(attributes: attributes, profiles: profiles))
        }
    }

    /// An engine over a file of its own, with the profiles as an import would have stored them.
    static func make(
        _ attributes: [Attribute], _ profiles: [Profile],
        _ use: (any ProfileEngine) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ferry-port-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // A folder that stays behind in the temporary folder does no harm.
        defer { try? FileManager.default.removeItem(at: folder) }
        let engine = try SQLiteProfileEngine(path: folder.appending(path: "profiles.sqlite").path())
        try engine.database.write { db in
            let columns = try attributes.map { try ProfileSchemaTables.add($0, in: db).columnName }
            let names = (["id", "changedAt"] + columns).joined(separator: ", ")
            let places = Array(repeating: "?", count: columns.count + 2).joined(separator: ", ")
            let insert = try db.makeStatement(
                sql: "INSERT INTO profile (\(names)) VALUES (\(places))")
            for profile in profiles {
                let values = attributes.map { attribute in
                    profile.values[attribute.name].map {
                        StoredRule.databaseValue(of: SQLiteDialect().argument(for: $0))
                    } ?? .null
                }
                try insert.execute(
                    arguments: StatementArguments(
                        [profile.id.databaseValue, profile.changedAt.milliseconds.databaseValue]
                            + values))
            }
        }
        try use(engine)
    }
}
