import Foundation

/// The sandbox's time: it starts at the present and runs `scale` times as fast as the clock on the
/// wall.
struct SandboxClock: Sendable {
    /// Seconds of sandbox time in one real second.
    let scale: Double
    private let startDate: Double
    private let start = ContinuousClock.now

    init(scale: Double) {
        self.scale = scale
        startDate = Date().timeIntervalSince1970
    }

    /// Seconds since 1970 of sandbox time.
    var now: Double {
        startDate + (ContinuousClock.now - start) / .seconds(1) * scale
    }

    /// Waits for a span of sandbox time.
    func sleep(seconds: Double) async throws {
        try await Task.sleep(for: .seconds(seconds / scale))
    }
}
