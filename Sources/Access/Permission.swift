/// What a page or an API call needs. Names are verb and noun.
package enum Permission: String, CaseIterable, Sendable {
    case readExports
    case changeExports
    case runExports
    case readRuns
    /// Addresses in the tables of outcomes.
    case readPeople
    case readSegments
    case manageConnections
    case manageUsers
    case readAudit
    case manageOwnAccount
    case useAPI
}
