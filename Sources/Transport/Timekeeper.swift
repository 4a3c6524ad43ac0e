import Foundation
import Synchronization

/// Time as the program sees it: now, and a way to wait. Injected, so that tests and trials can scale it.
package struct Timekeeper: Sendable {
    /// Time since 1970, never going backwards within a process.
    package let now: @Sendable () -> Duration
    package let sleep: @Sendable (Duration) async throws -> Void

    /// `sleep` throws `CancellationError` when its task is cancelled.
    package init(
        now: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's clock. With a `scale` above 1 time passes so many times faster: an hour of pacing
    /// can be rehearsed in a minute against a sandbox with the same scale.
    package static func system(scale: Double = 1) -> Timekeeper {
        let start = ContinuousClock.now
        let epoch = Duration.seconds(Date().timeIntervalSince1970)
        return Timekeeper(
            now: { epoch + (ContinuousClock.now - start) * scale },
            sleep: { try await ContinuousClock().sleep(for: $0 / scale) })
    }
}

extension Duration {
    /// Whole milliseconds, rounded up.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
