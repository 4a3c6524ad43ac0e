import Access
import Acts
import Delivery
import Exports
import Hummingbird
import Phrases
import Store

/// The form of a connection, new or stored: one form whose buttons say what to do with it.
///
/// What was achieved is kept here as a draft: Connect and the export user survive as long as settings and secrets
/// stay what they were, and Save believes nothing but the draft.
struct ConnectionFormPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer
    private let signInDesk: SignInDesk
    private let drafts = ConnectionDrafts()

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
        signInDesk = routes.signInDesk
    }

    private var destinations: Destinations { services.accounts.destinations }

    func showNew(_ signedIn: SignedIn) throws -> Response {
        let destination = try destination(signedIn.query[ConnectionForm.Field.type])
        drafts.forget(place(signedIn, nil))
        return page(
            Filling(form: .empty, destination: destination, stored: nil, draft: newDraft),
            signedIn)
    }

    func showStored(_ signedIn: SignedIn) throws -> Response {
        let stored = try services.catalog.setup.requireConnection(id: try signedIn.id())
        let destination = try destination(stored.destination)
        drafts.forget(place(signedIn, stored))
        return page(
            Filling(
                form: ConnectionForm(stored, of: destination), destination: destination,
                stored: stored, draft: newDraft), signedIn)
    }

    func submitNew(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        try await submit(
            signedIn, fields, try destination(fields[ConnectionForm.Field.type]), stored: nil)
    }

    func submitStored(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let stored = try services.catalog.setup.requireConnection(id: try signedIn.id())
        return try await submit(
            signedIn, fields, try destination(stored.destination), stored: stored)
    }

    /// The kind of that word; the usual one for none.
    private func destination(_ id: String?) throws -> DestinationDescriptor {
        guard let id else { return destinations.usual }
        guard let known = destinations.descriptor(of: id) else { throw WebProblem(.notFound) }
        return known
    }

    private func submit(
        _ signedIn: SignedIn, _ fields: FormFields, _ destination: DestinationDescriptor,
        stored: Connection?
    ) async throws -> Response {
        let place = place(signedIn, stored)
        var filling = Filling(
            form: ConnectionForm(fields, of: destination), destination: destination,
            stored: stored, draft: drafts.draft(at: place, now: services.now()))
        try takeSecrets(&filling, place, signedIn.book)
        takeValues(&filling, signedIn.book)
        switch fields["action"] {
        case "save":
            if let response = try await save(&filling, place, signedIn) { return response }
        case "export-user":
            try await addExportUser(&filling, signedIn)
        default:
            // The first button is also what the Enter key presses, in the field for the password too.
            if !filling.form.password.isEmpty, filling.isConnected {
                try await addExportUser(&filling, signedIn)
            } else {
                try await connect(&filling, place, signedIn)
            }
        }
        drafts.keep(filling.draft, at: place, now: services.now())
        return page(filling, signedIn)
    }

    /// Notes secrets that were typed. One that is another than before takes back what a check of the old one said.
    private func takeSecrets(
        _ filling: inout Filling, _ place: ConnectionDrafts.Place, _ book: PhraseBook
    ) throws {
        for setting in filling.destination.secrets {
            guard let typed = filling.form.secrets[setting.name] else { continue }
            do {
                let secret = try setting.clean(typed, allowsLoopback: false)
                let kept = try filling.draft.sealedSecrets[setting.name].map {
                    try drafts.open($0, at: place)
                }
                guard kept != secret else { continue }
                filling.draft.sealedSecrets[setting.name] = try drafts.seal(secret, at: place)
            } catch is DestinationError {
                filling.draft.sealedSecrets[setting.name] = nil
                filling.findings.add(
                    filling.destination.field(of: setting),
                    filling.destination.rule(of: setting, typed: "", book))
            }
            filling.draft.connected = nil
        }
    }

    /// Brings the other settings into their stored form.
    private func takeValues(_ filling: inout Filling, _ book: PhraseBook) {
        for setting in filling.destination.settings where setting.kind != .secret {
            let typed = filling.form.values[setting.name] ?? ""
            let field = filling.destination.field(of: setting)
            guard !typed.isEmpty else {
                filling.findings.add(
                    field, filling.destination.text(at: setting.missing, book))
                continue
            }
            do {
                filling.form.values[setting.name] = try setting.clean(
                    typed, allowsLoopback: services.accounts.allowsLoopback)
            } catch {
                filling.findings.add(
                    field, filling.destination.rule(of: setting, typed: typed, book))
            }
        }
    }

    // MARK: Connect

    private func connect(
        _ filling: inout Filling, _ place: ConnectionDrafts.Place, _ signedIn: SignedIn
    ) async throws {
        checkSecrets(&filling, signedIn.book)
        checkConsent(&filling, signedIn.book)
        guard filling.findings.isEmpty else { return }
        filling.draft.connected = nil
        do {
            if let stored = filling.stored, !filling.needsCheck {
                try await connectAgain(stored, &filling, signedIn)
            } else {
                let secrets = try filling.draft.sealedSecrets.mapValues {
                    try drafts.open($0, at: place)
                }
                let account = try await services.acts.perform(
                    CheckAccount(
                        type: filling.destination.id,
                        settings: filling.form.values.merging(secrets) { _, new in new },
                        changing: filling.stored?.id),
                    by: signedIn.asker)
                filling.draft.connected = ConnectionDraft.Connected(
                    values: filling.form.values, facts: account.facts, account: account)
            }
        } catch let refusal as Refusal {
            guard let trouble = refusal.trouble else {
                throw refusal
            }
            tell(trouble, &filling, signedIn.book)
        }
    }

    private func connectAgain(
        _ stored: Connection, _ filling: inout Filling, _ signedIn: SignedIn
    ) async throws {
        let check = try await services.acts.perform(
            CheckConnection(.id(stored.id)), by: signedIn.asker)
        if let trouble = check.trouble.flatMap({ ConnectionTrouble(rawValue: $0.code) }) {
            tell(trouble, &filling, signedIn.book)
        } else if let found = check.connection.details {
            filling.draft.connected = ConnectionDraft.Connected(
                values: filling.form.values,
                facts: AccountFacts(
                    user: found.accountUser ?? "", contactsMax: found.contactsMax,
                    contacts: found.contacts), account: nil)
        }
    }

    private func tell(
        _ trouble: ConnectionTrouble, _ filling: inout Filling, _ book: PhraseBook
    ) {
        let text = TroubleText(trouble, host: filling.host, book)
        filling.trouble = text
        let destination = filling.destination
        let field: String =
            trouble.isOfHost
            ? destination.field(of: destination.host)
            : trouble.isOfKey
                ? destination.field(of: destination.secrets[0]) : ConnectionForm.Field.connect
        filling.findings.add(field, text.title)
    }

    private func checkSecrets(_ filling: inout Filling, _ book: PhraseBook) {
        let destination = filling.destination
        for setting in destination.secrets
        where filling.draft.sealedSecrets[setting.name] == nil {
            let field = destination.field(of: setting)
            guard let stored = filling.stored else {
                filling.findings.add(field, destination.text(at: setting.missing, book))
                continue
            }
            if stored.host != filling.host {
                filling.findings.add(
                    field,
                    book.text(.connectionsKeyForHost, ["host": "\u{2068}\(stored.host)\u{2069}"]))
            }
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
        switch try await signInDesk.confirm(
            password: filling.form.password, of: signedIn.asker)
        {
        case .confirmed: filling.draft.exportUserConfirmedAt = services.now()
        case .refused: filling.findings.add(field, book.text(.connectionsPasswordWrong))
        case .wait: filling.findings.add(field, book.text(.connectionsPasswordWait))
        }
    }

    // MARK: Save

    /// Stores the connection and answers; nil when something is missing.
    private func save(
        _ filling: inout Filling, _ place: ConnectionDrafts.Place, _ signedIn: SignedIn
    ) async throws -> Response? {
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
            try await store(filling, signedIn)
        } catch let error as StoreError where error.code == .badName {
            filling.findings.add(ConnectionForm.Field.name, book.text(.connectionsNameRule))
            return nil
        } catch let refusal as Refusal where refusal.code == .nameTaken {
            filling.findings.add(ConnectionForm.Field.name, book.text(.connectionsNameTaken))
            return nil
        }
        drafts.forget(place)
        return GuardedRoutes.redirect("/admin/connections?notice=connection-saved")
    }

    private func store(_ filling: Filling, _ signedIn: SignedIn) async throws {
        let form = filling.form
        let account = filling.draft.connected?.account
        guard let stored = filling.stored else {
            guard let account else { throw WebProblem(.conflict) }
            _ = try await services.acts.perform(
                AddConnection(
                    name: form.name, type: filling.destination.id, audience: form.audience,
                    account: .checked(account), agrees: form.agrees, password: .confirmed),
                by: signedIn.asker)
            return
        }
        var change = ChangeConnection(.id(stored.id))
        change.name = form.name
        change.audience = form.audience
        change.account = account.map { .checked($0) }
        change.agrees = form.agrees
        if filling.draft.exportUserConfirmedAt != nil { change.password = .confirmed }
        _ = try await services.acts.perform(change, by: signedIn.asker)
    }

    // MARK: The page

    private func page(_ filling: Filling, _ signedIn: SignedIn) -> Response {
        let book = signedIn.book
        let names = ["destination": filling.destination.title]
        return renderer.page(
            "connections-form",
            title: filling.stored?.name ?? book.text(.connectionsSetUp, names),
            ConnectionFormModel(
                filling, isUsual: filling.destination.id == destinations.usual.id,
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
