/// How far a schedule was carried out.
package struct ScheduleMark: Equatable, Sendable {
    /// The last due moment that was taken, or the moment at which the schedule was turned on or changed.
    /// Nothing up to here is ever taken again.
    package let handledThrough: Int64
    /// Up to where it was carried out by a clock that was then set back for good; nil in the usual case.
    package let mendedFrom: Int64?

    package init(handledThrough: Int64, mendedFrom: Int64? = nil) {
        self.handledThrough = handledThrough
        self.mendedFrom = mendedFrom
    }
}

/// Decides when a schedule is due, for a clock that may stop, jump ahead, or jump back. Pure: times are
/// arguments, in milliseconds since 1970.
///
/// Of several moments that passed unseen the latest is made up, once. A clock that jumps back repeats
/// nothing. One that is now more than a day before what was already carried out had been wrong, and was
/// mended: from then on the schedule goes by the mended clock, and should that turn out to be the wrong one,
/// what was carried out before it was set back is still not repeated.
package enum ScheduleClock {
    /// What a look at the clock finds.
    package enum Step: Equatable, Sendable {
        /// Nothing is due before that moment; nil when never.
        case wait(until: Int64?)
        /// Due since then; before it, `missed` others passed unseen. `mark` is to be stored with it.
        case due(at: Int64, missed: Int, mark: ScheduleMark)
        /// The clock was mended: `mark` is to be stored, and nothing is due.
        case mended(mark: ScheduleMark)
    }

    /// How far a clock may be set back without counting as mended.
    package static let backwardMax: Int64 = 86_400_000
    /// How far back missed moments are counted.
    package static let lookBackMax: Int64 = 366 * 86_400_000

    /// What there is to do now.
    package static func step(_ schedule: Schedule, _ mark: ScheduleMark, now: Int64) -> Step {
        if mark.handledThrough > now + backwardMax {
            return .mended(
                mark: ScheduleMark(
                    handledThrough: now,
                    mendedFrom: max(mark.handledThrough, mark.mendedFrom ?? mark.handledThrough)))
        }
        // A clock that has come past what an earlier one had carried out begins there.
        let isPast = mark.mendedFrom.map { now >= $0 } ?? true
        let handled =
            isPast ? max(mark.handledThrough, mark.mendedFrom ?? .min) : mark.handledThrough
        var due: Int64?
        var missed = 0
        var wait: Int64?
        schedule.forEachOccurrence(after: max(handled, now - lookBackMax)) { occurrence in
            guard occurrence.at <= now else {
                wait = occurrence.at
                return false
            }
            if due != nil { missed += 1 }
            due = occurrence.at
            return true
        }
        guard let due else { return .wait(until: wait) }
        return .due(
            at: due, missed: missed,
            mark: ScheduleMark(
                handledThrough: due, mendedFrom: isPast ? nil : mark.mendedFrom))
    }
}
