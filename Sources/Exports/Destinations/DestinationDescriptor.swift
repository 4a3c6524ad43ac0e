/// What a kind of destination says of itself. Forms, commands, the API, checks and limits are drawn from it, so
/// that nothing else knows one kind from another.
package struct DestinationDescriptor: Sendable {
    /// The stable word that connections store: `activecampaign`.
    package let id: String
    /// Its name, the same in every language.
    package let title: String
    /// Whether it has yet to be proved against a live account.
    package let isPreview: Bool
    /// What one must know to reach an account, in the order of the form.
    package let settings: [DestinationSetting]
    package let consent: Consent
    package let people: PeopleFields
    package let quotas: [DestinationQuota]
    /// How much may travel in one request.
    package let batches: BatchLimits
    package let abilities: DestinationAbilities
    /// Most people a run of a new export may carry.
    package let peopleMax: Int
    /// How long a run of so many people may take, at the limits that the account has from the start.
    package let timeMax: Duration
    package let words: DestinationWords
    /// The page that tells where the id of a list is found; nil without lists, or without such a page.
    package let listHelp: String?

    package init(
        id: String, title: String, isPreview: Bool, settings: [DestinationSetting],
        consent: Consent, people: PeopleFields, quotas: [DestinationQuota], batches: BatchLimits,
        abilities: DestinationAbilities, peopleMax: Int, timeMax: Duration, words: DestinationWords,
        listHelp: String? = nil
    ) {
        precondition(
            settings.count { $0.kind == .host } == 1, "A destination is reached at one host.")
        precondition(
            settings.contains { $0.kind == .secret }, "A destination asks for a secret.")
        self.id = id
        self.title = title
        self.isPreview = isPreview
        self.settings = settings
        self.consent = consent
        self.people = people
        self.quotas = quotas
        self.batches = batches
        self.abilities = abilities
        self.peopleMax = peopleMax
        self.timeMax = timeMax
        self.words = words
        self.listHelp = listHelp
    }

    /// What people agree to before personal data leaves the system: keys of phrases with the gaps `{product}` and
    /// `{destination}`.
    package struct Consent: Equatable, Sendable {
        package let title: String
        package let body: String

        package init(title: String, body: String) {
            self.title = title
            self.body = body
        }
    }

    /// What can be said of a person there, apart from custom fields.
    package struct PeopleFields: Sendable {
        /// What tells people apart; every export maps an attribute to it.
        package let key: KeyField
        package let optional: [OptionalField]
        /// Whether an account has fields of its own to which attributes can be mapped.
        package let hasCustomFields: Bool

        package init(key: KeyField, optional: [OptionalField], hasCustomFields: Bool) {
            self.key = key
            self.optional = optional
            self.hasCustomFields = hasCustomFields
        }
    }

    /// The field that tells people apart.
    package struct KeyField: Sendable {
        /// The key of the phrase that names it.
        package let label: String
        /// Whether it is an e-mail address, so that attributes of such names are offered first.
        package let isAddress: Bool
        /// Which keys can be sent.
        package let rule: PersonKeyRule

        package init(label: String, isAddress: Bool, rule: PersonKeyRule) {
            self.label = label
            self.isAddress = isAddress
            self.rule = rule
        }
    }

    /// Fields that a destination may know of a person.
    package enum OptionalField: String, CaseIterable, Sendable {
        case firstName
        case lastName
        case phone
    }

    /// The setting that names the host.
    package var host: DestinationSetting {
        settings.first { $0.kind == .host } ?? settings[0]
    }

    package var secrets: [DestinationSetting] { settings.filter { $0.kind == .secret } }

    /// The name with its mark, as lists in English have it.
    package var titleWithMark: String { isPreview ? "\(title) (preview)" : title }

    /// Limits of a new connection.
    package var limits: QuotaLimits {
        QuotaLimits(quotas.map { ($0.name, $0.allowed) })
    }

    package func quota(named name: String) -> DestinationQuota? {
        quotas.first { $0.name == name }
    }

    package func quota(member: String) -> DestinationQuota? {
        quotas.first { $0.member == member }
    }
}

/// What a destination can do. Nothing is offered that it cannot.
package struct DestinationAbilities: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// People stand on lists, and an export names one of them.
    package static let lists = DestinationAbilities(rawValue: 1 << 0)
    /// People who leave can be unsubscribed.
    package static let leaveByUnsubscribing = DestinationAbilities(rawValue: 1 << 1)
    /// A custom field can say who left.
    package static let leaveByField = DestinationAbilities(rawValue: 1 << 2)
    /// Whom Ferry unsubscribed can be put back.
    package static let resubscribing = DestinationAbilities(rawValue: 1 << 3)
    package static let tags = DestinationAbilities(rawValue: 1 << 4)
    /// A delivery may start automations there.
    package static let automations = DestinationAbilities(rawValue: 1 << 5)
    /// People can be looked up one by one, which explains refusals.
    package static let readingBack = DestinationAbilities(rawValue: 1 << 6)
}

/// Words that a destination brings along. Where the house's phrase tables have a key the tables speak; a
/// destination kept elsewhere brings its own.
package struct DestinationWords: Sendable {
    /// By language code, then by key; English is always there.
    private let tables: [String: [String: String]]

    package init(_ tables: [String: [String: String]] = [:]) {
        self.tables = tables
    }

    /// The destination's own text at a key; nil when the house's tables have it.
    package func text(at key: String, language: String) -> String? {
        tables[language]?[key] ?? tables["en"]?[key]
    }

    /// Languages that miss a key which English has.
    package var gaps: [String: [String]] {
        let keys = Set((tables["en"] ?? [:]).keys)
        return tables.mapValues { keys.subtracting($0.keys).sorted() }.filter { !$0.value.isEmpty }
    }
}
