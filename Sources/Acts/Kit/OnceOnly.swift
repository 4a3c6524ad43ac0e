package import Access
import Store
import Synchronization

/// Lets a request that names a key take effect once, however often it arrives.
package final class OnceOnly: Sendable {
    /// Why a request with a key is not carried out.
    package enum Trouble: Error, Equatable {
        /// The request with this key is still being carried out.
        case underWay
        /// The key came with another request before.
        case otherRequest
        /// As many keys of this user are remembered as may be.
        case tooManyKeys
    }

    /// Keys of one user that are remembered at one time.
    package static let keysMax = 10_000

    private let catalog: Catalog
    private let keysMax: Int
    private let now: @Sendable () -> Int64
    /// Keys whose request is being carried out at this moment.
    private let underWay = Mutex<Set<String>>([])

    init(
        catalog: Catalog, keysMax: Int = OnceOnly.keysMax, now: @escaping @Sendable () -> Int64
    ) {
        self.catalog = catalog
        self.keysMax = keysMax
        self.now = now
    }

    /// What `body` answers; for a key that came before with the same request, what it answered then. `request` tells
    /// one request from another.
    ///
    /// Throws `Trouble`, before anything is done; what the catalog throws, and what `body` throws, after which the key is free.
    package func answer(
        to request: String, key: String, of user: User.ID,
        _ body: () async throws -> (status: Int, bytes: [UInt8])
    ) async throws -> [UInt8] {
        let mark = "\(user) \(key)"
        guard underWay.withLock({ $0.insert(mark).inserted }) else { throw Trouble.underWay }
        defer { underWay.withLock { _ = $0.remove(mark) } }
        let digest = Array(request.utf8)
        if let stored = try catalog.people.idempotencyRecord(user: user, key: key, at: now()) {
            guard stored.requestDigest == digest else { throw Trouble.otherRequest }
            return stored.body
        }
        guard try catalog.people.idempotencyKeys(of: user, at: now()) < keysMax else {
            throw Trouble.tooManyKeys
        }
        let answer = try await body()
        try catalog.people.storeIdempotency(
            IdempotencyRecord(
                requestDigest: digest, status: answer.status, body: answer.bytes),
            user: user, key: key, at: now())
        return answer.bytes
    }
}
