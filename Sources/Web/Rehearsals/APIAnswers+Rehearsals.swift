import Acts
import Exports
import Store

extension JSONValue {
    /// A rehearsal as it stands; one of `report` and `failure` is there when it has ended so.
    init(_ rehearsal: Rehearsal) {
        let state: String
        var members: Int?
        var report: RehearsalReport?
        var failure = JSONValue.null
        switch rehearsal.state {
        case .planning(let read):
            state = "planning"
            members = read
        case .done(let found):
            state = "done"
            members = found.summary.members
            report = found
        case .failed(let reason, let detail):
            state = "failed"
            failure = ["code": .string(reason), "detail": .string(detail)]
        case .cancelled: state = "cancelled"
        }
        self = [
            "id": .string(rehearsal.id), "exportId": .integer(rehearsal.export.id),
            "exportName": .string(rehearsal.export.name), "state": .string(state),
            "members": .count(members), "failure": failure,
            "report": report.map { JSONValue($0) } ?? .null,
        ]
    }

    private init(_ report: RehearsalReport) {
        let summary = report.summary
        let forecast = report.forecast
        let rows = RehearsalRow.Kind.allCases.map { kind in
            (kind.rawValue, JSONValue.array((report.rows[kind] ?? []).map { JSONValue($0) }))
        }
        self = [
            "members": .count(summary.members), "enter": .count(summary.enter),
            "change": .count(summary.change), "retry": .count(summary.retry),
            "unchanged": .count(summary.unchanged),
            "suppressed": .count(summary.suppressedTotal),
            "reasons": .object(summary.suppressed.mapValues { .integer(Int64($0)) }),
            "leave": .count(summary.leave), "leftSilently": .count(summary.leftSilently),
            "verdict": .string(Self.word(of: report.verdict)),
            "requests": .count(forecast.requests),
            "singleRequests": .count(summary.singleBatches), "bytes": .count(forecast.bytes),
            "seconds": .number(forecast.seconds),
            "contacts": forecast.contacts.map {
                [
                    "max": .count($0.max), "contacts": .count($0.contacts),
                    "wouldNotFit": .count($0.wouldNotFit),
                ]
            } ?? .null,
            "accountTrouble": forecast.trouble.map {
                ["code": .string($0.code), "detail": .string($0.detail)]
            } ?? .null,
            "startsAutomations": .bool(forecast.startsAutomations),
            "madeAt": .time(report.madeAt),
            "rows": .object(Dictionary(rows) { first, _ in first }),
        ]
    }

    private static func word(of verdict: PlanVerdict) -> String {
        switch verdict {
        case .go: "go"
        case .tooMany: "too-many"
        case .hold: "hold"
        }
    }

    private init(_ row: RehearsalRow) {
        self = [
            "address": .string(row.key), "profileId": .string(row.profileID),
            "reason": .text(row.reason?.rawValue), "winner": .text(row.winner),
            "values": .array(
                row.values.map {
                    [
                        "title": .string($0.title), "before": .text($0.before),
                        "after": .text($0.after),
                    ]
                }),
        ]
    }
}
