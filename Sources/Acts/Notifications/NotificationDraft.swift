package import Store

/// Settings of notifications as a form or a program brings them, before they are checked.
package struct NotificationDraft: Equatable, Sendable {
    /// Addresses that one mail goes to.
    package static let mailToMax = 20
    /// Characters of a signing secret.
    package static let secretLength = 16...200

    package var isActive: Bool
    /// Empty for no webhook.
    package var webhookURL: String
    /// A new signing secret; nil or empty keeps the stored one.
    package var signingSecret: String?
    package var mailTo: [String]
    /// Empty for no sender.
    package var mailFrom: String
    package var language: String
    package var events: Set<NoticeEvent>

    package init(
        isActive: Bool, webhookURL: String, signingSecret: String?, mailTo: [String],
        mailFrom: String, language: String, events: Set<NoticeEvent>
    ) {
        self.isActive = isActive
        self.webhookURL = webhookURL
        self.signingSecret = signingSecret
        self.mailTo = mailTo
        self.mailFrom = mailFrom
        self.language = language
        self.events = events
    }

    /// The draft of what is stored.
    package init(_ settings: NotificationSettings) {
        self.init(
            isActive: settings.isActive, webhookURL: settings.webhookURL ?? "",
            signingSecret: nil, mailTo: settings.mailTo, mailFrom: settings.mailFrom ?? "",
            language: settings.language, events: settings.events)
    }

    /// What can be wrong with a draft; the raw value is a stable code.
    package enum Finding: String, CaseIterable, Sendable {
        /// No address that may be a webhook's.
        case webhookAddress = "webhook-address"
        case secretMissing = "secret-missing"
        /// Too short, too long, or not printable ASCII.
        case secretForm = "secret-form"
        case mailTo = "mail-to"
        case tooManyMailTo = "too-many-mail-to"
        case mailFrom = "mail-from"
        /// Switched on, and nobody to tell.
        case nobody
        /// Switched on, and nothing to tell.
        case nothing
    }

    /// What is wrong; nothing when it can be saved.
    package func findings(
        hasSecret: Bool, isWebhookAddress: (String) -> Bool
    ) -> [Finding] {
        var found: [Finding] = []
        if isActive, webhookURL.isEmpty, mailTo.isEmpty { found.append(.nobody) }
        if !webhookURL.isEmpty {
            if !isWebhookAddress(webhookURL) { found.append(.webhookAddress) }
            if let secret = signingSecret, !secret.isEmpty {
                let isPrintable = secret.utf8.allSatisfy { (0x21...0x7E).contains($0) }
                if !Self.secretLength.contains(secret.utf8.count) || !isPrintable {
                    found.append(.secretForm)
                }
            } else if !hasSecret {
                found.append(.secretMissing)
            }
        }
        if mailTo.count > Self.mailToMax { found.append(.tooManyMailTo) }
        if mailTo.contains(where: { MailAddress($0) == nil }) { found.append(.mailTo) }
        let isSenderAsked = !mailTo.isEmpty || !mailFrom.isEmpty
        if isSenderAsked, MailAddress(mailFrom) == nil { found.append(.mailFrom) }
        if isActive, events.isEmpty { found.append(.nothing) }
        return found
    }
}
