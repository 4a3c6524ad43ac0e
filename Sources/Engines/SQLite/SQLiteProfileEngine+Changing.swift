package import Exports
import GRDB
package import Profiles
import SQLiteKit
package import Segments

extension SQLiteProfileEngine: ProfileImporting {
    /// Throws what `ProfileImporting` says.
    package func importProfiles(
        _ file: ImportFile, options: ImportOptions, mark: Int64? = nil, now: Timestamp,
        progress: (ImportProgress) -> Void, isCancelled: () -> Bool
    ) throws -> ImportSummary {
        try EngineError.replacingSQLite {
            try database.write { db in
                let summary = try ProfileImporter.run(
                    in: db, file: file, options: options, now: now, progress: progress,
                    isCancelled: isCancelled)
                try SearchIndex.noteImport(changedAt: now, in: db)
                _ = try SearchIndex.advance(by: SearchIndex.rowsOfImport, in: db)
                if let mark {
                    try db.execute(sql: "DELETE FROM importMark")
                    try db.execute(
                        sql: "INSERT INTO importMark (mark, summary) VALUES (?, ?)",
                        arguments: [mark, try JSONColumn.text(summary)])
                }
                return summary
            }
        }
    }

    /// Throws what `ProfileImporting` says.
    package func lastImport() throws -> (mark: Int64, summary: ImportSummary)? {
        try read(.none) { db in
            try Row.fetchOne(db, sql: "SELECT * FROM importMark").map { row in
                do {
                    return (
                        row["mark"], try JSONColumn.value(ImportSummary.self, from: row["summary"])
                    )
                } catch is DecodingError {
                    throw EngineError(.damaged, subject: "importMark.summary")
                }
            }
        }
    }
}

extension SQLiteProfileEngine: StaticMembers {
    /// Throws what `StaticMembers` says.
    package func freeze(
        _ predicate: Predicate, as segment: Segment.ID, _ limits: CallLimits
    ) throws -> Int {
        try write(limits) { db in
            let rule = try StoredRule(predicate, in: db)
            try db.execute(sql: "DELETE FROM staticMember WHERE segment = ?", arguments: [segment])
            try db.execute(
                sql: """
                    INSERT INTO staticMember (segment, profileRow)
                    SELECT \(segment), rowNumber FROM profile WHERE \(rule.sql)
                    """,
                arguments: rule.arguments)
            return db.changesCount
        }
    }

    /// Throws what `StaticMembers` says.
    package func freeze(
        ids: [Profile.ID], as segment: Segment.ID, _ limits: CallLimits
    ) throws -> (members: Int, unknown: [Profile.ID]) {
        try write(limits) { db in
            try db.execute(sql: "DELETE FROM staticMember WHERE segment = ?", arguments: [segment])
            let insert = try db.makeStatement(
                sql: """
                    INSERT OR IGNORE INTO staticMember (segment, profileRow)
                    SELECT ?, rowNumber FROM profile WHERE id = ?
                    """)
            let exists = try db.makeStatement(sql: "SELECT 1 FROM profile WHERE id = ?")
            var members = 0
            var unknown: [Profile.ID] = []
            for (index, id) in ids.enumerated() {
                // Statements as short as these end before SQLite asks.
                if index % Self.idsBetweenQuestions == 0 { try limits.check() }
                try insert.execute(arguments: [segment, id])
                members += db.changesCount
                if try db.changesCount == 0 && Int.fetchOne(exists, arguments: [id]) == nil {
                    unknown.append(id)
                }
            }
            return (members, unknown)
        }
    }

    private static let idsBetweenQuestions = 1_000

    /// Throws what `StaticMembers` says.
    package func removeMembers(of segment: Segment.ID, _ limits: CallLimits) throws {
        try write(limits) { db in
            try db.execute(sql: "DELETE FROM staticMember WHERE segment = ?", arguments: [segment])
        }
    }
}
