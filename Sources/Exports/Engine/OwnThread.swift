import Dispatch

/// Runs long computations beside the few threads on which everything else waits its turn.
package enum OwnThread {
    /// Of a class of its own: computing threads count against the others of their class, and requests are
    /// answered in the default one.
    private static let queue = DispatchQueue(
        label: "ferry.planning", qos: .utility, attributes: .concurrent)

    /// Throws what `body` throws.
    package static func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    /// Begins something that nobody waits for.
    package static func start(_ body: @escaping @Sendable () -> Void) {
        queue.async(execute: body)
    }
}
