import Access
import Exports
import Profiles
import Store
import Synchronization

/// What somebody has achieved in the form of a connection so far. It stays here, so that a secret that was typed
/// never goes back into a page.
struct ConnectionDraft: Sendable {
    /// The secrets as they were typed, by setting, sealed for this process and this draft only.
    var sealedSecrets: [String: [UInt8]] = [:]
    /// What a check of exactly these settings and secrets found; nil until one worked.
    var connected: Connected?
    /// When the one who fills in the form proved who they are; nil until then.
    var exportUserConfirmedAt: Int64?
    /// Milliseconds since 1970.
    fileprivate var touchedAt: Int64

    struct Connected: Sendable {
        /// Settings that are no secrets, by name.
        let values: [String: String]
        let facts: AccountFacts
        /// Nil when it is the stored one.
        let account: ConnectionChange.CheckedAccount?
    }

    init(at now: Int64) {
        touchedAt = now
    }

    /// Whether a check of these settings worked, with the secrets that the draft holds.
    func isConnected(to values: [String: String]) -> Bool { connected?.values == values }
}

/// Drafts of everybody who fills in such a form now: in memory only, few, and not for long.
final class ConnectionDrafts: Sendable {
    /// A draft belongs to one session and one form. `connection` is nil for a new one.
    struct Place: Hashable, Sendable {
        let session: Session.ID
        let connection: Connection.ID?
    }

    static let draftsMax = 500
    /// Half an hour.
    static let lifetimeMilliseconds: Int64 = 1_800_000

    private let drafts = Mutex<[Place: ConnectionDraft]>([:])
    private let key: MasterKey

    init() {
        do {
            key = try MasterKey(base64: MasterKey.newBase64())
        } catch {
            preconditionFailure("A new master key cannot be read: \(error)")
        }
    }

    /// The draft of a place, or an empty one.
    func draft(at place: Place, now: Int64) -> ConnectionDraft {
        drafts.withLock { drafts in
            drafts = drafts.filter { now - $0.value.touchedAt < Self.lifetimeMilliseconds }
            return drafts[place] ?? ConnectionDraft(at: now)
        }
    }

    /// Keeps a draft; the one that nobody touched for longest makes room.
    func keep(_ draft: ConnectionDraft, at place: Place, now: Int64) {
        drafts.withLock { drafts in
            if drafts[place] == nil, drafts.count >= Self.draftsMax,
                let oldest = drafts.min(by: { $0.value.touchedAt < $1.value.touchedAt })
            {
                drafts[oldest.key] = nil
            }
            var draft = draft
            draft.touchedAt = now
            drafts[place] = draft
        }
    }

    func forget(_ place: Place) {
        drafts.withLock { $0[place] = nil }
    }

    var count: Int { drafts.withLock { $0.count } }

    func seal(_ secret: String, at place: Place) throws -> [UInt8] {
        try key.seal(secret, purpose: Self.purpose(place))
    }

    func open(_ sealed: [UInt8], at place: Place) throws -> String {
        try key.open(sealed, purpose: Self.purpose(place))
    }

    private static func purpose(_ place: Place) -> String {
        "connection-draft \(place.session) \(place.connection ?? 0)"
    }
}
