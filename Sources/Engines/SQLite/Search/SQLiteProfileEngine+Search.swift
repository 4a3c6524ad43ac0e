package import Exports
import GRDB
import Profiles
import Segments

extension SQLiteProfileEngine: ProfileSearch {
    /// Throws what `ProfileSearch` says.
    package func find(_ query: ProfileQuery, _ limits: CallLimits) throws -> ProfilePage {
        try read(limits) { try Self.search(query, in: $0) }
    }

    /// Pages stand in the order of the rows, and a cursor is the number of the last one.
    private static func search(_ query: ProfileQuery, in db: Database) throws -> ProfilePage {
        let after = try query.after.map { text in
            guard let row = Int64(text), row > 0 else { throw EngineError(.badCursor) }
            return row
        }
        let rule = try StoredRule(query.filter, in: db)
        let terms = SearchTerms(query.text)
        let exact = try exactRows(terms, rule, in: db)
        let rows = try rows(
            after: after ?? 0, limit: query.limit, terms, rule, without: exact, in: db)
        let shown = rows.prefix(query.limit)
        let first = query.after == nil ? try profiles(exact, rule, in: db) : []
        let last: Int64? = rows.count > query.limit ? shown.last?["rowNumber"] : nil
        return ProfilePage(
            profiles: first + (try shown.map { try rule.profile($0) }),
            next: last.map { String($0) })
    }

    /// Throws what `ProfileSearch` says.
    package func index(_ limits: CallLimits) throws -> SearchIndexState {
        try read(limits, SearchIndex.state)
    }

    /// Throws what `ProfileSearch` says.
    package func choose(_ attributes: [String], _ limits: CallLimits) throws {
        try write(limits) { db in
            try SearchIndex.choose(attributes, in: db)
            _ = try SearchIndex.advance(by: SearchIndex.rowsOfImport, in: db)
        }
    }

    /// Throws what `ProfileSearch` says.
    package func advanceIndex(by rows: Int, _ limits: CallLimits) throws -> Bool {
        // Mostly there is nothing to do, which needs no lock to find out.
        let isComplete = try read(limits) { db in
            try SearchIndex.isComplete(
                SearchIndex.columns(of: SearchIndex.searchable(in: db).attributes), in: db)
        }
        return try isComplete || write(limits) { try SearchIndex.advance(by: rows, in: $0) }
    }

    /// One row more than the page holds, unless there are no more.
    private static func rows(
        after: Int64, limit: Int, _ terms: SearchTerms, _ rule: StoredRule,
        without exact: [Int64], in db: Database
    ) throws -> [Row] {
        let others = "rowNumber NOT IN (\(exact.map(String.init).joined(separator: ", ")))"
        guard !terms.isEmpty else {
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM profile WHERE rowNumber > ? AND \(rule.sql)
                    ORDER BY rowNumber LIMIT ?
                    """,
                arguments: [after] + rule.arguments + [limit + 1])
        }
        guard let words = terms.query else { return [] }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT profile.* FROM profileSearch
                CROSS JOIN profile ON profile.rowNumber = profileSearch.rowid
                WHERE profileSearch MATCH ? AND profileSearch.rowid > ? AND \(others)
                  AND \(rule.sql)
                ORDER BY profileSearch.rowid LIMIT ?
                """,
            arguments: [words, after] + rule.arguments + [limit + 1])
    }

    /// Most people share no address; of those who do, the first are enough to be shown on top.
    private static let sharersMax = 20

    /// Rows whose id or address is what was typed.
    private static func exactRows(
        _ terms: SearchTerms, _ rule: StoredRule, in db: Database
    ) throws -> [Int64] {
        guard !terms.isEmpty else { return [] }
        var rows = try Int64.fetchAll(
            db, sql: "SELECT rowNumber FROM profile WHERE id = ? AND \(rule.sql)",
            arguments: [terms.text] + rule.arguments)
        let columns = try SearchIndex.searchable(in: db).attributes.map(\.columnName)
        guard terms.looksLikeAddress, !columns.isEmpty else { return rows }
        let found = try rowsWithKey(
            PersonKey.normalized(terms.text), columns: columns, rule, limit: sharersMax, in: db)
        for row in found where !rows.contains(row) { rows.append(row) }
        return rows
    }

    /// Rows that hold an address with this key in one of the columns, all of which the index holds.
    static func rowsWithKey(
        _ key: String, columns: [String], _ rule: StoredRule, limit: Int, in db: Database
    ) throws -> [Int64] {
        guard let phrase = SearchTerms(key).phrase else { return [] }
        let isKey = columns.map { "ferry_key(\($0)) = ?" }.joined(separator: " OR ")
        return try Int64.fetchAll(
            db,
            sql: """
                SELECT profile.rowNumber FROM profileSearch
                CROSS JOIN profile ON profile.rowNumber = profileSearch.rowid
                WHERE profileSearch MATCH ? AND (\(isKey)) AND \(rule.sql)
                ORDER BY profileSearch.rowid LIMIT ?
                """,
            arguments: StatementArguments([phrase] + columns.map { _ in key }) + rule.arguments
                + [limit])
    }

    private static func profiles(
        _ rows: [Int64], _ rule: StoredRule, in db: Database
    ) throws -> [Profile] {
        try rows.compactMap { row in
            try Row.fetchOne(db, sql: "SELECT * FROM profile WHERE rowNumber = ?", arguments: [row])
        }.map { try rule.profile($0) }
    }
}

// MARK: - Facets

extension SQLiteProfileEngine {
    /// Profiles looked at from either end of the table.
    private static let sampleRows = 1_000
    /// Attributes with more different values are no choice to tick.
    private static let valuesMax = 8
    /// Longer texts are notes rather than choices.
    private static let charactersMax = 60

    /// Throws what `ProfileReading` says.
    package func facets(limit: Int, _ limits: CallLimits) throws -> [Facet] {
        let (schema, profiles) = try read(limits) { db in
            let rule = try StoredRule(.always, in: db)
            let profiles = try ["", " DESC"].flatMap { order in
                try Row.fetchAll(
                    db, sql: "SELECT * FROM profile ORDER BY rowNumber\(order) LIMIT ?",
                    arguments: [Self.sampleRows]
                ).map { try rule.profile($0) }
            }
            return (try ProfileSchemaTables.schema(in: db), profiles)
        }
        var found: [Facet] = []
        for attribute in schema.attributes where found.count < limit {
            guard attribute.kind == .text || attribute.kind == .boolean else { continue }
            var counts: [AttributeValue: Int] = [:]
            for profile in profiles where counts.count <= Self.valuesMax {
                guard let value = profile.values[attribute.name] else { continue }
                counts[value, default: 0] += 1
            }
            // What hardly repeats is a name, not a choice.
            guard (2...Self.valuesMax).contains(counts.count),
                profiles.count >= 4 * counts.count || attribute.kind == .boolean,
                counts.keys.allSatisfy({ $0.exported.count <= Self.charactersMax })
            else { continue }
            let values = counts.sorted {
                ($1.value, $0.key.exported) < ($0.value, $1.key.exported)
            }
            found.append(Facet(attribute: attribute, values: values.map(\.key)))
        }
        return found
    }
}
