package import Access
import GRDB
import Profiles
import SQLiteKit

extension SetupCatalog {
    /// Declares a source. Refused when its name or file is taken, or when a file that is the whole would no
    /// longer be alone.
    package func addSource(_ draft: SourceDraft, by actor: Actor) throws -> Source {
        try Catalog.checkName(draft.name, of: "a source")
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
            let source = try Self.requireSource(db.lastInsertedRowID, in: db)
            try Catalog.write(
                AuditEvent(actor: actor, verb: "add", noun: "source", thing: draft.name), in: db)
            return source
        }
    }

    /// Gives a source another name, file or options. The file is imported at the next refresh, changed or
    /// not, when it is read differently from now on.
    package func setSource(_ id: Source.ID, to draft: SourceDraft, by actor: Actor) throws {
        try Catalog.checkName(draft.name, of: "a source")
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
                throw StoreError(
                    .inUse,
                    "The source '\(source.name)' is being imported. Wait, or cancel that first."
                )
            }
            try db.execute(sql: "DELETE FROM source WHERE id = ?", arguments: [id])
            try Catalog.write(
                AuditEvent(actor: actor, verb: "remove", noun: "source", thing: source.name),
                in: db)
            return source
        }
    }

    /// All sources by name; there are few.
    package func sources() throws -> [Source] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM source ORDER BY name").map(Self.source)
        }
    }

    package func source(id: Source.ID) throws -> Source {
        try database.read { try Self.requireSource(id, in: $0) }
    }

    /// The source of that name; the error names those there are.
    package func source(named name: String) throws -> Source {
        try database.read { db in
            let sources = try Row.fetchAll(db, sql: "SELECT * FROM source ORDER BY name")
                .map(Self.source)
            if let source = sources.first(where: { $0.name == name }) { return source }
            throw Catalog.notFound(
                "source", name, among: sources.map(\.name),
                hint: "Declare one with 'ferry sources add'.")
        }
    }

    /// Notes what came of a look at a source's file that did not import it.
    package func note(
        _ state: Source.State, detail: String? = nil, of id: Source.ID, at now: Int64
    ) throws {
        try database.write { db in
            try db.execute(
                sql:
                    "UPDATE source SET lastState = ?, lastDetail = ?, lastCheckedAt = ? WHERE id = ?",
                arguments: [state.rawValue, detail, now, id])
        }
    }

    /// Whether profiles missing from one file may be removed: not while other files bring profiles too.
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
            throw StoreError(.nameTaken, "There is already a source '\(draft.name)'.")
        }
        if let other = others.first(where: { $0.file == draft.file }) {
            throw StoreError(
                .inUse, "The file '\(draft.file)' is the source '\(other.name)' already.")
        }
        if draft.choices.options.removeMissing, let other = others.first {
            throw StoreError(
                .notAlone,
                "Profiles missing from '\(draft.file)' cannot be removed: those of the source '\(other.name)' would go too. Only a source that is alone can be the whole."
            )
        }
        if let whole = others.first(where: { $0.choices.options.removeMissing }) {
            throw StoreError(
                .notAlone,
                "The source '\(whole.name)' removes profiles that are missing from its file, so there can be no other source. Change that first."
            )
        }
    }

    static func requireSource(_ id: Source.ID, in db: Database) throws -> Source {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM source WHERE id = ?", arguments: [id])
        else { throw StoreError(.notFound, "There is no source \(id).") }
        return try source(row)
    }

    private static func source(_ row: Row) throws -> Source {
        let state: String? = row["lastState"]
        return Source(
            id: row["id"], name: row["name"], file: row["file"],
            choices: try row.json(ImportChoices.self, StoredPlace("source", "options")),
            isActive: row["isActive"], createdAt: row["createdAt"],
            lastFingerprint: row["lastFingerprint"], lastImportedAt: row["lastImportedAt"],
            lastState: state.flatMap(Source.State.init), lastDetail: row["lastDetail"],
            lastCheckedAt: row["lastCheckedAt"])
    }
}
