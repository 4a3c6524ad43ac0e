package import Testing

/// Waits for something that happens on another task, looking again and again; fails when it has not happened
/// within a minute. The time is a limit, not an expectation.
package func eventually(
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("It has not happened within a minute.", sourceLocation: sourceLocation)
            throw CancellationError()
        }
        // A pause lets the tasks that are waited for have the processor.
        try await Task.sleep(for: .milliseconds(2))
    }
}
