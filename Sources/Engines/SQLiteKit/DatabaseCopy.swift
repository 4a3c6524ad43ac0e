import Foundation
package import GRDB

/// A database as it stood at a moment, to be copied into a file of its own. Writers go on meanwhile.
package struct DatabaseCopy: Sendable {
    private let view: DatabaseSnapshot

    /// What the database holds now. Throws the database's own errors.
    package init(of database: DatabasePool) throws {
        view = try database.makeSnapshot()
    }

    /// Copies it page by page in one go into the empty file at `path`, and makes sure that it is on the disk.
    /// Throws the errors of the database and of the file system.
    package func write(to path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try view.backup(to: queue, pagesPerStep: -1)
        try queue.close()
        // A database that keeps a log brings its own files along when it is closed; none may stay behind.
        for suffix in ["-wal", "-shm", "-journal"]
        where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.removeItem(atPath: path + suffix)
        }
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.synchronize()
        try handle.close()
    }
}
