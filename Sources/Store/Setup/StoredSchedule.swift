package import Exports
package import Schedules

/// What a schedule starts.
package enum ScheduleSubject: Hashable, Sendable {
    /// The scheduled refresh.
    case system
    /// One export.
    case export(Export.ID)
}

/// The schedule of the refresh as people set it.
package struct SystemSchedule: Equatable, Sendable {
    package let isActive: Bool
    package let schedule: Schedule
    /// Milliseconds since 1970.
    package let changedAt: Int64
}

/// A start that a schedule asks for. It is owed until it is said to be done, also by the next process.
package struct DueStart: Hashable, Sendable {
    package let subject: ScheduleSubject
    /// When it was due, in milliseconds since 1970.
    package let dueAt: Int64
    /// How many due moments before it passed unseen; it makes up for them.
    package let missed: Int

    package init(_ subject: ScheduleSubject, dueAt: Int64, missed: Int) {
        self.subject = subject
        self.dueAt = dueAt
        self.missed = missed
    }
}

/// What a look at all schedules found.
package struct ScheduleLook: Equatable, Sendable {
    /// What is to be started, the refresh before exports, and what was due earlier first.
    package let owed: [DueStart]
    /// When something is due next, in milliseconds since 1970; nil when nothing is active.
    package let nextDue: Int64?
}
