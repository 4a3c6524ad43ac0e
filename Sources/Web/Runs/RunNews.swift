import Delivery
import Exports
import Phrases
import Store

/// How far a run is, in the reader's language: what the page shows first and what its script is told then.
struct RunNews: Encodable, Equatable, Sendable {
    /// The step that is under way: `planning`, `sending` or `confirming`.
    let phase: String
    let members: Int
    let unchanged: Int
    let delivered: Int
    let pending: Int
    let refused: Int
    let suppressed: Int
    let percent: Double
    let percentText: String
    let rateText: String
    let timeLeftText: String
    let requestsText: String
    let statusText: String
    let waitText: String

    init(_ progress: RunProgress, _ book: PhraseBook) {
        phase =
            switch progress.phase {
            case .waiting, .planning: "planning"
            case .sending: "sending"
            case .confirming, .stopping: "confirming"
            }
        members = progress.members
        unchanged = progress.unchanged
        delivered = progress.delivered
        pending = progress.pending
        refused = progress.refused
        suppressed = progress.suppressed
        let share =
            progress.people > 0
            ? min(1, Double(progress.settled) / Double(progress.people)) : 0
        percent = (share * 1_000).rounded() / 10
        percentText = book.percent(share)
        let unknown = book.text(.runsUnknownYet)
        rateText = progress.rate.map { book.text(.runsPerMinute, count: $0) } ?? unknown
        timeLeftText =
            progress.secondsLeft.map { book.duration(seconds: Double($0)) } ?? unknown
        requestsText = book.number(progress.requests)
        statusText = Self.status(progress, book)
        waitText = Self.wait(progress, book)
    }

    /// A run that nobody carries out at the moment, by what is stored of it.
    static func progress(of run: Run) -> RunProgress {
        var progress = RunProgress(phase: run.state == .sending ? .sending : .waiting)
        progress.members = run.members
        progress.unchanged = run.unchanged
        progress.delivered = run.delivered
        progress.refused = run.refused
        progress.suppressed = run.suppressed
        progress.pending = run.pending
        progress.people = run.plan?.operations ?? 0
        progress.settled = run.delivered + run.refused
        progress.requests = run.requests
        return progress
    }

    private static func status(_ progress: RunProgress, _ book: PhraseBook) -> String {
        let people = [
            "settled": book.number(progress.settled), "people": book.number(progress.people),
        ]
        return switch progress.phase {
        case .waiting: book.text(.runsPhaseWaiting)
        case .planning:
            book.text(.runsPhasePlanning, ["members": book.number(progress.members)])
        case .sending: book.text(.runsPhaseSending, people)
        case .confirming: book.text(.runsPhaseConfirming, people)
        case .stopping: book.text(.runsPhaseStopping)
        }
    }

    private static func wait(_ progress: RunProgress, _ book: PhraseBook) -> String {
        guard let wait = progress.wait, let since = progress.waitingSince else { return "" }
        let phrase: Phrase = wait == .paced ? .runsWaitPaced : .runsWaitAccountBusy
        return book.text(phrase, ["time": book.timeOfDay(since)])
    }
}
