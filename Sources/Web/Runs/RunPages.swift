import Access
import Acts
import Exports
import Foundation
import HTTPTypes
import Hummingbird
import Phrases
import Profiles
import Service
import Store

/// Data > Runs: every run, how far it is, what became of everyone.
struct RunPages: Sendable {
    let services: Services
    let renderer: PageRenderer
    private let events: RunEvents

    static let rowsMax = 50

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
        events = RunEvents(services: services)
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/runs", needs: .readRuns, use: list)
        routes.page("/runs/{id}", needs: .readRuns, use: show)
        routes.page("/runs/{id}/events", needs: .readRuns, use: follow)
        routes.form("/runs/{id}/stop", needs: .runExports) { signedIn, _ in
            try await decide(signedIn, StopRun(try signedIn.id()), notice: "run-stopped")
        }
        routes.form("/runs/{id}/approve", needs: .runExports) { signedIn, _ in
            try await decide(signedIn, ApproveRun(try signedIn.id()), notice: "run-approved")
        }
        routes.form("/runs/{id}/dismiss", needs: .runExports) { signedIn, _ in
            try await decide(signedIn, DismissRun(try signedIn.id()), notice: "run-dismissed")
        }
        routes.page("/runs/{id}/people", needs: .readPeople, use: people)
        routes.page("/runs/{id}/people.csv", needs: .readPeople, use: downloadPeople)
        routes.page("/runs/{id}/calls", needs: .readRuns, use: calls)
        routes.page("/runs/{id}/calls.csv", needs: .readRuns, use: downloadCalls)
    }

    private func list(_ signedIn: SignedIn) throws -> Response {
        let query = RunsQuery(signedIn.query)
        let found = try services.catalog.ledger.runs(
            ofExport: query.export, state: query.state, before: query.before,
            limit: Self.rowsMax + 1)
        return renderer.page(
            "runs", title: signedIn.book.text(.runsTitle),
            RunsModel(
                found, query, exports: try services.catalog.setup.exports(), now: services.now(),
                signedIn.book), for: signedIn)
    }

    private func show(_ signedIn: SignedIn) throws -> Response {
        let run = try services.catalog.ledger.run(id: signedIn.id())
        let export = try services.catalog.setup.export(id: run.export)
        let connection = try export?.connection.flatMap {
            try services.catalog.setup.connection(id: $0)
        }
        let isLive = run.state == .planning || run.state == .sending
        let model = RunModel(
            run, export: export, connection: connection,
            progress: isLive
                ? services.runs.progress(of: run.id) ?? RunNews.progress(of: run) : nil,
            mayDecide: try services.acts.mayDecide(about: run, signedIn.asker),
            now: services.now(), signedIn.book)
        return renderer.page(
            "run", title: model.heading, model, for: signedIn,
            refreshSeconds: isLive ? 5 : nil)
    }

    private func follow(_ signedIn: SignedIn) throws -> Response {
        let run = try services.catalog.ledger.run(id: signedIn.id())
        return events.response(
            for: run.id, shown: signedIn.query.text("shown"), signedIn.visitor)
    }

    /// A decision about a run that has gone on meanwhile changes nothing, and says so.
    private func decide(
        _ signedIn: SignedIn, _ act: some Act, notice: String
    ) async throws -> Response {
        let id: Run.ID = try signedIn.id()
        do {
            _ = try await services.acts.perform(act, by: signedIn.asker)
            return GuardedRoutes.redirect("/runs/\(id)?notice=\(notice)")
        } catch let refusal as Refusal where refusal.code == .conflict {
            return GuardedRoutes.redirect("/runs/\(id)?notice=run-ended")
        }
    }
}

/// The filter of the list as it stands in the address.
struct RunsQuery: Sendable {
    let export: Export.ID?
    let state: RunState?
    let before: Run.ID?

    init(_ query: FormFields) {
        export = query.text("export").flatMap(Export.ID.init)
        state = query.text("state").flatMap(RunState.init(rawValue:))
        before = query.text("before").flatMap(Run.ID.init)
    }

    func href(before: Run.ID? = nil) -> String {
        let pairs: [(String, String?)] = [
            ("export", export.map(String.init)), ("state", state?.rawValue),
            ("before", before.map(String.init)),
        ]
        return "/runs"
            + LinkQuery.text(pairs.compactMap { name, value in value.map { (name, $0) } })
    }
}
