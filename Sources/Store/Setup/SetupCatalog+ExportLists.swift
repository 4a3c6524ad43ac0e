package import Access
package import Exports
import GRDB

extension SetupCatalog {
    /// Exports by name, each with its connection and its last run. Throws trouble of the catalog.
    package func exportEntries(limit: Int = 1_000) throws -> [ExportEntry] {
        try database.read { db in
            try Self.exportEntries("ORDER BY export.name LIMIT ?", [limit], in: db)
        }
    }

    /// One export with its connection and its last run; nil when there is none. Throws trouble of
    /// the catalog.
    package func exportEntry(id: Export.ID) throws -> ExportEntry? {
        try database.read { try Self.exportEntries("WHERE export.id = ?", [id], in: $0).first }
    }

    /// Connections that a role may use for exports, by name. Throws trouble of the catalog.
    package func connections(usableBy role: Role) throws -> [ExportConnection] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT id, name, destination, audience FROM connection ORDER BY name"
            ).map {
                ExportConnection(
                    id: $0["id"], name: $0["name"], destination: $0["destination"],
                    audience: try $0.known(StoredPlace("connection", "audience")))
            }
        }.filter { role.allows(.changeExports) && $0.audience.admits(role) }
    }

    /// `tail` is SQL of ours, never a person's.
    private static func exportEntries(
        _ tail: String, _ arguments: StatementArguments, in db: Database
    ) throws -> [ExportEntry] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT export.*, connection.name AS connectionName, connection.destination,
                  connection.audience, run.id AS runID, run.state AS runState,
                  run.trigger AS runTrigger, run.createdAt AS runAt
                FROM export
                LEFT JOIN connection ON connection.id = export.connection
                LEFT JOIN run ON run.id = (SELECT max(id) FROM run WHERE run.export = export.id)
                \(tail)
                """,
            arguments: arguments)
        let segments = try segmentNames(in: db)
        let own = try ownSchedules(in: db)
        return try rows.map { row in
            ExportEntry(
                export: try export(
                    row, segments: segments[row["id"]] ?? [], own: own[row["id"]]),
                connection: try (row["connection"] as Connection.ID?).map {
                    ExportConnection(
                        id: $0, name: row["connectionName"], destination: row["destination"],
                        audience: try row.known(StoredPlace("connection", "audience")))
                },
                lastRun: try (row["runID"] as Run.ID?).map {
                    ExportEntry.LastRun(
                        id: $0, state: try row.known(StoredPlace("run", "state", as: "runState")),
                        trigger: try row.known(
                            StoredPlace("run", "trigger", as: "runTrigger")),
                        createdAt: row["runAt"])
                })
        }
    }

    /// The segments of every export, in their order.
    private static func segmentNames(in db: Database) throws -> [Export.ID: [String]] {
        var names: [Export.ID: [String]] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT export, segment.name FROM exportSegment
                JOIN segment ON segment.id = exportSegment.segment ORDER BY export, position
                """)
        while let row = try rows.next() { names[row["export"], default: []].append(row["name"]) }
        return names
    }
}
