import Access
import Acts
import Exports
import Hummingbird
import Phrases
import Profiles
import Store

/// Rehearsals of exports: what a run would do, before anything is sent. Whoever may see an export may
/// rehearse it.
struct RehearsalPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    /// Seconds between two looks at a rehearsal under way.
    private static let refreshSeconds = 2

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.form("/exports/{id}/rehearsals", needs: .readExports, use: start)
        routes.page("/rehearsals/{id}", needs: .readExports, use: show)
        routes.form("/rehearsals/{id}/cancel", needs: .readExports, use: cancel)
        routes.page("/rehearsals/{id}/plan.csv", needs: .readExports, use: download)
    }

    private func start(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let rehearsal = try await services.acts.perform(
            StartRehearsal(.id(try signedIn.id())), by: signedIn.asker)
        return GuardedRoutes.redirect("/rehearsals/\(rehearsal.id)")
    }

    private func show(_ signedIn: SignedIn) throws -> Response {
        let rehearsal = try services.acts.rehearsal(signedIn.visitor.rehearsal)
        let book = signedIn.book
        let title = book.text(.rehearsalTitle)
        guard case .done(let report) = rehearsal.state else {
            return renderer.page(
                "rehearsal-open", title: title,
                OpenRehearsalModel(
                    rehearsal, mayCancel: rehearsal.mayBeCancelled(by: signedIn.asker), book),
                for: signedIn,
                refreshSeconds: rehearsal.isUnderWay ? Self.refreshSeconds : nil)
        }
        let place = RehearsalPlace(signedIn.query, report: report)
        return renderer.page(
            "rehearsal", title: title,
            RehearsalModel(
                rehearsal, report, place, mayRun: signedIn.role.allows(.runExports), book),
            for: signedIn)
    }

    private func cancel(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let rehearsal = try await services.acts.perform(
            CancelRehearsal(signedIn.visitor.rehearsal), by: signedIn.asker)
        return GuardedRoutes.redirect("/rehearsals/\(rehearsal.id)")
    }

    private func download(_ signedIn: SignedIn) throws -> Response {
        do {
            return try .plan(ofRehearsal: signedIn.visitor.rehearsal, in: services.acts)
        } catch let refusal as Refusal where refusal.code == .conflict {
            // A page whose plan is not made is not there yet.
            throw WebProblem(.notFound)
        }
    }
}

/// Which part of a report is shown.
struct RehearsalPlace: Sendable {
    let kind: RehearsalRow.Kind
    /// Counted from 0.
    let page: Int

    /// Rows on a page.
    static let rowsMax = 50

    /// What the address names, else the first kind that has rows.
    init(_ query: FormFields, report: RehearsalReport) {
        kind =
            query.text("show").flatMap(RehearsalRow.Kind.init)
            ?? RehearsalRow.Kind.allCases.first { report.count($0) > 0 } ?? .enter
        let count = report.rows[kind]?.count ?? 0
        let last = max(0, (count - 1) / Self.rowsMax)
        page = query.text("page").flatMap(Int.init).map { min(max(0, $0 - 1), last) } ?? 0
    }
}
