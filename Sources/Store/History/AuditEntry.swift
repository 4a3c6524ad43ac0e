package import Profiles

/// A row of the audit: who did what to which thing, and when.
package struct AuditEntry: Equatable, Sendable, Identifiable {
    package typealias ID = Identifier<AuditEntry>

    package let id: ID
    /// Milliseconds since 1970.
    package let at: Int64
    package let actor: String
    package let verb: String
    package let noun: String
    package let thing: String
    /// Names of the fields that changed.
    package let changes: [String]
}

/// Which rows of the audit are asked for; nil lets all of them through.
package struct AuditFilter: Equatable, Codable, Sendable {
    package var actor: String?
    package var verb: String?
    package var noun: String?
    /// Part of the thing's name; a to z in any capitals.
    package var thing: String?
    /// From this millisecond on.
    package var from: Int64?
    /// Before this millisecond.
    package var to: Int64?

    package init(
        actor: String? = nil, verb: String? = nil, noun: String? = nil, thing: String? = nil,
        from: Int64? = nil, to: Int64? = nil
    ) {
        self.actor = actor
        self.verb = verb
        self.noun = noun
        self.thing = thing
        self.from = from
        self.to = to
    }
}
