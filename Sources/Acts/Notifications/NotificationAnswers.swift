package import Store

/// To whom runs are told; of the signing secret only whether there is one.
package struct NotificationSettingsAnswer: Codable, Equatable, Sendable {
    package let active: Bool
    @Nullable package var webhookUrl: String?
    package let hasSigningSecret: Bool
    package let mailTo: [String]
    @Nullable package var mailFrom: String?
    package let language: String
    package let events: [NoticeEvent]

    package init(_ settings: NotificationSettings) {
        active = settings.isActive
        webhookUrl = settings.webhookURL
        hasSigningSecret = settings.sealedSecret != nil
        mailTo = settings.mailTo
        mailFrom = settings.mailFrom
        language = settings.language
        events = NoticeEvent.chosen.filter(settings.events.contains)
    }
}

/// Something that was told by one way, and what became of it.
package struct NoticeAnswer: Codable, Equatable, Sendable {
    package let id: OutgoingNotice.ID
    /// By which the receiver knows what came twice.
    package let uid: String
    package let event: NoticeEvent
    package let channel: NoticeChannel
    package let state: OutgoingNotice.State
    package let attempts: Int
    /// A stable code of what went wrong last.
    @Nullable package var trouble: String?
    @Nullable package var exportName: String?
    @Nullable package var runId: Run.ID?
    @Nullable package var refreshId: Refresh.ID?
    package let createdAt: Moment
    @Nullable package var nextTryAt: Moment?
    @Nullable package var endedAt: Moment?

    package init(_ notice: OutgoingNotice) {
        // Without its text a row still tells what became of it.
        let told = try? Notice(json: notice.text)
        id = notice.id
        uid = notice.uid
        event = notice.event
        channel = notice.channel
        state = notice.state
        attempts = notice.attempts
        trouble = notice.trouble
        exportName = told?.run?.exportName
        runId = told?.run?.id
        refreshId = told?.refresh?.id
        createdAt = Moment(notice.createdAt)
        nextTryAt = notice.nextTryAt.map(Moment.init)
        endedAt = notice.endedAt.map(Moment.init)
    }
}
