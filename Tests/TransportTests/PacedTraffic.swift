import TestSupport

@testable import Transport

/// Workers that keep asking a pacer for permission, over a line of random latency, to a server that counts
/// each request somewhere between departure and answer.
struct PacedTraffic {
    struct Departure {
        let kind: RequestKind
        let at: Duration
        let counted: Duration
    }

    var pacer: Pacer
    var random: SeededRandom
    /// Latencies in milliseconds.
    var latencies = 20...900
    /// How long workers rest between answer and next request, in milliseconds.
    var rests: [RequestKind: ClosedRange<Int>] = [:]
    private(set) var departures: [Departure] = []

    private struct Event {
        let at: Duration
        let worker: Int
        let ticket: Pacer.Ticket?
    }

    init(pacer: Pacer, seed: UInt64) {
        self.pacer = pacer
        random = SeededRandom(seed: seed)
    }

    /// Lets one worker for each kind given run from `start` for `length`.
    mutating func run(workers: [RequestKind], from start: Duration, for length: Duration) {
        var events = workers.indices.map { Event(at: start, worker: $0, ticket: nil) }
        var waiting: [Int] = []
        while let next = events.indices.min(by: { events[$0].at < events[$1].at }) {
            let event = events.remove(at: next)
            guard event.at < start + length else { continue }
            if let ticket = event.ticket {
                pacer.answered(ticket, at: event.at)
                events += waiting.map { Event(at: event.at, worker: $0, ticket: nil) }
                waiting = []
                let rest = rests[ticket.kind].map { Int.random(in: $0, using: &random) } ?? 0
                events.append(
                    Event(at: event.at + .milliseconds(rest), worker: event.worker, ticket: nil))
                continue
            }
            switch pacer.request(workers[event.worker], at: event.at) {
            case .go(let ticket):
                let latency = Duration.milliseconds(Int.random(in: latencies, using: &random))
                let counted = event.at + latency * Double.random(in: 0...1, using: &random)
                departures.append(Departure(kind: ticket.kind, at: event.at, counted: counted))
                events.append(
                    Event(at: event.at + latency, worker: event.worker, ticket: ticket))
            case .wait(let duration):
                events.append(Event(at: event.at + duration, worker: event.worker, ticket: nil))
            case .waitForAnswer:
                waiting.append(event.worker)
            }
        }
    }

    func counted(_ kind: RequestKind? = nil) -> [Duration] {
        departures.filter { kind == nil || $0.kind == kind }.map(\.counted)
    }
}
