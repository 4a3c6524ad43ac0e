import Access
import Store

/// Rights on single things, as on the pages.
extension Services {
    /// A connection that the caller may use; one that is not shared is none at all to a contributor.
    func usableConnection(_ id: Connection.ID, by caller: Caller) throws -> Connection {
        guard let connection = try catalog.setup.connection(id: id),
            connection.audience.admits(caller.role)
        else {
            throw WebProblem(.notFound, "There is no connection \(id).")
        }
        return connection
    }
}
