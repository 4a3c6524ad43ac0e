import Access
import Synchronization

/// Asks one task of a refresh to stop, and wakes whoever waits for that.
final class RefreshStop: Sendable {
    private let actor = Mutex<Actor?>(nil)
    private let (stream, continuation) = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))

    func request(by actor: Actor) {
        self.actor.withLock { $0 = actor }
        continuation.finish()
    }

    /// Lets the one who waits look around, without asking for a stop.
    func wake() { continuation.yield() }

    /// Who wants it to stop; nil as long as nobody does.
    var requester: Actor? { actor.withLock { $0 } }

    var isRequested: Bool { requester != nil }

    /// Returns when a stop is requested, when woken, or when the task is cancelled. One may wait at a time.
    func wait() async {
        for await _ in stream { return }
    }
}
