/// How far the requests of one connection are, and until when they must be further. A pure state machine: moments are
/// milliseconds of any clock that never goes back.
struct ConnectionPace {
    enum Stage: Equatable {
        /// Nothing of a request is there.
        case waiting
        /// A part of a head is there.
        case head
        /// The head is there, the body not yet whole.
        case body
        /// The request is whole, its answer not yet.
        case answering
        /// The answer is written, but the body still goes on.
        case rest
    }

    /// Why a connection is closed.
    enum Fault: String, CaseIterable, Sendable {
        case slowHead = "slow-head"
        case idle
        case slowBody = "slow-body"
        case notTaken = "not-taken"
        case rest
        /// Another request came before the answer to the last one: no browser does that, and a flood of requests would be
        /// worked off for one connection.
        case pipelined
    }

    /// What a connection is to those who need its place.
    enum Standing: Int, CaseIterable, Sendable {
        /// Nobody waits for an answer on it.
        case unused
        /// It waits for its own client.
        case held
        /// The service works for it.
        case served
    }

    private let limits: ConnectionLimits
    /// Requests whose head came and whose answer is not written.
    private var answersOwed = 0
    private var isBodyOpen = false
    private var hasHeadBytes = false
    private var isFirst = true
    /// Since when the present stage lasts.
    private var since: Int64
    /// Bytes of the body in the present stage.
    private var bytes = 0
    private var blocked: (since: Int64, bytes: Int)?

    init(_ limits: ConnectionLimits, at now: Int64) {
        self.limits = limits
        since = now
    }

    var stage: Stage {
        if answersOwed > 0 { return isBodyOpen ? .body : .answering }
        if isBodyOpen { return .rest }
        return hasHeadBytes ? .head : .waiting
    }

    var standing: Standing {
        switch stage {
        case .waiting, .head, .rest: blocked == nil ? .unused : .held
        case .body: .held
        case .answering: blocked == nil ? .served : .held
        }
    }

    /// When the connection is to be looked at next; nil when the service has to do something first.
    var deadline: Int64? {
        let stalled = blocked.map { $0.since + limits.grace }
        return [stageDeadline, stalled].compactMap(\.self).min()
    }

    private var stageDeadline: Int64? {
        switch stage {
        case .waiting: since + (isFirst ? limits.head : limits.idle)
        case .head: since + limits.head
        case .body: since + limits.grace + allowance(bytes)
        case .answering: nil
        case .rest: since + limits.rest
        }
    }

    /// Milliseconds that so many bytes buy.
    private func allowance(_ bytes: Int) -> Int64 {
        Int64(bytes) * 1_000 / Int64(limits.bytesPerSecond)
    }

    // MARK: What happens

    /// Whether the next head would come before an answer is written.
    var owesAnswer: Bool { answersOwed > 0 }

    /// Bytes came from the client.
    mutating func received(_ count: Int, at now: Int64) {
        switch stage {
        case .waiting:
            hasHeadBytes = true
            // The first head counts from the beginning of the connection: a byte buys no time.
            if !isFirst { since = now }
        case .body, .rest: bytes += count
        case .head, .answering: break
        }
    }

    mutating func headEnded(at now: Int64) {
        answersOwed += 1
        isBodyOpen = true
        begin(at: now)
    }

    mutating func bodyEnded(at now: Int64) {
        isBodyOpen = false
        begin(at: now)
    }

    mutating func answerEnded(at now: Int64) {
        answersOwed = max(0, answersOwed - 1)
        begin(at: now)
    }

    private mutating func begin(at now: Int64) {
        isFirst = false
        hasHeadBytes = false
        since = now
        bytes = 0
    }

    /// The client does not take what is written; `pending` bytes wait for it.
    mutating func stopped(pending: Int, at now: Int64) {
        if blocked == nil { blocked = (now, pending) }
    }

    /// The client has taken what was written.
    mutating func taken() { blocked = nil }

    /// Tells what is wrong, if anything is. `isRead` says whether the service itself takes bytes at this moment: a body
    /// that is not taken is not slow. `pending` bytes of answers wait for the client.
    mutating func check(at now: Int64, isRead: Bool, pending: Int) -> Fault? {
        if stage == .rest, bytes > limits.restBytesMax { return .rest }
        if let blocked, now >= blocked.since + limits.grace {
            let asked = Int(limits.grace / 1_000) * limits.bytesPerSecond
            guard pending + asked <= blocked.bytes else { return .notTaken }
            self.blocked = (now, pending)
        }
        guard let end = stageDeadline, now >= end else { return nil }
        switch stage {
        case .waiting: return isFirst ? .slowHead : .idle
        case .head: return .slowHead
        case .rest: return .rest
        case .answering: return nil
        case .body:
            if isRead { return .slowBody }
            since = now
            bytes = 0
            return nil
        }
    }
}
