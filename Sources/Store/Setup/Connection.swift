package import Access
package import Exports

/// One account of a destination, as it is stored. The secret is apart, and sealed.
package struct Connection: Equatable, Sendable, Identifiable {
    package typealias ID = ConnectionID

    package let id: ID
    package var name: String
    /// The kind of system: `activecampaign`.
    package let destination: String
    package var host: String
    /// Settings of its kind besides the host, by name; no secrets.
    package var settings: [String: String]
    package var audience: Audience
    /// Limits of the account, by the names of its quotas.
    package var pace: QuotaLimits
    package var consentBy: String
    /// Milliseconds since 1970.
    package var consentAt: Int64
    /// The actor on whose behalf runs read profiles: an administrator who confirmed it, or the command line.
    package var exportUser: String
    /// What the account said of itself when it was last checked.
    package var facts: AccountFacts?
    package var checkedAt: Int64?
    /// What the last check found wrong, as a stable code; nil when it found nothing.
    package var checkCode: String?
    /// Milliseconds since 1970.
    package let createdAt: Int64
}

/// A connection that is to be stored.
package struct NewConnection: Sendable {
    package let name: String
    package let destination: String
    package let host: String
    package let sealedSecret: [UInt8]
    package let settings: [String: String]
    package let pace: QuotaLimits
    package let facts: AccountFacts
    package let audience: Audience
    /// Who agreed to the transfer; nil for the actor who adds it.
    package let consentBy: Actor?
    /// On whose behalf runs read profiles; nil for the actor who adds it.
    package let exportUser: Actor?

    package init(
        name: String, destination: String, host: String, settings: [String: String] = [:],
        sealedSecret: [UInt8], pace: QuotaLimits, facts: AccountFacts,
        audience: Audience = .administrators, consentBy: Actor? = nil, exportUser: Actor? = nil
    ) {
        self.name = name
        self.destination = destination
        self.host = host
        self.sealedSecret = sealedSecret
        self.settings = settings
        self.pace = pace
        self.facts = facts
        self.audience = audience
        self.consentBy = consentBy
        self.exportUser = exportUser
    }
}

/// What is to change about a connection; nil leaves a value as it is.
package struct ConnectionChange: Sendable {
    package var name: String?
    package var audience: Audience?
    /// An account that was checked, under the same host or another one.
    package var account: CheckedAccount?
    package var exportUser: Actor?
    /// Whether the actor agrees to the transfer anew, as another host asks for.
    package var renewsConsent = false

    package init() {}

    /// A host and the secrets that open there, with what the check of both found.
    package struct CheckedAccount: Codable, Sendable {
        package let host: String
        package let settings: [String: String]
        package let sealedSecret: [UInt8]
        package let facts: AccountFacts

        package init(
            host: String, settings: [String: String] = [:], sealedSecret: [UInt8],
            facts: AccountFacts
        ) {
            self.host = host
            self.settings = settings
            self.sealedSecret = sealedSecret
            self.facts = facts
        }
    }
}
