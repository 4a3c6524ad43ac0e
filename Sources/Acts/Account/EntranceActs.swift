package import Access
import Store

/// An act of somebody of whom nobody knows yet who they are. What proves that they may do it, a password or the
/// secret of a link, is a part of it.
package protocol OpenAct: Sendable {
    associatedtype Answer: Sendable

    /// Does it. Throws `Refusal` for what cannot be done as asked.
    func perform(from browser: Browser, in acts: ActContext) async throws -> Answer
}

/// Begins a session.
package struct SignIn: OpenAct {
    package let name: String
    package let password: String

    package init(name: String, password: String) {
        self.name = name
        self.password = password
    }

    package func perform(from browser: Browser, in acts: ActContext) async throws -> Entrance {
        let (user, hash) = try await acts.signIns.prove(
            name: name, password: password, from: browser)
        return try acts.signIns.begin(user, from: browser, checked: hash)
    }
}

/// Whom a link is for.
package struct ShowInvitation: OpenAct {
    package let token: SecretToken

    package init(_ token: SecretToken) {
        self.token = token
    }

    /// The name of the user who sets a password by it; nil when it makes the first administrator.
    package func perform(from browser: Browser, in acts: ActContext) throws -> String? {
        try acts.invited(by: token)?.name
    }
}

/// Makes the first administrator, who is signed in at once.
package struct MakeFirstAdministrator: OpenAct {
    package let token: SecretToken
    package let name: String
    package let password: NewPassword

    package init(_ token: SecretToken, name: String, password: NewPassword) {
        self.token = token
        self.name = name
        self.password = password
    }

    package func perform(from browser: Browser, in acts: ActContext) async throws -> Entrance {
        guard try acts.invited(by: token) == nil else { throw Refusal(.notFound) }
        var findings = password.findings(userName: name)
        if UserName.checked(name) == nil { findings.append(.init("name", "user-name")) }
        guard findings.isEmpty else { throw Refusal(.invalid, findings: findings) }
        let user = try acts.catalog.people.acceptFirstAdministrator(
            token: token, name: name, password: await acts.signIns.hash(password.text),
            at: acts.now())
        return try acts.signIns.begin(user, from: browser)
    }
}

/// Sets the password of the user whom a link is for; they are signed in at once.
package struct AcceptInvitation: OpenAct {
    package let token: SecretToken
    package let password: NewPassword

    package init(_ token: SecretToken, password: NewPassword) {
        self.token = token
        self.password = password
    }

    package func perform(from browser: Browser, in acts: ActContext) async throws -> Entrance {
        guard let user = try acts.invited(by: token) else { throw Refusal(.notFound) }
        let findings = password.findings(userName: user.name)
        guard findings.isEmpty else { throw Refusal(.invalid, findings: findings) }
        let accepted = try acts.catalog.people.acceptPassword(
            token: token, password: await acts.signIns.hash(password.text), at: acts.now())
        return try acts.signIns.begin(accepted, from: browser)
    }
}

/// A link by which the first administrator is made, for whoever starts a service that has none. Each one ends
/// those before it.
package struct InviteFirstAdministrator: Act {
    package static let needs = Permission.manageUsers

    package init() {}

    /// Null when there is an administrator.
    package func perform(by asker: Asker, in acts: ActContext) throws -> InvitationAnswer? {
        guard try !acts.catalog.people.hasAdministrator() else { return nil }
        let token = SecretToken.new(.invitation)
        let end = acts.now() + Invitation.lifetimeMilliseconds
        _ = try acts.catalog.people.addInvitation(
            for: .firstAdministrator, token: token, expiresAt: end, by: asker.actor)
        return InvitationAnswer(link: "/setup/\(token.text)", expiresAt: Moment(end))
    }
}

extension ActContext {
    /// Performs an act of somebody unknown. Throws `Refusal` for what cannot be done as asked.
    package func perform<A: OpenAct>(_ act: A, from browser: Browser) async throws -> A.Answer {
        do {
            return try await act.perform(from: browser, in: self)
        } catch let error as StoreError {
            throw Refusal(error)
        }
    }

    /// The user whom a link is for; nil for the first administrator. Throws `Refusal` for a link that has ended.
    fileprivate func invited(by token: SecretToken) throws -> User? {
        switch try catalog.people.invitation(withToken: token, at: now())?.purpose {
        case .firstAdministrator: return nil
        case .setPassword(let id):
            guard let user = try catalog.people.user(id: id), !user.isDisabled else {
                throw Refusal(.notFound)
            }
            return user
        case nil: throw Refusal(.notFound)
        }
    }
}
