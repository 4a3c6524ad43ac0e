package import Store

/// Which turn of a run is worth telling. Values only: no clock, no store.
package enum NoticeRule {
    /// The same failure, brought about by hand, is told again after a day.
    package static let repeatAfter: Int64 = 86_400_000
    /// What lies further back is no news: the service was not running when it happened.
    package static let newsAgeMax: Int64 = 86_400_000

    /// The event of a turn; nil when nobody is to be told.
    ///
    /// - A held run is told each time it is held.
    /// - A failed run is told; when somebody started it by hand and it fails as the run before it did within
    ///   the day, they know already.
    /// - A run that ended well is told when the one before it failed. Runs that were skipped, stopped or
    ///   dismissed say nothing of the export, so they stand between two others without a trace.
    package static func event(
        of state: RunState, trigger: RunTrigger, reason: String?, at time: Int64,
        after previous: RunEnding?
    ) -> NoticeEvent? {
        switch state {
        case .held: return .runHeld
        case .failed:
            guard trigger == .onDemand, let previous, previous.state == .failed,
                previous.reason == reason, time - previous.endedAt < repeatAfter
            else { return .runFailed }
            return nil
        case .completed, .completedWithWarnings:
            return previous?.state == .failed ? .runRecovered : nil
        case .planning, .sending, .skipped, .stopped, .dismissed: return nil
        }
    }
}

/// When something is tried again. Values only.
package enum NoticeRetries {
    /// Pauses after each attempt but the last, in milliseconds: a minute at first, sixteen hours at last, a
    /// bit more than a day in all.
    package static let pauses: [Int64] = [1, 5, 15, 60, 180, 480, 960].map { $0 * 60_000 }

    /// A test is made once: somebody waits for its result.
    package static func attemptsMax(_ event: NoticeEvent) -> Int {
        event == .test ? 1 : pauses.count + 1
    }

    /// The pause after so many attempts.
    package static func pause(afterAttempts attempts: Int) -> Int64 {
        pauses[min(max(attempts, 1), pauses.count) - 1]
    }
}
