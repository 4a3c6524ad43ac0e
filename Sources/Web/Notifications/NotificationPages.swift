import Access
import Acts
import Hummingbird
import Phrases
import Service
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

    private func save(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        let draft = NotificationForm.draft(fields)
        let found = try services.notifier.save(draft, by: signedIn.actor)
        guard found.isEmpty else {
            return try page(
                signedIn, draft, try services.catalog.setup.notificationSettings(), found: found)
        }
        return GuardedRoutes.redirect("\(Self.path)?notice=notifications-saved")
    }

    private func test(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let notices = try await services.notifier.sendTest(by: signedIn.actor)
        let isTaken = !notices.isEmpty && notices.allSatisfy { $0.state == .sent }
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
