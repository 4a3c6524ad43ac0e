package import Exports
package import Profiles

/// A rehearsal as it stands; one of `report` and `failure` is there when it has ended so.
package struct RehearsalAnswer: Codable, Sendable {
    package let id: Rehearsal.ID
    package let exportId: Export.ID
    package let exportName: String
    package let state: State
    /// Read so far, or found in the end.
    @Nullable package var members: Int?
    @Nullable package var failure: Trouble?
    @Nullable package var report: Report?

    /// How far it is, or how it ended.
    package enum State: String, Codable, Sendable {
        case planning, done, failed, cancelled
    }

    /// Why there is no report, or why the account could not be asked.
    package struct Trouble: Codable, Sendable {
        package let code: String
        package let detail: Remark
    }

    package init(_ rehearsal: Rehearsal) {
        id = rehearsal.id
        exportId = rehearsal.export.id
        exportName = rehearsal.export.name
        var members: Int?
        var failure: Trouble?
        var report: Report?
        switch rehearsal.state {
        case .planning(let read):
            state = .planning
            members = read
        case .done(let found):
            state = .done
            members = found.summary.members
            report = Report(found)
        case .failed(let reason, let detail):
            state = .failed
            failure = Trouble(code: reason, detail: detail ?? Remark(written: ""))
        case .cancelled:
            state = .cancelled
        }
        self.members = members
        self.failure = failure
        self.report = report
    }
}

extension RehearsalAnswer {
    /// What was found.
    package struct Report: Codable, Sendable {
        package let members: Int
        package let enter: Int
        package let change: Int
        package let retry: Int
        package let unchanged: Int
        package let suppressed: Int
        /// Suppressed people by reason code.
        package let reasons: [String: Int]
        package let leave: Int
        /// People who left and for whom nothing is sent.
        package let leftSilently: Int
        package let verdict: Verdict
        package let requests: Int
        package let singleRequests: Int
        package let bytes: Int
        package let seconds: Double
        @Nullable package var contacts: Contacts?
        @Nullable package var accountTrouble: Trouble?
        package let startsAutomations: Bool
        package let madeAt: Moment
        /// The first rows of each kind.
        package let rows: [String: [Row]]

        init(_ report: RehearsalReport) {
            let summary = report.summary
            let forecast = report.forecast
            members = summary.members
            enter = summary.enter
            change = summary.change
            retry = summary.retry
            unchanged = summary.unchanged
            suppressed = summary.suppressedTotal
            reasons = summary.suppressed
            leave = summary.leave
            leftSilently = summary.leftSilently
            verdict = Verdict(report.verdict)
            requests = forecast.requests
            singleRequests = summary.singleBatches
            bytes = forecast.bytes
            seconds = forecast.seconds
            contacts = forecast.contacts.map {
                Contacts(max: $0.max, contacts: $0.contacts, wouldNotFit: $0.wouldNotFit)
            }
            accountTrouble = forecast.trouble.map { Trouble(code: $0.code, detail: $0.detail) }
            startsAutomations = forecast.startsAutomations
            madeAt = Moment(report.madeAt)
            var rows: [String: [Row]] = [:]
            for kind in RehearsalRow.Kind.allCases {
                rows[kind.rawValue] = (report.rows[kind] ?? []).map(Row.init)
            }
            self.rows = rows
        }
    }

    /// What a run would come to.
    package enum Verdict: String, Codable, Sendable {
        case go, hold
        case tooMany = "too-many"

        init(_ verdict: PlanVerdict) {
            switch verdict {
            case .go: self = .go
            case .tooMany: self = .tooMany
            case .hold: self = .hold
            }
        }
    }

    /// Whether those who enter fit into the account.
    package struct Contacts: Codable, Sendable {
        package let max: Int
        package let contacts: Int
        /// How many of those who enter would not fit, if none of them is a contact yet.
        package let wouldNotFit: Int
    }

    /// One person of the plan.
    package struct Row: Codable, Sendable {
        package let address: String
        package let profileId: String
        @Nullable package var reason: String?
        /// The profile that is sent in place of a duplicate.
        @Nullable package var winner: String?
        package let values: [Value]

        /// A value as it was delivered, and as a run would leave it.
        package struct Value: Codable, Sendable {
            package let title: String
            @Nullable package var before: String?
            @Nullable package var after: String?
        }

        init(_ row: RehearsalRow) {
            address = row.key
            profileId = row.profileID
            reason = row.reason?.rawValue
            winner = row.winner
            values = row.values.map {
                Value(title: $0.title, before: $0.before, after: $0.after)
            }
        }
    }
}
