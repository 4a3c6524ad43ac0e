import ActiveCampaign
import Exports
import TestSupport
import Testing
import Transport

/// How questions are asked, and how often.
struct AccountReadingTests {
    @Test func `429 waits for Retry-After and costs no attempt`() async throws {
        let limits = Array(repeating: HTTPResponse.status(429, retryAfter: .seconds(30)), count: 12)
        let bench = Bench(ScriptedTransport(limits + [.outstanding]))
        let start = bench.time.now
        #expect(try await bench.destination.outstandingBatches() == 33)
        #expect(bench.transport.requests.count == 13)
        #expect(bench.time.now - start >= .seconds(12 * 30))
    }

    @Test func `a number of batches that cannot be read is not taken for none`() async throws {
        let answer = HTTPResponse.json(
            #"{"outstanding":[{"batches":"many"},{"batches":null},{}],"recentlyCompleted":[]}"#)
        let bench = Bench(ScriptedTransport([answer]))
        #expect(try await bench.destination.outstandingBatches() == 3)
    }

    @Test func `429 between other troubles leaves their attempts alone`() async throws {
        let bench = Bench(
            ScriptedTransport([
                .status(500), .status(429), .page, .status(429), .status(502), .status(429),
                .status(503, retryAfter: .seconds(9)), .status(500), .outstanding,
            ]))
        #expect(try await bench.destination.outstandingBatches() == 33)
        #expect(bench.transport.requests.count == 9)
    }

    @Test func `an endless rate limit ends in the destination being unavailable`() async throws {
        let bench = Bench(ScriptedTransport([.status(429)]))
        let error = try await complaint { _ = try await bench.destination.lists() }
        #expect(error.code == .unavailable)
        #expect(bench.transport.requests.count == 100)
    }

    static let troubles = [
        Failure(name: "a page", response: .page, code: .unavailable, requests: 5),
        Failure(name: "an empty 200", response: .status(200), code: .unavailable, requests: 5),
        Failure(
            name: "half a body", response: .json(#"{"outstanding":[{"batches""#),
            code: .unavailable, requests: 5),
        Failure(name: "500", response: .status(500), code: .unavailable, requests: 5),
        Failure(name: "520", response: .status(520), code: .unavailable, requests: 5),
        Failure(name: "403", response: .status(403), code: .keyRefused, requests: 2),
        Failure(name: "402", response: .status(402), code: .accountInactive, requests: 1),
        Failure(name: "404", response: .status(404), code: .notFound, requests: 1),
    ]

    @Test(arguments: troubles)
    func `a question is asked again while that may help`(given: Failure) async throws {
        let bench = Bench(ScriptedTransport([given.response]))
        let start = bench.time.now
        let error = try await complaint { _ = try await bench.destination.outstandingBatches() }
        #expect(error.code == given.code)
        #expect(bench.transport.requests.count == given.requests)
        // Half a second, 1, 2 and 4 between five tries.
        #expect(given.requests < 5 || bench.time.now - start >= .milliseconds(7_500))
    }

    @Test(arguments: troubles.filter { $0.requests == 5 })
    func `one good answer among bad ones is enough`(given: Failure) async throws {
        let bad = Array(repeating: given.response, count: 4)
        let bench = Bench(ScriptedTransport(bad + [.outstanding]))
        #expect(try await bench.destination.outstandingBatches() == 33)
    }

    @Test(arguments: [TransportError.Code.timeout, .cut, .notConnected, .answerTooLarge])
    func `a line that breaks is tried again, then the destination is unavailable`(
        code: TransportError.Code
    ) async throws {
        let bench = Bench(
            ScriptedTransport { _, _ in
                throw TransportError(code, "The line broke.", mayHaveArrived: true)
            })
        let error = try await complaint { _ = try await bench.destination.outstandingBatches() }
        #expect(error.code == .unavailable)
        #expect(error.isPassing)
        #expect(bench.transport.requests.count == 5)
    }

    @Test func `lists are read page by page until a short one`() async throws {
        let page = { (range: Range<Int>) in
            let lists = range.map { #"{"id":"\#($0)","name":"List \#($0)"}"# }
            return HTTPResponse.json("{\"lists\":[\(lists.joined(separator: ","))]}")
        }
        let bench = Bench(
            ScriptedTransport(routes: ["/api/3/lists": [page(0..<100), page(100..<103)]]))
        let lists = try await bench.destination.lists()
        #expect(lists.count == 103)
        #expect(lists.last == DestinationList(id: "102", name: "List 102"))
        #expect(
            bench.paths == ["/api/3/lists?limit=100&offset=0", "/api/3/lists?limit=100&offset=100"])
    }

    @Test func `a list that never ends is given up after fifty pages`() async throws {
        let lists = Array(repeating: "{\"id\":1}", count: 100).joined(separator: ",")
        let bench = Bench(ScriptedTransport([.json(#"{"lists":[\#(lists)]}"#)]))
        #expect(try await bench.destination.lists().count == 5_000)
        #expect(bench.transport.requests.count == 50)
    }

    @Test func `fields come with id, title and kind, and entries without an id are left out`()
        async throws
    {
        let bench = Bench(
            ScriptedTransport([
                .json(
                    #"{"fieldOptions":[],"fields":[{"title":"Tier","type":"dropdown","id":"7"},{"id":9},{"id":null,"title":"x"}]}"#
                )
            ]))
        #expect(
            try await bench.destination.fields() == [
                DestinationField(id: "7", title: "Tier", kind: "dropdown"),
                DestinationField(id: "9", title: "", kind: ""),
            ])
    }

    @Test(arguments: [200, 500])
    func `a confirmation that cannot be had is unclear, not an error`(status: Int) async throws {
        let bench = Bench(ScriptedTransport([.status(status)]))
        let confirmation = try await bench.destination.confirm(Receipt(token: "x", queued: 1))
        guard case .unclear = confirmation else {
            Issue.record("expected no usable answer, got \(confirmation)")
            return
        }
    }

    @Test(arguments: [(403, false), (404, true), (400, true)])
    func `a question about a batch that is turned away ends nothing`(
        status: Int, isUnknown: Bool
    ) async throws {
        let bench = Bench(ScriptedTransport([.status(status)]))
        let confirmation = try await bench.destination.confirm(Receipt(token: "x", queued: 1))
        switch confirmation {
        case .notYet: #expect(isUnknown)
        case .unclear: #expect(!isUnknown)
        default: Issue.record("got \(confirmation)")
        }
    }

}
