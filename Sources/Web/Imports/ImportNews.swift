import Acts
import Phrases
import Profiles

/// How far an import is, in the reader's language: what the page shows first and what its script is told.
struct ImportNews: Encodable, Equatable, Sendable {
    /// The step that is under way: `waiting`, `inspecting`, `storing` or `removing`.
    let phase: String
    let percent: Double
    let percentText: String
    let rowsText: String
    let bytesText: String
    let statusText: String

    init(_ standing: ImportStanding, _ book: PhraseBook) {
        switch standing {
        case .waiting:
            phase = "waiting"
            (percent, percentText) = (0, book.percent(0))
            rowsText = book.number(0)
            bytesText = ""
            statusText = book.text(.importsPhaseWaiting)
        case .running(let progress):
            phase = progress.phase.rawValue
            let share =
                progress.bytesTotal > 0
                ? min(1, Double(progress.bytes) / Double(progress.bytesTotal)) : 0
            percent = (share * 1_000).rounded() / 10
            percentText = book.percent(percent / 100)
            rowsText = book.number(progress.rows)
            bytesText = book.text(
                .importsBytesOf,
                [
                    "bytes": book.bytes(progress.bytes),
                    "total": book.bytes(progress.bytesTotal),
                ])
            statusText =
                switch progress.phase {
                case .inspecting: book.text(.importsPhaseInspecting)
                case .storing: book.text(.importsPhaseStoring)
                case .removing: book.text(.importsPhaseRemoving)
                }
        }
    }
}
