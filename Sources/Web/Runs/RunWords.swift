import Access
import Exports
import Phrases
import Store

/// What is said of runs in words.
enum RunWords {
    static func badge(_ state: RunState, _ book: PhraseBook) -> BadgeMark {
        let (kind, icon) =
            switch state {
            case .planning, .sending: ("busy", "busy")
            case .held: ("warn", "held")
            case .completed: ("ok", "done")
            case .completedWithWarnings: ("warn", "warn")
            case .skipped: ("idle", "skip")
            case .stopped, .dismissed: ("idle", "end")
            case .failed: ("trouble", "cross")
            }
        return BadgeMark(kind: kind, icon: icon, text: word(state, book))
    }

    static func word(_ state: RunState, _ book: PhraseBook) -> String {
        book.text(at: "state.\(state.rawValue)") ?? state.rawValue
    }

    static func trigger(_ trigger: RunTrigger, _ book: PhraseBook) -> String {
        book.text(at: "runs.trigger.\(trigger.rawValue)") ?? trigger.rawValue
    }

    static func reason(_ code: String, _ book: PhraseBook) -> String {
        book.text(at: "reason.\(code)") ?? code
    }

    /// Why a run ended as it did. The codes are those of people, but for a stop the sentence is another.
    static func runReason(_ code: String, _ book: PhraseBook) -> String {
        code == ReasonCode.stopped.rawValue ? book.text(.runsStopped) : reason(code, book)
    }

    static func outcome(_ outcome: Outcome, _ book: PhraseBook) -> String {
        book.text(at: "outcome.\(outcome.word)") ?? outcome.word
    }

    /// An outcome as a badge.
    static func badge(_ outcome: Outcome, _ book: PhraseBook) -> BadgeMark {
        let (kind, icon) =
            switch outcome {
            case .delivered: ("ok", "done")
            case .refused: ("trouble", "cross")
            case .suppressed: ("info", "withheld")
            case .left: ("idle", "minus")
            case .unchanged: ("idle", "equal")
            case .pending: ("warn", "waits")
            }
        return BadgeMark(kind: kind, icon: icon, text: self.outcome(outcome, book))
    }

    /// Whoever started it: a user by their name, anybody else as the audit names them.
    static func actor(_ name: String) -> String { Actor(name: name).userName ?? name }

    /// What a person can do about a run as it ended; most urgent first.
    static func next(_ run: Run, _ book: PhraseBook) -> [String] {
        var codes: [String] = []
        if run.state == .skipped || run.state == .failed, let reason = run.reason {
            codes.append(advice[reason] ?? "destination")
        }
        if (run.reasons[ReasonCode.contactLimit.rawValue] ?? 0) > 0 {
            codes.append("contact-limit")
        }
        if run.pending > 0 || run.leavePending > 0 { codes.append("pending") }
        if run.refused > 0 || run.leaveRefused > 0 { codes.append("refused") }
        if run.suppressed > 0, run.state != .skipped { codes.append("suppressed") }
        return codes.compactMap { book.text(at: "next.\($0)") }
    }

    private static let advice = [
        "account-inactive": "account-inactive", "accounts-differ": "accounts-differ",
        "address-forbidden": "address-forbidden",
        "attribute-missing": "export", "export-missing": "export-missing",
        "export-user-gone": "export-user-gone", "key-refused": "key-refused",
        "no-connection": "no-connection", "not-found": "not-found", "rule-invalid": "segment",
        "secret-unreadable": "secret-unreadable", "segment-inactive": "segment",
        "segment-missing": "export", "too-many-people": "too-many-people",
    ]
}
