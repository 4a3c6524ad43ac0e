import Acts
import Exports

/// A connection as JSON; it never holds the key.
struct ConnectionView: Encodable {
    let name: String
    let type: String
    /// Only administrators of a service see what follows.
    let host: String?
    let settings: [String: String]?
    private let limits: QuotaLimits?
    let accountUser: String?
    let contactsMax: Int?
    let contacts: Int?
    let consentBy: String?
    let consentAt: String?
    let checkedAt: String?
    let lists: [DestinationList]?

    init(_ connection: ConnectionAnswer, lists: [DestinationList]? = nil) {
        let details = connection.details
        name = connection.name
        type = connection.type
        host = details?.host
        settings = details?.settings
        limits = details?.limits
        accountUser = details?.accountUser
        contactsMax = details?.contactsMax
        contacts = details?.contacts
        consentBy = details?.consentBy
        consentAt = details.map { Output.time($0.consentAt.milliseconds) }
        checkedAt = details?.checkedAt.map { Output.time($0.milliseconds) }
        self.lists = lists
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Limits stand beside the rest, each under the member that its kind has for it.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: Key("name"))
        try container.encode(type, forKey: Key("type"))
        try container.encodeIfPresent(host, forKey: Key("host"))
        try container.encodeIfPresent(settings, forKey: Key("settings"))
        for member in limits?.names ?? [] {
            try container.encodeIfPresent(limits?[member], forKey: Key(member))
        }
        try container.encodeIfPresent(accountUser, forKey: Key("accountUser"))
        try container.encodeIfPresent(contactsMax, forKey: Key("contactsMax"))
        try container.encodeIfPresent(contacts, forKey: Key("contacts"))
        try container.encodeIfPresent(consentBy, forKey: Key("consentBy"))
        try container.encodeIfPresent(consentAt, forKey: Key("consentAt"))
        try container.encodeIfPresent(checkedAt, forKey: Key("checkedAt"))
        try container.encodeIfPresent(lists, forKey: Key("lists"))
    }

    /// A limit as a table has it; nothing where the kind has no such quota.
    func limit(_ member: String) -> String {
        guard let limits else { return "unlimited" }
        guard limits.states(member) else { return "" }
        return limits[member].map(String.init) ?? "unlimited"
    }

    /// What the account told of itself.
    var account: String {
        guard let accountUser else { return "" }
        let user = "The key belongs to the user '\(accountUser)'."
        guard let max = contactsMax, let contacts else {
            return "\(user) It may not read the account's contact limit."
        }
        return
            "\(user) The account holds \(Output.number(contacts)) of \(Output.number(max)) contacts."
    }
}
