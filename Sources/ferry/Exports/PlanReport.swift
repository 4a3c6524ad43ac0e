import Exports
import Foundation
import Phrases
import Store

/// Names of targets for people and for the columns of files.
struct TargetNames {
    private let titles: [String: String]

    init(_ export: Export) {
        titles = Dictionary(
            export.mapping.fields.map { ($0.id, $0.title) }, uniquingKeysWith: { first, _ in first }
        )
    }

    func name(_ target: Target) -> String {
        switch target {
        case .firstName: "first name"
        case .lastName: "last name"
        case .phone: "phone"
        case .tag: "tag"
        case .field(let id): titles[id] ?? "field \(id)"
        }
    }

    /// Every value that differs, with what it was and what it will be.
    func changes(from before: ValueList?, to after: ValueList) -> [ValueChange] {
        let old = Self.values(before)
        let new = Self.values(after)
        let targets = Set(old.keys).union(new.keys).sorted { name($0) < name($1) }
        return targets.compactMap { target in
            guard old[target] != new[target] else { return nil }
            return ValueChange(name: name(target), before: old[target], after: new[target])
        }
    }

    private static func values(_ list: ValueList?) -> [Target: String] {
        var values: [Target: String] = [:]
        for (target, value) in list?.entries ?? [] {
            // A person may have several tags; they count as one value.
            values[target] = values[target].map { "\($0), \(value)" } ?? value
        }
        return values
    }
}

struct ValueChange: Encodable {
    let name: String
    let before: String?
    let after: String?

    var text: String { "\(name): \(before ?? "–") → \(after ?? "–")" }
}

/// One row of a rehearsal as people see it.
struct PlanLine: Encodable {
    /// enter, change, retry, leave, unchanged, suppressed.
    let group: String
    let email: String
    let profile: String
    let reason: String?
    /// The profile sent in place of a duplicate.
    let winner: String?
    let changes: [ValueChange]

    init(_ row: PlanRow, names: TargetNames) {
        switch row {
        case .unchanged(let member):
            self.init("unchanged", member.key, member.profileID, nil, nil, [])
        case .operation(let operation, let before):
            let values = ValueList(bytes: Array(operation.values))
            let old = before.map { ValueList(bytes: Array($0)) }
            let changes =
                operation.kind == .leave
                ? [] : names.changes(from: operation.kind == .change ? old : nil, to: values)
            self.init(operation.kind.word, operation.key, operation.profileID, nil, nil, changes)
        case .suppressed(let member, let reason, let winner):
            self.init(
                "suppressed", member.key, member.profileID, reason.rawValue,
                winner.map { String(decoding: $0, as: UTF8.self) }, [])
        case .leftSilently(let row, let reason):
            self.init("leave", row.key, row.profileID, reason?.rawValue, nil, [])
        }
    }

    private init(
        _ group: String, _ key: UnsafeRawBufferPointer, _ profile: UnsafeRawBufferPointer,
        _ reason: String?, _ winner: String?, _ changes: [ValueChange]
    ) {
        self.group = group
        email = String(decoding: key, as: UTF8.self)
        self.profile = String(decoding: profile, as: UTF8.self)
        self.reason = reason
        self.winner = winner
        self.changes = changes
    }
}

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
    let contactLimit: ContactLimit?
    let automations: Automations
    let samples: [String: [PlanLine]]

    struct ContactLimit: Encodable {
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
        _ summary: PlanSummary, export: Export, pace: Connection.Pace, facts: AccountFacts?,
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
        minutes = (Self.seconds(summary, pace) / 6).rounded() / 10
        switch PlanVerdict(summary, export: export) {
        case .go: verdict = "go"
        case .hold: verdict = "hold"
        case .tooMany: verdict = "too-many-people"
        }
        limit = export.peopleMax
        contactLimit = facts.flatMap { facts in
            guard let max = facts.contactsMax, let contacts = facts.contacts, let room = facts.room
            else { return nil }
            return ContactLimit(
                max: max, contacts: contacts, wouldNotFit: Swift.max(0, summary.enter - room))
        }
        automations = Automations(
            start: export.startsAutomations, text: AutomationNote.text(export))
        self.samples = samples
    }

    /// A full minute for each full quota of imports, then the rest at the pace of requests.
    static func seconds(_ summary: PlanSummary, _ pace: Connection.Pace) -> Double {
        let many = summary.batches - summary.singleBatches
        func time(_ count: Int, _ perMinute: Int?) -> Double {
            guard count > 0 else { return 0 }
            let perSecond = Double(pace.requestsPerSecond ?? 1_000)
            guard let perMinute else { return Double(count) / perSecond }
            return Double((count - 1) / perMinute) * 60 + Double((count - 1) % perMinute + 1)
                / perSecond
        }
        return time(many, pace.importsPerMinute)
            + time(summary.singleBatches, pace.singleImportsPerMinute)
    }
}

/// Prints a rehearsal for people.
enum PlanReport {
    static func print(_ view: PlanView, export: Export, seconds: Double) {
        Output.line(
            "Plan of '\(view.export)' to list \(export.list.id) \(export.list.name.map { "'\($0)'" } ?? "")"
        )
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
                leaveText(view, export),
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

    private static func leaveText(_ view: PlanView, _ export: Export) -> String {
        switch export.onLeave {
        case .keep: "kept: nothing is sent"
        case .unsubscribe: "unsubscribed from the list"
        case .field(let id, _, let outside): "field \(id) becomes '\(outside)'"
        }
    }
}
