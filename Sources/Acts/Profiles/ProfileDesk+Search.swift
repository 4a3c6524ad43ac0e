import Delivery
package import Exports

extension CustomerDesk {
    /// Finds customers beside the threads on which requests are answered. Throws `CancellationError` when it
    /// takes too long.
    package static func find(
        _ query: CustomerQuery, in engine: any ProfileEngine
    ) async throws -> CustomerPage {
        try await OwnThread.run { try engine.search(query) }
    }
}
