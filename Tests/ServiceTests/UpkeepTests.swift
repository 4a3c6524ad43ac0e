import Logging
import Synchronization
import Testing

@testable import Service

struct UpkeepTests {
    private struct Trouble: Error {}

    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    @Test func `a part that ends with an error is begun again after a rest`() async {
        let rests = Count()
        var beginnings = 0
        await Upkeep(logger: Self.logger, pause: { _ in rests.add() }).keep("runs") {
            beginnings += 1
            if beginnings == 1 { throw Trouble() }
            // Nobody cancelled it: this is trouble too.
            if beginnings == 2 { throw CancellationError() }
        }
        #expect(beginnings == 3)
        #expect(rests.number == 2)
    }

    @Test func `a part that is cancelled is not begun again`() async {
        let beginnings = Count()
        let (news, bell) = AsyncStream.makeStream(of: Void.self)
        await withDiscardingTaskGroup { group in
            group.addTask {
                await Upkeep(logger: Self.logger).keep("runs") {
                    beginnings.add()
                    bell.yield()
                    try await Task.sleep(for: .seconds(3_600))
                }
            }
            for await _ in news { break }
            group.cancelAll()
        }
        #expect(beginnings.number == 1)
    }

    private final class Count: Sendable {
        private let state = Mutex(0)
        var number: Int { state.withLock { $0 } }
        func add() { state.withLock { $0 += 1 } }
    }
}
