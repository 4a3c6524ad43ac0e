/// What an engine could not do. Closed, and without values: it may be logged.
package struct EngineError: Error, Equatable, Sendable {
    /// Stable codes: metric labels and phrase keys.
    package enum Code: String, CaseIterable, Sendable {
        /// The server does not answer, or its name leads nowhere.
        case unreachable = "engine-unreachable"
        /// The role may not read what was asked for, or its password is refused.
        case notAllowed = "engine-not-allowed"
        /// Longer than the deadline of the call.
        case timedOut = "engine-timed-out"
        /// The connection ended in the middle of an answer.
        case connectionLost = "engine-connection-lost"
        /// The server gave up the reading for other work; reading anew may help.
        case conflict = "engine-conflict"
        /// An attribute is not there any more.
        case columnGone = "engine-column-gone"
        /// An attribute has another kind than before.
        case kindChanged = "engine-kind-changed"
        /// A stream that ended early, or out of order: nothing of it may be used.
        case notWhole = "engine-not-whole"
        case tooManyConnections = "engine-too-many-connections"
        /// This engine has not what was asked for; `subject` is the ability.
        case unavailable = "engine-unavailable"
        /// A page was asked for after what is no cursor of this engine.
        case badCursor = "engine-bad-cursor"
        /// A newer version of the program wrote the profiles.
        case newerVersion = "engine-newer-version"
        /// No room left, or the disk fails.
        case storageFull = "engine-storage-full"
        /// The database is damaged, or none at all.
        case damaged = "engine-damaged"
        /// Somebody else holds the database.
        case busy = "engine-busy"
        /// The database may not be written.
        case notWritable = "engine-not-writable"
        /// Any other trouble of the disk or the database.
        case storage = "engine-storage"
    }

    package let code: Code
    /// Names of attributes, files or abilities the error speaks of; never a value.
    package let subject: String?
    /// The server's or the library's own code, for the log: `40001`, `IOERR 266`.
    package let detail: String?

    package init(_ code: Code, subject: String? = nil, detail: String? = nil) {
        self.code = code
        self.subject = subject
        self.detail = detail
    }
}

extension EngineError.Code {
    /// Whether the disk or the database file is at fault, which only whoever runs the service can mend.
    package var isStorage: Bool {
        switch self {
        case .storageFull, .damaged, .busy, .notWritable, .storage, .newerVersion: true
        case .unreachable, .notAllowed, .timedOut, .connectionLost, .conflict, .columnGone,
            .kindChanged, .notWhole, .tooManyConnections, .unavailable, .badCursor:
            false
        }
    }
}
