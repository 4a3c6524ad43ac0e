package import Access
import GRDB
package import Profiles
import SQLiteKit

extension HistoryCatalog {
    /// What is known of an import when it is written down.
    package struct NewImport: Sendable {
        package var source: Source.ID?
        package var fileName: String
        package var bytes: Int
        package var upload: String?
        package var choices: ImportChoices
        package var state: ImportState

        package init(
            source: Source.ID? = nil, fileName: String, bytes: Int, upload: String? = nil,
            choices: ImportChoices, state: ImportState
        ) {
            self.source = source
            self.fileName = fileName
            self.bytes = bytes
            self.upload = upload
            self.choices = choices
            self.state = state
        }
    }

    // MARK: Beginning

    /// Writes down an import, as a draft or to be carried out. Refused while another one of the same source
    /// is under way.
    package func addImport(_ new: NewImport, by actor: Actor) throws -> FileImport {
        try database.write { db in
            if let source = new.source, let open = try Self.openImport(ofSource: source, in: db) {
                throw StoreError(.importUnderWay, what: "source", ["import": .digits(open.id)])
            }
            let now = Catalog.now()
            try db.execute(
                sql: """
                    INSERT INTO import
                      (source, fileName, bytes, upload, options, actor, state, createdAt, startedAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    new.source, new.fileName, new.bytes, new.upload,
                    try JSONColumn.text(new.choices), actor.name, new.state.rawValue, now,
                    new.state == .running ? now : nil,
                ])
            let id = FileImport.ID(db.lastInsertedRowID)
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: new.state == .draft ? "upload" : "start", noun: "import",
                    thing: new.fileName), in: db)
            return try Self.requireImport(id, in: db)
        }
    }

    /// Keeps what a person chose for an import that has not been started. Throws `StoreError`:
    /// `.notFound`, `.importUnderWay` when it has been started, `.importEnded` when it is done or
    /// its file is gone.
    package func setChoices(_ choices: ImportChoices, ofImport id: FileImport.ID) throws {
        try database.write { db in
            try Self.requireStartable(id, in: db)
            try db.execute(
                sql: "UPDATE import SET options = ? WHERE id = ?",
                arguments: [try JSONColumn.text(choices), id])
        }
    }

    /// Lets an import take its turn, for the first time or once more. Throws as `setChoices` does.
    package func startImport(_ id: FileImport.ID, by actor: Actor) throws -> FileImport {
        try database.write { db in
            let found = try Self.requireStartable(id, in: db)
            try db.execute(
                sql: """
                    UPDATE import SET state = 'waiting', actor = ?, reason = NULL, detail = NULL,
                      problems = '[]', startedAt = NULL, endedAt = NULL
                    WHERE id = ?
                    """,
                arguments: [actor.name, id])
            try Catalog.write(
                AuditEvent(actor: actor, verb: "start", noun: "import", thing: found.fileName),
                in: db)
            return try Self.requireImport(id, in: db)
        }
    }

    /// The turn of an import has come. False when it does not wait any more. Throws trouble of the
    /// catalog.
    package func beginImport(_ id: FileImport.ID) throws -> Bool {
        try database.write { db in
            try db.execute(
                sql:
                    "UPDATE import SET state = 'running', startedAt = ? WHERE id = ? AND state = 'waiting'",
                arguments: [Catalog.now(), id])
            return db.changesCount > 0
        }
    }

    /// An import that could not end lets others go first, and takes its turn later. Throws trouble
    /// of the catalog.
    package func requeueImport(_ id: FileImport.ID) throws {
        try database.write { db in
            try db.execute(
                sql:
                    "UPDATE import SET state = 'waiting', startedAt = NULL WHERE id = ? AND state = 'running'",
                arguments: [id])
        }
    }

    // MARK: Ending

    /// The file is in. `fingerprint` is that of the source's file. Throws `StoreError`:
    /// `.notFound`, or `.importEnded` when the import has ended already.
    package func completeImport(
        _ id: FileImport.ID, _ summary: ImportSummary, badRows: String? = nil,
        fingerprint: String? = nil
    ) throws {
        try end(id, .done, verb: "finish", by: nil) { found, now, db in
            try db.execute(
                sql: "UPDATE import SET summary = ?, badRows = ?, upload = NULL WHERE id = ?",
                arguments: [try JSONColumn.text(summary), badRows, id])
            guard let source = found.source else { return }
            try db.execute(
                sql: """
                    UPDATE source SET lastState = 'imported', lastDetail = NULL, lastCheckedAt = ?1,
                      lastImportedAt = ?1, lastFingerprint = ?2
                    WHERE id = ?3
                    """,
                arguments: [now, fingerprint, source])
        }
    }

    /// The file is not in, and nothing was changed. Throws as `completeImport` does.
    package func failImport(_ id: FileImport.ID, _ trouble: ImportTrouble) throws {
        try end(id, .failed, verb: "fail", by: nil) { found, now, db in
            try Self.note(trouble, ofImport: id, in: db)
            guard let source = found.source else { return }
            try db.execute(
                sql:
                    "UPDATE source SET lastState = 'failed', lastDetail = ?, lastCheckedAt = ? WHERE id = ?",
                arguments: [trouble.detail.stored, now, source])
        }
    }

    /// Gives up an import that has not ended. Refused when it has, or when it is not in `state` any more.
    package func cancelImport(
        _ id: FileImport.ID, in state: ImportState? = nil, _ trouble: ImportTrouble? = nil,
        by actor: Actor
    ) throws {
        try end(id, .cancelled, verb: "cancel", by: actor) { found, _, db in
            if let state, found.state != state {
                throw StoreError(
                    .importUnderWay,
                    ["import": .digits(id), "state": .word(found.state.rawValue)])
            }
            if let trouble { try Self.note(trouble, ofImport: id, in: db) }
        }
    }

    private func end(
        _ id: FileImport.ID, _ state: ImportState, verb: String, by actor: Actor?,
        _ body: (FileImport, Int64, Database) throws -> Void
    ) throws {
        try database.write { db in
            let found = try Self.requireImport(id, in: db)
            guard found.endedAt == nil else {
                throw StoreError(.importEnded, ["import": .digits(id)])
            }
            let now = Catalog.now()
            try db.execute(
                sql: "UPDATE import SET state = ?, endedAt = ? WHERE id = ?",
                arguments: [state.rawValue, now, id])
            try body(found, now, db)
            try Catalog.write(
                AuditEvent(
                    actor: actor ?? Actor(name: found.actor), verb: verb, noun: "import",
                    thing: found.fileName), at: now, in: db)
        }
    }

    private static func note(
        _ trouble: ImportTrouble, ofImport id: FileImport.ID, in db: Database
    ) throws {
        try db.execute(
            sql: "UPDATE import SET reason = ?, detail = ?, problems = ? WHERE id = ?",
            arguments: [
                trouble.code, trouble.detail.stored, try JSONColumn.text(trouble.problems), id,
            ])
    }

    /// The files of an import are gone. Throws trouble of the catalog.
    package func forgetFiles(ofImport id: FileImport.ID) throws {
        try database.write { db in
            try db.execute(
                sql: "UPDATE import SET upload = NULL, badRows = NULL WHERE id = ?", arguments: [id]
            )
        }
    }

    // MARK: Looking

    /// At most `limit` imports, newest first; `before` pages. Throws trouble of the catalog.
    package func imports(
        ofSource source: Source.ID? = nil, before: FileImport.ID? = nil, limit: Int
    ) throws -> [FileImport] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM import
                    WHERE id < coalesce(?1, 9223372036854775807) AND (?2 IS NULL OR source = ?2)
                    ORDER BY id DESC LIMIT ?3
                    """,
                arguments: [before, source, limit]
            ).map(Self.fileImport)
        }
    }

    /// The import of that id. Throws `StoreError.notFound` when there is none.
    package func fileImport(id: FileImport.ID) throws -> FileImport {
        try database.read { try Self.requireImport(id, in: $0) }
    }

    /// Imports that have not ended, oldest first. Throws trouble of the catalog.
    package func openImports() throws -> [FileImport] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM import WHERE state IN ('draft', 'waiting', 'running') ORDER BY id
                    """
            ).map(Self.fileImport)
        }
    }

    /// Imports whose upload or bad rows still lie in the folder of uploads. Throws trouble of the
    /// catalog.
    package func importsWithFiles() throws -> [FileImport] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql:
                    "SELECT * FROM import WHERE upload IS NOT NULL OR badRows IS NOT NULL ORDER BY id"
            ).map(Self.fileImport)
        }
    }

    /// The key column of the import that ended last, which is a good guess for the next. Throws
    /// trouble of the catalog.
    package func lastImportKey() throws -> String? {
        try database.read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM import WHERE state = 'done' ORDER BY id DESC LIMIT 1"
            ).map { try Self.fileImport($0).choices.options.key }
        }
    }

    /// The import of a source that waits or runs. Throws trouble of the catalog.
    package func openImport(ofSource id: Source.ID) throws -> FileImport? {
        try database.read { try Self.openImport(ofSource: id, in: $0) }
    }

    static func openImport(ofSource id: Source.ID, in db: Database) throws -> FileImport? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM import WHERE source = ? AND state IN ('waiting', 'running')",
            arguments: [id]
        ).map(fileImport)
    }

    @discardableResult
    private static func requireStartable(_ id: FileImport.ID, in db: Database) throws -> FileImport
    {
        let found = try requireImport(id, in: db)
        guard found.state.isStartable else {
            throw StoreError(
                found.state == .done ? .importEnded : .importUnderWay, what: "start",
                ["import": .digits(id), "state": .word(found.state.rawValue)])
        }
        guard found.upload != nil else {
            throw StoreError(.importEnded, what: "file-gone", ["import": .digits(id)])
        }
        return found
    }

    private static func requireImport(_ id: FileImport.ID, in db: Database) throws -> FileImport {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM import WHERE id = ?", arguments: [id])
        else { throw StoreError.missing("import", id) }
        return try fileImport(row)
    }

    private static func fileImport(_ row: Row) throws -> FileImport {
        return FileImport(
            id: row["id"], source: row["source"], fileName: row["fileName"], bytes: row["bytes"],
            upload: row["upload"], badRows: row["badRows"],
            choices: try row.json(ImportChoices.self, StoredPlace("import", "options")),
            actor: row["actor"], state: try row.known(StoredPlace("import", "state")),
            summary: try row.jsonIfAny(ImportSummary.self, StoredPlace("import", "summary")),
            reason: row["reason"],
            detail: (row["detail"] as String?).map { Remark(stored: $0) },
            problems: try row.json(
                [FileImport.BadRow].self, StoredPlace("import", "problems")),
            createdAt: row["createdAt"], startedAt: row["startedAt"], endedAt: row["endedAt"])
    }
}
