package import Exports
package import Profiles

/// What a rehearsal found.
package struct RehearsalReport: Sendable {
    package let summary: PlanSummary
    package let verdict: PlanVerdict
    package let forecast: RunForecast
    /// The first rows of each kind, in the order of their keys.
    package let rows: [RehearsalRow.Kind: [RehearsalRow]]
    /// Milliseconds since 1970.
    package let madeAt: Int64
    /// How long the planning took.
    package let took: Duration

    /// Rows that are kept of each kind; a download has all of them.
    package static let rowsMax = 200

    /// People of a kind, those included for whom nothing is sent.
    package func count(_ kind: RehearsalRow.Kind) -> Int {
        switch kind {
        case .enter: summary.enter
        case .change: summary.change
        case .retry: summary.retry
        case .leave: summary.leave + summary.leftSilently
        case .suppressed: summary.suppressedTotal
        }
    }
}

/// What a run would cost and bring about.
package struct RunForecast: Equatable, Sendable {
    /// Write requests.
    package let requests: Int
    package let singleRequests: Int
    /// Bytes of their bodies.
    package let bytes: Int
    /// Time that the account's limits make it take.
    package let seconds: Double
    /// Nil when the account's limit of contacts is not known.
    package let contacts: ContactForecast?
    /// Why the account could not be asked; what is known of it is then as old as its last check.
    package let trouble: AccountTrouble?
    /// Whether the people sent start automations at the destination.
    package let startsAutomations: Bool

    /// Why an account gave no answer.
    package struct AccountTrouble: Error, Equatable, Sendable {
        /// A stable code.
        package let code: String
        /// Why, to be told.
        package let detail: Remark
    }
}

/// Whether those who enter fit into the account.
package struct ContactForecast: Equatable, Encodable, Sendable {
    package let max: Int
    package let contacts: Int
    /// How many of those who enter would not fit, if none of them is a contact yet.
    package let wouldNotFit: Int

    /// Nil when the account did not tell its limit.
    package init?(_ summary: PlanSummary, facts: AccountFacts?) {
        guard let facts, let max = facts.contactsMax, let contacts = facts.contacts,
            let room = facts.room
        else { return nil }
        self.max = max
        self.contacts = contacts
        wouldNotFit = Swift.max(0, summary.enter - room)
    }
}

extension PlanSummary {
    /// Seconds that a run takes at an account's limits.
    package func seconds(
        at pace: QuotaLimits, of destination: DestinationDescriptor
    ) -> Double {
        destination.seconds(batches: batches, singleBatches: singleBatches, at: pace)
    }
}
