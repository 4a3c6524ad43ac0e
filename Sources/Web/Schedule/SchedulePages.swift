import Access
import Acts
import Exports
import Hummingbird
import Phrases
import Store

/// System > Schedule: when the refresh begins by itself.
struct SchedulePages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/system/schedule", needs: .readRefreshes, use: show)
        routes.form("/system/schedule", needs: .changeSchedule, use: take)
    }

    private func show(_ signedIn: SignedIn) throws -> Response {
        let stored = try services.catalog.setup.systemSchedule()
        guard signedIn.role.allows(.changeSchedule) else {
            return renderer.page(
                "schedule-view", title: signedIn.book.text(.scheduleTitle),
                ScheduleViewModel(stored, now: services.acts.scheduleNow, signedIn.book),
                for: signedIn)
        }
        return form(
            signedIn, stored.map { ScheduleForm($0.schedule) } ?? ScheduleForm(),
            isActive: stored?.isActive ?? false)
    }

    /// Stores the schedule when it was sent by *Save*; other buttons give the form another shape.
    private func take(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        var entered = ScheduleForm(fields)
        let isActive = fields.isOn("active")
        guard !entered.take(act: fields["act"] ?? "save") else {
            return form(signedIn, entered, isActive: isActive)
        }
        let (schedule, findings) = entered.read()
        guard let schedule else {
            return form(signedIn, entered, isActive: isActive, findings: findings)
        }
        _ = try await services.acts.perform(
            SetSchedule(schedule, isActive: isActive), by: signedIn.asker)
        return GuardedRoutes.redirect(
            "/system/schedule?notice=\(isActive ? "schedule-on" : "schedule-off")")
    }

    private func form(
        _ signedIn: SignedIn, _ entered: ScheduleForm, isActive: Bool,
        findings: [ScheduleForm.Finding] = []
    ) -> Response {
        let book = signedIn.book
        return renderer.page(
            "schedule", title: book.text(.scheduleTitle),
            ScheduleModel(
                isActive: isActive,
                plan: ScheduleFields(
                    entered, findings: findings, now: services.acts.scheduleNow, book),
                findings: findings.isEmpty
                    ? nil
                    : ExportFormModel.Summary(
                        title: book.text(.scheduleAttention, count: findings.count),
                        list: findings.map {
                            .init(field: $0.anchor, text: $0.text(book))
                        })),
            for: signedIn, status: findings.isEmpty ? .ok : .unprocessableContent)
    }
}

/// The form of the schedule.
struct ScheduleModel: Sendable {
    let isActive: Bool
    let plan: ScheduleFields
    let findings: ExportFormModel.Summary?
}

/// The schedule for those who may not change it.
struct ScheduleViewModel: Sendable {
    /// Nil while it is off.
    let words: String?
    let next: NextRuns?

    init(_ stored: SystemSchedule?, now: Int64, _ book: PhraseBook) {
        let schedule = stored.flatMap { $0.isActive ? $0.schedule : nil }
        words = schedule.map(book.schedule)
        next = schedule.map { NextRuns($0, now: now, book) }
    }
}
