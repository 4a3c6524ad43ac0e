package import Exports
import GRDB
package import Profiles
import SQLiteKit
package import Segments

extension SQLiteProfileEngine: ProfileReading {
    /// Throws what `ProfileReading` says.
    package func schema(_ limits: CallLimits) throws -> ProfileSchema {
        try read(limits, ProfileSchemaTables.schema)
    }

    /// Throws what `ProfileReading` says.
    package func count(_ predicate: Predicate, _ limits: CallLimits) throws -> Int {
        try read(limits) { db in
            let rule = try StoredRule(predicate, in: db)
            return try Int.fetchOne(
                db, sql: "SELECT count(*) FROM profile WHERE \(rule.sql)", arguments: rule.arguments
            )
                ?? 0
        }
    }

    /// Throws what `ProfileReading` says.
    package func forEachMember(
        _ query: MemberQuery, _ limits: CallLimits, _ body: (MemberView) throws -> Void
    ) throws {
        do {
            try EngineError.replacingSQLite {
                try limits.check()
                // A connection of its own, so that pages do not wait for one as long as a plan is made.
                try database.makeSnapshot().read { db in
                    try Interruption.within(limits, in: db) {
                        try Self.forEachMember(query, in: db, body)
                    }
                }
            }
        } catch let end as EndOfStream {
            throw end.error
        }
    }

    /// What the reader of a stream threw: it is no trouble of this database.
    private struct EndOfStream: Error {
        let error: any Error
    }

    private static func forEachMember(
        _ query: MemberQuery, in db: Database, _ body: (MemberView) throws -> Void
    ) throws {
        let rule = try StoredRule(query.predicate, in: db)
        let email = try rule.column(of: query.email)
        let columns = try query.columns.map { try rule.column(of: $0.attribute) }
        // The values become one blob before they are sorted: fewer and smaller pieces to move.
        let packer = ValuePacker(query)
        try packer.register(in: db, arguments: columns.count)
        let statement = try PreparedStatement(
            db,
            """
            SELECT ferry_key(\(email)), id, ferry_values(\(columns.joined(separator: ", ")))
            FROM profile WHERE \(rule.sql)
            ORDER BY 1, changedAt DESC, id
            """)
        for (index, argument) in rule.values.enumerated() {
            statement.bind(argument, at: Int32(index + 1))
        }
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        while try statement.step() {
            let values = statement.blob(2) ?? empty
            let member = MemberView(
                key: statement.text(0), profileID: statement.text(1), values: values)
            do {
                try body(member)
            } catch {
                throw EndOfStream(error: error)
            }
        }
    }

    /// Pages stand in the order of ids, and a cursor is the last id of a page. Throws what
    /// `ProfileReading` says; every text is a cursor here.
    package func page(
        of predicate: Predicate, after: String?, limit: Int, _ limits: CallLimits
    ) throws -> ProfilePage {
        try EngineError.replacingSQLite {
            try limits.check()
            return try database.read { db in
                let rule = try StoredRule(predicate, in: db)
                let arguments = rule.arguments + [after ?? "", limit + 1]
                func profiles(_ hint: String) throws -> [Profile] {
                    try Row.fetchAll(
                        db,
                        sql: """
                            SELECT * FROM profile \(hint) WHERE \(rule.sql) AND id > ? ORDER BY id LIMIT ?
                            """,
                        arguments: arguments
                    ).map { try rule.profile($0) }
                }
                // In the order of ids the first of many are found at once, and a few among many never: then
                // reading all of them in the order they lie in takes a tenth of that.
                let found: [Profile]
                do {
                    found = try Interruption.within(limits.narrowed(to: Self.walkPatience), in: db)
                    {
                        try profiles("")
                    }
                } catch let error as EngineError where error.code == .timedOut {
                    found = try Interruption.within(limits, in: db) { try profiles("NOT INDEXED") }
                }
                let shown = Array(found.prefix(limit))
                return ProfilePage(
                    profiles: shown, next: found.count > limit ? shown.last?.id : nil)
            }
        }
    }

    /// How long members are looked for by walking along the ids.
    private static let walkPatience = Duration.milliseconds(30)

    /// Throws what `ProfileReading` says.
    package func existing(
        _ ids: [Profile.ID], _ limits: CallLimits
    ) throws -> Set<Profile.ID> {
        try read(limits) { db in
            var found: Set<Profile.ID> = []
            var rest = ids[...]
            while !rest.isEmpty {
                let asked = rest.prefix(Self.idsOfStatement)
                rest = rest.dropFirst(asked.count)
                let places = asked.map { _ in "?" }.joined(separator: ", ")
                found.formUnion(
                    try String.fetchAll(
                        db, sql: "SELECT id FROM profile WHERE id IN (\(places))",
                        arguments: StatementArguments(asked)))
            }
            return found
        }
    }

    /// Ids that one statement looks for; SQLite takes 32,766 arguments.
    private static let idsOfStatement = 1_000

    /// Throws what `ProfileReading` says.
    package func profile(id: Profile.ID, _ limits: CallLimits) throws -> Profile? {
        try read(limits) { db in
            let rule = try StoredRule(.always, in: db)
            return try Row.fetchOne(
                db, sql: "SELECT * FROM profile WHERE id = ?", arguments: [id]
            ).map { try rule.profile($0) }
        }
    }

    /// Throws what `ProfileReading` says.
    package func isMember(
        _ id: Profile.ID, of predicate: Predicate, _ limits: CallLimits
    ) throws -> Bool {
        try read(limits) { db in
            let rule = try StoredRule(predicate, in: db)
            return try Int.fetchOne(
                db, sql: "SELECT 1 FROM profile WHERE \(rule.sql) AND id = ?",
                arguments: rule.arguments + [id]) != nil
        }
    }

    /// Throws what `ProfileReading` says.
    package func profiles(
        withKey key: String, emailAttribute: String, _ limits: CallLimits
    ) throws -> [Profile] {
        try read(limits) { db in
            let rule = try StoredRule(.always, in: db)
            guard let stored = rule.attributes.first(where: { $0.name == emailAttribute }) else {
                return []
            }
            if let rows = try Self.indexedRows(withKey: key, stored, rule, in: db) { return rows }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM profile WHERE ferry_key(\(stored.columnName)) = ?
                    ORDER BY changedAt DESC, id LIMIT 100
                    """,
                arguments: [key])
            return try rows.map { try rule.profile($0) }
        }
    }

    /// The same through the search index; nil where that does not hold the attribute of every profile.
    private static func indexedRows(
        withKey key: String, _ attribute: StoredAttribute, _ rule: StoredRule, in db: Database
    ) throws -> [Profile]? {
        let indexed = try SearchIndex.searchable(in: db).attributes
        // Letters outside ASCII may fold otherwise in the index than in keys.
        guard key.utf8.allSatisfy({ $0 < 0x80 }), SearchTerms(key).phrase != nil,
            key.count <= PersonKey.lengthMax, indexed.contains(attribute),
            try SearchIndex.isComplete(SearchIndex.columns(of: indexed), in: db)
        else { return nil }
        let rows = try rowsWithKey(
            key, columns: [attribute.columnName], rule, limit: 100, in: db)
        return try rows.compactMap { row in
            try Row.fetchOne(
                db, sql: "SELECT * FROM profile WHERE rowNumber = ?", arguments: [row])
        }.map { try rule.profile($0) }.sorted { ($1.changedAt, $0.id) < ($0.changedAt, $1.id) }
    }
}
