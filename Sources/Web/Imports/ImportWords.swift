import Phrases
import Profiles
import Store

/// What is said of imports and sources in words.
enum ImportWords {
    static func badge(_ state: ImportState, _ book: PhraseBook) -> BadgeMark {
        let (kind, icon) =
            switch state {
            case .draft: ("info", "edit")
            case .waiting: ("busy", "waits")
            case .running: ("busy", "busy")
            case .done: ("ok", "done")
            case .failed: ("trouble", "cross")
            case .cancelled: ("idle", "end")
            }
        return BadgeMark(
            kind: kind, icon: icon,
            text: book.text(at: "imports.state.\(state.rawValue)") ?? state.rawValue)
    }

    static func badge(_ state: Source.State?, _ book: PhraseBook) -> BadgeMark {
        let (kind, icon) =
            switch state {
            case nil: ("idle", "minus")
            case .imported: ("ok", "done")
            case .unchanged: ("idle", "equal")
            case .postponed: ("warn", "waits")
            case .failed: ("trouble", "cross")
            }
        let word = state?.rawValue ?? "new"
        return BadgeMark(
            kind: kind, icon: icon, text: book.text(at: "imports.source-state.\(word)") ?? word)
    }

    static func badge(_ meeting: ImportPreview.Meeting, _ book: PhraseBook) -> BadgeMark {
        let (kind, icon) =
            switch meeting {
            case .key: ("info", "key")
            case .new: ("ok", "add")
            case .same: ("idle", "equal")
            case .clash: ("warn", "warn")
            case .ignored: ("idle", "skip")
            }
        return BadgeMark(
            kind: kind, icon: icon,
            text: book.text(at: "imports.meeting.\(meeting.rawValue)") ?? meeting.rawValue)
    }

    static func kind(_ kind: AttributeKind, _ book: PhraseBook) -> String {
        book.text(at: "imports.kind.\(kind.rawValue)") ?? kind.rawValue
    }

    /// Why an import failed; the code itself when nobody wrote a sentence for it.
    static func trouble(_ code: String, _ book: PhraseBook) -> String {
        book.text(at: "imports.trouble.\(code)") ?? code
    }

    static func row(_ code: RowError.Code, _ book: PhraseBook) -> String {
        book.text(at: "imports.row.\(code.rawValue)") ?? code.rawValue
    }
}
