import Access
import Exports
import Phrases
import Store

/// A form as it stands: what was typed, what was achieved, what is wrong.
struct Filling: Sendable {
    var form: ConnectionForm
    let destination: DestinationDescriptor
    /// Nil for a new connection.
    let stored: Connection?
    var draft: ConnectionDraft
    var findings = FormFindings()
    /// What the check that was just made found wrong.
    var trouble: TroubleText?

    var host: String {
        get { form.values[destination.host.name] ?? "" }
        set { form.values[destination.host.name] = newValue }
    }

    /// Whether a check of exactly these settings and secrets worked.
    var isConnected: Bool { draft.isConnected(to: form.values) }

    /// Whether Save needs such a check: for anything but a stored connection whose settings and secrets stay.
    var needsCheck: Bool {
        guard let stored else { return true }
        return destination.values(of: stored) != form.values || !draft.sealedSecrets.isEmpty
    }

    /// Whether somebody has to agree: to a new recipient.
    var needsConsent: Bool { stored == nil || stored?.host != host }

    var hasExportUser: Bool { stored != nil || draft.exportUserConfirmedAt != nil }

    var canSave: Bool { (!needsCheck || isConnected) && hasExportUser }
}

/// The form of a connection.
struct ConnectionFormModel: Sendable {
    let isNew: Bool
    let heading: String
    let action: String
    let name: String
    let nameFinding: String?
    let audiences: [Choice]
    let type: String?
    let isPreview: Bool
    let prerequisite: String
    let settings: [Setting]
    let consentTitle: String
    let consentBody: String
    let privacyURL: String
    let agrees: Bool
    let agreedText: String?
    let agreeFinding: String?
    let connectLabel: String
    let connectFinding: String?
    let connected: Connected?
    let trouble: TroubleText?
    let exportUserNow: String?
    let isExportUserDone: Bool
    let isExportUserOpen: Bool
    let passwordFinding: String?
    let canSave: Bool
    let findings: Findings?

    struct Choice: Sendable {
        let value: String
        let text: String
        let hint: String
        let isSelected: Bool
    }

    /// A field for one of the kind's settings.
    struct Setting: Sendable {
        let field: String
        let label: String
        let hint: String
        let helpURL: String?
        let helpLabel: String
        let isSecret: Bool
        let isHost: Bool
        /// Never that of a secret.
        let value: String
        let placeholder: String?
        let isRequired: Bool
        let finding: String?
    }

    struct Connected: Sendable {
        let keyUser: String
        let contacts: String
    }

    struct Findings: Sendable {
        let title: String
        let list: [Finding]
    }

    struct Finding: Sendable {
        let field: String
        let text: String
    }

    init(_ filling: Filling, isUsual: Bool, privacyURL: String, _ book: PhraseBook) {
        let destination = filling.destination
        let form = filling.form
        let stored = filling.stored
        isNew = stored == nil
        let names = ["destination": destination.title]
        heading = stored?.name ?? book.text(.connectionsSetUp, names)
        // The usual kind is meant where a form names none.
        type = isNew && !isUsual ? destination.id : nil
        isPreview = destination.isPreview
        prerequisite = book.text(.connectionsPrerequisite, names)
        consentTitle = destination.text(at: destination.consent.title, book)
        action = "/admin/connections/\(stored.map { String($0.id) } ?? "new")"
        name = form.name
        nameFinding = filling.findings[ConnectionForm.Field.name]
        audiences = Audience.allCases.map {
            Choice(
                value: $0.rawValue, text: book.text($0.phrase), hint: book.text($0.explanation),
                isSelected: $0 == form.audience)
        }
        settings = destination.settings.map { Setting($0, filling, book) }
        consentBody = destination.consentBody(book)
        self.privacyURL = privacyURL
        agrees = form.agrees
        agreedText = stored.map {
            book.text(
                .connectionsAgreed,
                [
                    "name": "\u{2068}\(Actor(name: $0.consentBy).shownName)\u{2069}",
                    "time": book.time($0.consentAt),
                ])
        }
        agreeFinding = filling.findings[ConnectionForm.Field.agree]
        connectFinding = filling.findings[ConnectionForm.Field.connect]
        let isConnected = filling.isConnected
        connectLabel = book.text(
            isConnected || stored != nil ? .connectionsConnectAgain : .connectionsConnect)
        connected =
            isConnected ? filling.draft.connected.map { Connected($0.facts, book) } : nil
        trouble = filling.trouble
        isExportUserDone = filling.draft.exportUserConfirmedAt != nil
        exportUserNow = stored.map {
            book.text(
                .connectionsExportUserNow,
                ["name": "\u{2068}\(Actor(name: $0.exportUser).shownName)\u{2069}"])
        }
        isExportUserOpen = !filling.needsCheck || isConnected
        passwordFinding = filling.findings[ConnectionForm.Field.password]
        canSave = filling.canSave
        let list = filling.findings.inOrder(of: destination)
        findings =
            list.isEmpty
            ? nil
            : Findings(
                title: book.text(.connectionsFindings),
                list: list.map { Finding(field: $0.field, text: $0.text) })
    }
}

extension ConnectionFormModel.Setting {
    init(_ setting: DestinationSetting, _ filling: Filling, _ book: PhraseBook) {
        let destination = filling.destination
        field = destination.field(of: setting)
        label = destination.text(at: setting.label, book)
        isSecret = setting.kind == .secret
        isHost = setting.kind == .host
        let isKept =
            isSecret && (filling.stored != nil || filling.draft.sealedSecrets[setting.name] != nil)
        hint = isKept ? book.text(.connectionsKeyKept) : destination.text(at: setting.hint, book)
        helpURL = setting.help?.url
        helpLabel = setting.help.map { destination.text(at: $0.label, book) } ?? ""
        value = isSecret ? "" : filling.form.values[setting.name] ?? ""
        placeholder = setting.placeholder
        isRequired = !isKept
        finding = filling.findings[field]
    }
}

extension ConnectionFormModel.Connected {
    init(_ facts: AccountFacts, _ book: PhraseBook) {
        keyUser = facts.user
        guard let count = facts.contacts, let max = facts.contactsMax else {
            contacts = book.text(.connectionsContactsUnknown)
            return
        }
        contacts = book.text(
            .connectionsContactsOf,
            ["contacts": book.number(count), "max": book.number(max)])
    }
}
