package import Exports
import Foundation
import GRDB

/// What became of one person in one run.
package struct OutcomeEntry: Equatable, Sendable {
    package let run: Run.ID
    package let exportName: String
    package let key: String
    package let profileID: String
    /// Nil when nothing was to be sent.
    package let kind: OperationKind?
    package let outcome: Outcome
    package let reason: String?
    /// The profile sent in place of a duplicate.
    package let winner: String?
    /// The values the destination held after it; nil where it held none.
    package let delivered: ValueList?
    /// Milliseconds since 1970.
    package let at: Int64
}

/// The last person of a page; the next page begins after it.
package struct PersonCursor: Equatable, Sendable {
    package let key: String
    package let profileID: String

    package init(key: String, profileID: String) {
        self.key = key
        self.profileID = profileID
    }
}

/// What one export's ledger holds of one person.
package struct LedgerEntry: Equatable, Sendable {
    package let exportName: String
    package let state: LedgerState
    package let profileID: String
    package let delivered: ValueList?
    package let reason: String?
    package let run: Run.ID
    package let at: Int64
    package let removedAt: Int64?
}

extension LedgerCatalog {
    /// Visits the people of a run in key order, filtered; stops when `body` answers false. Throws
    /// what `body` throws, and trouble of the catalog.
    package func forEachOutcome(
        ofRun run: Run.ID, outcome: Outcome? = nil, reason: String? = nil,
        _ body: (OutcomeEntry) throws -> Bool
    ) throws {
        try database.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT people.*, (SELECT exportName FROM run WHERE id = ?1) AS exportName FROM (
                      SELECT \(Self.outcomeColumns), outcome, detail FROM outcome
                      WHERE run = ?1 AND \(Self.isPlanned)
                      UNION ALL
                      SELECT \(Self.outcomeColumns), \(Self.outcomeOfState), NULL FROM ledger
                      WHERE export = (SELECT export FROM run WHERE id = ?1) AND run = ?1
                    ) AS people
                    WHERE (?2 IS NULL OR outcome = ?2) AND (?3 IS NULL OR reason = ?3)
                    ORDER BY personKey, profileID
                    """,
                arguments: [run, outcome?.rawValue, reason])
            while let row = try rows.next() {
                guard try body(Self.outcome(row)) else { return }
            }
        }
    }

    /// People of a run in key order, a page at a time: those after `after`, `limit` of them at most.
    ///
    /// `leavers` asks for people who left the segments, or for those who did not; a leaver whom the destination
    /// would not change counts among the leavers, not among the refused. `search` is part of an address or of
    /// a profile id, as it stands.
    package func people(
        ofRun run: Run.ID, outcome: Outcome? = nil, reason: String? = nil, leavers: Bool? = nil,
        search: String? = nil, after: PersonCursor? = nil, limit: Int
    ) throws -> [OutcomeEntry] {
        let page = { (outcome: String) in
            """
            run = ?1 AND personKey >= ?4 AND (personKey, profileID) > (?4, ?5)
              AND (?2 IS NULL OR \(outcome) = ?2) AND (?3 IS NULL OR reason = ?3)
              AND (?6 IS NULL OR ?6 = (ifnull(kind, 0) = \(OperationKind.leave.rawValue)
                OR \(outcome) = \(Outcome.left.rawValue)))
              AND (?7 IS NULL OR personKey LIKE ?7 ESCAPE '\\' OR profileID LIKE ?8 ESCAPE '\\')
            """
        }
        // One part for each state, so that each is read in order from where the page begins, however few
        // people are in it.
        let ledger = Self.ledgerStates(of: outcome).map { state in
            """
            UNION ALL
            SELECT \(Self.outcomeColumns), \(Self.outcomeOfState), NULL,
              (SELECT exportName FROM run WHERE id = ?1)
            FROM ledger INDEXED BY ledgerByRun
            WHERE state = \(state.rawValue) AND \(page("(\(Self.outcomeOfState))"))
            """
        }
        return try database.read { db in
            if let outcome, try Self.hasNobody(run, with: outcome, in: db) { return [] }
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Self.outcomeColumns), outcome, detail,
                      (SELECT exportName FROM run WHERE id = ?1) AS exportName
                    FROM outcome WHERE \(page("outcome")) AND \(Self.isPlanned)
                    \(ledger.joined(separator: "\n"))
                    ORDER BY personKey, profileID LIMIT ?9
                    """,
                arguments: [
                    run, outcome?.rawValue, reason, after?.key ?? "", after?.profileID ?? "",
                    leavers, search.map { Self.pattern(PersonKey.normalized($0)) },
                    search.map(Self.pattern), limit,
                ]
            ).map(Self.outcome)
        }
    }

    /// Whether the numbers of a run that has ended say that nobody has this outcome; spares a pass over all
    /// of its people.
    private static func hasNobody(
        _ id: Run.ID, with outcome: Outcome, in db: Database
    ) throws -> Bool {
        let row = try Row.fetchOne(
            db, sql: "SELECT * FROM run WHERE id = ? AND endedAt IS NOT NULL", arguments: [id])
        guard let run = try row.map({ try run($0, withReasons: false, in: db) }) else {
            return false
        }
        switch outcome {
        case .unchanged: return true
        case .delivered: return run.delivered == 0
        case .pending: return run.pending == 0
        case .refused: return run.refused + run.leaveRefused == 0
        case .suppressed: return run.suppressed == 0
        case .left: return run.left == 0
        }
    }

    /// States of ledger rows that stand for an outcome, or for any.
    private static func ledgerStates(of outcome: Outcome?) -> [LedgerState] {
        switch outcome {
        case nil: [.delivered, .left, .refused]
        case .delivered: [.delivered]
        case .left: [.left]
        case .refused: [.refused]
        default: []
        }
    }

    /// Rows of a plan that is being made, or that a crash left half made, tell of nobody yet.
    private static let isPlanned = "EXISTS (SELECT 1 FROM run WHERE id = ?1 AND plan IS NOT NULL)"

    /// A pattern of LIKE for texts that hold `part`.
    private static func pattern(_ part: String) -> String {
        let escaped = part.replacing("\\", with: "\\\\").replacing("%", with: "\\%")
            .replacing("_", with: "\\_")
        return "%\(escaped)%"
    }

    private static let outcomeColumns = "run, personKey, profileID, kind, reason, delivered, at"

    /// Everything that runs did to one person, newest first; `profileID` narrows it to one profile.
    /// Throws trouble of the catalog.
    package func outcomes(
        ofPerson key: String, profileID: String? = nil, limit: Int = 200
    ) throws -> [OutcomeEntry] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT people.*, run.exportName FROM (
                      SELECT outcome.run, personKey, profileID, kind, outcome.reason, outcome.delivered, at,
                        outcome, outcome.detail
                      FROM run CROSS JOIN outcome ON outcome.run = run.id AND outcome.personKey = ?1
                        AND run.plan IS NOT NULL
                        \(profileID == nil ? "" : "AND outcome.profileID = ?3")
                      UNION ALL
                      SELECT \(Self.outcomeColumns), \(Self.outcomeOfState), NULL
                      FROM export CROSS JOIN ledger ON ledger.export = export.id AND personKey = ?1
                        \(profileID == nil ? "" : "AND profileID = ?3")
                    ) AS people JOIN run ON run.id = people.run
                    ORDER BY people.run DESC LIMIT ?2
                    """,
                arguments: profileID.map { [key, limit, $0] } ?? [key, limit]
            ).map(Self.outcome)
        }
    }

    /// What the ledgers hold of one person. Throws trouble of the catalog.
    package func ledgerEntries(ofPerson key: String) throws -> [LedgerEntry] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT ledger.*, export.name AS exportName FROM export
                    CROSS JOIN ledger ON ledger.export = export.id AND ledger.personKey = ?
                    ORDER BY export.name
                    """,
                arguments: [key]
            ).map { row in
                let delivered: Data? = row["delivered"]
                return LedgerEntry(
                    exportName: row["exportName"],
                    state: try row.known(StoredPlace("ledger", "state")),
                    profileID: row["profileID"],
                    delivered: delivered.map { ValueList(bytes: Array($0)) },
                    reason: row["reason"], run: row["run"], at: row["at"],
                    removedAt: row["removedAt"])
            }
        }
    }

    private static func outcome(_ row: Row) throws -> OutcomeEntry {
        let delivered: Data? = row["delivered"]
        return OutcomeEntry(
            run: row["run"], exportName: row["exportName"], key: row["personKey"],
            profileID: row["profileID"], kind: try row.knownIfAny(StoredPlace("outcome", "kind")),
            outcome: try row.known(StoredPlace("outcome", "outcome")), reason: row["reason"],
            winner: row["detail"], delivered: delivered.map { ValueList(bytes: Array($0)) },
            at: row["at"])
    }
}
