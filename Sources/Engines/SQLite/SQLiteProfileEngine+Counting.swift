package import Exports
import GRDB
package import Profiles
package import Segments

extension SQLiteProfileEngine {
    /// Most counts of one statement; SQLite takes 2,000 columns.
    private static let countsMax = 200
    /// Most arguments of one statement; SQLite takes 32,766.
    private static let argumentsMax = 32_000

    /// Throws what `ProfileReading` says.
    package func counts(of predicates: [Predicate], _ limits: CallLimits) throws -> [Int] {
        guard !predicates.isEmpty else { return [] }
        return try read(limits) { db in
            let rules = try predicates.map { try StoredRule($0, in: db) }
            var counts: [Int] = []
            var rest = rules[...]
            while !rest.isEmpty {
                let pass = Self.onePass(rest)
                counts += try Self.counts(of: pass, in: db)
                rest = rest.dropFirst(pass.count)
            }
            return counts
        }
    }

    /// As many as fit into one statement, at least one.
    private static func onePass(_ rules: ArraySlice<StoredRule>) -> ArraySlice<StoredRule> {
        var arguments = 0
        var count = 0
        for rule in rules.prefix(countsMax) {
            arguments += rule.values.count
            if count > 0, arguments > argumentsMax { break }
            count += 1
        }
        return rules.prefix(count)
    }

    private static func counts(of rules: ArraySlice<StoredRule>, in db: Database) throws -> [Int] {
        let columns = rules.map { "count(CASE WHEN \($0.sql) THEN 1 END)" }
        let row = try GRDB.Row.fetchOne(
            db, sql: "SELECT \(columns.joined(separator: ", ")) FROM profile",
            arguments: StatementArguments(rules.flatMap(\.values)))
        return (0..<rules.count).map { row?[$0] ?? 0 }
    }

    // MARK: Values

    /// Profiles up to which every value is looked at.
    static let exactMax: Int64 = 50_000
    /// Pieces of a sample, evenly spread, and the neighbouring profiles in each.
    static let samplePieces: Int64 = 2_000
    static let samplePieceLength: Int64 = 10

    /// Throws what `ProfileReading` says.
    package func frequentValues(
        of attribute: Attribute, limit: Int, _ limits: CallLimits
    ) throws -> FrequentValues {
        try read(limits) { db in
            let rule = try StoredRule(.always, in: db)
            let column = try rule.column(of: attribute)
            let bounds = try GRDB.Row.fetchOne(
                db,
                sql:
                    "SELECT (SELECT min(rowNumber) FROM profile), (SELECT max(rowNumber) FROM profile)"
            )
            guard let first = bounds?[0] as Int64?, let last = bounds?[1] as Int64? else {
                return FrequentValues(values: [], isSample: false)
            }
            // Counting a million profiles takes longer than the whole answer may.
            let isSample = last - first >= Self.exactMax
            let source =
                isSample
                ? Self.sample(of: column, first, last) : "SELECT \(column) AS value FROM profile"
            let rows = try GRDB.Row.fetchAll(
                db,
                sql: """
                    SELECT value, count(*) AS count FROM (\(source)) WHERE value IS NOT NULL
                    GROUP BY value ORDER BY count DESC, value LIMIT ?
                    """,
                arguments: [limit])
            return FrequentValues(
                values: rows.compactMap { row in
                    StoredRule.value(row["value"], kind: attribute.kind).map {
                        FrequentValues.Entry(value: $0, count: row["count"])
                    }
                }, isSample: isSample)
        }
    }

    /// Neighbours lie on the same page of the file, so reading a few at each place costs little more than
    /// reading one.
    private static func sample(of column: String, _ first: Int64, _ last: Int64) -> String {
        let stride = (last - first + 1) / samplePieces
        return """
            WITH RECURSIVE piece(start) AS (
                SELECT \(first) UNION ALL SELECT start + \(stride) FROM piece
                WHERE start + \(stride) <= \(last)
            )
            SELECT profile.\(column) AS value FROM piece CROSS JOIN profile
            ON profile.rowNumber BETWEEN start AND start + \(samplePieceLength - 1)
            """
    }
}
