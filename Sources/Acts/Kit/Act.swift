package import Access

/// One thing that somebody may do, written once: what is asked, who may ask it, what is checked, what changes,
/// what is written to the audit, what is answered. Pages, the JSON API and commands are skins: they make an
/// act of what they were given, perform it, and show the answer or the refusal.
///
/// Acts and their answers are what travels: an act is what a remote command sends, and its answer is what the API
/// gives and what the remote command reads.
package protocol Act: Codable, Sendable {
    associatedtype Answer: Codable, Sendable

    /// What whoever asks must be allowed to do; rights on single things are checked by `perform`.
    static var needs: Permission { get }

    /// Does it. Throws `Refusal` for what cannot be done as asked; whatever else is thrown is trouble of our own.
    func perform(by asker: Asker, in acts: ActContext) async throws -> Answer
}

/// Whoever asks for an act.
package struct Asker: Sendable {
    /// By what means they ask.
    package enum Means: Equatable, Sendable {
        /// A page, in a session.
        case page(session: Session.ID)
        /// A program with an API token.
        case token(APIToken.ID)
        /// The command line on the machine that holds the data.
        case terminal
        /// Something that goes on by itself.
        case service
    }

    /// As the audit names them.
    package let actor: Actor
    /// For a token the lower one of its own and its owner's.
    package let role: Role
    /// Nil for the command line and for what goes on by itself.
    package let user: User?
    package let means: Means
    /// Nil where no request comes over the network.
    package let browser: Browser?

    package init(actor: Actor, role: Role, user: User?, means: Means, browser: Browser? = nil) {
        self.actor = actor
        self.role = role
        self.user = user
        self.means = means
        self.browser = browser
    }

    /// Whoever can open the data directory may do everything with it.
    package static func terminal(_ actor: Actor) -> Asker {
        Asker(actor: actor, role: .administrator, user: nil, means: .terminal)
    }
}
