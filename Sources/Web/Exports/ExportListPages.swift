import Access
import Acts
import Delivery
import Exports
import Hummingbird
import Phrases
import Profiles
import Service
import Store

/// Data > Exports: the list, and what is done with an export from there.
struct ExportListPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/exports", needs: .readExports) { try list($0) }
        routes.form("/exports/run-all", needs: .runExports) { signedIn, _ in
            try await runAll(signedIn)
        }
        routes.form("/exports/{id}/run", needs: .runExports) { signedIn, _ in
            try await run(signedIn)
        }
        routes.form("/exports/{id}/detach", needs: .changeExports) { signedIn, _ in
            try await detach(signedIn)
        }
        routes.page("/exports/{id}/remove", needs: .changeExports) { signedIn in
            try askRemoval(signedIn)
        }
        routes.form("/exports/{id}/remove", needs: .changeExports) { signedIn, _ in
            try await remove(signedIn)
        }
    }

    private func list(_ signedIn: SignedIn) throws -> Response {
        let book = signedIn.book
        let query = ExportsQuery(signedIn.query)
        let entries = try services.catalog.setup.exportEntries()
        let rows = query.rows(
            entries.map {
                ExportsModel.Row($0, signedIn.role, services.accounts.destinations, book)
            }, book)
        return renderer.page(
            "exports", title: book.text(.exportsTitle),
            ExportsModel(
                rows: rows,
                columns: ExportsQuery.Column.allCases.map { column in
                    let isSorted = column == query.column
                    return ExportsModel.ColumnHead(
                        href: query.href(sortedBy: column),
                        text: book.text(at: "exports.column.\(column.rawValue)")
                            ?? column.rawValue,
                        order: isSorted ? (query.isDescending ? "descending" : "ascending") : nil,
                        icon: isSorted ? (query.isDescending ? "down" : "up") : nil)
                },
                search: query.search, sort: signedIn.query.text("sort") ?? "name",
                count: book.text(.exportsCount, count: rows.count), isEmpty: entries.isEmpty,
                isFruitless: rows.isEmpty && !entries.isEmpty,
                mayChange: signedIn.role.allows(.changeExports)),
            for: signedIn, notice: Self.runAllNotice(signedIn))
    }

    /// What came of running all, as numbers in the address.
    private static func runAllNotice(_ signedIn: SignedIn) -> Frame.Notice? {
        guard let started = signedIn.query["started"].flatMap(Int.init), started >= 0 else {
            return nil
        }
        let running = signedIn.query["running"].flatMap(Int.init) ?? 0
        let book = signedIn.book
        var text = book.text(.exportsStarted, count: started)
        if running > 0 { text += " " + book.text(.exportsRanAlready, count: running) }
        return Frame.Notice(kind: started > 0 ? "ok" : "info", text: text)
    }

    private func runAll(_ signedIn: SignedIn) async throws -> Response {
        let answer = try await services.acts.perform(StartAllRuns(), by: signedIn.asker)
        return GuardedRoutes.redirect(
            "/exports?started=\(answer.started.count)&running=\(answer.alreadyRunning.count)")
    }

    private func run(_ signedIn: SignedIn) async throws -> Response {
        let id: Export.ID = try signedIn.id()
        guard try services.acts.export(.id(id)).connection != nil else {
            return GuardedRoutes.redirect("/exports/\(id)")
        }
        do {
            let run = try await services.acts.perform(StartRun(.id(id)), by: signedIn.asker)
            return GuardedRoutes.redirect("/runs/\(run.id)?notice=run-started")
        } catch let refusal as Refusal where refusal.code == .alreadyRunning {
            guard let open = try services.catalog.ledger.openRun(ofExport: id) else {
                throw refusal
            }
            return GuardedRoutes.redirect("/runs/\(open.id)?notice=already-running")
        }
    }

    private func detach(_ signedIn: SignedIn) async throws -> Response {
        _ = try await services.acts.perform(
            DetachExport(.id(try signedIn.id())), by: signedIn.asker)
        return GuardedRoutes.redirect("/exports?notice=export-detached")
    }

    private func askRemoval(_ signedIn: SignedIn) throws -> Response {
        let book = signedIn.book
        let entry = try services.acts.changeableExport(
            .id(try signedIn.id()), by: signedIn.asker)
        let open = try services.catalog.ledger.openRun(ofExport: entry.id)
        return renderer.page(
            "export-remove", title: book.text(.exportsRemoveTitle),
            ExportRemovalModel(
                id: entry.id, name: entry.export.name,
                openRun: open.map {
                    ExportRemovalModel.OpenRun(
                        href: "/runs/\($0.id)",
                        text: book.text(.exportsOpenRun, ["run": book.number(Int($0.id.rawValue))]))
                }),
            for: signedIn)
    }

    private func remove(_ signedIn: SignedIn) async throws -> Response {
        do {
            _ = try await services.acts.perform(
                RemoveExport(.id(try signedIn.id())), by: signedIn.asker)
        } catch let refusal as Refusal where refusal.code == .alreadyRunning {
            var answer = try askRemoval(signedIn)
            answer.status = .conflict
            return answer
        }
        return GuardedRoutes.redirect("/exports?notice=export-removed")
    }
}
