package import Access
import GRDB
package import Profiles
import SQLiteKit

extension SetupCatalog {
    /// Declares a source. Refused when its name or file is taken, or when a file that is the whole would no
    /// longer be alone.
    package func addSource(_ draft: SourceDraft, by actor: Actor) throws -> Source {
        try Catalog.checkName(draft.name, of: "source")
        return try database.write { db in
            try Self.check(draft, id: nil, in: db)
            try db.execute(
                sql: """
                    INSERT INTO source (name, file, options, isActive, createdAt)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    draft.name, draft.file, try JSONColumn.text(draft.choices), draft.isActive,
                    Catalog.now(),
                ])
            let source = try Self.requireSource(Source.ID(db.lastInsertedRowID), in: db)
            try Catalog.write(
                AuditEvent(actor: actor, verb: "add", noun: "source", thing: draft.name), in: db)
            return source
        }
    }

    /// Gives a source another name, file or options. The file is imported at the next refresh, changed or
    /// not, when it is read differently from now on. Throws `StoreError`: `.notFound`, `.badName`,
    /// `.nameTaken`, `.inUse` for a file that another source has, `.notAlone`.
    package func setSource(_ id: Source.ID, to draft: SourceDraft, by actor: Actor) throws {
        try Catalog.checkName(draft.name, of: "source")
        try database.write { db in
            let source = try Self.requireSource(id, in: db)
            try Self.check(draft, id: id, in: db)
            var changes: [String] = []
            if source.name != draft.name { changes.append("name") }
            if source.file != draft.file { changes.append("file") }
            if source.choices != draft.choices { changes.append("options") }
            if source.isActive != draft.isActive { changes.append("state") }
            guard !changes.isEmpty else { return }
            let isReadAnew = source.file != draft.file || source.choices != draft.choices
            try db.execute(
                sql: """
                    UPDATE source SET name = ?, file = ?, options = ?, isActive = ?,
                      lastFingerprint = CASE WHEN ? THEN NULL ELSE lastFingerprint END
                    WHERE id = ?
                    """,
                arguments: [
                    draft.name, draft.file, try JSONColumn.text(draft.choices), draft.isActive,
                    isReadAnew, id,
                ])
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "set", noun: "source", thing: draft.name, changes: changes),
                in: db)
        }
    }

    /// Forgets a source; its file and the profiles it brought stay. Refused while it is imported.
    package func removeSource(_ id: Source.ID, by actor: Actor) throws -> Source {
        try database.write { db in
            let source = try Self.requireSource(id, in: db)
            if try HistoryCatalog.openImport(ofSource: id, in: db) != nil {
                throw StoreError(.inUse, what: "source-importing", ["name": .text(source.name)])
            }
            try db.execute(sql: "DELETE FROM source WHERE id = ?", arguments: [id])
            try Catalog.write(
                AuditEvent(actor: actor, verb: "remove", noun: "source", thing: source.name),
                in: db)
            return source
        }
    }

    /// All sources by name; there are few. Throws trouble of the catalog.
    package func sources() throws -> [Source] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM source ORDER BY name").map(Self.source)
        }
    }

    /// The source of that id. Throws `StoreError.notFound` when there is none.
    package func source(id: Source.ID) throws -> Source {
        try database.read { try Self.requireSource(id, in: $0) }
    }

    /// The source of that name. Throws `StoreError.notFound`, with the nearest name or those there
    /// are, when there is none.
    package func source(named name: String) throws -> Source {
        try database.read { db in
            let sources = try Row.fetchAll(db, sql: "SELECT * FROM source ORDER BY name")
                .map(Self.source)
            if let source = sources.first(where: { $0.name == name }) { return source }
            throw Catalog.notFound("source", name, among: sources.map(\.name))
        }
    }

    /// Notes what came of a look at a source's file that did not import it. Throws trouble of the
    /// catalog.
    package func note(
        _ state: Source.State, detail: Remark? = nil, of id: Source.ID, at now: Int64
    ) throws {
        try database.write { db in
            try db.execute(
                sql:
                    "UPDATE source SET lastState = ?, lastDetail = ?, lastCheckedAt = ? WHERE id = ?",
                arguments: [state.rawValue, detail?.stored, now, id])
        }
    }

    /// Whether profiles missing from one file may be removed: not while other files bring profiles too.
    /// Throws trouble of the catalog.
    package func mayRemoveMissing(exceptSource id: Source.ID? = nil) throws -> Bool {
        try database.read { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM source WHERE id IS NOT ?", arguments: [id]) == 0
        }
    }

    private static func check(_ draft: SourceDraft, id: Source.ID?, in db: Database) throws {
        let others = try Row.fetchAll(
            db, sql: "SELECT * FROM source WHERE id IS NOT ? ORDER BY name", arguments: [id]
        ).map(source)
        if others.contains(where: { $0.name == draft.name }) {
            throw StoreError.taken("source", draft.name)
        }
        if let other = others.first(where: { $0.file == draft.file }) {
            throw StoreError(
                .inUse, what: "file-of-source",
                ["file": .text(draft.file), "name": .text(other.name)])
        }
        if draft.choices.options.removeMissing, let other = others.first {
            throw StoreError(
                .notAlone, what: "others",
                ["file": .text(draft.file), "source": .text(other.name)])
        }
        if let whole = others.first(where: { $0.choices.options.removeMissing }) {
            throw StoreError(.notAlone, what: "whole", ["source": .text(whole.name)])
        }
    }

    static func requireSource(_ id: Source.ID, in db: Database) throws -> Source {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM source WHERE id = ?", arguments: [id])
        else { throw StoreError.missing("source", id) }
        return try source(row)
    }

    private static func source(_ row: Row) throws -> Source {
        let state: String? = row["lastState"]
        return Source(
            id: row["id"], name: row["name"], file: row["file"],
            choices: try row.json(ImportChoices.self, StoredPlace("source", "options")),
            isActive: row["isActive"], createdAt: row["createdAt"],
            lastFingerprint: row["lastFingerprint"], lastImportedAt: row["lastImportedAt"],
            lastState: state.flatMap(Source.State.init),
            lastDetail: (row["lastDetail"] as String?).map { Remark(stored: $0) },
            lastCheckedAt: row["lastCheckedAt"])
    }
}
