/// Why a person was suppressed (not sent, by our decision) or refused (sent, and not taken).
///
/// The raw values are stable: they stand in the database, in JSON, in files, and `reason.<code>` is the
/// phrase that explains each of them.
package enum ReasonCode: String, CaseIterable, Codable, Sendable {
    // Suppressed.
    case noEmail = "no-email"
    case invalidEmail = "invalid-email"
    case duplicateEmail = "duplicate-email"
    case tooLarge = "too-large"

    // Refused.
    case contactLimit = "contact-limit"
    case unsubscribed = "unsubscribed"
    case bounced = "bounced"
    case excluded = "excluded"
    /// The destination named the row as one that breaks its rules.
    case rejected = "rejected-by-destination"
    /// Accepted without complaint, yet not there when read back.
    case notTaken = "not-taken"
    /// Listed as failed, and nothing that can be read explains it.
    case notStated = "not-stated"
    /// The import that carried the person ended unfinished, more often than it is repeated.
    case interrupted = "interrupted"

    // Neither: notes on people who left, or who still wait.
    case stopped = "stopped"
    case claimedElsewhere = "claimed-elsewhere"
}

/// What became of a person in a run.
package enum Outcome: Int, CaseIterable, Sendable {
    case delivered = 1
    case refused = 2
    case suppressed = 3
    /// Left the segment, and the leave policy has been carried out.
    case left = 4
    case unchanged = 5
    case pending = 6

    /// The stable word used on the command line, in files and JSON.
    package var word: String {
        switch self {
        case .delivered: "delivered"
        case .refused: "refused"
        case .suppressed: "suppressed"
        case .left: "left"
        case .unchanged: "unchanged"
        case .pending: "pending"
        }
    }

    package init?(word: String) {
        guard let outcome = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = outcome
    }
}
