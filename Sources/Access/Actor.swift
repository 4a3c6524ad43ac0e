/// Whoever causes a change: every change has one.
package struct Actor: Hashable, Sendable {
    /// How the audit names them: `cli:maria`, later `user:7`.
    package let name: String

    package init(name: String) {
        self.name = name
    }
}

/// What was done, to what, by whom. Its row is written in the transaction of the change itself.
package struct AuditEvent: Equatable, Sendable {
    package let actor: String
    package let verb: String
    package let noun: String
    /// The thing's name.
    package let thing: String
    /// Names of the fields that changed; never a secret.
    package let changes: [String]

    package init(actor: Actor, verb: String, noun: String, thing: String, changes: [String] = []) {
        self.actor = actor.name
        self.verb = verb
        self.noun = noun
        self.thing = thing
        self.changes = changes
    }
}
