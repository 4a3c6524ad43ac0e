/// What a page or an API call needs. Names are verb and noun.
package enum Permission: String, CaseIterable, Sendable {
    case readExports
    case changeExports
    case runExports
    case readRuns
    /// Addresses in the tables of outcomes.
    case readPeople
    case readSegments
    case changeSegments
    /// Profiles with all they hold, and why a customer is on a list.
    case readCustomers
    /// Which attributes customers are searched by.
    case manageSearch
    /// Files that are imported, and sources that the refresh imports.
    case importProfiles
    /// What refreshes did, and when the next one begins.
    case readRefreshes
    case startRefresh
    case changeSchedule
    case readUsage
    case manageNotifications
    case manageConnections
    case manageUsers
    case readAudit
    case manageOwnAccount
    case useAPI
}
