import GRDB

extension HistoryCatalog {
    /// Rows read at once for a download, so that no read lasts long.
    private static let auditPage = 500
    /// Distinct words of one kind that a filter offers.
    private static let auditWordsMax = 500

    /// At most `limit` rows of the audit, newest first; `before` pages. Throws trouble of the
    /// catalog.
    package func auditEntries(
        _ filter: AuditFilter = AuditFilter(), before: AuditEntry.ID? = nil, limit: Int = 100
    ) throws -> [AuditEntry] {
        // Only conditions that are asked for, so that an index can serve them; the values are bound.
        var conditions: [SQL] = []
        if let before { conditions.append("id < \(before)") }
        if let actor = filter.actor { conditions.append("actor = \(actor)") }
        if let verb = filter.verb { conditions.append("verb = \(verb)") }
        if let noun = filter.noun { conditions.append("noun = \(noun)") }
        if let thing = filter.thing {
            conditions.append("instr(lower(thing), lower(\(thing))) > 0")
        }
        if let from = filter.from { conditions.append("at >= \(from)") }
        if let to = filter.to { conditions.append("at < \(to)") }
        let all: SQL = conditions.isEmpty ? "1" : conditions.joined(separator: " AND ")
        let request: SQLRequest<Row> =
            "SELECT * FROM audit WHERE \(all) ORDER BY id DESC LIMIT \(limit)"
        return try database.read { db in
            try request.fetchAll(db).map(Self.auditEntry)
        }
    }

    /// The words that stand in the audit, for filters. Throws trouble of the catalog.
    package func auditWords() throws -> (actors: [String], verbs: [String], nouns: [String]) {
        try database.read { db in
            (
                try Self.distinct(.actor, in: db), try Self.distinct(.verb, in: db),
                try Self.distinct(.noun, in: db)
            )
        }
    }

    /// Visits the rows of the audit, newest first, page by page; stops when `body` answers false. Rows
    /// written meanwhile are not among them. Throws what `body` throws, and trouble of the catalog.
    package func forEachAuditEntry(
        _ filter: AuditFilter = AuditFilter(), _ body: (AuditEntry) throws -> Bool
    ) throws {
        var before: AuditEntry.ID?
        while true {
            let page = try auditEntries(filter, before: before, limit: Self.auditPage)
            for entry in page {
                guard try body(entry) else { return }
            }
            guard page.count == Self.auditPage else { return }
            before = page.last?.id
        }
    }

    /// A column of the audit that holds few different words.
    private enum AuditColumn: String {
        case actor, verb, noun
    }

    /// Jumps from word to word in the column's index; the audit itself may be long.
    private static func distinct(_ column: AuditColumn, in db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                WITH RECURSIVE word(text) AS (
                  SELECT min(\(column.rawValue)) FROM audit
                  UNION ALL
                  SELECT (SELECT min(\(column.rawValue)) FROM audit WHERE \(column.rawValue) > text)
                  FROM word WHERE text IS NOT NULL
                )
                SELECT text FROM word WHERE text IS NOT NULL LIMIT ?
                """,
            arguments: [auditWordsMax])
    }

    private static func auditEntry(_ row: Row) -> AuditEntry {
        let changes: String = row["changes"]
        return AuditEntry(
            id: row["id"], at: row["at"], actor: row["actor"], verb: row["verb"],
            noun: row["noun"], thing: row["thing"],
            changes: changes.split(separator: " ").map(String.init))
    }
}
