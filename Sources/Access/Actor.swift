/// Whoever causes a change: every change has one.
package struct Actor: Hashable, Sendable {
    /// How the audit names them: `cli:maria`, `user:maria`, `user:maria (token nightly)`.
    package let name: String

    package init(name: String) {
        self.name = name
    }

    /// Someone who is signed in.
    package init(user name: String) {
        self.name = Self.userPrefix + name
    }

    /// A program that acts for `user` with an API token.
    package init(token: String, ofUser user: String) {
        name = "\(Self.userPrefix)\(user)\(Self.tokenOpening)\(token))"
    }

    /// The name of the user who acted, in person or through a token; nil for anybody else. The name of a
    /// user holds no space, so the first one ends it.
    package var userName: String? {
        guard name.hasPrefix(Self.userPrefix) else { return nil }
        let rest = name.dropFirst(Self.userPrefix.count)
        return String(rest.prefix { $0 != " " })
    }

    private static let userPrefix = "user:"
    private static let tokenOpening = " (token "
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
