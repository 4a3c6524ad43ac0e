package import Access
package import Exports
package import Profiles

/// One rehearsal of an export: what a run would do, found out without doing it.
package struct Rehearsal: Sendable, Identifiable {
    /// Random text: nobody comes across a rehearsal by counting.
    package typealias ID = String

    /// How far it is, or how it ended.
    package enum State: Sendable {
        /// Reads the members; waits for its turn while there are none yet.
        case planning(members: Int)
        case done(RehearsalReport)
        /// `reason` is a stable code, `detail` what there is to know besides, free of profile values.
        case failed(reason: String, detail: Remark?)
        case cancelled
    }

    package let id: ID
    /// As it stood when the rehearsal began.
    package let export: Export
    package let actor: Actor
    package internal(set) var state: State

    package var isUnderWay: Bool {
        if case .planning = state { true } else { false }
    }
}
