import Access
import Exports
import Phrases
import Store

/// A form as it stands: what was typed, what was achieved, what is wrong.
struct Filling: Sendable {
    var form: ConnectionForm
    /// Nil for a new connection.
    let stored: Connection?
    var draft: ConnectionDraft
    var findings = FormFindings()
    /// What the check that was just made found wrong.
    var trouble: TroubleText?

    /// Whether a check of exactly this host and key worked.
    var isConnected: Bool { draft.isConnected(to: form.host) }

    /// Whether Save needs such a check: for anything but a stored connection whose host and key stay.
    var needsCheck: Bool {
        stored == nil || stored?.host != form.host || draft.sealedKey != nil
    }

    /// Whether somebody has to agree: to a new recipient.
    var needsConsent: Bool { stored == nil || stored?.host != form.host }

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
    let keyHint: String
    let isKeyRequired: Bool
    let keyFinding: String?
    let host: String
    let hostFinding: String?
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

    init(
        _ filling: Filling, destination: DestinationDescriptor, privacyURL: String,
        _ book: PhraseBook
    ) {
        let form = filling.form
        let stored = filling.stored
        isNew = stored == nil
        heading = stored?.name ?? book.text(.connectionsSetUp)
        action = "/admin/connections/\(stored.map { String($0.id) } ?? "new")"
        name = form.name
        nameFinding = filling.findings[ConnectionForm.Field.name]
        audiences = Audience.allCases.map {
            Choice(
                value: $0.rawValue, text: book.text($0.phrase), hint: book.text($0.explanation),
                isSelected: $0 == form.audience)
        }
        let isKept = stored != nil || filling.draft.sealedKey != nil
        keyHint = book.text(isKept ? .connectionsKeyKept : .connectionsKeyHint)
        isKeyRequired = !isKept
        keyFinding = filling.findings[ConnectionForm.Field.key]
        host = form.host
        hostFinding = filling.findings[ConnectionForm.Field.host]
        consentBody = book.text(
            .consentBody, ["product": "Ferry", "destination": destination.title])
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
        let list = filling.findings.inOrder
        findings =
            list.isEmpty
            ? nil
            : Findings(
                title: book.text(.connectionsFindings),
                list: list.map { Finding(field: $0.field, text: $0.text) })
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
