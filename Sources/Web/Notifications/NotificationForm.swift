import Acts
import Phrases
import Store

/// The form of notifications, as it was sent.
enum NotificationForm {
    /// Names of the fields, which are their ids as well.
    enum Field {
        static let active = "active"
        static let events = "events"
        static let url = "webhook-url"
        static let secret = "secret"
        static let mailTo = "mail-to"
        static let mailFrom = "mail-from"
        static let language = "language"

        static func event(_ event: NoticeEvent) -> String { "event-\(event.rawValue)" }
    }

    static func draft(_ fields: FormFields) -> NotificationDraft {
        NotificationDraft(
            isActive: fields.isOn(Field.active), webhookURL: fields.text(Field.url) ?? "",
            signingSecret: fields.text(Field.secret),
            mailTo: addresses(fields[Field.mailTo] ?? ""),
            mailFrom: fields.text(Field.mailFrom) ?? "",
            language: fields[Field.language].flatMap(Language.init(rawValue:))?.rawValue ?? "en",
            events: Set(NoticeEvent.chosen.filter { fields.isOn(Field.event($0)) }))
    }

    /// Addresses one per line; commas and semicolons part them as well. None is kept twice.
    static func addresses(_ text: String) -> [String] {
        var seen: Set<String> = []
        return text.split { $0.isWhitespace || $0 == "," || $0 == ";" }.map(String.init)
            .filter { seen.insert($0).inserted }
    }

    /// The field beside which a finding stands.
    static func field(of finding: NotificationDraft.Finding) -> String {
        switch finding {
        case .webhookAddress: Field.url
        case .secretMissing, .secretForm: Field.secret
        case .mailTo, .tooManyMailTo: Field.mailTo
        case .mailFrom: Field.mailFrom
        case .nobody: Field.active
        case .nothing: Field.events
        }
    }
}
