import Access
import Acts
import Hummingbird
import Phrases
import Store

/// System > Notifications: who is told of runs, and what was told.
struct NotificationPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    private static let path = "/system/notifications"
    /// Notices that the page shows.
    private static let shownMax = 50

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        let needed = Permission.manageNotifications
        routes.page(Self.path, needs: needed, use: show)
        routes.form(Self.path, needs: needed, use: save)
        routes.form("\(Self.path)/test", needs: needed, use: test)
    }

    private func show(_ signedIn: SignedIn) throws -> Response {
        let stored = try services.catalog.setup.notificationSettings()
        let notice = signedIn.query["test"].flatMap { test in
            test == "failed"
                ? Frame.Notice(kind: "trouble", text: signedIn.book.text(.notifyTestFailed)) : nil
        }
        return try page(signedIn, NotificationDraft(stored), stored, notice: notice)
    }

    private func save(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let draft = NotificationForm.draft(fields)
        do {
            _ = try await services.acts.perform(
                SetNotificationSettings(draft), by: signedIn.asker)
            return GuardedRoutes.redirect("\(Self.path)?notice=notifications-saved")
        } catch let refusal as Refusal where refusal.code == .invalid {
            return try page(
                signedIn, draft, try services.catalog.setup.notificationSettings(),
                found: refusal.findings.compactMap {
                    NotificationDraft.Finding(rawValue: $0.code)
                })
        }
    }

    private func test(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        var isTaken = false
        do {
            let told = try await services.acts.perform(TestNotifications(), by: signedIn.asker)
            isTaken = told.items.allSatisfy { $0.state == .sent }
        } catch let refusal as Refusal where refusal.code == .conflict {
            // Nothing is set up, which the page shows.
        }
        return GuardedRoutes.redirect(
            Self.path + (isTaken ? "?notice=notifications-tested" : "?test=failed"))
    }

    private func page(
        _ signedIn: SignedIn, _ draft: NotificationDraft, _ stored: NotificationSettings,
        found: [NotificationDraft.Finding] = [], notice: Frame.Notice? = nil
    ) throws -> Response {
        renderer.page(
            "notifications", title: signedIn.book.text(.notifyTitle),
            NotificationsModel(
                draft, stored: stored, found: found,
                notices: try services.catalog.history.notices(before: nil, limit: Self.shownMax),
                signedIn.book),
            for: signedIn, status: found.isEmpty ? .ok : .unprocessableContent, notice: notice)
    }
}
