import DequeModule
import Synchronization

/// The connections that are open, in all and by address. When there is no room, whoever has longest been waited for makes
/// it: of the unused ones, or of those held by their clients, whichever are more, so that a flood of one kind drives
/// out its own kind. Nobody does for whom the service is at work.
final class ConnectionRoll: Sendable {
    /// One connection on the roll.
    struct Ticket: Hashable, Sendable {
        fileprivate let id: UInt64
    }

    /// Why a connection was closed, for the metrics.
    enum Closed: Hashable, Sendable {
        /// Another one needed its place.
        case madeRoom
        /// It came when there was no room and nobody could make any.
        case noRoom
        case fault(ConnectionPace.Fault)

        static let all: [Closed] =
            [.madeRoom, .noRoom] + ConnectionPace.Fault.allCases.map { .fault($0) }

        var name: String {
            switch self {
            case .madeRoom: "made-room"
            case .noRoom: "no-room"
            case .fault(let fault): fault.rawValue
            }
        }
    }

    private struct Entry {
        let address: String
        var standing: ConnectionPace.Standing
        /// Tells the latest place in a line from those that were left.
        var turn: UInt64
        let close: @Sendable () -> Void
    }

    private struct State {
        var entries: [Ticket: Entry] = [:]
        var all = Line()
        var addresses: [String: Line] = [:]
        var last: UInt64 = 0
        var closed: [Closed: Int] = [:]

        mutating func next() -> UInt64 {
            last += 1
            return last
        }
    }

    private let limits: ConnectionLimits
    private let state = Mutex(State())

    init(_ limits: ConnectionLimits) {
        self.limits = limits
    }

    var count: Int { state.withLock { $0.entries.count } }
    /// How many connections were closed since the start, by reason.
    var closed: [Closed: Int] { state.withLock { $0.closed } }

    /// Takes a connection in; nil when there is no room for it. Somebody else's may be closed in its stead.
    func admit(from address: String, close: @escaping @Sendable () -> Void) -> Ticket? {
        let (ticket, evicted) = state.withLock { state -> (Ticket?, (@Sendable () -> Void)?) in
            var evicted: (@Sendable () -> Void)?
            let ofAddress = state.addresses[address]?.count ?? 0
            if ofAddress >= limits.perAddressMax || state.entries.count >= limits.connectionsMax {
                let isOwn = ofAddress >= limits.perAddressMax
                guard let found = Self.victim(&state, of: isOwn ? address : nil) else {
                    state.closed[.noRoom, default: 0] += 1
                    return (nil, nil)
                }
                state.closed[.madeRoom, default: 0] += 1
                evicted = Self.remove(found, from: &state)?.close
            }
            let ticket = Ticket(id: state.next())
            state.entries[ticket] = Entry(
                address: address, standing: .unused, turn: ticket.id, close: close)
            state.all.add(.unused)
            state.addresses[address, default: Line()].add(.unused)
            Self.queue(ticket, in: &state)
            return (ticket, evicted)
        }
        evicted?()
        return ticket
    }

    /// A connection is now something else to those who need its place.
    func note(_ ticket: Ticket, _ standing: ConnectionPace.Standing) {
        state.withLock { state in
            let turn = state.next()
            guard let entry = state.entries[ticket] else { return }
            state.all.remove(entry.standing)
            state.all.add(standing)
            state.addresses[entry.address]?.remove(entry.standing)
            state.addresses[entry.address]?.add(standing)
            state.entries[ticket]?.standing = standing
            state.entries[ticket]?.turn = turn
            Self.queue(ticket, in: &state)
        }
    }

    /// The connection has ended.
    func leave(_ ticket: Ticket) {
        state.withLock { _ = Self.remove(ticket, from: &$0) }
    }

    func count(_ fault: ConnectionPace.Fault) {
        state.withLock { $0.closed[.fault(fault), default: 0] += 1 }
    }

    // MARK: Lines

    /// Those who could make room, those who wait longest first. A place that somebody has left stays until it comes
    /// up, so that leaving costs nothing.
    private struct Line {
        private var counts = [Int](repeating: 0, count: ConnectionPace.Standing.allCases.count)
        var unused: Deque<(ticket: Ticket, turn: UInt64)> = []
        var held: Deque<(ticket: Ticket, turn: UInt64)> = []

        var count: Int { counts.reduce(0, +) }
        var isMostlyUnused: Bool { count(.unused) >= count(.held) }

        private func count(_ standing: ConnectionPace.Standing) -> Int {
            counts[standing.rawValue]
        }

        mutating func add(_ standing: ConnectionPace.Standing) { counts[standing.rawValue] += 1 }
        mutating func remove(_ standing: ConnectionPace.Standing) {
            counts[standing.rawValue] -= 1
        }

        /// Takes the first out of the line who still stands there.
        mutating func next(_ entries: [Ticket: Entry]) -> Ticket? {
            let isMostlyUnused = isMostlyUnused
            func first(_ places: inout Deque<(ticket: Ticket, turn: UInt64)>) -> Ticket? {
                while let place = places.popFirst() {
                    if entries[place.ticket]?.turn == place.turn { return place.ticket }
                }
                return nil
            }
            return isMostlyUnused
                ? first(&unused) ?? first(&held) : first(&held) ?? first(&unused)
        }
    }

    private static func queue(_ ticket: Ticket, in state: inout State) {
        guard let entry = state.entries[ticket] else { return }
        let place = (ticket, entry.turn)
        switch entry.standing {
        case .unused:
            state.all.unused.append(place)
            state.addresses[entry.address]?.unused.append(place)
        case .held:
            state.all.held.append(place)
            state.addresses[entry.address]?.held.append(place)
        case .served: return
        }
        let entries = state.entries
        tidy(&state.all, entries)
        if let line = state.addresses[entry.address], isUntidy(line) {
            tidy(&state.addresses[entry.address, default: line], entries)
        }
    }

    private static func isUntidy(_ line: Line) -> Bool {
        line.unused.count + line.held.count > 4 * line.count + 64
    }

    private static func tidy(_ line: inout Line, _ entries: [Ticket: Entry]) {
        guard isUntidy(line) else { return }
        line.unused.removeAll { entries[$0.ticket]?.turn != $0.turn }
        line.held.removeAll { entries[$0.ticket]?.turn != $0.turn }
    }

    private static func victim(_ state: inout State, of address: String?) -> Ticket? {
        let entries = state.entries
        guard let address else { return state.all.next(entries) }
        return state.addresses[address]?.next(entries)
    }

    private static func remove(_ ticket: Ticket, from state: inout State) -> Entry? {
        guard let entry = state.entries.removeValue(forKey: ticket) else { return nil }
        state.all.remove(entry.standing)
        state.addresses[entry.address]?.remove(entry.standing)
        if state.addresses[entry.address]?.count == 0 { state.addresses[entry.address] = nil }
        return entry
    }
}
