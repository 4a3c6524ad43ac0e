import Access
import Profiles
import Store
import Synchronization

/// Checks names and passwords, slowly enough for guessing to be of no use. One of them serves everybody, so that
/// failures count together.
final class SignInDesk: Sendable {
    private let catalog: Catalog
    private let cost: PasswordCost
    private let now: @Sendable () -> Int64
    private let throttle = Mutex(SignInThrottle())
    private let underWay = Mutex(0)

    /// Passwords that wait to be checked; they are checked one at a time, and more would only queue up.
    private static let underWayMax = 16
    /// What is answered to those beyond it.
    private static let crowdedSeconds = 5

    init(catalog: Catalog, cost: PasswordCost, now: @escaping @Sendable () -> Int64) {
        self.catalog = catalog
        self.cost = cost
        self.now = now
    }

    /// Checks one password of one name, keeps count of those that were wrong, and answers whose it is.
    ///
    /// Throws `Refusal` with `wrongPassword` for an unknown name, a wrong password, or somebody who may not sign in:
    /// which, is nobody's business; and with `wait` when there were too many attempts.
    func prove(
        name: String, password: String, from browser: Browser
    ) async throws -> (user: User, hash: PasswordHash) {
        guard enter() else { throw Self.wait(Self.crowdedSeconds) }
        defer { underWay.withLock { $0 -= 1 } }
        let user = try catalog.people.user(named: name)
        let device = try browser.device(name).flatMap {
            try catalog.people.device(withToken: $0, ofUserNamed: name, at: now())
        }
        let address = browser.address
        let verdict = throttle.withLock {
            $0.attempt(name: name, address: address, device: device, at: now())
        }
        if case .wait(let seconds) = verdict { throw Self.wait(seconds) }
        guard let (user, hash) = try await checked(user, password) else {
            throttle.withLock {
                $0.failed(name: name, address: address, device: device, at: now())
            }
            try catalog.people.noteFailedSignIn(name: name, address: address, at: now())
            throw Refusal(.wrongPassword)
        }
        throttle.withLock {
            $0.succeeded(name: name, address: address, device: device, at: now())
        }
        return (user, hash)
    }

    /// Begins a session for somebody who has just proved who they are, and remembers their browser.
    ///
    /// Throws `StoreError` when the user is disabled or `hash` is no longer theirs.
    func begin(
        _ user: User, from browser: Browser, checked hash: PasswordHash? = nil
    ) throws -> Entrance {
        let session = SecretToken.new(.session)
        _ = try catalog.people.beginSession(
            of: user, checked: hash, token: session, agent: browser.agent,
            address: browser.address, at: now())
        let device = browser.device(user.name) ?? SecretToken.new(.device)
        try catalog.people.rememberDevice(ofUser: user.id, token: device, at: now())
        return Entrance(user: user, session: session, device: device)
    }

    /// What is stored of a new password.
    func hash(_ password: String) async throws -> PasswordHash {
        try await PasswordHash.hash(password, cost: cost)
    }

    private static func wait(_ seconds: Int) -> Refusal {
        Refusal(.wait, ["seconds": .number(seconds)])
    }

    /// False when there are too many at once.
    private func enter() -> Bool {
        underWay.withLock { count in
            guard count < Self.underWayMax else { return false }
            count += 1
            return true
        }
    }

    /// The user when the password is theirs. An unknown name takes as long as a known one.
    private func checked(
        _ user: User?, _ password: String
    ) async throws -> (User, PasswordHash)? {
        let stored = try user.flatMap { try catalog.people.passwordHash(ofUser: $0.id) }
        let matches = await (stored ?? .dummy(cost: cost)).matches(password)
        guard matches, let stored, let user, !user.isDisabled else { return nil }
        return (user, stored)
    }
}
