import Acts
import Exports
import Phrases
import Service

/// What a rehearsal found, ready to be shown.
struct RehearsalModel: Sendable {
    let heading: String
    let exportName: String
    let exportHref: String
    /// What a run would do, in one sentence.
    let sentence: String
    let made: String
    let madeAt: MomentText
    let downloadHref: String
    let again: String
    /// Where a run is begun; nil when it would send nothing, or the reader may not.
    let run: String?
    let verdict: Frame.Notice?
    let tiles: [Tile]
    let bar: StackedBar
    let groups: [GroupRow]
    let notes: [Frame.Notice]
    let leavers: [String]
    /// What cannot be undone about leaving.
    let leaveWarning: Frame.Notice?
    let hasReasons: Bool
    let reasons: [ReasonRow]
    let tabs: [Tab]
    let hasRows: Bool
    /// That more people are planned for than are listed.
    let cutOff: String?
    let rowsHeading: String
    let rows: [RehearsalRowModel]
    let paging: Paging?

    struct Tile: Sendable {
        let icon: String?
        let group: String
        let label: String
        let value: String
        let hint: String
    }

    struct GroupRow: Sendable {
        let name: String
        let count: String
        let share: String
    }

    struct ReasonRow: Sendable {
        let text: String
        let count: String
    }

    struct Tab: Sendable {
        let href: String
        let name: String
        let count: String
        let isCurrent: Bool
    }

    struct Paging: Sendable {
        let text: String
        let previous: String?
        let next: String?
    }

    init(
        _ rehearsal: Rehearsal, _ report: RehearsalReport, _ place: RehearsalPlace, mayRun: Bool,
        _ book: PhraseBook
    ) {
        let export = rehearsal.export
        let words = RehearsalWords(export: export, report: report, book: book)
        let path = "/rehearsals/\(rehearsal.id)"
        heading = RehearsalWords.heading(rehearsal, book)
        exportName = export.name
        exportHref = "/exports/\(export.id)"
        sentence = words.sentence
        made = book.text(
            .rehearsalMade, ["duration": book.duration(seconds: max(1, report.took.inSeconds))])
        madeAt = MomentText(report.madeAt, book)
        downloadHref = "\(path)/plan.csv"
        again = "\(exportHref)/rehearsals"
        run = mayRun && words.wouldRun ? "\(exportHref)/run" : nil
        verdict = words.verdict
        tiles = words.tiles
        let members = report.summary.members
        let groups = words.groups(path)
        bar = StackedBar(
            label: book.text(.rehearsalBarLabel),
            sum: book.text(.rehearsalBarSum, ["count": book.number(members)]), groups, book)
        self.groups = groups.map { group in
            GroupRow(
                name: group.name, count: book.number(group.count),
                share: book.percent(members > 0 ? Double(group.count) / Double(members) : 0))
        }
        notes = words.notes
        leavers = words.leavers
        leaveWarning = words.leaveWarning
        reasons = words.reasons
        hasReasons = !reasons.isEmpty
        tabs = RehearsalRow.Kind.allCases.map { kind in
            Tab(
                href: "\(path)?show=\(kind.rawValue)#list", name: kind.word(book),
                count: book.number(report.count(kind)), isCurrent: kind == place.kind)
        }
        let listed = report.rows[place.kind] ?? []
        let first = place.page * RehearsalPlace.rowsMax
        rows = listed.dropFirst(first).prefix(RehearsalPlace.rowsMax).map {
            RehearsalRowModel($0, export: export, book)
        }
        hasRows = !rows.isEmpty
        let count = report.count(place.kind)
        cutOff =
            listed.count < count
            ? book.text(
                .rehearsalPeopleFirst,
                ["shown": book.number(listed.count), "count": book.number(count)]) : nil
        rowsHeading = book.text(
            place.kind == .suppressed ? .rehearsalReasonsReason : .rehearsalPeopleValues)
        func link(_ page: Int) -> String {
            "\(path)?show=\(place.kind.rawValue)&page=\(page + 1)#list"
        }
        paging =
            listed.count > RehearsalPlace.rowsMax
            ? Paging(
                text: book.text(
                    .rehearsalPeopleRange,
                    [
                        "first": book.number(first + 1), "last": book.number(first + rows.count),
                        "count": book.number(listed.count),
                    ]),
                previous: place.page > 0 ? link(place.page - 1) : nil,
                next: first + rows.count < listed.count ? link(place.page + 1) : nil) : nil
    }
}

/// One person of a plan.
struct RehearsalRowModel: Sendable {
    /// Nil for a profile without an address.
    let key: String?
    let profileID: String
    /// A reason, or what happens apart from values.
    let text: String?
    let winner: String?
    let values: [Value]
    /// How many values stay as they are.
    let same: String?

    struct Value: Sendable {
        let title: String
        let before: String?
        let after: String?
    }

    init(_ row: RehearsalRow, export: Export, _ book: PhraseBook) {
        key = row.key.isEmpty ? nil : row.key
        profileID = row.profileID
        if let reason = row.reason {
            text = book.text(at: "reason.\(reason.rawValue)") ?? reason.rawValue
        } else if row.kind == .leave, row.values.isEmpty {
            text = book.text(
                export.onLeave == .unsubscribe
                    ? .rehearsalPeopleUnsubscribed : .rehearsalPeopleNothing)
        } else {
            text = nil
        }
        winner = row.winner.map {
            book.text(.rehearsalPeopleWinner, ["profile": RehearsalWords.isolated($0)])
        }
        let changed = row.values.filter(\.isChanged)
        values = changed.map { value in
            Value(title: value.word(book), before: value.before, after: value.after)
        }
        let same = row.values.count - changed.count
        self.same = same > 0 ? book.text(.rehearsalPeopleSame, count: same) : nil
    }
}

extension RehearsalRow.Kind {
    /// What the kind is called.
    func word(_ book: PhraseBook) -> String {
        switch self {
        case .enter: book.text(.planEnter)
        case .change: book.text(.planChange)
        case .retry: book.text(.planRetry)
        case .leave: book.text(.planLeave)
        case .suppressed: book.text(.outcomeSuppressed)
        }
    }
}

extension RehearsalRow.Value {
    /// What the value is called; custom fields have the title that they have at the destination.
    fileprivate func word(_ book: PhraseBook) -> String {
        switch target {
        case .firstName: book.text(.exportsFirstName)
        case .lastName: book.text(.exportsLastName)
        case .phone: book.text(.exportsPhone)
        case .tag: book.text(.rehearsalPeopleTag)
        case .field: title
        }
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
