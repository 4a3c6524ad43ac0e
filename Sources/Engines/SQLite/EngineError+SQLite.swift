import Exports
import GRDB
import SQLiteKit

extension EngineError {
    /// What trouble of SQLite means to whoever asked the engine, with SQLite's extended code for the log; nil for an
    /// error of anything else.
    init?(sqlite error: any Error) {
        guard let trouble = StorageTrouble(error) else { return nil }
        let code: Code =
            switch trouble {
            case .diskFull: .storageFull
            case .damaged: .damaged
            case .busy: .busy
            case .notWritable: .notWritable
            case .closed, .other: .storage
            }
        self.init(
            code,
            detail: StorageTrouble.code(of: error).map { "SQLITE \($0)" } ?? trouble.rawValue)
    }

    /// Does something with the database of profiles: SQLite's errors stay in this room.
    static func replacingSQLite<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw EngineError(sqlite: error) ?? error
        }
    }
}
