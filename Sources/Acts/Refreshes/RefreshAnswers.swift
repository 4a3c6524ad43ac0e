package import Profiles
package import Store

/// A refresh without its tasks.
package struct RefreshSummaryAnswer: Codable, Equatable, Sendable {
    package let id: Refresh.ID
    package let trigger: RefreshTrigger
    package let actor: String
    package let state: RefreshState
    /// Why it ended early, as a code.
    @Nullable package var reason: String?
    /// When the schedule wanted it.
    @Nullable package var dueAt: Moment?
    /// Earlier times of the schedule that it makes up for.
    package let missed: Int
    package let createdAt: Moment
    @Nullable package var endedAt: Moment?
    /// Tasks by state.
    package let taskCounts: [String: Int]

    package init(_ refresh: Refresh, _ numbers: RefreshNumbers) {
        id = refresh.id
        trigger = refresh.trigger
        actor = refresh.actor
        state = refresh.state
        reason = refresh.reason
        dueAt = refresh.dueAt.map(Moment.init)
        missed = refresh.missed
        createdAt = Moment(refresh.createdAt)
        endedAt = refresh.endedAt.map(Moment.init)
        taskCounts = Dictionary(
            uniqueKeysWithValues: numbers.byState.map { ($0.key.rawValue, $0.value) })
    }
}

/// A refresh with its tasks in their order.
package struct RefreshAnswer: Equatable, Sendable {
    package let summary: RefreshSummaryAnswer
    package let tasks: [RefreshTaskAnswer]

    package init(_ refresh: Refresh, _ tasks: [RefreshTask]) {
        summary = RefreshSummaryAnswer(refresh, RefreshNumbers(tasks))
        self.tasks = tasks.map(RefreshTaskAnswer.init)
    }
}

extension RefreshAnswer: Codable {
    private enum CodingKeys: CodingKey {
        case tasks
    }

    /// The members of the summary, and the tasks beside them. Throws what the decoder throws.
    package init(from decoder: any Decoder) throws {
        summary = try RefreshSummaryAnswer(from: decoder)
        tasks = try decoder.container(keyedBy: CodingKeys.self)
            .decode([RefreshTaskAnswer].self, forKey: .tasks)
    }

    /// Throws what the encoder throws.
    package func encode(to encoder: any Encoder) throws {
        try summary.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(tasks, forKey: .tasks)
    }
}

/// One thing that a refresh does.
package struct RefreshTaskAnswer: Codable, Equatable, Sendable {
    package let position: Int
    package let stage: RefreshStage
    package let thingId: Int64
    package let name: String
    package let dependsOn: [Int]
    package let state: RefreshTaskState
    @Nullable package var reason: String?
    @Nullable package var detail: Remark?
    /// The position of the task because of which it was skipped.
    @Nullable package var cause: Int?
    @Nullable package var runId: Run.ID?
    /// Rows of a source, members of a segment, or people an export delivered.
    @Nullable package var count: Int?
    @Nullable package var startedAt: Moment?
    @Nullable package var endedAt: Moment?

    package init(_ task: RefreshTask) {
        position = task.position
        stage = task.stage
        thingId = task.thing
        name = task.name
        dependsOn = task.dependsOn
        state = task.state
        reason = task.reason
        detail = task.detail
        cause = task.cause
        runId = task.run
        count = task.count
        startedAt = task.startedAt.map(Moment.init)
        endedAt = task.endedAt.map(Moment.init)
    }
}

/// The refresh that is under way now. Whether it was begun just now shows in the status of the API's answer, not
/// in its body.
package struct StartedRefreshAnswer: Equatable, Sendable {
    package let refresh: RefreshAnswer
    package let isNew: Bool
}

extension StartedRefreshAnswer: Codable {
    /// Throws what the decoder throws.
    package init(from decoder: any Decoder) throws {
        refresh = try RefreshAnswer(from: decoder)
        isNew = true
    }

    /// Throws what the encoder throws.
    package func encode(to encoder: any Encoder) throws {
        try refresh.encode(to: encoder)
    }
}
