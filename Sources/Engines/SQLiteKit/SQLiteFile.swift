package import GRDB

/// How our databases are opened: a file in WAL mode with bounded memory and a bounded log.
package enum SQLiteFile {
    /// A file whose schema a newer version of the program wrote; it is left as it is.
    package struct NewerSchema: Error, Equatable, Sendable {
        package let path: String

        package init(path: String) {
            self.path = path
        }
    }

    /// Memory for pages kept by each connection, in KiB; a sort may take twice as much besides.
    private static let cacheKibibytes = 4_096
    /// Size to which the log is cut when it is empty.
    private static let logBytesMax = 64 << 20
    /// Pages of 4 KiB in the log before it is emptied: 32 MB.
    package static let logPagesMax = 8_192

    /// Reads at the same time. Plans are not among them: each has a connection of its own.
    private static let readersMax = 5

    /// Opens a file and brings its schema up to date. Throws `NewerSchema`, or the database's own errors.
    ///
    /// `prepare` is called for every connection.
    package static func open(
        path: String, migrator: DatabaseMigrator,
        prepare: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) throws -> DatabasePool {
        var configuration = Configuration()
        // The command line may write while a service runs.
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = readersMax
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
            // A power cut may take back the last commits, never tear them. What is lost that way is sent
            // again, which is harmless; a commit is durable against any crash of the process.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            // A run rewrites the same few pages all the time; the log is emptied into the file more rarely than
            // every 4 MB, and does not stay large after a plan.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(logPagesMax)")
            try db.execute(sql: "PRAGMA journal_size_limit = \(logBytesMax)")
            try prepare(db)
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        if try pool.read(migrator.hasBeenSuperseded) { throw NewerSchema(path: path) }
        try migrator.migrate(pool)
        return pool
    }
}
