import GRDB

/// What is wrong with a database or the disk below it, told apart as far as a person can do something about it.
package enum StorageTrouble: String, Error, CaseIterable, Sendable {
    /// No room left, or the disk fails.
    case diskFull = "disk-full"
    /// Damaged, or no database at all.
    case damaged
    /// Somebody else holds it.
    case busy
    /// It may not be written.
    case notWritable = "not-writable"
    /// The program has closed it already.
    case closed
    case other

    /// What an error of the database means; nil for an error of anything else.
    package init?(_ error: any Error) {
        if let trouble = error as? StorageTrouble {
            self = trouble
            return
        }
        guard let error = error as? DatabaseError else { return nil }
        switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL, .SQLITE_IOERR: self = .diskFull
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: self = .damaged
        case .SQLITE_BUSY: self = .busy
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .notWritable
        default: self = .other
        }
    }

    /// SQLite's extended result code, for the log: it holds no value of anybody.
    package static func code(of error: any Error) -> Int32? {
        (error as? DatabaseError)?.extendedResultCode.rawValue
    }

    /// Whether a database found no room left on the disk.
    package static func isDiskFull(_ error: any Error) -> Bool {
        (error as? DatabaseError)?.resultCode == .SQLITE_FULL
    }
}
