import Exports
import Store
import Transport

/// How far a run has come, for people who watch. A plain value; nothing in it asks a clock.
package struct RunProgress: Equatable, Sendable {
    /// What is being done.
    package enum Phase: String, CaseIterable, Equatable, Sendable {
        /// Other runs go first.
        case waiting
        case planning
        case sending
        /// Nothing is left to send; what was sent is followed to its end.
        case confirming
        /// The same, because a person stopped the run.
        case stopping
    }

    /// Why nothing moves at the moment.
    package enum Wait: String, CaseIterable, Equatable, Sendable {
        /// The limits of the account are used up; requests wait for their turn.
        case paced
        /// The account has not finished what it has taken.
        case accountBusy = "account-busy"
    }

    package var phase: Phase
    /// Members of the segments; while planning, those read so far.
    package var members = 0
    package var unchanged = 0
    package var delivered = 0
    package var refused = 0
    package var suppressed = 0
    package var pending = 0
    /// People to whom something is sent, leavers included, and those of them with an outcome.
    package var people = 0
    package var settled = 0
    /// People sent whose outcome is not known yet.
    package var sent = 0
    /// Requests made and written down so far; the last few follow a little later.
    package var requests = 0
    /// People with an outcome per minute, over the last minute; nil until that can be told.
    package var rate: Int?
    /// An estimate; nil until there is a rate.
    package var secondsLeft: Int?
    package var wait: Wait?
    /// Since when it waits, in milliseconds since 1970.
    package var waitingSince: Int64?

    package init(phase: Phase) {
        self.phase = phase
    }
}

/// Measures how fast people get their outcome. A value without a clock; it keeps one mark for each second of
/// the last minute.
package struct RunMeter: Sendable {
    private var marks: [(at: Duration, settled: Int)] = []
    private(set) var lastSettledAt: Duration
    /// What the limits of the account allow. Confirmations come in bursts, so a short look would promise more.
    private let perMinuteMax: Int?

    private static let window: Duration = .seconds(60)
    private static let stride: Duration = .seconds(1)
    /// A shorter time tells nothing.
    private static let atLeast: Duration = .seconds(2)

    /// Begins with those who had their outcome before, after a crash for instance.
    package init(settled: Int, perMinuteMax: Int? = nil, at now: Duration) {
        marks = [(now, settled)]
        self.perMinuteMax = perMinuteMax
        lastSettledAt = now
    }

    /// Takes note of how many have their outcome now.
    package mutating func note(settled: Int, at now: Duration) {
        if let last = marks.last, last.settled != settled { lastSettledAt = now }
        // The oldest mark is the newest one that lies a minute back, or else the beginning.
        while marks.count > 1, marks[1].at + Self.window <= now { marks.removeFirst() }
        if marks.count < 2 || marks[marks.count - 2].at + Self.stride <= now {
            marks.append((now, settled))
        } else {
            marks[marks.count - 1] = (now, settled)
        }
    }

    /// People per minute over the last minute; nil as long as there is too little to tell it from.
    package func rate(at now: Duration) -> Int? {
        guard let first = marks.first, let last = marks.last, last.settled > first.settled
        else { return nil }
        let seconds = (now - first.at) / .seconds(1)
        guard seconds >= Self.atLeast / .seconds(1) else { return nil }
        let rate = Int((Double(last.settled - first.settled) * 60 / seconds).rounded())
        return min(rate, perMinuteMax ?? rate)
    }

    /// How long the rest takes at that rate.
    package func secondsLeft(of people: Int, at now: Duration) -> Int? {
        guard let rate = rate(at: now), rate > 0, let settled = marks.last?.settled else {
            return nil
        }
        return Int((Double(max(0, people - settled)) * 60 / Double(rate)).rounded(.up))
    }
}

/// What is watched while a run sends, from which its progress is told. A value without a clock.
struct RunWatch {
    var isStopping = false
    /// People with an outcome, and those sent who have none yet.
    var settled: Int
    var sent = 0
    /// Batches on their way, which the account has not answered.
    var onTheWay = 0

    private let run: Run
    private var counts: RunCounts
    private var countedAt: Duration
    private var meter: RunMeter

    /// The run's own numbers are read this often.
    private static let countInterval: Duration = .milliseconds(500)
    /// Shorter waits are none worth telling.
    private static let pacedAtLeast: Duration = .seconds(1)
    private static let busyAtLeast: Duration = .seconds(5)

    init(_ run: Run, perMinuteMax: Int?, at now: Duration) {
        self.run = run
        counts = RunCounts(run)
        settled =
            run.delivered + run.refused + run.leaveRefused + run.left
            - (run.plan?.leftSilently ?? 0)
        countedAt = now
        meter = RunMeter(settled: settled, perMinuteMax: perMinuteMax, at: now)
    }

    func wantsCounts(at now: Duration) -> Bool { countedAt + Self.countInterval <= now }

    mutating func take(_ counts: RunCounts, at now: Duration) {
        self.counts = counts
        countedAt = now
    }

    /// `pacedSince` is since when requests wait for their turn.
    mutating func progress(
        at now: Duration, hasUnsent: Bool, pacedSince: Duration?
    ) -> RunProgress {
        meter.note(settled: settled, at: now)
        var progress = RunProgress(
            phase: isStopping ? .stopping : hasUnsent || onTheWay > 0 ? .sending : .confirming)
        progress.members = run.members
        progress.unchanged = run.unchanged
        progress.suppressed = run.suppressed
        progress.delivered = counts.delivered
        progress.refused = counts.refused
        let toSend = run.plan.map { $0.enter + $0.change + $0.retry } ?? 0
        progress.pending = toSend - counts.delivered - counts.refused
        progress.people = run.plan?.operations ?? 0
        progress.settled = settled
        progress.sent = sent
        progress.requests = counts.requests
        progress.rate = meter.rate(at: now)
        progress.secondsLeft = meter.secondsLeft(of: progress.people, at: now)
        if let pacedSince, now - pacedSince >= Self.pacedAtLeast {
            progress.wait = .paced
            progress.waitingSince = pacedSince.milliseconds
        } else if sent > 0, now - meter.lastSettledAt >= Self.busyAtLeast {
            progress.wait = .accountBusy
            progress.waitingSince = meter.lastSettledAt.milliseconds
        }
        return progress
    }
}
