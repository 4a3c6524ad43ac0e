/// What people are told of. The raw values are stable words of JSON.
package enum NoticeEvent: String, CaseIterable, Codable, Sendable {
    case runFailed = "run-failed"
    /// A run waits for a person's approval.
    case runHeld = "run-held"
    /// The first run of an export that ended well after one that failed.
    case runRecovered = "run-recovered"
    case refreshFailed = "refresh-failed"
    /// Asked for by a person, to see whether it arrives.
    case test

    /// Those that can be chosen; a test is always told.
    package static let chosen: [NoticeEvent] = [
        .runFailed, .runHeld, .runRecovered, .refreshFailed,
    ]
}

/// The way by which something is told.
package enum NoticeChannel: String, CaseIterable, Codable, Sendable {
    case webhook
    case mail
}

/// To whom runs are told, and which of their turns.
package struct NotificationSettings: Equatable, Sendable {
    package var isActive: Bool
    /// Nil for no webhook; with it comes a secret.
    package var webhookURL: String?
    /// The signing secret, sealed with the master key.
    package var sealedSecret: [UInt8]?
    package var mailTo: [String]
    package var mailFrom: String?
    /// The language of mails, as a tag.
    package var language: String
    package var events: Set<NoticeEvent>

    package init(
        isActive: Bool, webhookURL: String?, sealedSecret: [UInt8]?, mailTo: [String],
        mailFrom: String?, language: String, events: Set<NoticeEvent>
    ) {
        self.isActive = isActive
        self.webhookURL = webhookURL
        self.sealedSecret = sealedSecret
        self.mailTo = mailTo
        self.mailFrom = mailFrom
        self.language = language
        self.events = events
    }

    /// Before anybody has set it up.
    package static let none = NotificationSettings(
        isActive: false, webhookURL: nil, sealedSecret: nil, mailTo: [], mailFrom: nil,
        language: "en", events: Set(NoticeEvent.chosen))

    /// The ways that are set up.
    package var channels: [NoticeChannel] {
        NoticeChannel.allCases.filter {
            switch $0 {
            case .webhook: webhookURL != nil
            case .mail: !mailTo.isEmpty && mailFrom != nil
            }
        }
    }
}
