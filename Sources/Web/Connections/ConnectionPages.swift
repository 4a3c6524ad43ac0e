import Access
import Acts
import Delivery
import Exports
import Hummingbird
import Phrases
import Service
import Store

/// Admin > Connections: the accounts to which people may be sent. Administrators only, every page of it.
struct ConnectionPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer
    private let forms: ConnectionFormPages

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
        forms = ConnectionFormPages(routes)
    }

    func add(to routes: GuardedRoutes) {
        let needed = Permission.manageConnections
        routes.page("/admin/connections", needs: needed, use: list)
        routes.page("/admin/connections/new", needs: needed, use: forms.showNew)
        routes.form("/admin/connections/new", needs: needed, use: forms.submitNew)
        routes.page("/admin/connections/{id}", needs: needed, use: forms.showStored)
        routes.form("/admin/connections/{id}", needs: needed, use: forms.submitStored)
        routes.form("/admin/connections/{id}/audience", needs: needed, use: setAudience)
        routes.form("/admin/connections/{id}/check", needs: needed, use: check)
        routes.form("/admin/connections/{id}/end", needs: needed, use: end)
        routes.page("/admin/connections/{id}/remove", needs: needed, use: showRemove)
        routes.form("/admin/connections/{id}/remove", needs: needed, use: remove)
        routes.form(
            "/admin/connections/{id}/exports/{export}/detach", needs: needed, use: detach)
        routes.form(
            "/admin/connections/{id}/exports/{export}/remove", needs: needed, use: removeExport)
        routes.open("/privacy", use: privacy)
    }

    private func list(_ signedIn: SignedIn) throws -> Response {
        let cards = try cards(signedIn.book)
        let book = signedIn.book
        if signedIn.query.has("end") {
            return renderer.page(
                "connections-end", title: book.text(.connectionsEndTitle),
                ConnectionsModel(connections: cards), for: signedIn)
        }
        return renderer.page(
            "connections", title: book.text(.connectionsTitle),
            ConnectionKindsModel(kinds: kinds(cards, book)), for: signedIn)
    }

    /// A section a kind; those of a kind that this program does not know come last.
    private func kinds(_ cards: [ConnectionCard], _ book: PhraseBook) -> [ConnectionKindsModel.Kind]
    {
        let destinations = services.accounts.destinations
        let known = destinations.descriptors.map { destination in
            ConnectionKindsModel.Kind(
                id: destination.id, title: destination.title, isPreview: destination.isPreview,
                addHref: destination.id == destinations.usual.id
                    ? nil : "/admin/connections/new?type=\(destination.id)",
                none: book.text(.connectionsNone, ["destination": destination.title]),
                connections: cards.filter { $0.destination == destination.id })
        }
        let strangers = cards.filter { destinations.descriptor(of: $0.destination) == nil }
        guard !strangers.isEmpty else { return known }
        return known + [
            ConnectionKindsModel.Kind(
                id: "unknown", title: strangers[0].type, isPreview: false, addHref: nil, none: "",
                connections: strangers)
        ]
    }

    private func cards(_ book: PhraseBook) throws -> [ConnectionCard] {
        let exports = try services.catalog.setup.exports()
        return try services.catalog.setup.connections().map { connection in
            try card(
                connection, exports: exports.filter { $0.connection == connection.id }, book)
        }
    }

    private func card(
        _ connection: Connection, exports: [Export], _ book: PhraseBook
    ) throws -> ConnectionCard {
        ConnectionCard(
            connection,
            exports: try exports.map { export in
                ConnectionCard.ExportRow(
                    export, connection: connection.id,
                    isUnderWay: try services.catalog.ledger.openRun(ofExport: export.id) != nil,
                    book)
            }, services.accounts.destinations, book)
    }

    private func setAudience(
        _ signedIn: SignedIn, _ fields: FormFields
    ) async throws -> Response {
        guard
            let audience = fields[ConnectionForm.Field.audience].flatMap(
                Audience.init(rawValue:))
        else {
            throw WebProblem(.badRequest)
        }
        var change = ChangeConnection(.id(try signedIn.id()))
        change.audience = audience
        _ = try await services.acts.perform(change, by: signedIn.asker)
        let isShared = audience == .contributors
        return back(notice: isShared ? "connection-shared" : "connection-unshared")
    }

    private func check(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let check = try await services.acts.perform(
            CheckConnection(.id(try signedIn.id())), by: signedIn.asker)
        // Trouble is told in the list, beside the connection that has it.
        return back(notice: check.works ? "connection-works" : nil)
    }

    private func end(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        _ = try await services.acts.perform(
            EndTransfer(.id(try signedIn.id())), by: signedIn.asker)
        return back(notice: "transfer-ended")
    }

    private func showRemove(_ signedIn: SignedIn) throws -> Response {
        try removePage(signedIn, status: .ok)
    }

    private func remove(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        do {
            _ = try await services.acts.perform(
                RemoveConnection(.id(try signedIn.id())), by: signedIn.asker)
        } catch let refusal as Refusal where refusal.code == .inUse {
            return try removePage(signedIn, status: .conflict)
        }
        return back(notice: "connection-removed")
    }

    private func removePage(
        _ signedIn: SignedIn, status: HTTPResponse.Status
    ) throws -> Response {
        let connection = try connection(signedIn)
        let exports = try services.catalog.setup.exports(ofConnection: connection.id)
        return renderer.page(
            "connections-remove", title: signedIn.book.text(.connectionsRemoveTitle),
            RemoveConnectionModel(
                connection: try card(connection, exports: exports, signedIn.book)),
            for: signedIn, status: status)
    }

    private func detach(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let export = try export(signedIn)
        _ = try await services.acts.perform(DetachExport(.id(export.id)), by: signedIn.asker)
        return try backToConnection(signedIn, fields, notice: "connection-export-detached")
    }

    private func removeExport(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let export = try export(signedIn)
        _ = try await services.acts.perform(RemoveExport(.id(export.id)), by: signedIn.asker)
        return try backToConnection(signedIn, fields, notice: "connection-export-removed")
    }

    private func backToConnection(
        _ signedIn: SignedIn, _ fields: FormFields, notice: String
    ) throws -> Response {
        guard fields["back"] == "remove" else { return back(notice: notice) }
        let id: Connection.ID = try signedIn.id()
        return GuardedRoutes.redirect("/admin/connections/\(id)/remove?notice=\(notice)")
    }

    private func back(notice: String?) -> Response {
        GuardedRoutes.redirect("/admin/connections\(notice.map { "?notice=\($0)" } ?? "")")
    }

    private func privacy(_ visitor: Visitor, _ signedIn: SignedIn?) -> Response {
        let title = visitor.book.text(.consentPrivacyTitle)
        guard let signedIn else {
            return renderer.page("privacy", title: title, EmptyModel(), for: visitor)
        }
        return renderer.page("privacy", title: title, EmptyModel(), for: signedIn)
    }

    private func connection(_ signedIn: SignedIn) throws -> Connection {
        try services.catalog.setup.requireConnection(id: try signedIn.id())
    }

    /// The export that the path names, if it uses the connection that the path names.
    private func export(_ signedIn: SignedIn) throws -> Export {
        guard let export = try services.catalog.setup.export(id: try signedIn.id("export")),
            export.connection == (try signedIn.id())
        else {
            throw WebProblem(.notFound)
        }
        return export
    }
}
