import Synchronization
import TestSupport
import Testing

@testable import Transport

struct AccountGateTests {
    private static let limits = PaceLimits(
        requestsPerSecond: 5, importsPerMinute: 100, singleImportsPerMinute: 20)
    private static let unlimited = PaceLimits(
        requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil)
    private static let question = HTTPRequest(.get, "/api/3/lists?email=someone%40example.com")
    private static let batch = HTTPRequest(
        .post, "/api/3/import/bulk_import", body: [1], kind: .importMany)

    @Test func `requests beyond the limit wait for their turn`() async throws {
        let time = ManualTime()
        let transport = ScriptedTransport(time: time)
        let gate = AccountGate(
            transport: transport, pacer: Pacer(limits: Self.limits), time: time.timekeeper)
        for _ in 0..<23 { _ = try await gate.send(Self.question) }
        let moments = transport.arrivals.map(\.at)
        #expect(moments.count == 23)
        #expect(ServerWindows.busiestSliding(moments, length: .seconds(1)) == 5)
    }

    @Test func `many senders at once keep the limit together and all get through`() async throws {
        let time = ManualTime()
        let transport = ScriptedTransport(time: time)
        let gate = AccountGate(
            transport: transport, pacer: Pacer(limits: Self.limits), time: time.timekeeper)
        let answered = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<60 {
                group.addTask {
                    try await gate.send(number.isMultiple(of: 3) ? Self.batch : Self.question)
                        .status
                }
            }
            return try await group.reduce(0) { count, status in count + (status == 200 ? 1 : 0) }
        }
        #expect(answered == 60)
        #expect(transport.underWayMost <= 5)
        let moments = transport.arrivals.map(\.at)
        #expect(ServerWindows.busiestSliding(moments, length: .seconds(1)) <= 5)
    }

    @Test func `one place lets one request on the line`() async throws {
        let time = ManualTime()
        let transport = ScriptedTransport(time: time)
        let limits = PaceLimits(
            requestsPerSecond: 1, importsPerMinute: nil, singleImportsPerMinute: nil)
        let gate = AccountGate(
            transport: transport, pacer: Pacer(limits: limits), time: time.timekeeper)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await gate.send(Self.question) } }
            try await group.waitForAll()
        }
        #expect(transport.arrivals.count == 8)
        #expect(transport.underWayMost == 1)
    }

    @Test(
        arguments: [
            (429, .seconds(30), .seconds(30)),
            (503, .seconds(30), .seconds(30)),
            (429, nil, .seconds(2)),
            // A longer pause is asked for again.
            (429, .seconds(86_400), .seconds(600)),
            (503, nil, .zero),
            (500, .seconds(30), .zero),
        ] as [(Int, Duration?, Duration)])
    func `a request to be left alone is obeyed`(
        status: Int, retryAfter: Duration?, pause: Duration
    ) async throws {
        let time = ManualTime()
        let transport = ScriptedTransport(
            [.answer(status: status, retryAfter: retryAfter)], time: time, latency: .zero)
        let gate = AccountGate(
            transport: transport, pacer: Pacer(limits: Self.unlimited), time: time.timekeeper)
        #expect(try await gate.send(Self.question).status == status)
        _ = try await gate.send(Self.batch)
        let moments = transport.arrivals.map(\.at)
        #expect(moments[1] - moments[0] == pause)
    }

    @Test func `the importer's own pause does not hold questions`() async throws {
        let time = ManualTime()
        let transport = ScriptedTransport(time: time, latency: .zero)
        let gate = AccountGate(
            transport: transport, pacer: Pacer(limits: Self.limits), time: time.timekeeper)
        let start = time.now
        gate.pauseImports(for: .seconds(60))
        _ = try await gate.send(Self.question)
        #expect(time.now == start)
        _ = try await gate.send(Self.batch)
        #expect(time.now - start == .seconds(60))
    }

    @Test func `a failed request gives its place back`() async throws {
        let time = ManualTime()
        let transport = ScriptedTransport([.fault, .fault], time: time)
        let limits = PaceLimits(
            requestsPerSecond: 1, importsPerMinute: nil, singleImportsPerMinute: nil)
        let records = Mutex<[CallRecord]>([])
        let gate = AccountGate(
            transport: transport, pacer: Pacer(limits: limits), time: time.timekeeper,
            record: { call in records.withLock { $0.append(call) } })
        for _ in 0..<2 {
            await #expect(throws: TransportError.self) { try await gate.send(Self.question) }
        }
        #expect(try await gate.send(Self.question).status == 200)
        #expect(records.withLock { $0.map(\.status) } == [nil, nil, 200])
    }

    @Test func `a stop lets no import leave, and questions pass`() async throws {
        let time = ManualTime()
        let transport = ScriptedTransport(time: time)
        let gate = AccountGate(
            transport: transport, pacer: Pacer(limits: Self.limits), time: time.timekeeper)
        gate.refuseImports()
        await #expect(throws: CancellationError.self) { try await gate.send(Self.batch) }
        #expect(try await gate.send(Self.question).status == 200)
        #expect(transport.arrivals.map(\.request.kind) == [.general])
    }

    @Test func `a stop reaches an import that waits to be let out`() async throws {
        let time = ManualTime()
        let transport = ScriptedTransport(time: time)
        let stopping = Mutex<AccountGate?>(nil)
        let sleeps = Mutex(0)
        let gate = AccountGate(
            transport: transport, pacer: Pacer(limits: Self.limits),
            time: Timekeeper(
                now: { time.now },
                sleep: { duration in
                    time.advance(by: duration)
                    let count = sleeps.withLock { count in
                        count += 1
                        return count
                    }
                    if count == 3 { stopping.withLock { $0 }?.refuseImports() }
                }))
        stopping.withLock { $0 = gate }
        gate.pauseImports(for: .seconds(60))
        await #expect(throws: CancellationError.self) { try await gate.send(Self.batch) }
        stopping.withLock { $0 = nil }
        #expect(transport.arrivals.isEmpty)
        #expect(sleeps.withLock { $0 } == 3)
    }

    @Test func `a cancelled sender sends nothing`() async throws {
        let time = ManualTime()
        let transport = ScriptedTransport(time: time)
        let gate = AccountGate(
            transport: transport, pacer: Pacer(limits: Self.limits), time: time.timekeeper)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try await gate.send(Self.question)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(transport.arrivals.isEmpty)
    }

    @Test func `a call is recorded without query and body`() async throws {
        let time = ManualTime()
        let transport = ScriptedTransport(
            [.answer(status: 429, retryAfter: .seconds(7))], time: time)
        let records = Mutex<[CallRecord]>([])
        let gate = AccountGate(
            transport: transport, pacer: Pacer(limits: Self.limits), time: time.timekeeper,
            record: { call in records.withLock { $0.append(call) } })
        let start = time.now
        _ = try await gate.send(Self.question)
        _ = try await gate.send(Self.batch)
        let calls = records.withLock { $0 }
        #expect(calls.map(\.path) == ["/api/3/lists", "/api/3/import/bulk_import"])
        #expect(calls.map(\.method) == ["GET", "POST"])
        #expect(calls.map(\.kind) == [.general, .importMany])
        #expect(calls.map(\.status) == [429, 200])
        #expect(calls.map(\.pause) == [.seconds(7), nil])
        #expect(calls[0].startedAt == start)
        #expect(calls[0].endedAt == start + .milliseconds(50))
    }

    @Test func `the gate of another account is not held up`() async throws {
        let time = ManualTime()
        let stuck = AccountGate(
            transport: ScriptedTransport(
                [.answer(status: 429, retryAfter: .seconds(500))], time: time),
            pacer: Pacer(limits: Self.limits), time: time.timekeeper)
        _ = try await stuck.send(Self.question)
        let transport = ScriptedTransport(time: time, latency: .zero)
        let other = AccountGate(
            transport: transport, pacer: Pacer(limits: Self.limits), time: time.timekeeper)
        let start = time.now
        _ = try await other.send(Self.question)
        #expect(transport.arrivals.map(\.at) == [start])
    }
}
