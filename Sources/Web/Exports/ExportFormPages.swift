import Access
import Acts
import Delivery
import Exports
import HTTPTypes
import Hummingbird
import Phrases
import Profiles
import Store

/// The form of an export: a new one, a changed one, a duplicate. Saving never runs.
struct ExportFormPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/exports/new", needs: .changeExports, use: showNew)
        routes.form("/exports", needs: .changeExports) { signedIn, fields in
            try await take(signedIn, fields, stored: nil)
        }
        routes.page("/exports/{id}", needs: .readExports, use: show)
        routes.form("/exports/{id}", needs: .changeExports) { signedIn, fields in
            let entry = try services.acts.changeableExport(
                .id(try signedIn.id()), by: signedIn.asker)
            return try await take(signedIn, fields, stored: entry.export)
        }
        routes.page("/exports/{id}/duplicate", needs: .changeExports, use: showDuplicate)
    }

    private func showNew(_ signedIn: SignedIn) async throws -> Response {
        let usable = try services.catalog.setup.connections(usableBy: signedIn.role)
        guard !usable.isEmpty else { return showPermissions(signedIn) }
        var form = ExportForm()
        let asked = signedIn.query.text("connection").flatMap(Connection.ID.init)
        // Which account data goes to is for people to say, unless there is but one.
        form.connection =
            usable.first { $0.id == asked }?.id ?? (usable.count == 1 ? usable[0].id : nil)
        // The segments' side links here with its own segment.
        form.segments = signedIn.query.all("segment")
        form.email = try await services.exports.emailCandidates().fitting.first ?? ""
        return try await render(signedIn, form, stored: nil)
    }

    /// Nothing can be exported anywhere: what is needed, instead of a form that leads nowhere.
    private func showPermissions(_ signedIn: SignedIn) -> Response {
        renderer.page(
            "export-permissions", title: signedIn.book.text(.exportsAdd),
            ExportPermissionsModel(
                newConnectionHref: signedIn.role.allows(.manageConnections)
                    ? "/admin/connections/new" : nil),
            for: signedIn)
    }

    private func show(_ signedIn: SignedIn) async throws -> Response {
        let entry = try services.acts.export(.id(try signedIn.id()))
        guard entry.right(of: signedIn.role) == .change else {
            return renderer.page(
                "export-view", title: entry.export.name,
                ExportViewModel(
                    entry, try services.catalog.setup.segments(),
                    try await services.exports.memberCounts(chosen: entry.export.segments),
                    signedIn.role, services.accounts.destinations, signedIn.book),
                for: signedIn)
        }
        return try await render(signedIn, ExportForm(entry.export), stored: entry.export)
    }

    private func showDuplicate(_ signedIn: SignedIn) async throws -> Response {
        let entry = try services.acts.export(.id(try signedIn.id()))
        let usable = try services.catalog.setup.connections(usableBy: signedIn.role)
        guard !usable.isEmpty else { return showPermissions(signedIn) }
        var form = ExportForm(entry.export)
        form.name = signedIn.book.text(.exportsCopyName, ["name": entry.export.name])
        if !usable.contains(where: { $0.id == form.connection }) { form.connection = nil }
        return try await render(signedIn, form, stored: nil)
    }

    /// A form that came: stored when it was sent by *Save* and nothing stands against it, otherwise shown
    /// again with everything that was entered.
    private func take(
        _ signedIn: SignedIn, _ fields: FormFields, stored: Export?
    ) async throws -> Response {
        var form = ExportForm(fields)
        let act = fields["act"] ?? "save"
        guard act == "save" else {
            if form.plan.take(act: act) {
                // The buttons of a schedule say that the export is to have one.
                form.schedule = .own
            } else if act == "add-attribute", form.rows.count < ExportForm.rowsMax {
                form.rows.append(ExportForm.Row(target: "", attribute: ""))
            } else if act.hasPrefix("remove-row-"),
                let number = Int(act.dropFirst("remove-row-".count)),
                form.rows.indices.contains(number)
            {
                form.rows.remove(at: number)
            } else if act == "load-lists", let connection = form.connection {
                services.exports.forget(connection)
            }
            return try await render(signedIn, form, stored: stored)
        }
        let (draft, early) = form.draft()
        let checked = try await services.exports.check(
            draft, connection: form.connection, stored: stored, as: signedIn.role)
        let findings = checked.findings + early
        guard let export = checked.export, early.isEmpty else {
            return try await answer(signedIn, form, stored, checked.offer, findings, asking: [])
        }
        let warnings = findings.filter { !$0.isOld(in: stored, as: export) }
        guard warnings.isEmpty || ExportFormBuilder.fingerprint(warnings) == form.accepted else {
            return try await answer(
                signedIn, form, stored, checked.offer, findings, asking: warnings)
        }
        let connection = form.connection.map(Reference.id)
        guard let stored else {
            _ = try await services.acts.perform(
                AddExport(draft, connection: connection), by: signedIn.asker)
            return GuardedRoutes.redirect("/exports?notice=export-added")
        }
        _ = try await services.acts.perform(
            ChangeExport(.id(stored.id), draft, connection: connection), by: signedIn.asker)
        return GuardedRoutes.redirect("/exports?notice=export-saved")
    }

    /// The form as it was sent, with what was found.
    private func answer(
        _ signedIn: SignedIn, _ form: ExportForm, _ stored: Export?, _ offer: AccountOffer?,
        _ findings: [ExportFinding], asking warnings: [ExportFinding]
    ) async throws -> Response {
        let builder = ExportFormBuilder(
            services: services, book: signedIn.book, role: signedIn.role, form: form,
            stored: stored, offer: offer, findings: findings,
            counts: try await services.exports.memberCounts(chosen: form.segments))
        return page(
            signedIn, stored, try await builder.model(accepting: warnings, showsErrors: true),
            status: .unprocessableContent)
    }

    /// The form while it is being filled in: warnings are shown, what is missing is not.
    private func render(
        _ signedIn: SignedIn, _ form: ExportForm, stored: Export?
    ) async throws -> Response {
        let checked = try await services.exports.check(
            form.draft().draft, connection: form.connection, stored: stored, as: signedIn.role)
        let builder = ExportFormBuilder(
            services: services, book: signedIn.book, role: signedIn.role, form: form,
            stored: stored, offer: checked.offer, findings: checked.findings,
            counts: try await services.exports.memberCounts(chosen: form.segments))
        return page(signedIn, stored, try await builder.model(accepting: [], showsErrors: false))
    }

    private func page(
        _ signedIn: SignedIn, _ stored: Export?, _ model: ExportFormModel,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        renderer.page(
            "export-form", title: stored?.name ?? signedIn.book.text(.exportsAdd), model,
            for: signedIn, status: status)
    }
}
