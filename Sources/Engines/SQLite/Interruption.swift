import GRDB
import GRDBSQLite
import SQLiteKit

/// Lets long queries of one connection be given up: SQLite asks every few thousand steps.
enum Interruption {
    /// Steps of SQLite's machine between two questions; about a hundred microseconds.
    private static let steps: Int32 = 10_000

    /// Runs queries that end with `CancellationError` soon after `isCancelled` has become true.
    static func whileAsking<Value>(
        _ isCancelled: @escaping () -> Bool, in db: Database, _ body: () throws -> Value
    ) throws -> Value {
        guard let connection = db.sqliteConnection else {
            throw StorageTrouble.closed
        }
        if isCancelled() { throw CancellationError() }
        let question = Question(isCancelled)
        sqlite3_progress_handler(
            connection, steps,
            { context in
                guard let context else { return 0 }
                let question = Unmanaged<Question>.fromOpaque(context).takeUnretainedValue()
                return question.isCancelled() ? 1 : 0
            }, Unmanaged.passUnretained(question).toOpaque())
        defer {
            // The connection goes back to the pool, and the question ends with this call.
            withExtendedLifetime(question) { sqlite3_progress_handler(connection, 0, nil, nil) }
        }
        do {
            return try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            throw CancellationError()
        }
    }

    /// What SQLite's callback is given.
    private final class Question {
        let isCancelled: () -> Bool

        init(_ isCancelled: @escaping () -> Bool) {
            self.isCancelled = isCancelled
        }
    }
}
