import Synchronization

/// What the service knows of itself: whether runs are carried out, since when it lives, what it answered.
final class ServiceHealth: Sendable {
    /// Milliseconds since 1970.
    let startedAt: Int64
    private let state = Mutex(State())

    private struct State {
        var carriesOutRuns = false
        var answers: [Answered: Int] = [:]
    }

    /// A kind of request and the class of its status; both from short lists.
    struct Answered: Hashable, Sendable {
        let kind: Kind
        /// 2 for 200 to 299.
        let statusClass: Int
    }

    enum Kind: String, CaseIterable, Sendable {
        case page, api, asset, probe

        init(path: String) {
            if path.hasPrefix("/api/v1") {
                self = .api
            } else if path.hasPrefix("/assets/") {
                self = .asset
            } else if path.hasPrefix("/health/") || path == "/metrics" {
                self = .probe
            } else {
                self = .page
            }
        }
    }

    init(startedAt: Int64) {
        self.startedAt = startedAt
    }

    /// Notes that runs are carried out as long as `body` goes on.
    func whileCarryingOut(_ body: () async throws -> Void) async throws {
        state.withLock { $0.carriesOutRuns = true }
        defer { state.withLock { $0.carriesOutRuns = false } }
        try await body()
    }

    var carriesOutRuns: Bool { state.withLock { $0.carriesOutRuns } }

    func count(_ kind: Kind, status: Int) {
        state.withLock {
            $0.answers[Answered(kind: kind, statusClass: status / 100), default: 0] += 1
        }
    }

    var answers: [Answered: Int] { state.withLock { $0.answers } }
}
