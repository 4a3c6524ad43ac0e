import Access
import Acts
import Exports
import Hummingbird
import Phrases
import Profiles
import Segments
import Service
import Store

/// System > Status: what refreshes do and did, and how one begins or ends by hand.
struct StatusPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    static let rowsMax = 25
    /// Refreshes that the history of one thing goes back.
    static let historyMax = 10
    /// Seconds until a page without script loads itself anew.
    private static let refreshSeconds = 5

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/system/status", needs: .readRefreshes) { try list($0) }
        routes.form("/system/status/refresh", needs: .startRefresh) { signedIn, _ in
            try await start(signedIn)
        }
        routes.page("/system/status/{id}", needs: .readRefreshes) { try show($0) }
        routes.form("/system/status/{id}/cancel", needs: .startRefresh) { signedIn, _ in
            try await cancel(signedIn)
        }
    }

    private func list(_ signedIn: SignedIn) throws -> Response {
        let book = signedIn.book
        let before = signedIn.query.text("before").flatMap(Refresh.ID.init)
        let open = try services.catalog.history.openRefresh()
        let found = try services.catalog.history.refreshes(before: before, limit: Self.rowsMax + 1)
        let shown = found.prefix(Self.rowsMax)
        let numbers = try services.catalog.history.numbers(ofRefreshes: shown.map(\.id))
        let mayStart = signedIn.role.allows(.startRefresh)
        let model = StatusModel(
            now: try open.map { RefreshModel(try sight(of: $0, signedIn)) },
            mayStart: mayStart && open == nil,
            isPartial: mayStart && signedIn.role != .administrator,
            rows: shown.map {
                StatusModel.Row(
                    $0, numbers[$0.id] ?? RefreshNumbers(byState: [:]), now: services.now(), book)
            },
            isEmpty: shown.isEmpty, newestHref: before == nil ? nil : "/system/status",
            olderHref: found.count > Self.rowsMax
                ? shown.last.map { "/system/status?before=\($0.id)" } : nil)
        return renderer.page(
            "status", title: book.text(.statusTitle), model, for: signedIn,
            refreshSeconds: open == nil ? nil : Self.refreshSeconds)
    }

    private func show(_ signedIn: SignedIn) throws -> Response {
        let refresh = try services.acts.refresh(signedIn.id())
        let sight = try sight(of: refresh, signedIn)
        let model = RefreshModel(sight, history: try history(sight, signedIn))
        return renderer.page(
            "refresh", title: model.heading, model, for: signedIn,
            refreshSeconds: model.isUnderWay ? Self.refreshSeconds : nil)
    }

    private func start(_ signedIn: SignedIn) async throws -> Response {
        let begun = try await services.acts.perform(StartRefresh(), by: signedIn.asker)
        let notice = begun.isNew ? "refresh-started" : "refresh-under-way"
        return GuardedRoutes.redirect(
            "/system/status/\(begun.refresh.summary.id)?notice=\(notice)")
    }

    /// A refresh that has ended meanwhile stays as it is, and the page says so.
    private func cancel(_ signedIn: SignedIn) async throws -> Response {
        let id: Refresh.ID = try signedIn.id()
        do {
            _ = try await services.acts.perform(CancelRefresh(id), by: signedIn.asker)
            return GuardedRoutes.redirect("/system/status/\(id)?notice=refresh-cancelled")
        } catch let refusal as Refusal where refusal.cause == StoreError.Code.refreshEnded.rawValue
        {
            return GuardedRoutes.redirect("/system/status/\(id)?notice=refresh-ended")
        }
    }

    // MARK: Looking

    private func sight(of refresh: Refresh, _ signedIn: SignedIn) throws -> RefreshSight {
        let tasks = try services.catalog.history.tasks(ofRefresh: refresh.id)
        let rows = refresh.state.isOpen ? services.refreshes.rowsRead() : [:]
        var progress: [Int: String] = [:]
        for task in tasks where task.state == .running {
            if task.stage == .source, let read = rows[task.position] {
                progress[task.position] = signedIn.book.text(.statusRows, count: read)
            } else if let run = task.run, let news = services.runs.progress(of: run) {
                progress[task.position] = RunNews(news, signedIn.book).statusText
            }
        }
        let sources =
            signedIn.role.allows(.importProfiles) ? try services.catalog.setup.sources() : []
        return RefreshSight(
            refresh: refresh, tasks: tasks, progress: progress,
            things: Set(
                try sources.map { Thing(.source, $0.id.rawValue) }
                    + services.catalog.setup.segments().map { Thing(.segment, $0.id.rawValue) }
                    + services.catalog.setup.exports().map { Thing(.export, $0.id.rawValue) }),
            mayCancel: signedIn.role.allows(.startRefresh), now: services.now(),
            book: signedIn.book)
    }

    /// The history of the task that is asked for in the address.
    private func history(
        _ sight: RefreshSight, _ signedIn: SignedIn
    ) throws -> RefreshModel.History? {
        guard let position = signedIn.query.text("task").flatMap(Int.init),
            let task = sight.tasks.first(where: { $0.position == position })
        else { return nil }
        let book = signedIn.book
        let entries = try services.catalog.history.refreshTasks(
            of: task.stage, thing: task.thing, limit: Self.historyMax)
        return RefreshModel.History(
            title: book.text(.statusHistoryOf, ["name": task.name]),
            rows: try entries.map { refresh, task in
                let tasks = try services.catalog.history.tasks(ofRefresh: refresh.id)
                let then = RefreshSight(
                    refresh: refresh, tasks: tasks, progress: [:], isHistory: true,
                    mayCancel: false, now: sight.now, book: book)
                return RefreshModel.History.Entry(
                    refresh: String(refresh.id), href: "/system/status/\(refresh.id)",
                    row: RefreshModel.Row(task, then))
            })
    }
}
