/// What kind of request wants to leave; each kind has its own quota besides the general one.
package enum RequestKind: String, CaseIterable, Sendable {
    case general
    /// An import of several contacts.
    case importMany = "import"
    /// An import of a single contact.
    case importSingle = "single-import"
}

/// Limits of one account. Nil means unlimited.
package struct PaceLimits: Equatable, Sendable {
    /// Of all requests together.
    package var requestsPerSecond: Int?
    package var importsPerMinute: Int?
    package var singleImportsPerMinute: Int?

    package init(requestsPerSecond: Int?, importsPerMinute: Int?, singleImportsPerMinute: Int?) {
        self.requestsPerSecond = requestsPerSecond
        self.importsPerMinute = importsPerMinute
        self.singleImportsPerMinute = singleImportsPerMinute
    }
}

/// Decides when requests to one account may leave. A value without a clock.
///
/// A request stays in its window until a full second, or minute, after its *answer*. The server counted
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

    /// Requests of one quota: those under way, and when the others were answered, oldest first.
    private struct Window {
        var limit: Int?
        let length: Duration
        var underWay = 0
        var answered: [Duration] = []
        var firstAnswered = 0

        mutating func prune(at now: Duration) {
            while firstAnswered < answered.count, answered[firstAnswered] + length <= now {
                firstAnswered += 1
            }
            if firstAnswered > 1_024, firstAnswered * 2 > answered.count {
                answered.removeFirst(firstAnswered)
                firstAnswered = 0
            }
        }

        /// Nil when `spare` more requests than one would still fit.
        func obstacle(at now: Duration, spare: Int) -> Decision? {
            guard let limit else { return nil }
            let used = underWay + answered.count - firstAnswered
            let allowed = max(1, limit - spare)
            guard used >= allowed else { return nil }
            // As many of the oldest must have left the window as the request is over the limit.
            let mustLeave = used - allowed
            guard firstAnswered + mustLeave < answered.count else { return .waitForAnswer }
            return .wait(answered[firstAnswered + mustLeave] + length - now)
        }
    }

    private var general: Window
    private var imports: Window
    private var singles: Window
    private var pausedUntil: Duration = .zero
    private var importsPausedUntil: Duration = .zero
    private var nextNumber = 0
    private var underWay: Set<Int> = []
    /// While imports are to be sent, other requests leave so many places in the general window free.
    package var reservedForImports = 0

    /// The limits in force.
    package var limits: PaceLimits {
        get {
            PaceLimits(
                requestsPerSecond: general.limit, importsPerMinute: imports.limit,
                singleImportsPerMinute: singles.limit)
        }
        set {
            general.limit = newValue.requestsPerSecond
            imports.limit = newValue.importsPerMinute
            singles.limit = newValue.singleImportsPerMinute
        }
    }

    /// Counts what a process that died may have sent without writing it down. Calls are stored before the
    /// next batch leaves, so at most the last ones are missing: a second's worth of questions, and one import.
    package mutating func restAfterCrash(at now: Duration) {
        for _ in 0..<min(general.limit ?? 0, 100) { remember(.general, answeredAt: now) }
        remember(.importMany, answeredAt: now)
        remember(.importSingle, answeredAt: now)
    }

    package init(limits: PaceLimits) {
        general = Window(limit: limits.requestsPerSecond, length: .seconds(1))
        imports = Window(limit: limits.importsPerMinute, length: .seconds(60))
        singles = Window(limit: limits.singleImportsPerMinute, length: .seconds(60))
    }

    /// Asks for permission.
    package mutating func request(_ kind: RequestKind, at now: Duration) -> Decision {
        if pausedUntil > now { return .wait(pausedUntil - now) }
        general.prune(at: now)
        let spare = kind == .general && couldImport(soonAfter: now) ? reservedForImports : 0
        if let obstacle = general.obstacle(at: now, spare: spare) { return obstacle }
        if kind != .general {
            if importsPausedUntil > now { return .wait(importsPausedUntil - now) }
            if kind == .importMany {
                imports.prune(at: now)
                if let obstacle = imports.obstacle(at: now, spare: 0) { return obstacle }
                imports.underWay += 1
            } else {
                singles.prune(at: now)
                if let obstacle = singles.obstacle(at: now, spare: 0) { return obstacle }
                singles.underWay += 1
            }
        }
        general.underWay += 1
        nextNumber += 1
        underWay.insert(nextNumber)
        return .go(Ticket(number: nextNumber, kind: kind))
    }

    /// Whether an import may leave within a second, so that a place must be kept for it.
    private mutating func couldImport(soonAfter now: Duration) -> Bool {
        imports.prune(at: now)
        switch imports.obstacle(at: now, spare: 0) {
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
        Self.record(in: &general, at: time, wasUnderWay: wasUnderWay)
        switch kind {
        case .general: break
        case .importMany: Self.record(in: &imports, at: time, wasUnderWay: wasUnderWay)
        case .importSingle: Self.record(in: &singles, at: time, wasUnderWay: wasUnderWay)
        }
    }

    private static func record(in window: inout Window, at time: Duration, wasUnderWay: Bool) {
        if wasUnderWay { window.underWay -= 1 }
        guard window.limit != nil else { return }
        window.answered.append(time)
    }
}
