import Acts
import Exports
import Phrases
import Service

/// What a report says in a reader's language.
struct RehearsalWords {
    let export: Export
    let report: RehearsalReport
    let book: PhraseBook

    /// A name that people chose, kept apart from the direction of the words around it.
    static func isolated(_ name: String) -> String { "\u{2068}\(name)\u{2069}" }

    static func heading(_ rehearsal: Rehearsal, _ book: PhraseBook) -> String {
        book.text(.rehearsalHeading, ["export": isolated(rehearsal.export.name)])
    }

    /// Whether a run would do anything.
    var wouldRun: Bool {
        if case .tooMany = report.verdict { false } else { true }
    }

    var sentence: String {
        let list = ["list": Self.isolated(export.list.name ?? export.list.id)]
        let people = report.summary.operations
        switch report.verdict {
        case .tooMany: return book.text(.rehearsalSaysSkip, list)
        case .hold: return book.text(.rehearsalSaysHold, count: people, list)
        case .go where people == 0: return book.text(.rehearsalSaysNothing, list)
        case .go: return book.text(.rehearsalSaysSend, count: people, list)
        }
    }

    var verdict: Frame.Notice? {
        switch report.verdict {
        case .go: nil
        case .tooMany(let people, let max):
            Frame.Notice(
                kind: "trouble",
                text: book.text(
                    .rehearsalVerdictTooMany, count: people, ["max": book.number(max)]))
        case .hold(let leavers, let delivered):
            Frame.Notice(
                kind: "warn",
                text: book.text(
                    .rehearsalVerdictHold,
                    [
                        "leavers": book.number(leavers), "delivered": book.number(delivered),
                        "share": book.percent(export.holdShare),
                    ]))
        }
    }

    // MARK: Numbers

    var tiles: [RehearsalModel.Tile] {
        let summary = report.summary
        let forecast = report.forecast
        return [
            tile(
                .rehearsalMembers, summary.members,
                book.text(.rehearsalHintSegments, count: export.segments.count)),
            tile(.planEnter, summary.enter, book.text(.rehearsalHintEnter), "enter", "enter"),
            tile(.planChange, summary.change, book.text(.rehearsalHintChange), "change", "change"),
            tile(.planRetry, summary.retry, book.text(.rehearsalHintRetry), "busy", "pending"),
            tile(
                .outcomeUnchanged, summary.unchanged, book.text(.rehearsalHintUnchanged), "equal",
                "unchanged"),
            tile(
                .outcomeSuppressed, summary.suppressedTotal, book.text(.rehearsalHintSuppressed),
                "withheld", "suppressed"),
            tile(
                .planLeave, report.count(.leave), book.text(.rehearsalHintLeave), "minus", "leave"),
            tile(
                .rehearsalRequests, forecast.requests,
                book.text(.rehearsalHintRequests, count: forecast.singleRequests)),
            RehearsalModel.Tile(
                icon: nil, group: "", label: book.text(.rehearsalTime),
                value: book.duration(
                    seconds: forecast.requests > 0 ? max(1, forecast.seconds) : 0),
                hint: book.text(.rehearsalHintTime)),
            RehearsalModel.Tile(
                icon: nil, group: "", label: book.text(.rehearsalBytes),
                value: book.bytes(forecast.bytes), hint: book.text(.rehearsalHintBytes)),
        ]
    }

    private func tile(
        _ label: Phrase, _ count: Int, _ hint: String, _ icon: String? = nil, _ group: String = ""
    ) -> RehearsalModel.Tile {
        RehearsalModel.Tile(
            icon: icon, group: group, label: book.text(label), value: book.number(count), hint: hint
        )
    }

    /// The members, each in one group.
    func groups(_ path: String) -> [StackedBar.Group] {
        let summary = report.summary
        func group(
            _ group: String, _ name: Phrase, _ count: Int, _ kind: RehearsalRow.Kind?,
            icon: String? = nil
        ) -> StackedBar.Group {
            StackedBar.Group(
                group: group, name: book.text(name), count: count,
                href: kind.map { "\(path)?show=\($0.rawValue)#list" }, icon: icon)
        }
        return [
            group("unchanged", .outcomeUnchanged, summary.unchanged, nil),
            group("enter", .planEnter, summary.enter, .enter),
            group("change", .planChange, summary.change, .change),
            group("pending", .planRetry, summary.retry, .retry, icon: "busy"),
            group("suppressed", .outcomeSuppressed, summary.suppressedTotal, .suppressed),
        ]
    }

    var reasons: [RehearsalModel.ReasonRow] {
        report.summary.suppressed.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            RehearsalModel.ReasonRow(
                text: book.text(at: "reason.\($0.key)") ?? $0.key, count: book.number($0.value))
        }
    }

    // MARK: Notes

    var notes: [Frame.Notice] {
        var notes = [automations]
        if report.forecast.trouble != nil {
            notes.append(
                Frame.Notice(kind: "warn", text: book.text(.rehearsalContactsUnreachable)))
        }
        if let contacts { notes.append(contacts) }
        return notes
    }

    private var automations: Frame.Notice {
        report.forecast.startsAutomations
            ? Frame.Notice(kind: "warn", text: book.text(.rehearsalAutomationsStart))
            : Frame.Notice(kind: "ok", text: book.text(.rehearsalAutomationsQuiet))
    }

    private var contacts: Frame.Notice? {
        guard let forecast = report.forecast.contacts else {
            guard report.forecast.trouble == nil else { return nil }
            return Frame.Notice(kind: "info", text: book.text(.rehearsalContactsUnknown))
        }
        let values = [
            "contacts": book.number(forecast.contacts), "max": book.number(forecast.max),
            "after": book.number(forecast.contacts + report.summary.enter),
        ]
        guard forecast.wouldNotFit > 0 else {
            return Frame.Notice(kind: "ok", text: book.text(.rehearsalContactsFit, values))
        }
        return Frame.Notice(
            kind: "warn",
            text: book.text(.rehearsalContactsFull, count: forecast.wouldNotFit, values))
    }

    /// What happens to people who leave, in sentences.
    var leavers: [String] {
        let summary = report.summary
        guard report.count(.leave) > 0 else { return [book.text(.rehearsalLeaversNone)] }
        var sentences: [String] = []
        switch export.onLeave {
        case .keep:
            return [book.text(.rehearsalLeaversKeep, count: summary.leftSilently)]
        case .unsubscribe where summary.leave > 0:
            sentences = [book.text(.rehearsalLeaversUnsubscribe, count: summary.leave)]
            if export.resubscribesRemoved { sentences.append(book.text(.rehearsalLeaversBack)) }
        case .field(let id, _, let outside) where summary.leave > 0:
            let title = TargetNames(export).name(.field(id))
            sentences = [
                book.text(
                    .rehearsalLeaversField, count: summary.leave,
                    ["field": Self.isolated(title), "value": Self.isolated(outside)])
            ]
        case .unsubscribe, .field:
            break
        }
        if summary.leftSilently > 0 {
            sentences.append(book.text(.rehearsalLeaversSilent, count: summary.leftSilently))
        }
        return sentences
    }

    var leaveWarning: Frame.Notice? {
        guard export.onLeave == .unsubscribe, report.summary.leave > 0,
            !export.resubscribesRemoved
        else { return nil }
        return Frame.Notice(kind: "warn", text: book.text(.rehearsalLeaversFinal))
    }
}
