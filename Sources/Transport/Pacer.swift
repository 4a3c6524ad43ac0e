/// What a request is for: quotas tell these apart.
package enum RequestKind: String, CaseIterable, Sendable {
    /// A question, or anything else that delivers nobody.
    case general
    /// A delivery of several people.
    case importMany = "import"
    /// A delivery of a single person.
    case importSingle = "single-import"
}

/// Limits of one account: any number of windows, each with the name by which its destination calls it.
package struct PaceLimits: Equatable, Sendable {
    /// So many requests of some kinds in so much time.
    package struct Window: Equatable, Sendable {
        package let name: String
        /// Which requests draw on it.
        package let kinds: Set<RequestKind>
        package let length: Duration
        /// Nil means unlimited.
        package var allowed: Int?

        package init(name: String, kinds: Set<RequestKind>, length: Duration, allowed: Int?) {
            self.name = name
            self.kinds = kinds
            self.length = length
            self.allowed = allowed
        }
    }

    package var windows: [Window]

    package init(_ windows: [Window]) {
        self.windows = windows
    }

    /// The longest time after which a request may still count.
    package var longest: Duration { windows.map(\.length).max() ?? .zero }
}

/// Decides when requests to one account may leave. A value without a clock.
///
/// A request stays in its windows until their full length after its *answer*. The server counted
/// it somewhere between departure and answer, so no jitter on the line can make it see more requests in
/// any sliding window, fixed window or token bucket than the limit allows.
package struct Pacer: Sendable {
    /// Answer to a request for permission.
    package enum Decision: Equatable, Sendable {
        case go(Ticket)
        /// Ask again after this long.
        case wait(Duration)
        /// Ask again when an answer has come.
        case waitForAnswer
    }

    /// Permission for one request, to be handed back when it is answered.
    package struct Ticket: Hashable, Sendable {
        fileprivate let number: Int
        package let kind: RequestKind
    }

    /// Requests of one window: those under way, and when the others were answered, oldest first.
    private struct Window {
        var limits: PaceLimits.Window
        var underWay = 0
        var answered: [Duration] = []
        var firstAnswered = 0

        /// Whether questions draw on it too.
        var isGeneral: Bool { limits.kinds.contains(.general) }

        mutating func prune(at now: Duration) {
            while firstAnswered < answered.count, answered[firstAnswered] + limits.length <= now {
                firstAnswered += 1
            }
            if firstAnswered > 1_024, firstAnswered * 2 > answered.count {
                answered.removeFirst(firstAnswered)
                firstAnswered = 0
            }
        }

        /// Nil when `spare` more requests than one would still fit.
        func obstacle(at now: Duration, spare: Int) -> Decision? {
            guard let limit = limits.allowed else { return nil }
            let used = underWay + answered.count - firstAnswered
            let allowed = max(1, limit - spare)
            guard used >= allowed else { return nil }
            // As many of the oldest must have left the window as the request is over the limit.
            let mustLeave = used - allowed
            guard firstAnswered + mustLeave < answered.count else { return .waitForAnswer }
            return .wait(answered[firstAnswered + mustLeave] + limits.length - now)
        }
    }

    private var windows: [Window]
    private var pausedUntil: Duration = .zero
    private var importsPausedUntil: Duration = .zero
    private var nextNumber = 0
    private var underWay: Set<Int> = []
    /// While imports are to be sent, other requests leave so many places free in the windows
    /// that both draw on.
    package var reservedForImports = 0

    /// The limits in force. A window that keeps its name and length keeps what it has counted.
    package var limits: PaceLimits {
        get { PaceLimits(windows.map(\.limits)) }
        set {
            windows = newValue.windows.map { limits in
                let known = windows.first {
                    $0.limits.name == limits.name && $0.limits.length == limits.length
                }
                var window = known ?? Window(limits: limits)
                window.limits = limits
                return window
            }
        }
    }

    /// Counts what a process that died may have sent without writing it down. Calls are stored before the
    /// next batch leaves, so at most the last ones are missing: a window's worth of questions, and one
    /// delivery of each kind.
    package mutating func restAfterCrash(at now: Duration) {
        let questions = windows.filter(\.isGeneral).compactMap(\.limits.allowed).min() ?? 0
        for _ in 0..<min(questions, 100) { remember(.general, answeredAt: now) }
        remember(.importMany, answeredAt: now)
        remember(.importSingle, answeredAt: now)
    }

    package init(limits: PaceLimits) {
        windows = limits.windows.map { Window(limits: $0) }
    }

    /// Asks for permission.
    package mutating func request(_ kind: RequestKind, at now: Duration) -> Decision {
        if pausedUntil > now { return .wait(pausedUntil - now) }
        let spare = kind == .general && couldImport(soonAfter: now) ? reservedForImports : 0
        if let obstacle = obstacle(kind, isGeneral: true, at: now, spare: spare) { return obstacle }
        if kind != .general {
            if importsPausedUntil > now { return .wait(importsPausedUntil - now) }
            if let obstacle = obstacle(kind, isGeneral: false, at: now) { return obstacle }
        }
        for index in windows.indices where windows[index].limits.kinds.contains(kind) {
            windows[index].underWay += 1
        }
        nextNumber += 1
        underWay.insert(nextNumber)
        return .go(Ticket(number: nextNumber, kind: kind))
    }

    /// What the windows of a kind have against a request; the longest wait of several.
    private mutating func obstacle(
        _ kind: RequestKind, isGeneral: Bool, at now: Duration, spare: Int = 0
    ) -> Decision? {
        var longest: Duration?
        for index in windows.indices
        where windows[index].isGeneral == isGeneral && windows[index].limits.kinds.contains(kind) {
            windows[index].prune(at: now)
            switch windows[index].obstacle(at: now, spare: spare) {
            case nil, .go?: continue
            case .waitForAnswer?: return .waitForAnswer
            case .wait(let rest)?: longest = max(longest ?? rest, rest)
            }
        }
        return longest.map { .wait($0) }
    }

    /// Whether an import may leave within a second, so that a place must be kept for it.
    private mutating func couldImport(soonAfter now: Duration) -> Bool {
        switch obstacle(.importMany, isGeneral: false, at: now) {
        case nil: return true
        case .wait(let rest)?: return rest <= .seconds(1)
        case .waitForAnswer?, .go?: return false
        }
    }

    /// Tells that a request was answered, or given up.
    package mutating func answered(_ ticket: Ticket, at now: Duration) {
        guard underWay.remove(ticket.number) != nil else { return }
        record(ticket.kind, at: now, wasUnderWay: true)
    }

    /// Puts back what an earlier process sent, so that a restart does not exceed a limit.
    package mutating func remember(_ kind: RequestKind, answeredAt time: Duration) {
        record(kind, at: time, wasUnderWay: false)
    }

    /// Obeys `Retry-After`: nothing leaves for so long.
    package mutating func pause(for duration: Duration, at now: Duration) {
        pausedUntil = max(pausedUntil, now + duration)
    }

    /// Obeys the importer's own rate-limit answer: no import leaves for so long.
    package mutating func pauseImports(for duration: Duration, at now: Duration) {
        importsPausedUntil = max(importsPausedUntil, now + duration)
    }

    private mutating func record(_ kind: RequestKind, at time: Duration, wasUnderWay: Bool) {
        for index in windows.indices where windows[index].limits.kinds.contains(kind) {
            // A window that came into force since knows nothing of the request's departure.
            if wasUnderWay { windows[index].underWay = max(0, windows[index].underWay - 1) }
            guard windows[index].limits.allowed != nil else { continue }
            windows[index].answered.append(time)
        }
    }
}
