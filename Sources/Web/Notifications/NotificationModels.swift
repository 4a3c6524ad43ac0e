import Acts
import Phrases
import Store

/// The page of notifications: its form, and what was told.
struct NotificationsModel: Sendable {
    let findings: Findings?
    let isActive: Bool
    let activeFinding: String?
    let events: [Event]
    let eventsFinding: String?
    let url: String
    let urlFinding: String?
    let secretHint: String
    let secretFinding: String?
    let mailTo: String
    let mailToFinding: String?
    let mailFrom: String
    let mailFromFinding: String?
    let mailLanguages: [Choice]
    /// Whether there is a way by which a test could go out.
    let canTest: Bool
    let isEmpty: Bool
    let rows: [Row]

    struct Findings: Sendable {
        let title: String
        let list: [Finding]
    }

    struct Finding: Sendable {
        let field: String
        let text: String
    }

    struct Event: Sendable {
        let field: String
        let text: String
        let isOn: Bool
    }

    struct Choice: Sendable {
        let value: String
        let text: String
        let isSelected: Bool
    }

    struct Row: Sendable {
        let at: MomentText
        let event: String
        /// The export it is about.
        let name: String?
        let href: String?
        let channel: String
        let state: BadgeMark
        let attempts: String
        let trouble: String?
        let nextTry: String?
    }

    init(
        _ draft: NotificationDraft, stored: NotificationSettings,
        found: [NotificationDraft.Finding], notices: [OutgoingNotice], _ book: PhraseBook
    ) {
        let texts = Dictionary(
            found.map { (NotificationForm.field(of: $0), NoticeWords.finding($0, book)) }
        ) { first, _ in first }
        findings =
            found.isEmpty
            ? nil
            : Findings(
                title: book.text(.notifyFindings),
                list: found.map {
                    Finding(
                        field: NotificationForm.field(of: $0), text: NoticeWords.finding($0, book))
                })
        isActive = draft.isActive
        activeFinding = texts[NotificationForm.Field.active]
        events = NoticeEvent.chosen.map {
            Event(
                field: NotificationForm.Field.event($0), text: NoticeWords.event($0, book),
                isOn: draft.events.contains($0))
        }
        eventsFinding = texts[NotificationForm.Field.events]
        url = draft.webhookURL
        urlFinding = texts[NotificationForm.Field.url]
        secretHint = book.text(
            stored.sealedSecret == nil ? .notifySecretHint : .notifySecretKept)
        secretFinding = texts[NotificationForm.Field.secret]
        mailTo = draft.mailTo.joined(separator: "\n")
        mailToFinding = texts[NotificationForm.Field.mailTo]
        mailFrom = draft.mailFrom
        mailFromFinding = texts[NotificationForm.Field.mailFrom]
        mailLanguages = Language.allCases.map {
            Choice(
                value: $0.rawValue, text: $0.nativeName,
                isSelected: $0.rawValue == draft.language)
        }
        canTest = !stored.channels.isEmpty
        rows = notices.map { Row($0, book) }
        isEmpty = notices.isEmpty
    }
}

extension NotificationsModel.Row {
    init(_ notice: OutgoingNotice, _ book: PhraseBook) {
        at = MomentText(notice.createdAt, book)
        event = NoticeWords.event(notice.event, book)
        // Without its text a row still tells what became of it.
        let told = try? Notice(json: notice.text)
        name = told?.run?.exportName
        href = told.flatMap { told in
            told.run.map { "/runs/\($0.id)" } ?? told.refresh.map { "/system/status/\($0.id)" }
        }
        channel = NoticeWords.channel(notice.channel, book)
        state = NoticeWords.badge(notice.state, book)
        attempts = book.number(notice.attempts)
        trouble = notice.trouble.map { NoticeWords.trouble($0, book) }
        nextTry =
            notice.attempts > 0
            ? notice.nextTryAt.map { book.text(.notifyNextTry, ["time": book.time($0)]) } : nil
    }
}
