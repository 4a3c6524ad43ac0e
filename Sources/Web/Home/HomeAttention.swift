import Phrases
import Segments
import Store

/// What needs a person, as it was found.
struct HomeAttention: Sendable {
    /// Held, and failed ones that nobody repeated with success.
    let runs: [Run]
    /// Of the last day, with people the destination refused.
    let refusals: [Run]
    /// Those whose last check found something wrong; empty for people who may not see them.
    let connections: [Connection]
    /// Those whose last evaluation failed.
    let segments: [SegmentEntry]
    /// The newest one.
    let refresh: Refresh?

    /// One line of the list: what it is, why, and where to go.
    struct Item: Sendable {
        let badge: BadgeMark
        let href: String
        let name: String
        let text: String
        let at: MomentText?
    }

    /// The most urgent first: what waits for a decision, what failed, what was refused.
    func items(_ book: PhraseBook) -> [Item] {
        let held = runs.filter { $0.state == .held }.map { run in
            Item(
                badge: RunWords.badge(run.state, book), href: "/runs/\(run.id)",
                name: run.exportName, text: book.text(.homeHeld),
                at: MomentText(run.createdAt, book))
        }
        let failed = runs.filter { $0.state == .failed }.map { run in
            Item(
                badge: RunWords.badge(run.state, book), href: "/runs/\(run.id)",
                name: run.exportName,
                text: run.reason.map { RunWords.runReason($0, book) } ?? book.text(.homeFailed),
                at: MomentText(run.createdAt, book))
        }
        return held + failed + refreshItems(book) + connectionItems(book) + segmentItems(book)
            + refusalItems(book)
    }

    private func refreshItems(_ book: PhraseBook) -> [Item] {
        guard let refresh, refresh.state == .failed else { return [] }
        return [
            Item(
                badge: StatusWords.badge(refresh.state, book),
                href: "/system/status/\(refresh.id)",
                name: book.text(.statusHeading, ["id": String(refresh.id)]),
                text: book.text(.homeRefreshFailed), at: MomentText(refresh.createdAt, book))
        ]
    }

    private func connectionItems(_ book: PhraseBook) -> [Item] {
        connections.map { connection in
            let trouble = TroubleText(
                code: connection.checkCode ?? "", host: connection.host, book)
            return Item(
                badge: BadgeMark(
                    kind: "trouble", icon: "connections", text: book.text(.homeConnection)),
                href: "/admin/connections/\(connection.id)", name: connection.name,
                text: trouble.title, at: connection.checkedAt.map { MomentText($0, book) })
        }
    }

    private func segmentItems(_ book: PhraseBook) -> [Item] {
        segments.map { entry in
            Item(
                badge: BadgeMark(kind: "warn", icon: "segments", text: book.text(.homeSegment)),
                href: "/segments/\(entry.segment.id)", name: entry.segment.name,
                text: book.text(.segmentsTroubleTitle),
                at: entry.trouble.map { MomentText($0.at, book) })
        }
    }

    private func refusalItems(_ book: PhraseBook) -> [Item] {
        refusals.map { run in
            Item(
                badge: BadgeMark(
                    kind: "warn", icon: "cross", text: book.text(.outcomeRefused)),
                href: "/runs/\(run.id)/people?outcome=refused", name: run.exportName,
                text: book.text(.homeRefused, count: run.refused + run.leaveRefused),
                at: run.endedAt.map { MomentText($0, book) })
        }
    }
}
