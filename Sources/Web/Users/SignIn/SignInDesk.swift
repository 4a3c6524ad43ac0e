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
    /// Each user has a cookie of their own, because people share browsers.
    static func deviceCookie(ofUserNamed name: String) -> String {
        "ferry_device_\(Fingerprint.text(UserName.folded(name)))"
    }

    private func deviceToken(of visitor: Visitor, forUserNamed name: String) -> SecretToken? {
        let cookie = visitor.request.cookies[Self.deviceCookie(ofUserNamed: name)]
        return cookie.flatMap { SecretToken(text: $0.value, kind: .device) }
    }

    /// A year.
    static let deviceLifetimeSeconds = 31_536_000

    private let throttle = Mutex(SignInThrottle())
    private let underWay = Mutex(0)

    /// Passwords that wait to be checked; they are checked one at a time, and more would only queue up.
    private static let underWayMax = 16
    /// What is answered to those beyond it.
    private static let crowdedSeconds = 5

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
        let user = try services.catalog.people.user(named: name)
        switch try await prove(name, user, password, visitor) {
        case .wait(let seconds): return .wait(seconds: seconds)
        case .refused: return .refused
        case .proven(let user, let hash):
            let (session, device) = try begin(user, visitor, checked: hash)
            return .signedIn(session, device: device)
        }
    }

    private enum Proof {
        case proven(User, PasswordHash)
        case refused
        case wait(seconds: Int)
    }

    /// Checks one password of one name, and keeps count of those that were wrong.
    private func prove(
        _ name: String, _ user: User?, _ password: String, _ visitor: Visitor
    ) async throws -> Proof {
        guard enter() else { return .wait(seconds: Self.crowdedSeconds) }
        defer { underWay.withLock { $0 -= 1 } }
        let device = try deviceToken(of: visitor, forUserNamed: name).flatMap {
            try services.catalog.people.device(withToken: $0, ofUserNamed: name, at: services.now())
        }
        let address = visitor.address
        let verdict = throttle.withLock {
            $0.attempt(name: name, address: address, device: device, at: services.now())
        }
        if case .wait(let seconds) = verdict { return .wait(seconds: seconds) }
        guard let (user, hash) = try await checked(user, password) else {
            throttle.withLock {
                $0.failed(name: name, address: address, device: device, at: services.now())
            }
            try services.catalog.people.noteFailedSignIn(
                name: name, address: address, at: services.now())
            return .refused
        }
        throttle.withLock {
            $0.succeeded(name: name, address: address, device: device, at: services.now())
        }
        return .proven(user, hash)
    }

    /// False when there are too many at once.
    private func enter() -> Bool {
        underWay.withLock { count in
            guard count < Self.underWayMax else { return false }
            count += 1
            return true
        }
    }

    /// Begins a session for somebody who has just proved who they are, and remembers their browser.
    func begin(
        _ user: User, _ visitor: Visitor, checked hash: PasswordHash? = nil
    ) throws -> (session: SecretToken, device: SecretToken) {
        let session = SecretToken.new(.session)
        _ = try services.catalog.people.beginSession(
            of: user, checked: hash, token: session, agent: visitor.agent,
            address: visitor.address, at: services.now())
        let device =
            deviceToken(of: visitor, forUserNamed: user.name) ?? SecretToken.new(.device)
        try services.catalog.people.rememberDevice(
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
        switch try await prove(user.name, user, password, visitor) {
        case .wait(let seconds): return .wait(seconds: seconds)
        case .refused: return .refused
        case .proven: return .confirmed
        }
    }

    /// The user when the password is theirs. An unknown name takes as long as a known one.
    private func checked(
        _ user: User?, _ password: String
    ) async throws -> (User, PasswordHash)? {
        let cost = services.settings.passwordCost
        let stored = try user.flatMap { try services.catalog.people.passwordHash(ofUser: $0.id) }
        let matches = await (stored ?? .dummy(cost: cost)).matches(password)
        guard matches, let stored, let user, !user.isDisabled else { return nil }
        return (user, stored)
    }
}
