package import Access
import Store

/// Who somebody is by the secret they bring. Their visit is noted.
extension ActContext {
    /// The session of that secret and whose it is; nil when it has ended. Throws what the catalog throws.
    package func session(withToken token: SecretToken) throws -> (Session, User)? {
        guard let found = try catalog.people.session(withToken: token, at: now()) else {
            return nil
        }
        try catalog.people.touchSession(found.0.id, at: now())
        return found
    }

    /// The API token of that secret and whose it is; nil when it lets nobody in. Throws what the catalog throws.
    package func apiToken(withSecret secret: SecretToken) throws -> (APIToken, User)? {
        try catalog.people.token(withSecret: secret, at: now())
    }

    /// Checks the own password of somebody who has signed in, or of a token's owner. Failures count as failures to
    /// sign in do: a session that was left open is no place to guess.
    ///
    /// Throws `Refusal` for another password, when there were too many, and for whoever has no account.
    package func confirm(password: String, of asker: Asker) async throws {
        guard let browser = asker.browser else { throw Asker.noAccount }
        _ = try await signIns.prove(
            name: asker.account().name, password: password, from: browser)
    }
}

extension Asker {
    static let noAccount = Refusal(.conflict, cause: "no-account")

    /// Throws `Refusal` for those who have no account: the command line, and what goes on by itself.
    func account() throws -> User {
        guard let user else { throw Self.noAccount }
        return user
    }
}
