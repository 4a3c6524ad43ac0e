package import Logging

/// Keeps parts of the service going that are to last as long as it does.
package struct Upkeep: Sendable {
    private let logger: Logger
    private let pause: @Sendable (Duration) async throws -> Void

    /// How long a part rests that ended with an error.
    private static let rest: Duration = .seconds(5)

    /// `pause` waits before a part is begun again; when it throws, the part is not.
    package init(
        logger: Logger,
        pause: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) {
        self.logger = logger
        self.pause = pause
    }

    /// Carries a part out, and begins it again whenever it throws, until it returns or the task is
    /// cancelled. Errors are logged by their type.
    package func keep(_ part: String, _ body: () async throws -> Void) async {
        while !Task.isCancelled {
            do {
                return try await body()
            } catch {
                if Task.isCancelled { return }
                logger.error(
                    "A part of the service ended with an error. It is begun again in a moment.",
                    metadata: ["part": "\(part)", "error.type": "\(type(of: error))"])
            }
            do { try await pause(Self.rest) } catch { return }
        }
    }
}
