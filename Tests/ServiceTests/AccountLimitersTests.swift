import Access
import Exports
import Store
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Delivery

struct AccountLimitersTests {
    private static let unlimited = QuotaLimits(
        requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil)
    private static let slow = QuotaLimits(
        requestsPerSecond: 5, importsPerMinute: 10, singleImportsPerMinute: 2)
    private static let question = HTTPRequest(.get, "/api/3/lists")
    private static let batch = HTTPRequest(.post, "/api/3/import/bulk_import", kind: .importMany)

    // MARK: One limiter for a host

    @Test func `two users of one host keep its limits together, whatever their keys`() async throws
    {
        let fixture = try RunFixture()
        let limiters = fixture.limiters
        let server = CountingTransport(time: fixture.time)
        let gates = try (0..<2).map { _ in
            AccountGate(
                transport: server,
                limiter: try limiters.limiter(
                    forHost: "shop.example", of: .plain, defaults: Self.slow))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for gate in gates {
                for number in 0..<20 {
                    group.addTask {
                        _ = try await gate.send(
                            number.isMultiple(of: 4) ? Self.batch : Self.question)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(server.moments().count == 40)
        #expect(server.busiest(within: .seconds(1)) <= 5)
        #expect(server.busiest(.importMany, within: .seconds(60)) <= 10)
    }

    @Test func `gates without a common limiter would exceed it`() async throws {
        // Shows that the test above can fail.
        let fixture = try RunFixture()
        let server = CountingTransport(time: fixture.time)
        let others = try (0..<2).map { _ in
            AccountGate(
                transport: server,
                limiter: try fixture.limiters.limiter(
                    forHost: "shop.example", of: .plain, defaults: Self.slow))
        }
        for gate in others {
            for _ in 0..<5 { _ = try await gate.send(Self.question) }
        }
        #expect(server.busiest(within: .seconds(1)) > 5)
    }

    @Test func `a host that does not answer delays no other`() async throws {
        let fixture = try RunFixture()
        let limiters = fixture.limiters
        let stuck = StuckTransport()
        let one = QuotaLimits(
            requestsPerSecond: 1, importsPerMinute: nil, singleImportsPerMinute: nil)
        let slow = AccountGate(
            transport: stuck,
            limiter: try limiters.limiter(forHost: "stuck.example", of: .plain, defaults: one)
        )
        let server = CountingTransport(time: fixture.time)
        let quick = AccountGate(
            transport: server,
            limiter: try limiters.limiter(forHost: "shop.example", of: .plain, defaults: one)
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            // The first is on a line that stays silent, the second waits for its answer.
            for _ in 0..<2 { group.addTask { _ = try await slow.send(Self.question) } }
            for _ in 0..<10 { _ = try await quick.send(Self.question) }
            #expect(server.moments().count == 10)
            stuck.answer()
            try await group.waitForAll()
        }
    }

    @Test func `the same host has the same limiter, another host another one`() throws {
        let fixture = try RunFixture()
        let limiters = fixture.limiters
        let first = try limiters.limiter(forHost: "a.example", of: .plain, defaults: Self.slow)
        #expect(
            try limiters.limiter(forHost: "a.example", of: .plain, defaults: Self.slow) === first)
        #expect(
            try limiters.limiter(forHost: "b.example", of: .plain, defaults: Self.slow) !== first)
    }

    // MARK: Which limits

    @Test func `the strictest connection to a host decides, and a form's defaults do not`() throws {
        let fixture = try RunFixture()
        try fixture.addConnection("second", host: "acme.example", pace: Self.slow)
        try fixture.addConnection(
            "third", host: "acme.example",
            pace: QuotaLimits(
                requestsPerSecond: 3, importsPerMinute: nil, singleImportsPerMinute: nil))
        let limiter = try fixture.limiters.limiter(
            forHost: "acme.example", of: .plain,
            defaults: QuotaLimits(
                requestsPerSecond: 1, importsPerMinute: 1, singleImportsPerMinute: 1))
        #expect(
            limiter.limits
                == PaceLimits(requestsPerSecond: 3, importsPerMinute: 10, singleImportsPerMinute: 2)
        )
    }

    @Test func `limits follow the connection while the account is open`() throws {
        let fixture = try RunFixture()
        let limiters = fixture.limiters
        let limiter = try limiters.limiter(
            forHost: "acme.example", of: .plain, defaults: Self.unlimited)
        #expect(limiter.limits.windows[0].allowed == nil)
        try fixture.catalog.setup.setPace(Self.slow, ofConnection: "acme", by: RunFixture.actor)
        try limiters.follow(host: "acme.example", of: .plain, defaults: Self.unlimited)
        #expect(limiter.limits.windows[1].allowed == 10)
        // A host nobody speaks to needs no limiter.
        try limiters.follow(host: "nobody.example", of: .plain, defaults: Self.unlimited)
    }

    @Test func `a limit that becomes stricter holds for what was sent before`() async throws {
        let fixture = try RunFixture()
        let server = CountingTransport(time: fixture.time)
        let wide = QuotaLimits(
            requestsPerSecond: 50, importsPerMinute: nil, singleImportsPerMinute: nil)
        try fixture.catalog.setup.setPace(wide, ofConnection: "acme", by: RunFixture.actor)
        let limiters = fixture.limiters
        let gate = AccountGate(
            transport: server,
            limiter: try limiters.limiter(forHost: "acme.example", of: .plain, defaults: wide)
        )
        for _ in 0..<10 { _ = try await gate.send(Self.question) }
        try fixture.catalog.setup.setPace(Self.slow, ofConnection: "acme", by: RunFixture.actor)
        try limiters.follow(host: "acme.example", of: .plain, defaults: wide)
        let changed = fixture.time.now
        for _ in 0..<10 { _ = try await gate.send(Self.question) }
        let after = Array(server.moments().dropFirst(10))
        #expect(after.count == 10)
        // Ten were sent at one moment, so the next one waits until they are a second old.
        #expect(after[0] - changed >= .seconds(1))
        #expect(CountingTransport.busiest(after, within: .seconds(1)) <= 5)
    }

    // MARK: After a crash

    @Test func `calls of an earlier process count`() async throws {
        let fixture = try RunFixture()
        let now = fixture.time.now.milliseconds
        let calls = (0..<5).map { number in
            CallEntry(
                kind: "general", method: "GET", path: "/", startedAt: now - 500,
                endedAt: now - 400 + Int64(number), status: 200, pause: nil)
        }
        try fixture.catalog.ledger.record(calls, host: "shop.example", run: nil)
        let server = CountingTransport(time: fixture.time)
        let gate = AccountGate(
            transport: server,
            limiter: try fixture.limiters.limiter(
                forHost: "shop.example", of: .plain, defaults: Self.slow))
        let start = fixture.time.now
        _ = try await gate.send(Self.question)
        #expect(server.moments()[0] - start >= .milliseconds(600))
    }

    @Test func `an account rests once after a crash, however many runs are resumed`() async throws {
        let fixture = try RunFixture()
        let limiters = fixture.limiters
        let first = try limiters.limiter(forHost: "shop.example", of: .plain, defaults: Self.slow)
        let server = CountingTransport(time: fixture.time)
        let gate = AccountGate(transport: server, limiter: first)
        let start = fixture.time.now
        for _ in 0..<3 {
            _ = try limiters.limiter(
                forHost: "shop.example", of: .plain, defaults: Self.slow, afterCrash: true)
        }
        _ = try await gate.send(Self.question)
        let wait = server.moments()[0] - start
        #expect(wait >= .seconds(1) && wait < .seconds(2))
    }
}

extension RunFixture {
    /// A registry of this catalog.
    var limiters: AccountLimiters {
        AccountLimiters(catalog: catalog, time: time.timekeeper)
    }

    func addConnection(_ name: String, host: String, pace: QuotaLimits) throws {
        _ = try catalog.setup.add(
            NewConnection(
                name: name, destination: "activecampaign", host: host, sealedSecret: [],
                pace: pace, facts: AccountFacts(user: "u", contactsMax: nil, contacts: nil)),
            by: Self.actor)
    }
}

/// A server that remembers when it was asked.
private final class CountingTransport: HTTPTransport {
    private let time: ManualTime
    private let seen = Mutex<[(kind: RequestKind, at: Duration)]>([])

    init(time: ManualTime) {
        self.time = time
    }

    func moments(_ kind: RequestKind? = nil) -> [Duration] {
        seen.withLock { seen in
            seen.filter { kind == nil || $0.kind == kind }.map(\.at)
        }
    }

    /// The most requests in any span of this length.
    func busiest(_ kind: RequestKind? = nil, within length: Duration) -> Int {
        Self.busiest(moments(kind), within: length)
    }

    static func busiest(_ moments: [Duration], within length: Duration) -> Int {
        moments.map { start in moments.count { $0 >= start && $0 < start + length } }.max() ?? 0
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        seen.withLock { $0.append((request.kind, time.now)) }
        await Task.yield()
        return HTTPResponse(status: 200, retryAfter: nil, contentType: nil, body: [])
    }
}

/// A server that answers nobody before it is told to.
private final class StuckTransport: HTTPTransport {
    private let gate = AsyncStream<Void>.makeStream()
    private let isOpen = Atomic(false)

    func answer() {
        isOpen.store(true, ordering: .releasing)
        gate.continuation.finish()
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        if !isOpen.load(ordering: .acquiring) {
            for await _ in gate.stream {}
        }
        return HTTPResponse(status: 200, retryAfter: nil, contentType: nil, body: [])
    }
}
