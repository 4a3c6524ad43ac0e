package import Access
package import Exports

/// An export as lists show it: with its connection and its last run.
package struct ExportEntry: Equatable, Sendable, Identifiable {
    package let export: Export
    /// Nil when the connection was detached.
    package let connection: ExportConnection?
    /// The newest run, whatever started it; nil when it never ran.
    package let lastRun: LastRun?

    package var id: Export.ID { export.id }

    /// The newest run of an export.
    package struct LastRun: Equatable, Sendable {
        package let id: Run.ID
        package let state: RunState
        package let trigger: RunTrigger
        /// Milliseconds since 1970.
        package let createdAt: Int64
    }
}

/// As much of a connection as people learn who build exports: neither its host nor its secret.
package struct ExportConnection: Equatable, Sendable, Identifiable {
    package let id: Connection.ID
    package let name: String
    /// The kind of system: `activecampaign`.
    package let destination: String
    package let audience: Audience
}
