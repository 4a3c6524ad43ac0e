import Access
import Acts
import Exports
import HTTPTypes
import Hummingbird
import Phrases
import Service
import Store

/// Notifications: to whom runs are told, and what was told.
struct NotificationAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        let needed = Permission.manageNotifications
        let path = "/api/v1/notification-settings"
        routes.api(.get, path, needs: needed) { caller in
            _ = try APIQuery(caller, names: [])
            return .json(JSONValue(try services.catalog.setup.notificationSettings()))
        }
        routes.api(.put, path, needs: needed, use: save)
        routes.api(.post, "\(path)/test", needs: needed, use: test)
        routes.api(.get, "/api/v1/notifications", needs: needed, use: list)
    }

    /// Replaces the settings; a secret that is not given stays.
    private func save(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request)
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
        let draft = NotificationDraft(
            isActive: isActive, webhookURL: url ?? "", signingSecret: secret, mailTo: mailTo,
            mailFrom: mailFrom ?? "", language: language.rawValue,
            events: Set(events.compactMap(NoticeEvent.init(rawValue:))))
        let found = try services.notifier.save(draft, by: caller.actor)
        guard found.isEmpty else {
            let book = PhraseBook(.en)
            throw WebProblem(
                .invalid, "Something in the body is missing or does not fit.",
                findings: found.map {
                    .init(
                        field: Self.member(of: $0), code: $0.rawValue,
                        detail: NoticeWords.finding($0, book))
                })
        }
        return .json(JSONValue(try services.catalog.setup.notificationSettings()))
    }

    private static func member(of finding: NotificationDraft.Finding) -> String {
        switch finding {
        case .webhookAddress: "webhookUrl"
        case .secretMissing, .secretForm: "signingSecret"
        case .mailTo, .tooManyMailTo: "mailTo"
        case .mailFrom: "mailFrom"
        case .nobody: "active"
        case .nothing: "events"
        }
    }

    /// Sends a test by every way that is set up, and answers what came of it.
    private func test(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        let notices = try await services.notifier.sendTest(by: caller.actor)
        guard !notices.isEmpty else {
            throw WebProblem(.conflict, "Neither a webhook nor mail is set up.")
        }
        return .json(["items": .array(notices.map { JSONValue($0) })] as JSONValue)
    }

    private func list(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.notifications)
        let found = try services.catalog.history.notices(
            before: try page.id(), limit: page.limit + 1)
        return .json(
            page.answer(found, cursor: { Cursor(.notifications, after: $0.id) }) { JSONValue($0) })
    }
}

extension JSONValue {
    /// Settings, without the secret.
    init(_ settings: NotificationSettings) {
        self = [
            "active": .bool(settings.isActive), "webhookUrl": .text(settings.webhookURL),
            "hasSigningSecret": .bool(settings.sealedSecret != nil),
            "mailTo": .texts(settings.mailTo), "mailFrom": .text(settings.mailFrom),
            "language": .string(settings.language),
            "events": .texts(
                NoticeEvent.chosen.filter { settings.events.contains($0) }.map(\.rawValue)),
        ]
    }

    /// A notification, and what became of it.
    init(_ notice: OutgoingNotice) {
        // Without its text a row still tells what became of it.
        let told = try? Notice(json: notice.text)
        self = [
            "id": .integer(notice.id), "uid": .string(notice.uid),
            "event": .string(notice.event.rawValue), "channel": .string(notice.channel.rawValue),
            "state": .string(notice.state.rawValue),
            "attempts": .integer(Int64(notice.attempts)), "trouble": .text(notice.trouble),
            "exportName": .text(told?.run?.exportName), "runId": .id(told?.run?.id),
            "refreshId": .id(told?.refresh?.id),
            "createdAt": .time(notice.createdAt), "nextTryAt": .time(notice.nextTryAt),
            "endedAt": .time(notice.endedAt),
        ]
    }
}
