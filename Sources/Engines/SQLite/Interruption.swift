import Exports
import GRDB
import GRDBSQLite
import SQLiteKit

/// Lets long queries of one connection be given up: SQLite asks every few thousand steps.
enum Interruption {
    /// Steps of SQLite's machine between two questions; about a hundred microseconds.
    private static let steps: Int32 = 10_000

    /// Runs queries that end soon after the limits are reached, with the error the limits tell. Not to be nested.
    static func within<Value>(
        _ limits: CallLimits, in db: Database, _ body: () throws -> Value
    ) throws -> Value {
        guard let connection = db.sqliteConnection else {
            throw StorageTrouble.closed
        }
        try limits.check()
        let question = Question(limits)
        sqlite3_progress_handler(
            connection, steps,
            { context in
                guard let context else { return 0 }
                let question = Unmanaged<Question>.fromOpaque(context).takeUnretainedValue()
                return question.isOver() ? 1 : 0
            }, Unmanaged.passUnretained(question).toOpaque())
        defer {
            // The connection goes back to the pool, and the question ends with this call.
            withExtendedLifetime(question) { sqlite3_progress_handler(connection, 0, nil, nil) }
        }
        do {
            return try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            try limits.check()
            throw CancellationError()
        }
    }

    /// What SQLite's callback is given.
    private final class Question {
        private let limits: CallLimits

        init(_ limits: CallLimits) {
            self.limits = limits
        }

        func isOver() -> Bool { limits.isCancelled || limits.isLate }
    }
}
