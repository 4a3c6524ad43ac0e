import Access
import Delivery
import Exports
import Hummingbird
import Phrases
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
        routes.form("/exports/run-all", needs: .runExports) { signedIn, _ in try runAll(signedIn) }
        routes.form("/exports/{id}/run", needs: .runExports) { signedIn, _ in try run(signedIn) }
        routes.form("/exports/{id}/detach", needs: .changeExports) { signedIn, _ in
            try detach(signedIn)
        }
        routes.page("/exports/{id}/remove", needs: .changeExports) { signedIn in
            try askRemoval(signedIn, try services.changeableExport(signedIn))
        }
        routes.form("/exports/{id}/remove", needs: .changeExports) { signedIn, _ in
            try remove(signedIn)
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

    /// Starts every export with an active schedule and a connection that one may change.
    private func runAll(_ signedIn: SignedIn) throws -> Response {
        var started = 0
        var running = 0
        for entry in try services.catalog.setup.exportEntries()
        where entry.export.schedule.isActive && entry.connection != nil
            && entry.right(of: signedIn.role) == .change
        {
            do {
                _ = try services.runs.start(entry.id, trigger: .onDemand, by: signedIn.actor)
                started += 1
            } catch let error as StoreError where error.code == .alreadyRunning {
                running += 1
            }
        }
        return GuardedRoutes.redirect("/exports?started=\(started)&running=\(running)")
    }

    private func run(_ signedIn: SignedIn) throws -> Response {
        let entry = try services.changeableExport(signedIn)
        guard entry.connection != nil else {
            return GuardedRoutes.redirect("/exports/\(entry.id)")
        }
        do {
            let run = try services.runs.start(entry.id, trigger: .onDemand, by: signedIn.actor)
            return GuardedRoutes.redirect("/runs/\(run.id)?notice=run-started")
        } catch let error as StoreError where error.code == .alreadyRunning {
            guard let open = try services.catalog.ledger.openRun(ofExport: entry.id) else {
                throw error
            }
            return GuardedRoutes.redirect("/runs/\(open.id)?notice=already-running")
        }
    }

    private func detach(_ signedIn: SignedIn) throws -> Response {
        let entry = try services.changeableExport(signedIn)
        try services.runs.detach(entry.export, by: signedIn.actor)
        return GuardedRoutes.redirect("/exports?notice=export-detached")
    }

    private func askRemoval(_ signedIn: SignedIn, _ entry: ExportEntry) throws -> Response {
        let book = signedIn.book
        let open = try services.catalog.ledger.openRun(ofExport: entry.id)
        return renderer.page(
            "export-remove", title: book.text(.exportsRemoveTitle),
            ExportRemovalModel(
                id: entry.id, name: entry.export.name,
                openRun: open.map {
                    ExportRemovalModel.OpenRun(
                        href: "/runs/\($0.id)",
                        text: book.text(.exportsOpenRun, ["run": book.number(Int($0.id))]))
                }),
            for: signedIn)
    }

    private func remove(_ signedIn: SignedIn) throws -> Response {
        let entry = try services.changeableExport(signedIn)
        do {
            try services.catalog.setup.removeExport(entry.id, by: signedIn.actor)
        } catch let error as StoreError where error.code == .alreadyRunning {
            var answer = try askRemoval(signedIn, entry)
            answer.status = .conflict
            return answer
        }
        return GuardedRoutes.redirect("/exports?notice=export-removed")
    }
}

extension Services {
    /// The export in the path.
    func exportEntry(_ signedIn: SignedIn) throws -> ExportEntry {
        guard let entry = try catalog.setup.exportEntry(id: try signedIn.id()) else {
            throw WebProblem(.notFound)
        }
        return entry
    }

    /// The export in the path, when the one who asks may change it.
    func changeableExport(_ signedIn: SignedIn) throws -> ExportEntry {
        let entry = try exportEntry(signedIn)
        guard entry.right(of: signedIn.role) == .change else { throw WebProblem(.notAllowed) }
        return entry
    }
}
