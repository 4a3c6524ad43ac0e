package import Profiles

/// Something that is told by one way: a row of the outbox.
package struct OutgoingNotice: Equatable, Sendable, Identifiable {
    /// How far it has come. The raw values are stable words of JSON.
    package enum State: String, CaseIterable, Codable, Sendable {
        case pending
        case sent
        /// Given up.
        case failed
    }

    package typealias ID = Identifier<OutgoingNotice>

    package let id: ID
    /// By which the receiver knows what came twice.
    package let uid: String
    package let channel: NoticeChannel
    package let event: NoticeEvent
    /// What is told, as JSON; without personal data.
    package let text: String
    package let state: State
    package let attempts: Int
    /// Milliseconds since 1970; nil when it is not tried again.
    package let nextTryAt: Int64?
    /// A stable code of what went wrong last.
    package let trouble: String?
    package let createdAt: Int64
    package let endedAt: Int64?
}

/// Something to tell, before it stands in the outbox.
package struct NewNotice: Equatable, Sendable {
    package let uid: String
    package let channel: NoticeChannel
    package let event: NoticeEvent
    /// What happened; the same thing is told by one way once.
    package let cause: String
    package let text: String

    package init(
        uid: String, channel: NoticeChannel, event: NoticeEvent, cause: String, text: String
    ) {
        self.uid = uid
        self.channel = channel
        self.event = event
        self.cause = cause
        self.text = text
    }
}

/// What a run has turned into, for those who have to be told.
package struct RunTurn: Equatable, Sendable, Identifiable {
    package typealias ID = Identifier<RunTurn>

    package let id: ID
    /// What it turned into; the run itself may have gone on meanwhile.
    package let state: RunState
    /// Milliseconds since 1970.
    package let at: Int64
    package let run: Run
    /// The run of the export before it that failed or ended well; nil for the first one.
    package let previous: RunEnding?
}

/// How a run ended.
package struct RunEnding: Equatable, Sendable {
    package let state: RunState
    package let reason: String?
    /// Milliseconds since 1970.
    package let endedAt: Int64

    package init(state: RunState, reason: String?, endedAt: Int64) {
        self.state = state
        self.reason = reason
        self.endedAt = endedAt
    }
}
