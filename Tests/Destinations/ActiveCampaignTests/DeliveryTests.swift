import ActiveCampaign
import Exports
import TestSupport
import Testing
import Transport

/// What happens to a batch that is sent once.
struct DeliveryTests {
    private static let queued = HTTPResponse.json(
        #"{"Success":1,"queued_contacts":2,"batchId":"9b1d"}"#)

    private func deliver(
        _ operations: OperationList, on bench: Bench
    ) async throws -> DeliveryAnswer {
        let wire = bench.destination.wireFormat(for: .sample())
        return try await bench.destination.deliver(operations, wire: wire)
    }

    @Test func `a batch is posted once and its receipt comes back`() async throws {
        let bench = Bench(ScriptedTransport([Self.queued]))
        let answer = try await deliver(.people("a@b.no", "c@d.no"), on: bench)
        #expect(answer == .accepted(Receipt(token: "9b1d", queued: 2)))
        let request = try #require(bench.transport.requests.first)
        #expect(bench.transport.requests.count == 1)
        #expect(request.method == .post)
        #expect(request.path == "/api/3/import/bulk_import")
        #expect(request.kind == .importMany)
        let wire = bench.destination.wireFormat(for: .sample())
        #expect(request.body == wire.body(of: .people("a@b.no", "c@d.no")))
    }

    @Test func `a batch of one draws on the quota of single imports`() async throws {
        let bench = Bench(ScriptedTransport([Self.queued]))
        _ = try await deliver(.people("a@b.no"), on: bench)
        #expect(bench.transport.requests.map(\.kind) == [.importSingle])
    }

    @Test(arguments: [1, 2])
    func `403 in passing is tried again at once`(times: Int) async throws {
        let refusals = Array(repeating: HTTPResponse.status(403), count: times)
        let bench = Bench(ScriptedTransport(refusals + [Self.queued]))
        let answer = try await deliver(.people("a@b.no", "c@d.no"), on: bench)
        #expect(answer == .accepted(Receipt(token: "9b1d", queued: 2)))
        #expect(bench.transport.requests.count == times + 1)
    }

    @Test func `403 to the end means that the key is refused`() async throws {
        let bench = Bench(ScriptedTransport([.status(403)]))
        let error = try await complaint {
            _ = try await deliver(.people("a@b.no", "c@d.no"), on: bench)
        }
        #expect(error.code == .keyRefused)
        #expect(bench.transport.requests.count == 3)
    }

    @Test func `429 to a batch holds back everything for Retry-After`() async throws {
        let bench = Bench(
            ScriptedTransport([.status(429, retryAfter: .seconds(30)), Self.queued]))
        #expect(try await deliver(.people("a@b.no", "c@d.no"), on: bench) == .throttled)
        let start = bench.time.now
        let again = try await deliver(.people("a@b.no", "c@d.no"), on: bench)
        #expect(again == .accepted(Receipt(token: "9b1d", queued: 2)))
        #expect(bench.time.now - start >= .seconds(30))
    }

    @Test func `the importer's own limit holds back imports for a minute, but no questions`()
        async throws
    {
        let limited = HTTPResponse.json(
            #"{"success":0,"message":"Rate limit exceeded.","failureReasons":["Up to 100 imports may be requested per minute."]}"#,
            status: 400)
        let bench = Bench(
            ScriptedTransport { request, earlier in
                guard request.method == .post else { return HTTPResponse.outstanding }
                return earlier == 0 ? limited : Self.queued
            })
        #expect(try await deliver(.people("a@b.no", "c@d.no"), on: bench) == .throttled)
        let start = bench.time.now
        #expect(try await bench.destination.outstandingBatches() == 33)
        #expect(bench.time.now == start)
        _ = try await deliver(.people("a@b.no", "c@d.no"), on: bench)
        #expect(bench.time.now - start >= .seconds(60))
    }

    @Test(arguments: [true, false])
    func `a batch without an answer is unclear if it may have arrived`(
        mayHaveArrived: Bool
    ) async throws {
        let bench = Bench(
            ScriptedTransport { _, _ in
                throw TransportError(.cut, "The line broke.", mayHaveArrived: mayHaveArrived)
            })
        let answer = try await deliver(.people("a@b.no", "c@d.no"), on: bench)
        #expect(
            answer
                == (mayHaveArrived
                    ? .unclear(detail: "The line broke.") : .notTaken(detail: "The line broke.")))
        #expect(bench.transport.requests.count == 1)
    }

    @Test(arguments: [500, 502, 503, 504])
    func `a server in trouble makes a batch unclear, and it is not sent again unasked`(
        status: Int
    ) async throws {
        let bench = Bench(ScriptedTransport([.status(status)]))
        let answer = try await deliver(.people("a@b.no", "c@d.no"), on: bench)
        #expect(answer == .unclear(detail: "answered \(status)"))
        #expect(bench.transport.requests.count == 1)
    }

    @Test func `a batch stopped at the gate was certainly not taken`() async throws {
        let time = ManualTime()
        let transport = ScriptedTransport([Self.queued])
        let gate = AccountGate(
            transport: transport,
            pacer: Pacer(
                limits: PaceLimits(
                    requestsPerSecond: 5, importsPerMinute: 100, singleImportsPerMinute: 20)),
            time: time.timekeeper)
        gate.refuseImports()
        let destination = ActiveCampaign(gate: gate, time: time.timekeeper)
        let answer = try await destination.deliver(
            .people("a@b.no", "c@d.no"), wire: destination.wireFormat(for: .sample()))
        guard case .notTaken = answer else {
            Issue.record("expected a batch that was not taken, got \(answer)")
            return
        }
        #expect(transport.requests.isEmpty)
    }
}
