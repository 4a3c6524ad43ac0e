/// How long a call of an engine may take, and whether anybody still waits for it. Every call asks before it begins,
/// and those that can take long ask all the while.
package struct CallLimits: Sendable {
    /// The end of patience; nil when there is none.
    package let deadline: ContinuousClock.Instant?
    private let isGivenUp: @Sendable () -> Bool

    /// Nobody is in a hurry, and nobody goes away: for the start of the program and for tests.
    package static let none = CallLimits()

    package init(
        deadline: ContinuousClock.Instant? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.deadline = deadline
        isGivenUp = isCancelled
    }

    /// Patience from now on.
    package init(
        within patience: Duration, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.init(deadline: ContinuousClock.now + patience, isCancelled: isCancelled)
    }

    /// Whether nobody waits for the answer any more.
    package var isCancelled: Bool { isGivenUp() }

    /// Whether the answer would come too late.
    package var isLate: Bool { deadline.map { ContinuousClock.now > $0 } ?? false }

    /// The same, and over sooner.
    package func narrowed(to patience: Duration) -> CallLimits {
        let end = ContinuousClock.now + patience
        return CallLimits(deadline: deadline.map { min($0, end) } ?? end, isCancelled: isGivenUp)
    }

    /// Throws `CancellationError` when nobody waits any more, and `EngineError.timedOut` when it is too late.
    package func check() throws {
        if isCancelled { throw CancellationError() }
        if isLate { throw EngineError(.timedOut) }
    }
}
