import Acts
import Foundation
import Phrases
import Store
import Web

/// A run as JSON. members = unchanged + delivered + pending + refused + suppressed.
struct RunView: Encodable {
    let id: Run.ID
    let export: String
    let trigger: String
    let actor: String
    let state: String
    let reason: String?
    let detail: String?
    let members: Int
    let unchanged: Int
    let delivered: Int
    let pending: Int
    let refused: Int
    let suppressed: Int
    let left: Int
    let leaveRefused: Int
    let reasons: [String: Int]
    let requests: Int
    let batches: Int
    let seconds: Double
    let startedAt: String
    let endedAt: String?

    init(_ run: RunAnswer) {
        id = run.id
        export = run.exportName
        trigger = run.trigger.rawValue
        actor = run.actor
        state = run.state.rawValue
        reason = run.reason
        detail = run.detail.map(PhraseBook(.en).report)
        members = run.members
        unchanged = run.unchanged
        delivered = run.delivered
        pending = run.pending
        refused = run.refused
        suppressed = run.suppressed
        left = run.left
        leaveRefused = run.leaveRefused
        reasons = run.reasons ?? [:]
        requests = run.requests
        batches = run.batches
        let end = run.endedAt?.milliseconds ?? Int64(Date().timeIntervalSince1970 * 1_000)
        seconds = Double(end - run.createdAt.milliseconds) / 1_000
        startedAt = Output.time(run.createdAt)
        endedAt = run.endedAt.map(Output.time)
    }

    /// Whether there are numbers to show: the plan was made.
    fileprivate var isPlanned: Bool {
        members > 0 || left > 0
            || [.completed, .completedWithWarnings, .held].contains(RunState(rawValue: state))
    }
}

enum RunReport {
    /// 0 done, 1 failed or skipped, 2 done with refused or suppressed people, 3 held.
    static func exitCode(_ run: RunView) -> Int32 {
        switch RunState(rawValue: run.state) {
        case .completed: 0
        case .completedWithWarnings: 2
        case .held: 3
        case .planning, .sending, .skipped, .failed, .stopped, .dismissed, nil: 1
        }
    }

    static func print(_ run: RunView) {
        Output.line(
            "Run \(run.id) of '\(run.export)': \(headline(run)) in \(Output.duration(run.seconds))."
        )
        let advice = run.reason.flatMap { Advice.text(for: $0) }
        let told = [run.detail, advice].compactMap(\.self).joined(separator: " ")
        if !told.isEmpty { Output.line(told) }
        guard run.isPlanned else { return }
        Output.line()
        var rows = [
            ["unchanged", Output.number(run.unchanged)],
            ["delivered", Output.number(run.delivered)],
            ["pending", Output.number(run.pending)], ["refused", Output.number(run.refused)],
            ["suppressed", Output.number(run.suppressed)],
            ["= members", Output.number(run.members)],
        ]
        if run.left > 0 || run.leaveRefused > 0 {
            rows.append(["left", Output.number(run.left)])
        }
        if run.leaveRefused > 0 {
            rows.append(["leave refused", Output.number(run.leaveRefused)])
        }
        Output.table(["", "People"], rows)
        if !run.reasons.isEmpty {
            Output.line()
            Output.table(
                ["Reason", "People", ""],
                run.reasons.sorted { $0.key < $1.key }.map { code, count in
                    [code, Output.number(count), ReasonText.text(code)]
                })
            let outcome = run.refused > 0 ? "refused" : "suppressed"
            Output.line("'ferry runs people \(run.id) --outcome \(outcome)' lists them.")
        }
        Output.line()
        Output.line(
            "\(Output.count(run.batches, "batch")) sent, \(Output.count(run.requests, "request")) in all."
        )
    }

    private static func headline(_ run: RunView) -> String {
        switch RunState(rawValue: run.state) {
        case .completed: "completed"
        case .completedWithWarnings: "completed with warnings"
        case .held: "HELD for approval"
        case .skipped: "SKIPPED"
        case .failed: "FAILED"
        case .stopped: "stopped"
        case .dismissed: "dismissed"
        case .planning: "planning"
        case .sending: "sending"
        case nil: run.state
        }
    }
}

/// Reason codes in words.
enum ReasonText {
    static func text(_ code: String) -> String {
        PhraseBook(.en).text(at: "reason.\(code)") ?? code
    }
}
