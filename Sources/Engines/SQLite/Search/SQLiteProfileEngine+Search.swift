package import Exports
import GRDB
import Profiles
import Segments

extension SQLiteProfileEngine {
    /// The longest that a search may compute; a page of the largest installation takes a tenth of it.
    private static let patience = Duration.seconds(5)

    package func search(_ query: CustomerQuery) throws -> CustomerPage {
        try database.read { db in
            let end = ContinuousClock.now + Self.patience
            return try Interruption.whileAsking({ ContinuousClock.now > end }, in: db) {
                try Self.search(query, in: db)
            }
        }
    }

    private static func search(_ query: CustomerQuery, in db: Database) throws -> CustomerPage {
        let rule = try StoredRule(query.filter, in: db)
        let terms = SearchTerms(query.text)
        let exact = try exactRows(terms, rule, in: db)
        let rows = try rows(query, terms, rule, without: exact, in: db)
        let shown = rows.prefix(query.limit)
        let first = query.after == nil ? try profiles(exact, rule, in: db) : []
        return CustomerPage(
            profiles: first + (try shown.map { try rule.profile($0) }),
            next: rows.count > query.limit ? shown.last?["rowNumber"] : nil)
    }

    package func searchIndex() throws -> SearchIndexState {
        try database.read(SearchIndex.state)
    }

    package func chooseSearchable(_ attributes: [String]) throws {
        try database.write { db in
            try SearchIndex.choose(attributes, in: db)
            _ = try SearchIndex.advance(by: SearchIndex.rowsOfImport, in: db)
        }
    }

    package func advanceSearchIndex(by rows: Int) throws -> Bool {
        // Mostly there is nothing to do, which needs no lock to find out.
        let isComplete = try database.read { db in
            try SearchIndex.isComplete(
                SearchIndex.columns(of: SearchIndex.searchable(in: db).attributes), in: db)
        }
        return try isComplete || database.write { try SearchIndex.advance(by: rows, in: $0) }
    }

    /// One row more than the page holds, unless there are no more.
    private static func rows(
        _ query: CustomerQuery, _ terms: SearchTerms, _ rule: StoredRule, without exact: [Int64],
        in db: Database
    ) throws -> [Row] {
        let others = "rowNumber NOT IN (\(exact.map(String.init).joined(separator: ", ")))"
        let after = query.after ?? 0
        guard !terms.isEmpty else {
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM profile WHERE rowNumber > ? AND \(rule.sql)
                    ORDER BY rowNumber LIMIT ?
                    """,
                arguments: [after] + rule.arguments + [query.limit + 1])
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
            arguments: [words, after] + rule.arguments + [query.limit + 1])
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

    package func facets(limit: Int) throws -> [Facet] {
        let profiles = try database.read { db in
            let rule = try StoredRule(.always, in: db)
            return try ["", " DESC"].flatMap { order in
                try Row.fetchAll(
                    db, sql: "SELECT * FROM profile ORDER BY rowNumber\(order) LIMIT ?",
                    arguments: [Self.sampleRows]
                ).map { try rule.profile($0) }
            }
        }
        var found: [Facet] = []
        for attribute in try schema().attributes where found.count < limit {
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
