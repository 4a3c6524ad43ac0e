import Exports
import GRDB
import Profiles

/// The beginning of sending.
extension LedgerCatalog {
    /// Lets a planned run begin to send, and records the people who left without a request. Refused when its
    /// plan is not whole.
    package func beginSending(_ run: Run.ID) throws {
        try database.write { db in
            try db.execute(
                sql: """
                    UPDATE run SET state = ?, reason = NULL, detail = NULL,
                      left = json_extract(plan, '$.leftSilently')
                    WHERE id = ? AND plan IS NOT NULL
                    """,
                arguments: [RunState.sending.rawValue, run])
            guard db.changesCount == 1 else {
                throw StoreError(.storage, what: "plan-incomplete", ["run": .digits(run)])
            }
        }
        try recordSilentLeavers(of: run)
    }

    /// People in one transaction.
    private static let leaversMax = 1_000

    /// Teaches the ledger who left without a request, some people at a time. It may be done again after a
    /// crash in between; who is recorded stays as they are. Throws trouble of the catalog.
    package func recordSilentLeavers(of run: Run.ID) throws {
        var after = ""
        while true {
            let keys = try database.read { db in
                try String.fetchAll(
                    db,
                    sql: """
                        SELECT personKey FROM outcome
                        WHERE run = ? AND personKey > ? AND outcome = \(Outcome.left.rawValue)
                          AND kind IS NULL
                        ORDER BY personKey LIMIT \(Self.leaversMax)
                        """,
                    arguments: [run, after])
            }
            guard let last = keys.last else { return }
            try database.write {
                try Self.recordSilentLeavers(of: run, after: after, to: last, in: $0)
            }
            after = last
        }
    }

    private static func recordSilentLeavers(
        of run: Run.ID, after: String, to last: String, in db: Database
    ) throws {
        let range = "personKey > ?2 AND personKey <= ?3"
        let people = """
            export = (SELECT export FROM run WHERE id = ?1) AND \(range) AND personKey IN
              (SELECT personKey FROM outcome
               WHERE run = ?1 AND \(range) AND outcome = \(Outcome.left.rawValue) AND kind IS NULL)
            """
        let arguments: StatementArguments = [run, after, last]
        try db.execute(sql: "\(historySQL) WHERE \(people)", arguments: arguments)
        // Whom the destination never took is forgotten; the others are remembered as having left.
        try db.execute(
            sql: "DELETE FROM ledger WHERE \(people) AND delivered IS NULL", arguments: arguments)
        try db.execute(
            sql: """
                UPDATE ledger SET state = \(LedgerState.left.rawValue), run = ?1, kind = NULL, at = ?4,
                  reason = (SELECT reason FROM outcome WHERE outcome.run = ?1
                    AND outcome.personKey = ledger.personKey AND outcome.profileID = ledger.profileID)
                WHERE \(people)
                """,
            arguments: arguments + [Catalog.now()])
        try db.execute(
            sql: """
                DELETE FROM outcome WHERE run = ?1 AND \(range)
                  AND outcome = \(Outcome.left.rawValue) AND kind IS NULL
                  AND personKey IN (SELECT personKey FROM ledger
                    WHERE export = (SELECT export FROM run WHERE id = ?1) AND \(range) AND run = ?1)
                """,
            arguments: arguments)
    }
}
