import Dispatch

/// Runs long computations beside the few threads on which everything else waits its turn.
enum OwnThread {
    private static let queue = DispatchQueue(label: "ferry.planning", attributes: .concurrent)

    static func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    /// Begins something that nobody waits for.
    static func start(_ body: @escaping @Sendable () -> Void) {
        queue.async(execute: body)
    }
}
