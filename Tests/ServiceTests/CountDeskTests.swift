import Exports
import Foundation
import Profiles
import Segments
import Synchronization
import TestSupport
import Testing

@testable import Acts

// Foundation has one too.
private typealias Predicate = Segments.Predicate

@Suite struct CountDeskTests {
    private let engine = CountingEngine()
    private let desk: CountDesk
    private let editor = CountDesk.Editor(session: 1, name: "a")

    init() {
        // The engine answers when it is told to, which a busy machine may do late.
        desk = CountDesk(engine: engine, patience: .seconds(3_600))
    }

    /// What came of a question: its counts, or nil when it was cancelled.
    private func ask(
        _ counts: Int, _ editor: CountDesk.Editor? = nil
    ) async throws -> [Int]? {
        do {
            return try await desk.counts(
                of: Array(repeating: .always, count: counts), for: editor)
        } catch is CancellationError {
            return nil
        }
    }

    @Test func `an obsolete count is cancelled by the newer one of its editor`() async throws {
        async let older = ask(1, editor)
        try await eventually { engine.begun == [1] }
        async let newer = ask(2, editor)
        #expect(try await older == nil)
        try await eventually { engine.begun == [1, 2] }
        engine.release()
        #expect(try await newer == [7, 7])
        // Nothing is left that a later question would cancel.
        #expect(try await ask(3, editor) == [7, 7, 7])
    }

    @Test func `editors do not disturb each other, and two are answered at once`() async throws {
        async let first = ask(1, editor)
        async let second = ask(2, CountDesk.Editor(session: 1, name: "b"))
        try await eventually { engine.begun.count == 2 }
        async let third = ask(3, CountDesk.Editor(session: 2, name: "a"))
        async let fourth = ask(4)
        #expect(engine.begun.count == 2)
        engine.release()
        #expect(try await first == [7])
        #expect(try await second == [7, 7])
        #expect(try await third == [7, 7, 7])
        #expect(try await fourth == [7, 7, 7, 7])
        #expect(engine.mostAtOnce == 2)
    }

    @Test func `a question that became obsolete while it waited never begins`() async throws {
        async let first = ask(1)
        async let second = ask(2)
        try await eventually { engine.begun.count == 2 }
        async let older = ask(3, editor)
        try await eventually { await desk.waitingCount == 1 }
        async let newer = ask(4, editor)
        try await eventually { await desk.waitingCount == 2 }
        engine.release()
        _ = try await (first, second)
        #expect(try await older == nil)
        #expect(try await newer == [7, 7, 7, 7])
        #expect(engine.begun.count == 3)
        #expect(desk.editorCount == 0)
    }

    @Test func `whoever goes away takes the question back`() async throws {
        try await withThrowingTaskGroup(of: [Int]?.self) { group in
            group.addTask { try await ask(1, editor) }
            try await eventually { engine.begun == [1] }
            group.cancelAll()
            #expect(try await group.next() == .some(nil))
        }
        #expect(desk.editorCount == 0)
    }

    @Test func `an engine's own trouble is passed on and gives its place back`() async throws {
        engine.release()
        for _ in 0..<3 {
            await #expect(throws: Trouble.self) { try await desk.counts(of: []) }
        }
        #expect(try await ask(1) == [7])
    }
}

private struct Trouble: Error {}

/// Holds every count until it is released or cancelled; of nothing there is no count.
private final class CountingEngine: EmptyEngine {
    private struct State {
        var begun: [Int] = []
        var running = 0
        var mostAtOnce = 0
        var isReleased = false
    }

    private let state = Mutex(State())

    /// How many predicates each count had, in the order they began.
    var begun: [Int] { state.withLock { $0.begun } }
    var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }

    func release() { state.withLock { $0.isReleased = true } }

    func counts(of predicates: [Predicate], _ limits: CallLimits) throws -> [Int] {
        if predicates.isEmpty { throw Trouble() }
        state.withLock { state in
            state.begun.append(predicates.count)
            state.running += 1
            state.mostAtOnce = max(state.mostAtOnce, state.running)
        }
        defer { state.withLock { $0.running -= 1 } }
        while !state.withLock({ $0.isReleased }) {
            try limits.check()
            // Others have the processor meanwhile; nothing depends on how long.
            usleep(500)
        }
        return predicates.map { _ in 7 }
    }
}
