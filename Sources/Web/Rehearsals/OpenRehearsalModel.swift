import Acts
import Exports
import Phrases

/// A rehearsal that has no plan to show: under way, cancelled, or failed.
struct OpenRehearsalModel: Sendable {
    let heading: String
    let exportName: String
    let exportHref: String
    let planning: Planning?
    let isCancelled: Bool
    let failure: Failure?
    /// Where another one is begun.
    let again: String?

    struct Planning: Sendable {
        let members: String
        /// Where it is cancelled, for those who may.
        let cancel: String?
    }

    struct Failure: Sendable {
        let text: String
        let detail: String?
    }

    init(_ rehearsal: Rehearsal, mayCancel: Bool, _ book: PhraseBook) {
        heading = RehearsalWords.heading(rehearsal, book)
        exportName = rehearsal.export.name
        exportHref = "/exports/\(rehearsal.export.id)"
        again = rehearsal.isUnderWay ? nil : "\(exportHref)/rehearsals"
        switch rehearsal.state {
        case .planning(let members):
            planning = Planning(
                members: book.text(.rehearsalPlanningMembers, count: members),
                cancel: mayCancel ? "/rehearsals/\(rehearsal.id)/cancel" : nil)
            isCancelled = false
            failure = nil
        case .failed(let reason, let detail):
            planning = nil
            isCancelled = false
            failure = Failure(
                text: book.text(at: "rehearsal.failed.\(reason)")
                    ?? book.text(.rehearsalFailedUnknown),
                detail: detail.map(book.report))
        case .cancelled, .done:
            planning = nil
            isCancelled = true
            failure = nil
        }
    }
}
