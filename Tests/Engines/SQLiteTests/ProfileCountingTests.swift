import Exports
import Foundation
import GRDB
import Profiles
import SQLiteEngine
import Segments
import Synchronization
import Testing

@testable import SQLiteEngine

// Foundation has one too.
private typealias Predicate = Segments.Predicate

@Suite struct ProfileCountingTests {
    private let folder: URL
    private let engine: SQLiteProfileEngine

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ferry-count-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        engine = try SQLiteProfileEngine(path: folder.appending(path: "profiles.sqlite").path)
    }

    private func load(_ rows: [String], kinds: [String: AttributeKind] = [:]) throws {
        let file = folder.appending(path: "people.csv")
        try Data((["id,City,Points,Owner,Born,Seen"] + rows).joined(separator: "\n").utf8)
            .write(to: file)
        var options = ImportOptions(key: "id")
        options.kinds = [
            "Points": .number, "Owner": .boolean, "Born": .date, "Seen": .timestamp,
        ]
        _ = try engine.importProfiles(
            try ImportFile(path: file.path), options: options,
            now: Timestamp(milliseconds: 1_767_600_000_000), progress: { _ in },
            isCancelled: { false })
    }

    private func predicate(_ rule: String) throws -> Predicate {
        try Rule(parsing: rule).resolved(
            schema: try engine.schema(.none), segments: SegmentLibrary(),
            now: Timestamp(milliseconds: 1_767_600_000_000))
    }

    private func finish() {
        // A folder that stays behind in the temporary folder does no harm.
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: Counts

    @Test func `many counts in one pass are those of each predicate alone`() throws {
        defer { finish() }
        try load(
            (0..<500).map { number in
                "p\(number),\(["Oslo", "", "Bergen"][number % 3]),\(number % 7),\(number % 2 == 0),"
                    + "19\(70 + number % 30)-01-02,2024-01-01T10:00Z"
            })
        let rules = [
            "everyone", "not everyone", "City = 'Oslo'", "City != 'Oslo'", "City is empty",
            "Points > 3 and Owner = true", "not (Points > 3 or City contains 'erg')",
            "year of Born in (1970, 1971)", "Seen = 2024-01-01",
        ]
        let predicates = try rules.map(predicate)
        let counts = try engine.counts(of: predicates, .none)
        #expect(try counts == predicates.map { try engine.count($0, .none) })
        #expect(counts[0] == 500 && counts[1] == 0 && counts[2] == 167 && counts[3] == 333)
        #expect(try engine.counts(of: [], .none) == [])
    }

    @Test func `more counts and values than one statement takes are counted in several`() throws {
        defer { finish() }
        try load((0..<20).map { "p\($0),Oslo,\($0),true,1970-01-01,2024-01-01T10:00Z" })
        let many = try (0..<450).map { try predicate("Points >= \($0 % 25)") }
        let long = try predicate(
            "Points in (\((0..<9_000).map(String.init).joined(separator: ", ")))")
        let wide = Predicate.any(
            (0..<3_000).map {
                .value(
                    Attribute(name: "Points", kind: .number),
                    .compares(.equal, .number(Double($0))))
            })
        let predicates = many + [long] + Array(repeating: wide, count: 12)
        let counts = try engine.counts(of: predicates, .none)
        #expect(counts.prefix(450).elementsEqual((0..<450).map { max(0, 20 - $0 % 25) }))
        #expect(counts.suffix(13).allSatisfy { $0 == 20 })
    }

    @Test func `no profiles are counted as none`() throws {
        defer { finish() }
        #expect(try engine.counts(of: [.always, .never], .none) == [0, 0])
    }

    @Test func `a count that was given up ends while it runs, and leaves the connection usable`()
        throws
    {
        defer { finish() }
        try load((0..<3_000).map { "p\($0),Oslo,\($0),true,1970-01-01,2024-01-01T10:00Z" })
        let asked = Mutex(0)
        // Some times before it begins, and again while it runs.
        #expect(throws: CancellationError.self) {
            _ = try engine.counts(
                of: Array(repeating: try predicate("Points > 5 and City != 'Oslo'"), count: 100),
                CallLimits(isCancelled: {
                    asked.withLock { count in
                        count += 1
                        return count >= 4
                    }
                }))
        }
        let questions = asked.withLock { $0 }
        #expect(questions >= 4)
        #expect(throws: CancellationError.self) {
            _ = try engine.counts(of: [.always], CallLimits(isCancelled: { true }))
        }
        for _ in 0..<5 { #expect(try engine.count(.always, .none) == 3_000) }
        #expect(asked.withLock { $0 } == questions)
    }

    // MARK: Frequent values

    @Test func `the values of most profiles come first, each in its kind`() throws {
        defer { finish() }
        try load([
            "a,Oslo,2,true,1970-01-01,2024-01-01T10:00Z", "b,Bergen,2,,1970-01-01,",
            "c,Oslo,1.5,true,,2024-01-01T10:00Z", "d,Ås,,false,,", "e,,,,,",
        ])
        let schema = try engine.schema(.none)
        func values(_ name: String, limit: Int = 10) throws -> [FrequentValues.Entry] {
            let attribute = try #require(schema.attribute(named: name))
            let found = try engine.frequentValues(of: attribute, limit: limit, .none)
            #expect(!found.isSample)
            return found.values
        }
        func entry(_ value: AttributeValue, _ count: Int) -> FrequentValues.Entry {
            FrequentValues.Entry(value: value, count: count)
        }
        #expect(
            try values("City")
                == [entry(.text("Oslo"), 2), entry(.text("Bergen"), 1), entry(.text("Ås"), 1)])
        #expect(try values("City", limit: 1) == [entry(.text("Oslo"), 2)])
        #expect(try values("Points") == [entry(.number(2), 2), entry(.number(1.5), 1)])
        #expect(try values("Owner") == [entry(.boolean(true), 2), entry(.boolean(false), 1)])
        let day = try #require(CalendarDay("1970-01-01"))
        #expect(try values("Born") == [entry(.date(day), 2)])
        let moment = try #require(Timestamp("2024-01-01T10:00Z"))
        #expect(try values("Seen") == [entry(.timestamp(moment), 2)])
    }

    @Test func `without profiles there are no values, and an unknown attribute is refused`() throws
    {
        defer { finish() }
        try load([])
        let city = Attribute(name: "City", kind: .text)
        #expect(throws: EngineError.self) {
            _ = try engine.frequentValues(of: Attribute(name: "None", kind: .text), limit: 5, .none)
        }
        if try engine.schema(.none).attribute(named: "City") != nil {
            let found = try engine.frequentValues(of: city, limit: 5, .none)
            #expect(found == FrequentValues(values: [], isSample: false))
        }
    }

    @Test func `of many profiles a sample is looked at that is spread over all of them`() throws {
        defer { finish() }
        try load(["p0,First,1,true,1970-01-01,"])
        try engine.database.write { db in
            let column = try #require(
                try ProfileSchemaTables.attributes(in: db).first { $0.name == "City" }?.columnName)
            // Sorted by city, as an import may be: a sample of one end would know one city only.
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
                    INSERT INTO profile (rowNumber, id, changedAt, \(column))
                    SELECT i + 1, 'q' || i, 0, CASE WHEN i <= 30000 THEN 'A' WHEN i <= 50000 THEN 'B'
                        ELSE 'C' END
                    FROM n
                    """)
        }
        let city = try #require(try engine.schema(.none).attribute(named: "City"))
        let found = try engine.frequentValues(of: city, limit: 3, .none)
        #expect(found.isSample)
        #expect(found.values.map(\.value) == [.text("A"), .text("B"), .text("C")])
        let counts = found.values.map(\.count)
        let sum = counts.reduce(0, +)
        #expect((19_000...21_000).contains(sum))
        #expect(abs(Double(counts[0]) / Double(sum) - 0.5) < 0.02)
        #expect(abs(Double(counts[2]) / Double(sum) - 1.0 / 6) < 0.02)
    }
}
