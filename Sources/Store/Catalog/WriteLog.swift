import GRDB
import SQLiteKit
import Synchronization

/// SQLite's log of writes, while it cannot be emptied because a plan's view is open: it grows by the plan,
/// and by what else is written in these seconds.
///
/// Whoever writes next would have to bring all of it into the database file, and everyone else who writes
/// would wait for that, on a busy disk for many seconds. So nobody does while plans are made, and
/// afterwards a connection of its own does it, which holds up nobody.
final class WriteLog: Sendable {
    /// Plans that are being made.
    private let plans = Mutex(0)

    /// Does something that keeps a view of the database open while much is written.
    func growing<Result>(in database: DatabasePool, _ body: () throws -> Result) throws -> Result {
        try change(by: 1, in: database)
        defer {
            // Emptying is housekeeping: what fails of it loses nothing, and is tried after the next plan.
            try? Self.empty(path: database.path)
            try? change(by: -1, in: database)
        }
        return try body()
    }

    private func change(by step: Int, in database: DatabasePool) throws {
        try plans.withLock { plans in
            plans += step
            let pages = plans == 0 ? SQLiteFile.logPagesMax : 0
            try database.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA wal_autocheckpoint = \(pages)")
            }
        }
    }

    private static func empty(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(1)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { db in
            // The page cache is for the connections that stay open.
            try db.execute(sql: "PRAGMA cache_size = -256")
            _ = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")
        }
        try queue.close()
    }
}
