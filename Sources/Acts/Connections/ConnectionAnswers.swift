package import Access
package import Exports
package import Profiles
package import Store

/// A connection as whoever asks may see it: administrators everything but the secrets, contributors the name and
/// the kind of one that is shared with them.
package struct ConnectionAnswer: Codable, Equatable, Sendable {
    package let id: Connection.ID
    package let name: String
    /// The kind of destination.
    package let type: String
    /// Nil for contributors.
    package let details: ConnectionDetails?

    private enum CodingKeys: String, CodingKey {
        case id, name, type
        /// A member that only the details have.
        case host
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Connection.ID.self, forKey: .id)
        name = try container.decode(String.self, forKey: .name)
        type = try container.decode(String.self, forKey: .type)
        details = container.contains(.host) ? try ConnectionDetails(from: decoder) : nil
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(type, forKey: .type)
        try details?.encode(to: encoder)
    }

    init(_ connection: Connection, details: ConnectionDetails?) {
        id = connection.id
        name = connection.name
        type = connection.destination
        self.details = details
    }
}

/// What only administrators see of a connection.
package struct ConnectionDetails: Codable, Equatable, Sendable {
    package let host: String
    package let audience: Audience
    package let consentBy: String
    package let consentAt: Moment
    package let exportUser: String
    @Nullable package var accountUser: String?
    @Nullable package var contactsMax: Int?
    @Nullable package var contacts: Int?
    @Nullable package var checkedAt: Moment?
    /// What the last check found wrong, as a code.
    @Nullable package var trouble: String?
    package let createdAt: Moment
    /// By the members that the kind gives its quotas.
    package let limits: QuotaLimits
    /// What its kind asks for besides the host; left out where that is nothing.
    package let settings: [String: String]?
    package let exports: [NamedAnswer<Export>]

    /// `destination` is nil for a kind that this program does not know.
    init(_ connection: Connection, _ destination: DestinationDescriptor?, exports: [Export]) {
        host = connection.host
        audience = connection.audience
        consentBy = connection.consentBy
        consentAt = Moment(connection.consentAt)
        exportUser = connection.exportUser
        accountUser = connection.facts?.user
        contactsMax = connection.facts?.contactsMax
        contacts = connection.facts?.contacts
        checkedAt = connection.checkedAt.map { Moment($0) }
        trouble = connection.checkCode
        createdAt = Moment(connection.createdAt)
        limits = destination?.members(of: connection.pace) ?? connection.pace
        settings = connection.settings.isEmpty ? nil : connection.settings
        self.exports = exports.map { NamedAnswer(id: $0.id, name: $0.name) }
    }
}

/// What a check of an account found.
package struct ConnectionCheckAnswer: Codable, Equatable, Sendable {
    package let works: Bool
    @Nullable package var trouble: Trouble?
    package let connection: ConnectionAnswer

    /// Why it does not work.
    package struct Trouble: Codable, Equatable, Sendable {
        package let code: String
        package let detail: Remark
    }
}

/// Everything of a kind that an account has.
package struct ContentsAnswer<Item: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
    package let items: [Item]
}

extension DestinationDescriptor {
    /// Limits by the members that the API and declarations have for them.
    package func members(of limits: QuotaLimits) -> QuotaLimits {
        QuotaLimits(quotas.map { ($0.member, limits[$0.name]) })
    }

    /// These limits with those changed that are named by their members. Throws `Refusal` for a member that is no
    /// quota's, and for a number that is no limit.
    func limits(_ stored: QuotaLimits, changedBy members: QuotaLimits) throws -> QuotaLimits {
        var changed = stored
        var findings: [Refusal.Finding] = []
        for member in members.names {
            if let limit = members[member], !Self.limitRange.contains(limit) {
                findings.append(.init("limits.\(member)", "limit"))
            } else if let quota = quota(member: member) {
                changed[quota.name] = members[member]
            } else {
                findings.append(.init("limits.\(member)", "no-quota"))
            }
        }
        guard findings.isEmpty else { throw Refusal(.invalid, findings: findings) }
        return changed
    }

    private static let limitRange = 1...10_000_000
}
