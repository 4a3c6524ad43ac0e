package import Testing

/// Waits for something that happens on another task, looking again and again; fails when it has not happened
/// within a minute. The time is a limit, not an expectation: where so many tests run that this one hardly
/// gets to look, it goes on until it has looked often.
package func eventually(
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    var looks = 0
    while try await !condition() {
        looks += 1
        guard ContinuousClock.now < deadline || looks < 2_000 else {
            Issue.record("It has not happened within a minute.", sourceLocation: sourceLocation)
            throw CancellationError()
        }
        // A pause lets the tasks that are waited for have the processor.
        try await Task.sleep(for: .milliseconds(2))
    }
}
