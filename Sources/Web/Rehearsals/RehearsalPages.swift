import Access
import Acts
import Exports
import HTTPTypes
import Hummingbird
import NIOCore
import Phrases
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

    private func start(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        guard let export = try services.catalog.setup.export(id: try signedIn.id()) else {
            throw WebProblem(.notFound)
        }
        let id = services.rehearsals.start(export, by: signedIn.actor)
        return GuardedRoutes.redirect("/rehearsals/\(id)")
    }

    private func show(_ signedIn: SignedIn) throws -> Response {
        let rehearsal = try rehearsal(signedIn)
        let book = signedIn.book
        let title = book.text(.rehearsalTitle)
        guard case .done(let report) = rehearsal.state else {
            return renderer.page(
                "rehearsal-open", title: title,
                OpenRehearsalModel(rehearsal, mayCancel: mayCancel(rehearsal, signedIn), book),
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

    private func cancel(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        let rehearsal = try rehearsal(signedIn)
        guard mayCancel(rehearsal, signedIn) else { throw WebProblem(.notAllowed) }
        services.rehearsals.cancel(rehearsal.id)
        return GuardedRoutes.redirect("/rehearsals/\(rehearsal.id)")
    }

    /// Every row, of a plan that is made anew while it is downloaded.
    private func download(_ signedIn: SignedIn) throws -> Response {
        let rehearsal = try rehearsal(signedIn)
        guard case .done = rehearsal.state else { throw WebProblem(.notFound) }
        let pieces = try services.rehearsals.download(rehearsal.export, encode: CSVText.row)
        var response = Response(
            status: .ok, headers: [.contentType: "text/csv; charset=utf-8"],
            body: ResponseBody(asyncSequence: pieces.map { ByteBuffer(bytes: $0) }))
        response.headers[.contentDisposition] = "attachment; filename=\"plan.csv\""
        return response
    }

    private func rehearsal(_ signedIn: SignedIn) throws -> Rehearsal {
        guard let id = signedIn.visitor.parameters.get("id"),
            let rehearsal = services.rehearsals.rehearsal(id)
        else { throw WebProblem(.notFound) }
        return rehearsal
    }

    /// One's own, and anybody's for those who may run exports.
    private func mayCancel(_ rehearsal: Rehearsal, _ signedIn: SignedIn) -> Bool {
        rehearsal.actor == signedIn.actor || signedIn.role.allows(.runExports)
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
