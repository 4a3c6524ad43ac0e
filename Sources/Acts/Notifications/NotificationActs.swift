package import Access
package import Store

/// To whom runs are told.
package struct ShowNotificationSettings: RemoteAct {
    package static let needs = Permission.manageNotifications

    package init() {}

    package func perform(
        by asker: Asker, in acts: ActContext
    ) throws -> NotificationSettingsAnswer {
        NotificationSettingsAnswer(try acts.catalog.setup.notificationSettings())
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/notification-settings")
    }
}

/// Replaces to whom runs are told; a secret that is not given stays.
package struct SetNotificationSettings: RemoteAct {
    package static let needs = Permission.manageNotifications
    package let draft: NotificationDraft

    package init(_ draft: NotificationDraft) {
        self.draft = draft
    }

    package func perform(
        by asker: Asker, in acts: ActContext
    ) throws -> NotificationSettingsAnswer {
        let found = try draft.save(
            in: acts.catalog, with: acts.teller(), by: asker.actor, at: acts.now())
        guard found.isEmpty else {
            throw Refusal(.invalid, findings: found.map { .init($0.field, $0.rawValue) })
        }
        return NotificationSettingsAnswer(try acts.catalog.setup.notificationSettings())
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("PUT", "/api/v1/notification-settings", body: draft)
    }
}

/// Sends a test by every way that is set up, and tells what came of it.
package struct TestNotifications: RemoteAct {
    package static let needs = Permission.manageNotifications

    package init() {}

    package func perform(
        by asker: Asker, in acts: ActContext
    ) async throws -> Items<NoticeAnswer> {
        let notices = try await acts.teller().sendTest(by: asker.actor)
        guard !notices.isEmpty else { throw Refusal(.conflict, cause: "no-way-to-tell") }
        return Items(notices.map(NoticeAnswer.init))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall(
            "POST", "/api/v1/notification-settings/test", body: [String: String]())
    }
}

/// What was told, newest first, a page at a time.
package struct ListNotifications: RemoteAct {
    package static let needs = Permission.manageNotifications
    package let page: PageRequest

    package init(page: PageRequest = PageRequest()) {
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<NoticeAnswer> {
        let found = try acts.catalog.history.notices(
            before: page.afterID(), limit: page.limit + 1)
        return page.page(
            found, cursor: { Cursor(.notifications, after: $0.id) }, NoticeAnswer.init)
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/notifications", query: page.query)
    }
}

extension ActContext {
    /// Throws `Refusal` where no service runs.
    fileprivate func teller() throws -> any Telling {
        guard let telling else { throw Refusal(.conflict, cause: "no-service") }
        return telling
    }
}

extension NotificationDraft {
    /// Saves the settings, or answers what is wrong with them. The secret is sealed here and never comes back.
    ///
    /// Throws what the catalog throws, and what sealing throws.
    package func save(
        in catalog: Catalog, with telling: some Telling, by actor: Actor, at now: Int64
    ) throws -> [Finding] {
        let stored = try catalog.setup.notificationSettings()
        let found = findings(
            hasSecret: stored.sealedSecret != nil, isWebhookAddress: telling.isWebhookAddress)
        guard found.isEmpty else { return found }
        var secret = webhookURL.isEmpty ? nil : stored.sealedSecret
        if !webhookURL.isEmpty, let new = signingSecret, !new.isEmpty {
            secret = try telling.seal(new)
        }
        try catalog.setup.setNotificationSettings(
            NotificationSettings(
                isActive: isActive, webhookURL: webhookURL.isEmpty ? nil : webhookURL,
                sealedSecret: secret, mailTo: mailTo,
                mailFrom: mailFrom.isEmpty ? nil : mailFrom, language: language, events: events),
            by: actor, at: now)
        return []
    }
}

extension NotificationDraft.Finding {
    /// The member of the API that it is about.
    package var field: String {
        switch self {
        case .webhookAddress: "webhookUrl"
        case .secretMissing, .secretForm: "signingSecret"
        case .mailTo, .tooManyMailTo: "mailTo"
        case .mailFrom: "mailFrom"
        case .nobody: "active"
        case .nothing: "events"
        }
    }
}

extension NotificationDraft: Codable {
    private enum CodingKeys: String, CodingKey {
        case isActive = "active"
        case webhookURL = "webhookUrl"
        case signingSecret, mailTo, mailFrom, language, events
    }

    /// Throws what the decoder throws.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            isActive: try members.decode(Bool.self, forKey: .isActive),
            webhookURL: try members.decodeIfPresent(String.self, forKey: .webhookURL) ?? "",
            signingSecret: try members.decodeIfPresent(String.self, forKey: .signingSecret),
            mailTo: try members.decode([String].self, forKey: .mailTo),
            mailFrom: try members.decodeIfPresent(String.self, forKey: .mailFrom) ?? "",
            language: try members.decode(String.self, forKey: .language),
            events: try members.decode(Set<NoticeEvent>.self, forKey: .events))
    }

    /// What is empty is left out, for a member that is there has a value. Throws what the encoder throws.
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(isActive, forKey: .isActive)
        if !webhookURL.isEmpty { try members.encode(webhookURL, forKey: .webhookURL) }
        try members.encodeIfPresent(signingSecret, forKey: .signingSecret)
        try members.encode(mailTo, forKey: .mailTo)
        if !mailFrom.isEmpty { try members.encode(mailFrom, forKey: .mailFrom) }
        try members.encode(language, forKey: .language)
        try members.encode(NoticeEvent.chosen.filter(events.contains), forKey: .events)
    }
}
