import Synchronization
package import Transport

/// A clock for tests: sleeping moves it on at once, so nothing ever waits.
package final class ManualTime: Sendable {
    private let elapsed: Mutex<Duration>

    package init(start: Duration = .seconds(1_000_000)) {
        elapsed = Mutex(start)
    }

    package var now: Duration { elapsed.withLock { $0 } }

    package func advance(by duration: Duration) {
        elapsed.withLock { $0 += duration }
    }

    package var timekeeper: Timekeeper {
        Timekeeper(
            now: { self.now },
            sleep: { duration in
                try Task.checkCancellation()
                self.advance(by: duration)
                await Task.yield()
            })
    }
}
