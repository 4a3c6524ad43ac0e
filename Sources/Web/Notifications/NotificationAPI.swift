import Acts
import Hummingbird
import Phrases
import Store

/// Notifications: to whom runs are told, and what was told.
struct NotificationAPI: Sendable {
    func add(to routes: GuardedRoutes) {
        let path = "/api/v1/notification-settings"
        routes.act(.get, path) { caller in
            _ = try APIQuery(caller, names: [])
            return ShowNotificationSettings()
        }
        routes.act(.put, path, readSettings)
        routes.act(.post, "\(path)/test") { caller in
            var body = try await caller.body(isOptional: true)
            try body.end()
            return TestNotifications()
        }
        routes.act(.get, "/api/v1/notifications") {
            ListNotifications(page: try $0.page(.notifications))
        }
    }

    /// A secret that is not given stays.
    private func readSettings(_ caller: Caller) async throws -> SetNotificationSettings {
        var body = try await caller.body()
        let isActive = body.flag("active", isRequired: true)
        let url = body.optionalText("webhookUrl", length: 1...2_000)
        let secret = body.optionalText("signingSecret", length: 1...300)
        let mailTo = body.texts("mailTo", isRequired: true, count: 0...100, length: 1...300)
        let mailFrom = body.optionalText("mailFrom", length: 1...300)
        let language = body.choice("language", of: Language.allCases)
        let events = body.texts(
            "events", isRequired: true, count: 0...NoticeEvent.chosen.count, length: 1...50)
        for event in events ?? []
        where !NoticeEvent.chosen.contains(where: { $0.rawValue == event }) {
            body.find(
                "events", "choice",
                "They are among \(NoticeEvent.chosen.map { "'\($0.rawValue)'" }.joined(separator: ", "))."
            )
        }
        try body.end()
        guard let isActive, let mailTo, let language, let events else {
            throw WebProblem(.invalid)
        }
        return SetNotificationSettings(
            NotificationDraft(
                isActive: isActive, webhookURL: url ?? "", signingSecret: secret, mailTo: mailTo,
                mailFrom: mailFrom ?? "", language: language.rawValue,
                events: Set(events.compactMap(NoticeEvent.init(rawValue:)))))
    }
}
