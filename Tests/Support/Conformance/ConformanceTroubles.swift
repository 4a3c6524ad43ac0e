import Exports
import Transport

extension DestinationConformance {
    /// Statuses, and what may be said of a batch that was answered so.
    static let troubles: [Case] = [
        Case("401, 403 and 404 end a delivery with an error") { suite in
            for status in [401, 403, 404] {
                let bench = suite.bench()
                bench.line.failDeliveries([.status(status)], forEver: true)
                let end = await suite.deliver(suite.operations(suite.keys), bench)
                guard case .failed(let error) = end, !error.isPassing else {
                    throw Breach(description: "\(status): \(end)")
                }
                try require(bench.line.requests.count <= 5, "\(status) is asked for ever.")
            }
        },
        Case("409, 413 and 422 are no delivery") { suite in
            for status in [409, 413, 422] {
                let bench = suite.bench()
                bench.line.failDeliveries([.status(status)], forEver: true)
                switch await suite.deliver(suite.operations(suite.keys), bench) {
                case .answered(.rejected), .answered(.notTaken), .failed: continue
                case let end: throw Breach(description: "\(status): \(end)")
                }
            }
        },
        Case("429 is waited for, with and without Retry-After") { suite in
            for wait in [nil, Duration.seconds(30)] {
                let bench = suite.bench()
                bench.line.failDeliveries([.status(429, retryAfter: wait)])
                let list = suite.operations(suite.keys)
                guard case .answered(.throttled) = await suite.deliver(list, bench) else {
                    throw Breach(description: "429 is not taken for a rate limit.")
                }
                try require(bench.server.people.isEmpty, "Somebody is there after a 429.")
                _ = try await suite.settle(list, bench)
                try require(bench.server.people.count == suite.keys.count, "Somebody is missing.")
            }
        },
        Case("5xx leaves it open whether a batch was taken") { suite in
            for status in [500, 502, 503, 504] {
                let bench = suite.bench()
                bench.line.failDeliveries([.status(status)], forEver: true)
                switch await suite.deliver(suite.operations(suite.keys), bench) {
                case .answered(.unclear): continue
                case let end: throw Breach(description: "\(status): \(end)")
                }
            }
        },
        Case("HTML, nothing and half an answer with 200 are no confirmation") { suite in
            for fault in unreadable {
                let bench = suite.bench()
                bench.line.failDeliveries([fault])
                let list = suite.operations(suite.keys)
                guard case .answered(.unclear) = await suite.deliver(list, bench) else {
                    throw Breach(description: "\(fault) is taken for an answer.")
                }
                // What is unclear is sent again.
                _ = try await suite.settle(list, bench)
                try require(bench.server.people.count == suite.keys.count, "Somebody is missing.")
            }
        },
        Case("a line that broke tells whether the batch may have arrived") { suite in
            for code in [TransportError.Code.timeout, .cut, .notConnected] {
                for arrived in [true, false] {
                    let bench = suite.bench()
                    bench.line.failDeliveries([.broken(code, arrived: arrived)])
                    let list = suite.operations(suite.keys)
                    switch (await suite.deliver(list, bench), arrived) {
                    case (.answered(.unclear), true), (.answered(.notTaken), false): break
                    case (let end, _): throw Breach(description: "\(code), \(arrived): \(end)")
                    }
                    _ = try await suite.settle(list, bench)
                    try require(
                        bench.server.people.count == suite.keys.count, "Somebody is missing.")
                }
            }
        },
        Case("a check bears passing trouble and ends with lasting trouble") { suite in
            for fault in [
                FaultyLine.Fault.status(429), .status(429, retryAfter: .seconds(3)), .status(500),
                .broken(.timeout, arrived: true), .broken(.cut, arrived: false),
            ] {
                let bench = suite.bench()
                bench.line.failQuestions([fault])
                _ = try await bench.destination.check()
            }
            let lasting: [FaultyLine.Fault] =
                [401, 403, 404, 409, 413, 422, 500].map { .status($0) } + unreadable
            for fault in lasting {
                let bench = suite.bench()
                bench.line.failQuestions([fault], forEver: true)
                do throws(DestinationError) {
                    _ = try await bench.destination.check()
                } catch {
                    try require(bench.line.requests.count <= 20, "\(fault) is asked for ever.")
                    continue
                }
                throw Breach(description: "A check was content with \(fault).")
            }
        },
        Case("a delivery that is cancelled ends and does not claim to have arrived") { suite in
            let bench = suite.bench()
            bench.line.failDeliveries([.silent])
            let list = suite.operations(suite.keys)
            let work = Task { await suite.deliver(list, bench) }
            while bench.line.deliveries.isEmpty { await Task.yield() }
            work.cancel()
            switch await work.value {
            case .answered(.unclear), .answered(.notTaken), .failed: return
            case let end: throw Breach(description: "Cancelled: \(end)")
            }
        },
    ]

    /// Nothing that is logged or told holds a secret or a value.
    static let silences: [Case] = [
        Case("no error and no log line holds a secret, a key or a value") { suite in
            let faults: [FaultyLine.Fault] =
                [400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503].map {
                    .status($0, body: suite.echo)
                } + unreadable + [.answer(suite.echo, contentType: "application/json")]
                + [.broken(.cut, arrived: true), .broken(.timeout, arrived: false)]
            for fault in faults {
                let bench = suite.bench()
                bench.line.failDeliveries([fault], forEver: true)
                var told = ["\(await suite.deliver(suite.operations(suite.keys), bench))"]
                bench.line.failQuestions([fault], forEver: true)
                do throws(DestinationError) {
                    told.append("\(try await bench.destination.check())")
                } catch {
                    told += ["\(error)", String(reflecting: error)]
                }
                do throws(DestinationError) {
                    let standing = try await bench.destination.standing(
                        of: [suite.keys[0]], list: suite.export.list.id)
                    told.append("\(standing.values)")
                } catch {
                    told += ["\(error)", String(reflecting: error)]
                }
                told += bench.calls.lines
                for text in told {
                    for hidden in suite.secrets + suite.keys + ["Ada"] where text.contains(hidden) {
                        throw Breach(description: "\(fault): something is told that must not be.")
                    }
                }
            }
        }
    ]

    /// An answer that repeats what it was sent.
    private var echo: String {
        #"{"message":"\#(keys[0]) \#(secrets[0]) Ada","errors":["\#(keys[0])"]}"#
    }
}
