import Acts
import Exports
import Foundation
import Store

/// What a rehearsal found, as JSON.
struct PlanView: Encodable {
    let export: String
    let members: Int
    /// Members with a usable address, each person once.
    let people: Int
    let enter: Int
    let change: Int
    let retry: Int
    let unchanged: Int
    let leave: Int
    /// People who left and for whom nothing is sent.
    let leaveWithoutRequest: Int
    let suppressed: Int
    let reasons: [String: Int]
    /// Import requests needed.
    let requests: Int
    let singleRequests: Int
    let bytes: Int
    /// Time the account's limits make it take.
    let minutes: Double
    /// `go`, `hold` or `too-many-people`.
    let verdict: String
    let limit: Int
    let contactLimit: Contacts?
    let automations: Automations
    let samples: [String: [PlanLine]]

    struct Contacts: Encodable {
        let max: Int
        let contacts: Int
        /// How many of those who enter would not fit, if none of them is a contact yet.
        let wouldNotFit: Int
    }

    struct Automations: Encodable {
        let start: Bool
        let text: String
    }

    init(
        _ summary: PlanSummary, export: Export, seconds: Double, facts: AccountFacts?,
        samples: [String: [PlanLine]]
    ) {
        self.export = export.name
        members = summary.members
        people = summary.people
        enter = summary.enter
        change = summary.change
        retry = summary.retry
        unchanged = summary.unchanged
        leave = summary.leave
        leaveWithoutRequest = summary.leftSilently
        suppressed = summary.suppressedTotal
        reasons = summary.suppressed
        requests = summary.batches
        singleRequests = summary.singleBatches
        bytes = summary.bytes
        minutes = (seconds / 6).rounded() / 10
        switch PlanVerdict(summary, export: export) {
        case .go: verdict = "go"
        case .hold: verdict = "hold"
        case .tooMany: verdict = "too-many-people"
        }
        limit = export.peopleMax
        contactLimit = ContactForecast(summary, facts: facts).map {
            Contacts(max: $0.max, contacts: $0.contacts, wouldNotFit: $0.wouldNotFit)
        }
        automations = Automations(
            start: export.startsAutomations, text: AutomationNote.text(export))
        self.samples = samples
    }

    /// What a service found; at most `limit` examples of each group.
    init(_ report: RemoteRehearsal.Report, export: RemoteExport, samples limit: Int) {
        self.export = export.name
        members = report.members
        people = report.members - report.suppressed
        enter = report.enter
        change = report.change
        retry = report.retry
        unchanged = report.unchanged
        leave = report.leave
        leaveWithoutRequest = report.leftSilently
        suppressed = report.suppressed
        reasons = report.reasons
        requests = report.requests
        singleRequests = report.singleRequests
        bytes = report.bytes
        minutes = (report.seconds / 6).rounded() / 10
        verdict = report.verdict == "too-many" ? "too-many-people" : report.verdict
        self.limit = export.peopleMax
        contactLimit = report.contacts.map {
            Contacts(max: $0.max, contacts: $0.contacts, wouldNotFit: $0.wouldNotFit)
        }
        automations = Automations(
            start: report.startsAutomations,
            text: AutomationNote.text(startsThem: report.startsAutomations))
        samples = Dictionary(
            uniqueKeysWithValues: report.rows.map { group, rows in
                (group, rows.prefix(limit).map { $0.line(in: group) })
            })
    }
}

/// Prints a rehearsal for people.
enum PlanReport {
    /// `list` and `onLeave` as an `ExportView` has them.
    static func print(_ view: PlanView, list: String, onLeave: String, seconds: Double) {
        Output.line("Plan of '\(view.export)' to list \(list)")
        Output.line()
        var rows = [
            ["enter", Output.number(view.enter), "sent for the first time, or again"],
            ["change", Output.number(view.change), "new values"],
        ]
        if view.retry > 0 {
            rows.append(["retry", Output.number(view.retry), "refused before, tried again"])
        }
        rows += [
            ["unchanged", Output.number(view.unchanged), "nothing to send"],
            ["suppressed", Output.number(view.suppressed), reasons(view.reasons)],
            ["members", Output.number(view.members), ""],
            [
                "leave", Output.number(view.leave + view.leaveWithoutRequest),
                leaveText(onLeave),
            ],
        ]
        Output.table(["", "People", ""], rows)
        Output.line()
        Output.line(
            view.requests == 0
                ? "Nothing is to be sent."
                : "\(Output.count(view.requests, "request")), about \(Output.duration(max(1, seconds))) at this account's limits."
        )
        if let limit = view.contactLimit, limit.wouldNotFit > 0 {
            Output.line(
                "Up to \(Output.number(limit.wouldNotFit)) people may not fit: the account holds \(Output.number(limit.contacts)) of \(Output.number(limit.max)) contacts."
            )
        }
        if view.verdict == "hold" {
            Output.line(
                "A run would be HELD: more people leave than the export allows without approval.")
        } else if view.verdict == "too-many-people" {
            Output.line(
                "A run would be SKIPPED: \(Output.number(view.people)) people, and \(Output.number(view.limit)) at most are allowed."
            )
        }
        Output.line(view.automations.text)
        for group in ["enter", "change", "retry", "leave", "suppressed"] {
            guard let lines = view.samples[group], !lines.isEmpty else { continue }
            Output.line()
            Output.line("\(group), for example:")
            for line in lines { Output.line("  " + text(line)) }
        }
    }

    private static func text(_ line: PlanLine) -> String {
        var text = line.email.isEmpty ? "profile \(line.profile)" : line.email
        if let reason = line.reason { text += "  \(reason)" }
        if let winner = line.winner { text += " (sent as profile \(winner))" }
        if line.group == "change" {
            text += "  " + line.changes.map(\.text).joined(separator: "; ")
        }
        return text
    }

    private static func reasons(_ reasons: [String: Int]) -> String {
        reasons.sorted { $0.key < $1.key }.map { "\($0.key) \(Output.number($0.value))" }
            .joined(separator: ", ")
    }

    private static func leaveText(_ policy: String) -> String {
        switch LeaveDraft(text: policy) {
        case .keep, .unreadable: "kept: nothing is sent"
        case .unsubscribe: "unsubscribed from the list"
        case .field(let id, _, let outside): "field \(id) becomes '\(outside)'"
        }
    }
}
