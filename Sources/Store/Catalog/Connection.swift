package import Exports

/// One account of a destination, as it is stored. The secret is apart, and sealed.
package struct Connection: Equatable, Sendable, Identifiable {
    package let id: Int64
    package var name: String
    /// The kind of system: `activecampaign`.
    package let destination: String
    package var host: String
    package var pace: Pace
    package var consentBy: String
    /// Milliseconds since 1970.
    package var consentAt: Int64
    /// The account on whose behalf runs read profiles.
    package var exportUser: String
    /// What the account said of itself when it was last checked.
    package var facts: AccountFacts?
    package var checkedAt: Int64?

    /// Limits of the account; nil lifts one.
    package struct Pace: Equatable, Sendable {
        package var requestsPerSecond: Int?
        package var importsPerMinute: Int?
        package var singleImportsPerMinute: Int?

        package init(
            requestsPerSecond: Int?, importsPerMinute: Int?, singleImportsPerMinute: Int?
        ) {
            self.requestsPerSecond = requestsPerSecond
            self.importsPerMinute = importsPerMinute
            self.singleImportsPerMinute = singleImportsPerMinute
        }
    }
}

/// A connection that is to be stored.
package struct NewConnection: Sendable {
    package let name: String
    package let destination: String
    package let host: String
    package let sealedSecret: [UInt8]
    package let pace: Connection.Pace
    package let facts: AccountFacts

    package init(
        name: String, destination: String, host: String, sealedSecret: [UInt8],
        pace: Connection.Pace, facts: AccountFacts
    ) {
        self.name = name
        self.destination = destination
        self.host = host
        self.sealedSecret = sealedSecret
        self.pace = pace
        self.facts = facts
    }
}
