import DequeModule
package import Exports
package import Profiles
package import Store

/// Decides what a run does next with its batches: a value without clock, network or database. The driver
/// performs its actions and tells it what came of them.
///
/// What it keeps to:
/// - no address is in two batches on the way: a batch of unknown fate is sent again only when everything
///   else has ended and the account reports nothing outstanding;
/// - a rejected batch is freed of the rows the destination names; when that does not help, the names are
///   not believed and the batch is halved until the culprits stand alone;
/// - nobody is sent alone while others wait, unless to find a culprit.
package struct DeliveryMachine {
    /// The limits of patience; each has its reason beside it.
    package struct Policy: Sendable {
        /// Tries of one batch that come to nothing, rate limits not counted.
        package var attemptsMax = 12
        /// Sendings of a batch whose import ends unfinished.
        package var interruptionsMax = 3
        /// Batches asked for at the same time.
        package var confirmWindow = 3
        /// A batch is not asked for sooner; younger ones are answered `false`.
        package var confirmDelayMin: Duration = .seconds(1)
        package var confirmDelayMax: Duration = .seconds(30)
        /// How often the account is asked for its outstanding batches.
        package var outstandingInterval: Duration = .seconds(2)
        /// A batch asked for so often, and for so long, without an answer is lost once nothing is outstanding.
        package var pollsMax = 6
        package var lostAfter: Duration = .seconds(120)
        /// With no batch settled for so long the run gives up.
        package var patience: Duration = .seconds(4 * 3_600)
        /// How long a batch of unknown fate waits for other programs' imports to end.
        package var drainPatience: Duration = .seconds(600)

        package init() {}
    }

    /// What the driver is to do next.
    package enum Action: Equatable, Sendable {
        case submit(Int)
        case confirm(Int, Receipt)
        case countOutstanding
        /// Unite these single people into one batch, and answer with `wasJoined`.
        case join([Int])
        /// Nothing to do before this moment, or before an event.
        case wait(until: Duration)
        /// Nothing to do before an event.
        case waitForEvent
        case finished
        /// The destination does not get anywhere; what is left stays pending.
        case giveUp(Remark)
    }

    /// What the driver must do with a batch after an event, before it asks for the next action.
    package enum Command: Equatable, Sendable {
        case keepReceipt(Int, Receipt)
        case backToPlanned(Int)
        case markUnclear(Int)
        /// Split the named rows off into a batch of their own; answer with `wasSplit`.
        case setAside(Int, rows: [Int])
        /// Unite the batches and halve the whole; answer with `wasHalved`.
        case halve([Int])
        /// Everyone in the batch is refused.
        case refuse(Int, ReasonCode)
        /// Everyone in the batch was taken but those named, whom the destination failed.
        case settle(Int, Receipt, failed: [String])
    }

    private enum Phase {
        case ready
        case submitting
        case accepted(Receipt, nextPoll: Duration)
        case confirming(Receipt)
        case unclear
        /// Waits for the rest of its batch to be taken.
        case aside
    }

    private struct Entry {
        var phase: Phase
        let people: Int
        let isRetry: Bool
        var attempts: Int
        var interruptions = 0
        var polls = 0
        var acceptedAt: Duration = .zero
        /// Batches of rows named as offenders; refused when this one is taken.
        var offenders: [Int] = []
        /// Part of a search for culprits: the destination's names are not believed any more.
        var isHalved = false
    }

    private let policy: Policy
    private var entries: [Int: Entry] = [:]
    private var ready: Deque<Int> = []
    private var retries: Deque<Int> = []
    private var lonely: Deque<Int> = []
    private var suspects: Deque<Int> = []
    private var unclear: Deque<Int> = []
    /// Accepted batches, those to be asked for first at the front.
    private var accepted: Deque<Int> = []
    private var submitting = 0
    private var confirming = 0
    private var isCounting = false
    private var nextCount: Duration = .zero
    private var drainingSince: Duration?
    private var isDrained = false
    private var pauseUntil: Duration = .zero
    private var lastProgress: Duration
    private var isStopping = false
    private var failure: Remark?
    /// Questions in a row that got no usable answer.
    private var unanswered = 0
    /// Rejections without a name since a batch was last taken.
    private var nameless = 0
    /// Sendings in a row that came to nothing, across batches.
    private var failures = 0
    /// Usual time from acceptance to the end of an import.
    private var lag: Duration
    private var latency: Duration = .zero

    package init(batches: [BatchHead], now: Duration, policy: Policy = Policy()) {
        self.policy = policy
        lastProgress = now
        lag = policy.confirmDelayMin
        for head in batches {
            var entry = Entry(
                phase: .ready, people: head.people, isRetry: head.isRetry, attempts: head.attempts)
            switch (head.state, head.receipt) {
            case (.settled, _): continue
            case (.accepted, let receipt?):
                entry.phase = .accepted(receipt, nextPoll: now)
                entry.acceptedAt = now
                entries[head.number] = entry
                accepted.append(head.number)
            case (.planned, _):
                entries[head.number] = entry
                enqueue(head.number)
            case (.sending, _), (.unclear, _), (.accepted, nil):
                entry.phase = .unclear
                entries[head.number] = entry
                unclear.append(head.number)
            }
        }
    }

    /// Stops sending; what was sent is still followed to its end.
    package mutating func stop() {
        isStopping = true
    }

    /// Whether batches are waiting to be sent.
    package var hasUnsent: Bool {
        !isStopping
            && !(ready.isEmpty && retries.isEmpty && lonely.isEmpty && suspects.isEmpty
                && unclear.isEmpty)
    }

    /// One batch at a time as long as the line is quick, so that a crash leaves at most one of unknown
    /// fate; up to four where answers take longer than the importer's pace of 0.6 seconds a batch.
    private var submitWindow: Int {
        min(4, max(1, Int((latency / .milliseconds(550)).rounded(.up))))
    }

    package mutating func next(at now: Duration) -> Action {
        if entries.isEmpty { return .finished }
        if failure == nil, now - lastProgress > policy.patience {
            fail(Remark("no-progress"))
        }
        let isHopeless =
            unanswered > Self.unansweredAfterFailureMax || now - lastProgress > policy.patience
        if let failure, !underWay, accepted.isEmpty || isHopeless {
            return .giveUp(failure)
        }
        if let action = nextConfirmation(at: now) { return action }
        if let numbers = lonelyToJoin() { return .join(numbers) }
        if !isStopping, submitting < submitWindow, pauseUntil <= now, let number = nextToSend() {
            entries[number]?.phase = .submitting
            entries[number]?.attempts += 1
            submitting += 1
            return .submit(number)
        }
        if let action = nextCount(at: now) { return action }
        if isStopping, !underWay, accepted.isEmpty || isHopeless { return .finished }
        return idle(at: now)
    }

    /// Nothing more is sent; what was accepted is still asked for, as long as there are answers.
    private mutating func fail(_ detail: Remark) {
        failure = detail
        isStopping = true
    }

    /// The destination cannot be used any more; what it has accepted is still followed.
    package mutating func abandon(_ number: Int, detail: Remark) -> [Command] {
        submitting -= 1
        enqueue(number, first: true)
        fail(detail)
        return [.backToPlanned(number)]
    }

    /// Batches in a row rejected without a name, and none taken: the account's trouble, not people's.
    private static let namelessMax = 20
    private static let unansweredAfterFailureMax = 3
    private static let unansweredMax = 20

    private var underWay: Bool { submitting > 0 || confirming > 0 || isCounting }

    private mutating func nextConfirmation(at now: Duration) -> Action? {
        guard confirming < policy.confirmWindow else { return nil }
        // Sorted enough: times grow with acceptance; a postponed batch goes to the back.
        guard let number = accepted.first,
            case .accepted(let receipt, let nextPoll)? = entries[number]?.phase
        else { return nil }
        guard nextPoll <= now else { return nil }
        accepted.removeFirst()
        entries[number]?.phase = .confirming(receipt)
        confirming += 1
        return .confirm(number, receipt)
    }

    private mutating func nextToSend() -> Int? {
        if let number = ready.popFirst() { return number }
        if let number = retries.popFirst() { return number }
        // Those that stand alone come when nothing else is left to be sent with them.
        if let number = lonely.popFirst() { return number }
        if let number = suspects.popFirst() { return number }
        if submitting == 0, isDrained, let number = unclear.popFirst() {
            if unclear.isEmpty { endDrain() }
            return number
        }
        return nil
    }

    private func isOverdue(_ number: Int) -> Bool {
        (entries[number]?.polls ?? 0) >= policy.pollsMax
    }

    private mutating func endDrain() {
        isDrained = false
        drainingSince = nil
    }

    /// The aggregate answers two questions in one request: whether batches of unknown fate may be sent
    /// again, and whether it is worth asking for those accepted.
    private mutating func nextCount(at now: Duration) -> Action? {
        guard !isCounting, submitting == 0, nextCount <= now else { return nil }
        let hasNothingFresh =
            isStopping || (ready.isEmpty && retries.isEmpty && lonely.isEmpty && suspects.isEmpty)
        guard hasNothingFresh else { return nil }
        let mustDrain = !isStopping && !unclear.isEmpty && accepted.isEmpty && confirming == 0
        guard mustDrain || accepted.count > 2 || accepted.contains(where: { isOverdue($0) }) else {
            return nil
        }
        if mustDrain, drainingSince == nil { drainingSince = now }
        isCounting = true
        nextCount = now + policy.outstandingInterval
        return .countOutstanding
    }

    private func idle(at now: Duration) -> Action {
        var moments: [Duration] = []
        if let number = accepted.first, confirming < policy.confirmWindow,
            case .accepted(_, let nextPoll)? = entries[number]?.phase
        {
            moments.append(nextPoll)
        }
        if pauseUntil > now, hasUnsent { moments.append(pauseUntil) }
        if !isCounting, submitting == 0, nextCount > now { moments.append(nextCount) }
        guard let first = moments.min() else { return .waitForEvent }
        return .wait(until: max(first, now + .milliseconds(1)))
    }

    /// Single people whose neighbours were set aside go together, when nothing else is left to be sent.
    private mutating func lonelyToJoin() -> [Int]? {
        guard !isStopping, ready.isEmpty, retries.isEmpty, lonely.count > 1 else { return nil }
        let numbers = Array(lonely.prefix(Self.joinMax))
        lonely.removeFirst(numbers.count)
        return numbers
    }

    private static let joinMax = 100

    private mutating func enqueue(_ number: Int, first: Bool = false) {
        guard let entry = entries[number] else { return }
        entries[number]?.phase = .ready
        if entry.isHalved, entry.people == 1 {
            suspects.append(number)
        } else if entry.people == 1 {
            lonely.append(number)
        } else if first {
            ready.prepend(number)
        } else if entry.isRetry {
            retries.append(number)
        } else {
            ready.append(number)
        }
    }

    private mutating func remove(_ number: Int) {
        entries[number] = nil
    }
}

// MARK: - Events

extension DeliveryMachine {
    /// A batch was sent and answered.
    package mutating func delivered(
        _ number: Int, _ answer: DeliveryAnswer, took: Duration, at now: Duration
    ) -> [Command] {
        submitting -= 1
        guard var entry = entries[number] else { return [] }
        switch answer {
        case .accepted(let receipt):
            nameless = 0
            failures = 0
            latency = latency == .zero ? took : latency * 0.8 + took * 0.2
            entry.acceptedAt = now
            entry.phase = .accepted(receipt, nextPoll: now + max(policy.confirmDelayMin, lag * 0.8))
            let offenders = entry.offenders
            entry.offenders = []
            entries[number] = entry
            accepted.append(number)
            lastProgress = now
            for offender in offenders { remove(offender) }
            return [.keepReceipt(number, receipt)]
                + offenders.map { .refuse($0, .rejected) }
        case .rejected(let rows, let detail):
            failures = 0
            if rows.isEmpty, entry.people > 1 { nameless += 1 }
            if nameless > Self.namelessMax {
                enqueue(number, first: true)
                fail(Remark("batches-refused", ["answer": .text(detail)]))
                return [.backToPlanned(number)]
            }
            if !rows.isEmpty { lastProgress = now }
            return rejected(number, entry, rows: rows)
        case .throttled:
            entries[number]?.attempts -= 1
            enqueue(number, first: true)
            return [.backToPlanned(number)]
        case .notTaken(let detail):
            enqueue(number, first: true)
            failed(attempts: entry.attempts, detail: detail, at: now)
            return [.backToPlanned(number)]
        case .unclear(let detail):
            entries[number]?.phase = .unclear
            unclear.append(number)
            // It may just have been taken, so what was known to be finished is so no longer.
            endDrain()
            failed(attempts: entry.attempts, detail: detail, at: now)
            return [.markUnclear(number)]
        }
    }

    private mutating func failed(attempts: Int, detail: String, at now: Duration) {
        guard attempts < policy.attemptsMax else {
            return fail(
                Remark("batch-not-taken", ["tries": .number(attempts), "answer": .text(detail)]))
        }
        // A quarter of a second, doubled with each failure in a row, at most 30 seconds.
        failures += 1
        let pause = Duration.milliseconds(250) * Double(1 << min(7, max(attempts, failures) - 1))
        pauseUntil = max(pauseUntil, now + min(pause, .seconds(30)))
    }

    private mutating func rejected(_ number: Int, _ entry: Entry, rows: [Int]) -> [Command] {
        let areAllNamed = rows.count == entry.people && !entry.isHalved && entry.offenders.isEmpty
        if entry.people == 1 || areAllNamed {
            remove(number)
            // Those set aside were named in vain; they are tried by themselves.
            for offender in entry.offenders { enqueue(offender) }
            return [.refuse(number, .rejected)]
        }
        if rows.isEmpty || entry.isHalved || !entry.offenders.isEmpty {
            // Nothing named, or naming did not help: search.
            let all = [number] + entry.offenders
            for old in all { remove(old) }
            return [.halve(all)]
        }
        remove(number)
        return [.setAside(number, rows: rows)]
    }

    /// The named rows of a batch stand apart now.
    package mutating func wasSplit(rest: BatchHead, offenders: BatchHead) {
        var aside = Entry(
            phase: .aside, people: offenders.people, isRetry: offenders.isRetry, attempts: 0)
        aside.isHalved = true
        entries[offenders.number] = aside
        var entry = Entry(phase: .ready, people: rest.people, isRetry: rest.isRetry, attempts: 0)
        entry.offenders = [offenders.number]
        entries[rest.number] = entry
        enqueue(rest.number, first: true)
    }

    /// A rejected batch was halved.
    package mutating func wasHalved(into halves: [BatchHead]) {
        for head in halves.reversed() {
            var entry = Entry(
                phase: .ready, people: head.people, isRetry: head.isRetry, attempts: 0)
            entry.isHalved = true
            entries[head.number] = entry
            enqueue(head.number, first: true)
        }
    }

    /// Single people were united into one batch.
    package mutating func wasJoined(_ numbers: [Int], into head: BatchHead) {
        var entry = Entry(phase: .ready, people: head.people, isRetry: head.isRetry, attempts: 0)
        for number in numbers {
            entry.offenders += entries[number]?.offenders ?? []
            remove(number)
        }
        entries[head.number] = entry
        enqueue(head.number)
    }

    /// The destination said what it knows of a batch.
    package mutating func confirmed(
        _ number: Int, _ confirmation: Confirmation, at now: Duration
    ) -> [Command] {
        confirming -= 1
        guard var entry = entries[number], case .confirming(let receipt) = entry.phase else {
            return []
        }
        switch confirmation {
        case .settled(let failed, _):
            unanswered = 0
            if entry.polls == 0 { lag = max(policy.confirmDelayMin, lag * 0.9) }
            lastProgress = now
            remove(number)
            return [.settle(number, receipt, failed: failed)]
        case .broken:
            unanswered = 0
            lastProgress = now
            entry.interruptions += 1
            guard entry.interruptions < policy.interruptionsMax else {
                remove(number)
                return [.refuse(number, .interrupted)]
            }
            entries[number] = entry
            enqueue(number)
            return [.backToPlanned(number)]
        case .notYet, .unclear:
            entry.polls += 1
            unanswered = confirmation == .notYet ? 0 : unanswered + 1
            if unanswered > Self.unansweredMax, failure == nil {
                fail(Remark("outcomes-unstated"))
            }
            let age = now - entry.acceptedAt
            if confirmation == .notYet { lag = min(max(lag, age), policy.confirmDelayMax) }
            let delay = min(
                policy.confirmDelayMin * Double(1 << min(6, entry.polls - 1)),
                policy.confirmDelayMax)
            entry.phase = .accepted(receipt, nextPoll: now + delay)
            entries[number] = entry
            insertAccepted(number, nextPoll: now + delay)
            return []
        }
    }

    /// Keeps the queue ordered by the moment of the next question.
    private mutating func insertAccepted(_ number: Int, nextPoll: Duration) {
        var position = accepted.count
        while position > 0, case .accepted(_, let other)? = entries[accepted[position - 1]]?.phase,
            other > nextPoll
        {
            position -= 1
        }
        accepted.insert(number, at: position)
    }

    /// Puts people on the way again who are to be sent once more in this run.
    package mutating func add(_ head: BatchHead) {
        entries[head.number] = Entry(
            phase: .ready, people: head.people, isRetry: head.isRetry, attempts: 0)
        enqueue(head.number)
    }

    /// The account told how many batches it has not finished; nil when it could not.
    package mutating func counted(outstanding: Int?, at now: Duration) -> [Command] {
        isCounting = false
        var commands: [Command] = []
        if outstanding == 0 {
            commands = giveUpLost(at: now)
            askAllNow(at: now)
        }
        guard let since = drainingSince else { return commands }
        // Other programs' imports may never end; after a while they are not waited for.
        if outstanding == 0 || now - since > policy.drainPatience, accepted.isEmpty, confirming == 0
        {
            isDrained = true
        }
        return commands
    }

    /// Batches the account knows nothing of although it has nothing left to do: they are sent again.
    private mutating func giveUpLost(at now: Duration) -> [Command] {
        let lost = accepted.filter { number in
            guard let entry = entries[number] else { return false }
            return entry.polls >= policy.pollsMax && now - entry.acceptedAt > policy.lostAfter
        }
        for number in lost {
            entries[number]?.phase = .unclear
            unclear.append(number)
        }
        if !lost.isEmpty { endDrain() }
        accepted.removeAll { lost.contains($0) }
        return lost.map { .markUnclear($0) }
    }

    /// Nothing is outstanding, so every accepted batch has an answer waiting.
    private mutating func askAllNow(at now: Duration) {
        for number in accepted {
            guard var entry = entries[number],
                case .accepted(let receipt, let nextPoll) = entry.phase,
                nextPoll > now, entry.polls == 0 || now - entry.acceptedAt > policy.confirmDelayMin
            else { continue }
            entry.phase = .accepted(receipt, nextPoll: now)
            entries[number] = entry
        }
    }

    /// Batches of whose fate nothing is known.
    package var unclearCount: Int { unclear.count }
}
