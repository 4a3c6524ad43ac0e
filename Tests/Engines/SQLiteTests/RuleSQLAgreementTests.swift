import EngineConformance
import GRDB
import Profiles
import RuleSQL
import Segments
import Testing

@testable import SQLiteEngine

/// The two evaluators, the plain one and SQLite, answer alike.
@Suite struct RuleSQLAgreementTests {
    @Test(arguments: UInt64(0)..<12)
    func `random predicates choose the same random profiles in SQLite`(seed: UInt64) throws {
        var random = RandomPredicates(seed: seed)
        let profiles = (0..<60).map { random.profile(id: $0) }
        let table = try ProfileTable(profiles)
        for index in 0..<250 {
            let predicate = random.predicate(depth: 4)
            let expected = profiles.filter {
                predicate.matches($0, isMember: ProfileTable.isMember($0))
            }
            let chosen = try table.members(of: predicate)
            try #require(
                chosen == expected.map(\.id), "seed \(seed), predicate \(index): \(predicate)")
        }
    }

    @Test(arguments: UInt64(0)..<4)
    func `every single test agrees on every value`(seed: UInt64) throws {
        var random = RandomPredicates(seed: seed &+ 500)
        let profiles = (0..<400).map { random.profile(id: $0) }
        let table = try ProfileTable(profiles)
        for attribute in RandomPredicates.attributes {
            for index in 0..<60 {
                let test = random.test(of: attribute.kind)
                let predicate = Predicate.value(attribute, test)
                let expected = profiles.filter {
                    predicate.matches($0, isMember: ProfileTable.isMember($0))
                }
                let chosen = try table.members(of: predicate)
                try #require(
                    chosen == expected.map(\.id),
                    "seed \(seed), \(attribute.name), test \(index): \(test)")
            }
        }
    }

    @Test func `a rule read from text means the same in SQLite`() throws {
        var random = RandomPredicates(seed: 7)
        let profiles = (0..<300).map { random.profile(id: $0) }
        let table = try ProfileTable(profiles)
        let library = SegmentLibrary([
            Segment(id: 1, name: "Fixed", definition: .static),
            Segment(id: 2, name: "Rich", definition: .dynamic(rule: "Number > 90000")),
        ])
        let now = Timestamp(milliseconds: 1_711_899_000_000)
        for text in [
            "Number >= 90000 and Flag = true", "Text != 'Anna'",
            "not (Number <= 0 or Text is empty)",
            "Text starts with 'A' and Text does not contain 'É' ignoring case",
            "Text = 'ΟΔΟΣ' ignoring case or Text in ('İSTANBUL', 'straße') ignoring case",
            "month of Day = 2 or day of Moment not between 1 and 15", "Moment = 2024-02-29",
            "Moment within last 10 years and Day not within next 1 year",
            "Day between 1970-01-01 and today",
            "in segment 'Rich' and not in segment 'Fixed'", "Other = '12' or Other < '2'",
        ] {
            let predicate = try Rule(parsing: text).resolved(
                schema: ProfileSchema(attributes: RandomPredicates.attributes), segments: library,
                now: now)
            let expected = profiles.filter {
                predicate.matches($0, isMember: ProfileTable.isMember($0))
            }
            #expect(try table.members(of: predicate) == expected.map(\.id), "\(text)")
        }
    }
}

/// Profiles in a real SQLite database in memory, stored as the dialect says.
struct ProfileTable {
    private let database: DatabaseQueue

    init(_ profiles: [Profile]) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            database.add(
                function: DatabaseFunction("ferry_fold", argumentCount: 1, pure: true) {
                    String.fromDatabaseValue($0[0]).map(CaseFolding.fold)
                })
        }
        database = try DatabaseQueue(configuration: configuration)
        try database.write { database in
            let columns = RandomPredicates.attributes.map {
                "\(Self.column(of: $0)) \(Self.type(of: $0))"
            }
            try database.execute(
                sql:
                    "CREATE TABLE profile (id TEXT PRIMARY KEY, \(columns.joined(separator: ", "))) STRICT"
            )
            let places = Array(repeating: "?", count: columns.count + 1).joined(separator: ", ")
            for profile in profiles {
                let values = RandomPredicates.attributes.map { attribute in
                    profile.values[attribute.name].map {
                        StoredRule.databaseValue(of: SQLiteDialect().argument(for: $0))
                    } ?? .null
                }
                try database.execute(
                    sql: "INSERT INTO profile VALUES (\(places))",
                    arguments: StatementArguments([profile.id.databaseValue] + values))
            }
        }
    }

    func members(of predicate: Predicate) throws -> [Profile.ID] {
        let rule = RuleSQL(
            predicate, dialect: SQLiteDialect(), column: Self.column,
            staticMember: {
                "EXISTS (SELECT 1 WHERE CAST(profile.id AS INTEGER) % \($0.rawValue + 1) = 0)"
            })
        return try database.read {
            try String.fetchAll(
                $0, sql: "SELECT id FROM profile WHERE \(rule.sql) ORDER BY rowid",
                arguments: StatementArguments(rule.arguments.map(StoredRule.databaseValue)))
        }
    }

    /// Every third profile, say, is a member of segment 2.
    static func isMember(_ profile: Profile) -> (Segment.ID) -> Bool {
        { (Int64(profile.id) ?? 1) % ($0.rawValue + 1) == 0 }
    }

    private static func column(of attribute: Attribute) -> String {
        "\"\(attribute.name.replacing("\"", with: "\"\""))\""
    }

    private static func type(of attribute: Attribute) -> String {
        switch attribute.kind {
        case .text, .date, .timestamp: "TEXT"
        case .boolean: "INTEGER"
        case .number: "ANY"
        }
    }
}
