import Access
import Foundation
import Store
import Synchronization

/// Checks names and passwords, slowly enough for guessing to be of no use.
final class SignInDesk: Sendable {
    private let services: Services
    private let throttle = Mutex(SignInThrottle())

    init(_ services: Services) {
        self.services = services
    }

    enum Result: Sendable {
        /// The session's secret, and the mark for this browser.
        case signedIn(SecretToken, DeviceMark)
        /// Unknown name, wrong password, or somebody who may not sign in: which, is nobody's business.
        case refused
        case wait(seconds: Int)
    }

    func signIn(name: String, password: String, visitor: Visitor) async throws -> Result {
        let user = try services.catalog.user(named: name)
        let mark = knownMark(of: visitor, for: user)
        let address = visitor.address
        let verdict = throttle.withLock {
            $0.attempt(name: name, address: address, device: mark?.id, at: services.now())
        }
        if case .wait(let seconds) = verdict { return .wait(seconds: seconds) }
        guard let user = try await checked(user, password) else {
            throttle.withLock {
                $0.failed(name: name, address: address, device: mark?.id, at: services.now())
            }
            try services.catalog.noteFailedSignIn(name: name, address: address)
            return .refused
        }
        throttle.withLock {
            $0.succeeded(name: name, address: address, device: mark?.id, at: services.now())
        }
        return .signedIn(
            try begin(user, visitor), mark ?? DeviceMark(userName: UserName.folded(user.name)))
    }

    /// Begins a session for somebody who has just proved who they are.
    func begin(_ user: User, _ visitor: Visitor) throws -> SecretToken {
        let token = SecretToken.new(.session)
        _ = try services.catalog.beginSession(
            of: user.id, token: token, agent: visitor.agent, address: visitor.address,
            at: services.now())
        try services.catalog.noteSignIn(ofUser: user.id, at: services.now())
        return token
    }

    /// The user when the password is theirs. An unknown name takes as long as a known one.
    private func checked(_ user: User?, _ password: String) async throws -> User? {
        let cost = services.settings.passwordCost
        let stored = try user.flatMap { try services.catalog.passwordHash(ofUser: $0.id) }
        let matches = await (stored ?? .dummy(cost: cost)).matches(password)
        guard matches, stored != nil, let user, !user.isDisabled else { return nil }
        return user
    }

    private func knownMark(of visitor: Visitor, for user: User?) -> DeviceMark? {
        guard let user,
            let mark = DeviceMark(
                cookie: visitor.request.cookies[DeviceMark.cookie]?.value,
                masterKey: services.masterKey),
            mark.userName == UserName.folded(user.name)
        else {
            return nil
        }
        return mark
    }
}
