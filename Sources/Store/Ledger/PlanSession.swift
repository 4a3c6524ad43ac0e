package import Exports
import Foundation
import GRDB
import SQLiteKit

/// What a plan needs of the catalog while it is made: the ledger of its export in key order, and who is
/// claimed by other exports. Lives inside one view of the catalog.
package final class LedgerReader {
    private let rows: PreparedStatement
    /// Nil when no other export could claim anybody.
    private let claims: PreparedStatement?

    init(_ db: Database, export: Export) throws {
        rows = try PreparedStatement(
            db,
            "SELECT personKey, profileID, state, delivered FROM ledger WHERE export = ? ORDER BY personKey"
        )
        rows.bind(export.id, at: 1)
        let rivals = try Self.rivals(of: export, in: db)
        guard !rivals.isEmpty else {
            claims = nil
            return
        }
        claims = try PreparedStatement(
            db,
            """
            SELECT 1 FROM ledger WHERE personKey = ?1 AND delivered IS NOT NULL
              AND state <> \(LedgerState.left.rawValue)
              AND export IN (\(rivals.map(String.init).joined(separator: ", ")))
            LIMIT 1
            """)
    }

    /// Exports to the same account that want what leaving this one takes away: the place on the list, or the
    /// word in the field.
    private static func rivals(of export: Export, in db: Database) throws -> [Export.ID] {
        let others = try Row.fetchAll(
            db,
            sql: """
                SELECT other.id, other.listID, other.onLeave FROM export AS other
                JOIN connection AS theirs ON theirs.id = other.connection
                WHERE other.id <> ? AND theirs.host = (SELECT host FROM connection WHERE id = ?)
                """,
            arguments: [export.id, export.connection])
        return try others.compactMap { row in
            let listID: String = row["listID"]
            switch export.onLeave {
            case .keep: return nil
            case .unsubscribe: return listID == export.list.id ? row["id"] : nil
            case .field(let field, _, _):
                let theirs = try row.json(
                    LeavePolicy.self, StoredPlace("export", "onLeave"))
                if case .field(field, _, _) = theirs { return row["id"] }
                return nil
            }
        }
    }

    /// The next row in key order; valid until the next call. Throws `StoredValueError` for a state
    /// that is not known, and the database's own errors.
    package func next() throws -> LedgerView? {
        guard try rows.step() else { return nil }
        guard let state = LedgerState(rawValue: Int(rows.integer(2))) else {
            throw StoredValueError(table: "ledger", column: "state")
        }
        return LedgerView(
            key: rows.text(0), profileID: rows.text(1), state: state, values: rows.blob(3))
    }

    /// Whether another export still holds a person in what leaving would take away. Throws the
    /// database's own errors.
    package func isClaimedElsewhere(_ key: UnsafeRawBufferPointer) throws -> Bool {
        guard let claims else { return false }
        claims.bindText(key, at: 1)
        let found = try claims.step()
        if found { claims.reset() }
        return found
    }
}

extension LedgerCatalog {
    /// Reads what a plan needs, in one consistent view; nothing is written. The view has a connection of
    /// its own, so that pages do not wait for one as long as a plan is made. Throws what `body`
    /// throws, and trouble of the catalog.
    package func readLedger<Result>(
        of export: Export, _ body: (LedgerReader) throws -> Result
    ) throws -> Result {
        try database.makeSnapshot().read { try body(LedgerReader($0, export: export)) }
    }
}
