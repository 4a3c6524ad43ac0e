import Synchronization

/// Is over after it was asked so many times.
final class Countdown: Sendable {
    private let left: Atomic<Int>

    init(_ count: Int) {
        left = Atomic(count)
    }

    func isOver() -> Bool {
        left.subtract(1, ordering: .relaxed).newValue < 0
    }
}
