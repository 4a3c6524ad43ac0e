import Acts

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
    let contactLimit: RehearsalAnswer.Contacts?
    let automations: Automations
    let samples: [String: [PlanLine]]

    struct Automations: Encodable {
        let start: Bool
        let text: String
    }

    /// At most `limit` examples of each group.
    init(_ report: RehearsalAnswer.Report, export: ExportAnswer, samples limit: Int) {
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
        verdict =
            report.verdict == .tooMany ? "too-many-people" : report.verdict.rawValue
        self.limit = export.peopleMax
        contactLimit = report.contacts
        automations = Automations(
            start: report.startsAutomations,
            text: AutomationNote.text(startsThem: report.startsAutomations))
        samples = report.rows.filter { !$0.value.isEmpty && limit > 0 }.reduce(into: [:]) {
            samples, group in
            samples[group.key] = group.value.prefix(limit).map { $0.line(in: group.key) }
        }
    }
}

extension RehearsalAnswer.Row {
    /// As files and the command line show it. A leaver's values are nobody's concern.
    func line(in group: String) -> PlanLine {
        let changed = group == "leave" ? [] : values.filter { $0.before != $0.after }
        return PlanLine(
            group: group, email: address, profile: profileId, reason: reason, winner: winner,
            changes: changed.sorted { $0.title < $1.title }.map {
                ValueChange(name: $0.title, before: $0.before, after: $0.after)
            })
    }
}

/// Prints a rehearsal for people.
enum PlanReport {
    static func print(
        _ view: PlanView, list: String, onLeave: ExportAnswer.OnLeave, seconds: Double
    ) {
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

    private static func leaveText(_ policy: ExportAnswer.OnLeave) -> String {
        switch policy.action {
        case .keep: "kept: nothing is sent"
        case .unsubscribe: "unsubscribed from the list"
        case .field: "field \(policy.field ?? "") becomes '\(policy.outside ?? "")'"
        }
    }
}
