import Phrases
import Store

/// What is said of refreshes in words.
enum StatusWords {
    static func badge(_ state: RefreshState, _ book: PhraseBook) -> BadgeMark {
        let (kind, icon) =
            switch state {
            case .running, .cancelling: ("busy", "busy")
            case .completed: ("ok", "done")
            case .completedWithWarnings: ("warn", "warn")
            case .failed: ("trouble", "cross")
            case .cancelled: ("idle", "end")
            }
        return BadgeMark(kind: kind, icon: icon, text: word(state, book))
    }

    static func word(_ state: RefreshState, _ book: PhraseBook) -> String {
        book.text(at: "status.state.\(state.rawValue)") ?? state.rawValue
    }

    static func badge(_ state: RefreshTaskState, _ book: PhraseBook) -> BadgeMark {
        let (kind, icon) =
            switch state {
            case .waiting: ("idle", "waits")
            case .running: ("busy", "busy")
            case .done: ("ok", "done")
            case .doneWithWarnings: ("warn", "warn")
            case .unchanged: ("info", "equal")
            case .failed: ("trouble", "cross")
            case .skipped: ("idle", "skip")
            case .cancelled: ("idle", "end")
            }
        return BadgeMark(
            kind: kind, icon: icon,
            text: book.text(at: "status.task.\(state.rawValue)") ?? state.rawValue)
    }

    static func trigger(_ trigger: RefreshTrigger, _ book: PhraseBook) -> String {
        book.text(at: "status.trigger.\(trigger.rawValue)") ?? trigger.rawValue
    }

    static func stage(_ stage: RefreshStage, _ book: PhraseBook) -> String {
        book.text(at: "status.stage.\(stage.rawValue)") ?? stage.rawValue
    }

    /// Why a task was skipped, failed, or is to be looked at. Reasons of sources are those of their imports,
    /// reasons of exports those of their runs.
    static func reason(_ task: RefreshTask, cause: RefreshTask?, _ book: PhraseBook) -> String? {
        guard let code = task.reason else { return nil }
        if let cause {
            return code == "segment-inactive"
                ? book.text(.statusBecauseInactive, ["name": cause.name])
                : book.text(.statusBecause, ["name": cause.name])
        }
        if let text = book.text(at: "status.reason.\(code)") { return text }
        guard task.stage != .source else { return ImportWords.trouble(code, book) }
        return book.text(at: "reason.\(code)") ?? code
    }

    /// What came of a task in numbers; nil when nothing was counted.
    static func result(_ stage: RefreshStage, _ count: Int, _ book: PhraseBook) -> String {
        switch stage {
        case .source: book.text(.statusRows, count: count)
        case .segment: book.text(.statusMembers, count: count)
        case .export: book.text(.statusDelivered, count: count)
        }
    }

    /// How tasks stand, those that stand best first; states that no task has are left out.
    static func numbers(_ numbers: RefreshNumbers, _ book: PhraseBook) -> String {
        let states: [RefreshTaskState] = [
            .running, .waiting, .done, .unchanged, .doneWithWarnings, .skipped, .failed,
            .cancelled,
        ]
        return states.filter { numbers[$0] > 0 }.compactMap { state in
            book.text(at: "status.task.\(state.rawValue)").map {
                "\($0): \(book.number(numbers[state]))"
            }
        }.joined(separator: " · ")
    }
}
