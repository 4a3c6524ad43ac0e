import Access
import Foundation
import Hummingbird
import Store
import Synchronization

/// Checks names and passwords, slowly enough for guessing to be of no use.
final class SignInDesk: Sendable {
    private let services: Services
    /// Holds the proof that somebody signed in with this browser before: it has its own count of failures, so
    /// that strangers cannot lock its owner out.
    static let deviceCookie = "ferry_device"
    /// A year.
    static let deviceLifetimeSeconds = 31_536_000

    private let throttle = Mutex(SignInThrottle())

    init(_ services: Services) {
        self.services = services
    }

    enum Result: Sendable {
        /// The session's secret, and the mark by which this browser is known from now on.
        case signedIn(SecretToken, device: SecretToken)
        /// Unknown name, wrong password, or somebody who may not sign in: which, is nobody's business.
        case refused
        case wait(seconds: Int)
    }

    func signIn(name: String, password: String, visitor: Visitor) async throws -> Result {
        let user = try services.catalog.user(named: name)
        let mark = SecretToken(
            text: visitor.request.cookies[Self.deviceCookie]?.value ?? "", kind: .device)
        let device = try mark.flatMap {
            try services.catalog.device(withToken: $0, ofUserNamed: name, at: services.now())
        }
        let address = visitor.address
        let verdict = throttle.withLock {
            $0.attempt(name: name, address: address, device: device, at: services.now())
        }
        if case .wait(let seconds) = verdict { return .wait(seconds: seconds) }
        guard let user = try await checked(user, password) else {
            throttle.withLock {
                $0.failed(name: name, address: address, device: device, at: services.now())
            }
            try services.catalog.noteFailedSignIn(
                name: name, address: address, at: services.now())
            return .refused
        }
        throttle.withLock {
            $0.succeeded(name: name, address: address, device: device, at: services.now())
        }
        let (session, fresh) = try begin(user, visitor)
        return .signedIn(session, device: fresh)
    }

    /// Begins a session for somebody who has just proved who they are, and remembers their browser.
    func begin(_ user: User, _ visitor: Visitor) throws -> (
        session: SecretToken, device: SecretToken
    ) {
        let session = SecretToken.new(.session)
        _ = try services.catalog.beginSession(
            of: user, token: session, agent: visitor.agent, address: visitor.address,
            at: services.now())
        let known = SecretToken(
            text: visitor.request.cookies[Self.deviceCookie]?.value ?? "", kind: .device)
        let device = known ?? SecretToken.new(.device)
        try services.catalog.rememberDevice(
            ofUser: user.id, token: device, at: services.now())
        return (session, device)
    }

    /// What becomes of a password that somebody who has signed in types again.
    enum Confirmation: Sendable {
        case confirmed
        case refused
        case wait(seconds: Int)
    }

    /// Checks the own password of somebody who has signed in. Failures count as failures to sign in do: a
    /// session that was left open is no place to guess.
    func confirm(password: String, of signedIn: SignedIn) async throws -> Confirmation {
        try await confirm(password: password, of: signedIn.user, visitor: signedIn.visitor)
    }

    /// The same for the owner of an API token.
    func confirm(
        password: String, of user: User, visitor: Visitor
    ) async throws -> Confirmation {
        let name = user.name
        let mark = SecretToken(
            text: visitor.request.cookies[Self.deviceCookie]?.value ?? "", kind: .device)
        let device = try mark.flatMap {
            try services.catalog.device(withToken: $0, ofUserNamed: name, at: services.now())
        }
        let address = visitor.address
        let verdict = throttle.withLock {
            $0.attempt(name: name, address: address, device: device, at: services.now())
        }
        if case .wait(let seconds) = verdict { return .wait(seconds: seconds) }
        guard try await checked(user, password) != nil else {
            throttle.withLock {
                $0.failed(name: name, address: address, device: device, at: services.now())
            }
            try services.catalog.noteFailedSignIn(
                name: name, address: address, at: services.now())
            return .refused
        }
        throttle.withLock {
            $0.succeeded(name: name, address: address, device: device, at: services.now())
        }
        return .confirmed
    }

    /// The user when the password is theirs. An unknown name takes as long as a known one.
    private func checked(_ user: User?, _ password: String) async throws -> User? {
        let cost = services.settings.passwordCost
        let stored = try user.flatMap { try services.catalog.passwordHash(ofUser: $0.id) }
        let matches = await (stored ?? .dummy(cost: cost)).matches(password)
        guard matches, stored != nil, let user, !user.isDisabled else { return nil }
        return user
    }
}
