package import Exports
package import Logging

/// Keeps the index by which customers are found up to date, slice by slice, beside everything else.
package struct SearchIndexer: Sendable {
    private let engine: any ProfileEngine
    private let logger: Logger
    private let rest: Duration

    /// Profiles of one slice: the database is locked for writing well below a second.
    private static let sliceRows = 5_000

    /// `rest` is how long it waits before it looks again for what imports have left behind.
    package init(engine: any ProfileEngine, logger: Logger, rest: Duration = .seconds(2)) {
        self.engine = engine
        self.logger = logger
        self.rest = rest
    }

    /// Works until it is cancelled.
    package func run() async {
        while !Task.isCancelled {
            guard await isComplete() else { continue }
            // Cancelled sleep ends at once, and so does the loop.
            try? await Task.sleep(for: rest)
        }
    }

    /// True when nothing is left to do, or nothing can be done for now.
    private func isComplete() async -> Bool {
        do {
            return try await engine.advanceSearchIndex(by: Self.sliceRows)
        } catch {
            logger.warning(
                "The search index could not be brought up to date; it is tried again.",
                metadata: ["error.type": "\(type(of: error))"])
            return true
        }
    }
}
