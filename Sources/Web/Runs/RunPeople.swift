import Exports
import Foundation
import HTTPTypes
import Hummingbird
import Phrases
import Store

/// Whom of a run to show, as it stands in the address.
struct PeopleQuery: Sendable {
    let outcome: Outcome?
    /// Leavers whom the destination would not change: an outcome of its own on pages.
    let isLeaveRefused: Bool
    let reason: String?
    let search: String?
    let after: PersonCursor?

    init(_ query: FormFields) {
        let word = query.text("outcome") ?? ""
        isLeaveRefused = word == "leave-refused"
        outcome = isLeaveRefused ? .refused : Outcome(word: word)
        reason = query.text("reason").map { String($0.prefix(100)) }
        search = query.text("q").map { String($0.prefix(254)) }
        after = query["after"].map { PersonCursor(key: $0, profileID: query["id"] ?? "") }
    }

    var word: String? { isLeaveRefused ? "leave-refused" : outcome?.word }

    /// Refused members and refused leavers are counted apart.
    var leavers: Bool? { outcome == .refused ? isLeaveRefused : nil }

    func text(outcome: String?, withReason: Bool = true, after: PersonCursor? = nil) -> String {
        let pairs: [(String, String?)] = [
            ("outcome", outcome), ("reason", withReason ? reason : nil), ("q", search),
            ("after", after?.key), ("id", after?.profileID),
        ]
        return LinkQuery.text(pairs.compactMap { name, value in value.map { (name, $0) } })
    }

    func page(of run: Run.ID, in catalog: Catalog, after: PersonCursor?, limit: Int) throws
        -> [OutcomeEntry]
    {
        try catalog.ledger.people(
            ofRun: run, outcome: outcome, reason: reason, leavers: leavers, search: search,
            after: after, limit: limit)
    }
}

/// The people of a run.
struct RunPeopleModel: Sendable {
    let heading: String
    let run: String
    let runHref: String
    let export: String
    let downloadHref: String
    let tabs: [Tab]
    let outcome: String?
    let search: String
    let reasons: [RunsModel.Choice]
    let rows: [Row]
    let isEmpty: Bool
    let isUnchanged: Bool
    let firstHref: String?
    let nextHref: String?
    let action: String

    struct Tab: Sendable {
        let href: String
        let text: String
        let count: String?
        let isCurrent: Bool
    }

    struct Row: Sendable {
        let address: String?
        let profile: String
        let badge: BadgeMark
        let reason: String?
        let winner: String?
        let at: MomentText

        init(_ entry: OutcomeEntry, _ book: PhraseBook) {
            address = entry.key.isEmpty ? nil : entry.key
            profile = entry.profileID
            let badge = RunWords.badge(entry.outcome, book)
            self.badge =
                entry.kind == .leave && entry.outcome == .refused
                ? BadgeMark(kind: badge.kind, icon: badge.icon, text: book.text(.runsLeaveRefused))
                : badge
            reason = entry.reason.map { RunWords.reason($0, book) }
            winner = entry.winner
            at = MomentText(entry.at, book)
        }
    }

    init(_ run: Run, _ query: PeopleQuery, _ found: [OutcomeEntry], _ book: PhraseBook) {
        heading = book.text(.runsPeopleTitle, ["id": String(run.id)])
        self.run = book.text(.runsHeading, ["id": String(run.id)])
        runHref = "/runs/\(run.id)"
        action = "/runs/\(run.id)/people"
        export = run.exportName
        let people = action
        downloadHref = "/runs/\(run.id)/people.csv\(query.text(outcome: query.word))"
        outcome = query.word
        search = query.search ?? ""
        tabs = Self.tabs(run, query, people, book)
        reasons = run.reasons.keys.sorted().map {
            RunsModel.Choice(
                value: $0, text: RunWords.reason($0, book), isSelected: $0 == query.reason)
        }
        let shown = found.prefix(RunPages.peopleMax)
        rows = shown.map { Row($0, book) }
        isUnchanged = query.outcome == .unchanged
        isEmpty = shown.isEmpty
        firstHref = query.after == nil ? nil : people + query.text(outcome: query.word)
        nextHref =
            found.count > RunPages.peopleMax
            ? shown.last.map {
                people
                    + query.text(
                        outcome: query.word,
                        after: PersonCursor(key: $0.key, profileID: $0.profileID))
            } : nil
    }

    private static func tabs(
        _ run: Run, _ query: PeopleQuery, _ people: String, _ book: PhraseBook
    ) -> [Tab] {
        let outcomes: [(String, String, Int)] =
            [
                (Outcome.delivered, run.delivered), (.pending, run.pending),
                (.refused, run.refused), (.suppressed, run.suppressed), (.left, run.left),
            ].map { ($0.0.word, RunWords.outcome($0.0, book), $0.1) }
            + (run.leaveRefused > 0
                ? [("leave-refused", book.text(.runsLeaveRefused), run.leaveRefused)] : [])
        let all = Tab(
            href: people + query.text(outcome: nil, withReason: false),
            text: book.text(.runsAll), count: nil, isCurrent: query.word == nil)
        return [all]
            + outcomes.map { word, text, count in
                Tab(
                    href: people + query.text(outcome: word, withReason: false), text: text,
                    count: book.number(count), isCurrent: query.word == word)
            }
    }
}

extension RunPages {
    static let peopleMax = 100
    /// Rows that are read at a time while a file is downloaded.
    static let chunk = 1_000

    func people(_ signedIn: SignedIn) throws -> Response {
        let run = try services.catalog.ledger.run(id: signedIn.id())
        let query = PeopleQuery(signedIn.query)
        let found = try query.page(
            of: run.id, in: services.catalog, after: query.after, limit: Self.peopleMax + 1)
        let model = RunPeopleModel(run, query, found, signedIn.book)
        return renderer.page("run-people", title: model.heading, model, for: signedIn)
    }

    /// Words of outcomes and reasons are the stable codes, for programs; their explanation follows.
    func downloadPeople(_ signedIn: SignedIn) throws -> Response {
        let run = try services.catalog.ledger.run(id: signedIn.id())
        let query = PeopleQuery(signedIn.query)
        let catalog = services.catalog
        let book = signedIn.book
        return .csv(
            named: "run-\(run.id)-people.csv",
            header: [
                "email", "profile", "outcome", "action", "reason", "explanation", "winner", "time",
            ]
        ) { (after: PersonCursor?) in
            let page = try query.page(
                of: run.id, in: catalog, after: after, limit: Self.chunk)
            let rows = page.map { entry in
                [
                    entry.key, entry.profileID, entry.outcome.word, entry.kind?.word ?? "",
                    entry.reason ?? "", entry.reason.map { RunWords.reason($0, book) } ?? "",
                    entry.winner ?? "", book.machineTime(entry.at),
                ]
            }
            return (
                rows,
                page.count < Self.chunk
                    ? nil : page.last.map { PersonCursor(key: $0.key, profileID: $0.profileID) }
            )
        }
    }
}
