import Access
import Acts
import Delivery
import Exports
import Hummingbird
import Phrases
import Store

/// The form of a connection, new or stored: one form whose buttons say what to do with it.
///
/// What was achieved is kept here as a draft: Connect and the export user survive as long as host and key stay
/// what they were, and Save believes nothing but the draft.
struct ConnectionFormPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer
    private let signInDesk: SignInDesk
    private let desk: ConnectionDesk
    private let drafts = ConnectionDrafts()

    init(_ routes: GuardedRoutes, desk: ConnectionDesk) {
        services = routes.services
        renderer = routes.renderer
        signInDesk = routes.signInDesk
        self.desk = desk
    }

    func showNew(_ signedIn: SignedIn) throws -> Response {
        drafts.forget(place(signedIn, nil))
        return page(Filling(form: .empty, stored: nil, draft: newDraft), signedIn)
    }

    func showStored(_ signedIn: SignedIn) throws -> Response {
        let stored = try services.catalog.setup.requireConnection(id: try signedIn.id())
        drafts.forget(place(signedIn, stored))
        return page(
            Filling(form: ConnectionForm(stored), stored: stored, draft: newDraft), signedIn)
    }

    func submitNew(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        try await submit(signedIn, fields, stored: nil)
    }

    func submitStored(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let stored = try services.catalog.setup.requireConnection(id: try signedIn.id())
        return try await submit(signedIn, fields, stored: stored)
    }

    private func submit(
        _ signedIn: SignedIn, _ fields: FormFields, stored: Connection?
    ) async throws -> Response {
        let place = place(signedIn, stored)
        var filling = Filling(
            form: ConnectionForm(fields), stored: stored,
            draft: drafts.draft(at: place, now: services.now()))
        try takeKeyAndHost(&filling, place, signedIn.book)
        switch fields["action"] {
        case "save":
            if let response = try save(&filling, place, signedIn) { return response }
        case "export-user":
            try await addExportUser(&filling, signedIn)
        default:
            // The first button is also what the Enter key presses, in the field for the password too.
            if !filling.form.password.isEmpty, filling.isConnected {
                try await addExportUser(&filling, signedIn)
            } else {
                try await connect(&filling, place, signedIn.book)
            }
        }
        drafts.keep(filling.draft, at: place, now: services.now())
        return page(filling, signedIn)
    }

    /// Notes a key that was typed, and brings the host into its stored form. Either one, when it is another
    /// than before, takes back what a check of the old pair said.
    private func takeKeyAndHost(
        _ filling: inout Filling, _ place: ConnectionDrafts.Place, _ book: PhraseBook
    ) throws {
        let typed = filling.form.key
        if !typed.isEmpty {
            if filling.form.isKeyPlausible {
                let kept = try filling.draft.sealedKey.map { try drafts.open($0, at: place) }
                if kept != typed {
                    filling.draft.sealedKey = try drafts.seal(typed, at: place)
                    filling.draft.connected = nil
                }
            } else {
                filling.draft.sealedKey = nil
                filling.draft.connected = nil
                filling.findings.add(
                    ConnectionForm.Field.key, book.text(.connectionsKeyRule))
            }
        }
        guard !filling.form.host.isEmpty else {
            filling.findings.add(ConnectionForm.Field.host, book.text(.connectionsHostRequired))
            return
        }
        do {
            filling.form.host = try services.accounts.destinations.usual.host.clean(
                filling.form.host, allowsLoopback: services.accounts.allowsLoopback)
        } catch {
            let trouble = TroubleText(.hostInvalid, host: filling.form.host, book)
            filling.findings.add(
                ConnectionForm.Field.host, "\(trouble.title). \(trouble.text)")
        }
    }

    // MARK: Connect

    private func connect(
        _ filling: inout Filling, _ place: ConnectionDrafts.Place, _ book: PhraseBook
    ) async throws {
        checkKey(&filling, book)
        checkConsent(&filling, book)
        guard filling.findings.isEmpty else { return }
        let host = filling.form.host
        let result: ConnectionCheck
        var sealed: [UInt8]?
        if let draftKey = filling.draft.sealedKey {
            let key = try drafts.open(draftKey, at: place)
            let usual = services.accounts.destinations.usual
            let settings = AccountSettings(
                destination: usual.id, host: host, secrets: [usual.secrets[0].name: key])
            result = await desk.check(settings)
            sealed = try services.accounts.seal(settings)
        } else if let stored = filling.stored {
            result = try await desk.checkAgain(stored)
        } else {
            return
        }
        switch result {
        case .works(let facts):
            filling.draft.connected = ConnectionDraft.Connected(
                host: host, facts: facts, sealedSecret: sealed)
        case .fails(let trouble, _):
            filling.draft.connected = nil
            let text = TroubleText(trouble, host: host, book)
            filling.trouble = text
            let field: String =
                trouble.isOfHost
                ? ConnectionForm.Field.host
                : trouble.isOfKey ? ConnectionForm.Field.key : ConnectionForm.Field.connect
            filling.findings.add(field, text.title)
        }
    }

    private func checkKey(_ filling: inout Filling, _ book: PhraseBook) {
        guard filling.draft.sealedKey == nil else { return }
        guard let stored = filling.stored else {
            filling.findings.add(ConnectionForm.Field.key, book.text(.connectionsKeyRequired))
            return
        }
        if stored.host != filling.form.host {
            filling.findings.add(
                ConnectionForm.Field.key,
                book.text(.connectionsKeyForHost, ["host": "\u{2068}\(stored.host)\u{2069}"]))
        }
    }

    private func checkConsent(_ filling: inout Filling, _ book: PhraseBook) {
        guard !filling.form.agrees, filling.needsConsent else { return }
        filling.findings.add(
            ConnectionForm.Field.agree,
            book.text(
                filling.stored == nil ? .connectionsAgreeRequired : .connectionsAgreeAgain))
    }

    // MARK: The export user

    private func addExportUser(_ filling: inout Filling, _ signedIn: SignedIn) async throws {
        let book = signedIn.book
        let field = ConnectionForm.Field.password
        if filling.needsCheck, !filling.isConnected {
            filling.findings.add(
                ConnectionForm.Field.connect, book.text(.connectionsConnectFirst))
        }
        if filling.form.password.isEmpty {
            filling.findings.add(field, book.text(.connectionsPasswordRequired))
        }
        guard filling.findings.isEmpty else { return }
        switch try await signInDesk.confirm(password: filling.form.password, of: signedIn) {
        case .confirmed: filling.draft.exportUserConfirmedAt = services.now()
        case .refused: filling.findings.add(field, book.text(.connectionsPasswordWrong))
        case .wait: filling.findings.add(field, book.text(.connectionsPasswordWait))
        }
    }

    // MARK: Save

    /// Stores the connection and answers; nil when something is missing.
    private func save(
        _ filling: inout Filling, _ place: ConnectionDrafts.Place, _ signedIn: SignedIn
    ) throws -> Response? {
        let book = signedIn.book
        checkConsent(&filling, book)
        if filling.needsCheck, !filling.isConnected {
            filling.findings.add(
                ConnectionForm.Field.connect, book.text(.connectionsConnectFirst))
        }
        if filling.stored == nil, filling.draft.exportUserConfirmedAt == nil {
            filling.findings.add(
                ConnectionForm.Field.password, book.text(.connectionsExportUserRequired))
        }
        do {
            try SetupCatalog.checkConnectionName(filling.form.name)
            guard filling.findings.isEmpty else { return nil }
            try store(filling, signedIn)
        } catch let error as StoreError where error.code == .badName {
            filling.findings.add(ConnectionForm.Field.name, book.text(.connectionsNameRule))
            return nil
        } catch let error as StoreError where error.code == .nameTaken {
            filling.findings.add(ConnectionForm.Field.name, book.text(.connectionsNameTaken))
            return nil
        }
        drafts.forget(place)
        return GuardedRoutes.redirect("/admin/connections?notice=connection-saved")
    }

    private func store(_ filling: Filling, _ signedIn: SignedIn) throws {
        let form = filling.form
        let isExportUser = filling.draft.exportUserConfirmedAt != nil
        guard let stored = filling.stored else {
            guard let connected = filling.draft.connected, let sealed = connected.sealedSecret
            else { throw WebProblem(.conflict) }
            _ = try services.catalog.setup.add(
                NewConnection(
                    name: form.name, destination: services.accounts.destinations.usual.id,
                    host: connected.host, sealedSecret: sealed,
                    pace: services.accounts.limits(services.accounts.destinations.usual),
                    facts: connected.facts, audience: form.audience,
                    consentBy: signedIn.actor, exportUser: signedIn.actor),
                by: signedIn.actor)
            return
        }
        var change = ConnectionChange()
        change.name = form.name
        change.audience = form.audience
        change.exportUser = isExportUser ? signedIn.actor : nil
        change.renewsConsent = filling.needsConsent
        if let connected = filling.draft.connected, let sealed = connected.sealedSecret {
            change.account = ConnectionChange.CheckedAccount(
                host: connected.host, sealedSecret: sealed, facts: connected.facts)
        }
        try services.catalog.setup.change(change, ofConnection: stored.id, by: signedIn.actor)
    }

    // MARK: The page

    private func page(_ filling: Filling, _ signedIn: SignedIn) -> Response {
        let book = signedIn.book
        return renderer.page(
            "connections-form",
            title: filling.stored?.name ?? book.text(.connectionsSetUp),
            ConnectionFormModel(
                filling, destination: services.accounts.destinations.usual,
                privacyURL: services.settings.privacyURL ?? "/privacy", book),
            for: signedIn, status: filling.findings.isEmpty ? .ok : .unprocessableContent)
    }

    private var newDraft: ConnectionDraft { ConnectionDraft(at: services.now()) }

    private func place(
        _ signedIn: SignedIn, _ stored: Connection?
    ) -> ConnectionDrafts.Place {
        ConnectionDrafts.Place(session: signedIn.session.id, connection: stored?.id)
    }
}
