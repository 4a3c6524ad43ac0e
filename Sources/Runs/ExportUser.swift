import Access
import Exports
import Store

/// The one on whose behalf runs read profiles must still be allowed to send them out.
enum ExportUser {
    /// Throws when the user who confirmed the connection is disabled, gone, or no administrator any more. The
    /// command line stands for whoever owns the data directory.
    static func check(of connection: Connection, in catalog: Catalog) throws {
        guard let name = Actor(name: connection.exportUser).userName else { return }
        let user = try catalog.user(named: name)
        guard let user, !user.isDisabled, user.role == .administrator else {
            throw ExportUserRefusal(connection: connection.name, user: name)
        }
    }
}

/// A run that may not go, because nobody answers for it.
struct ExportUserRefusal: Error {
    /// The reason of the run.
    static let reason = "export-user-missing"

    let connection: String
    let user: String

    var description: String {
        "The export user of the connection '\(connection)', '\(user)', is disabled or no administrator any more. An administrator adds themselves on the connection's page."
    }
}
