import Acts
import Delivery
import Foundation

/// A rehearsal as the API tells it.
struct RemoteRehearsal: Decodable {
    let id: String
    let state: String
    /// Read so far, or found in the end.
    let members: Int?
    let failure: Trouble?
    let report: Report?

    struct Trouble: Decodable {
        let detail: String
    }

    struct Report: Decodable {
        let members: Int
        let enter: Int
        let change: Int
        let retry: Int
        let unchanged: Int
        let suppressed: Int
        let reasons: [String: Int]
        let leave: Int
        let leftSilently: Int
        let verdict: String
        let requests: Int
        let singleRequests: Int
        let bytes: Int
        let seconds: Double
        let contacts: Contacts?
        let accountTrouble: Trouble?
        let startsAutomations: Bool
        let rows: [String: [Row]]
    }

    struct Contacts: Decodable {
        let max: Int
        let contacts: Int
        let wouldNotFit: Int
    }

    struct Row: Decodable {
        let address: String
        let profileId: String
        let reason: String?
        let winner: String?
        let values: [Change]

        struct Change: Decodable {
            let title: String
            let before: String?
            let after: String?
        }

        func line(in group: String) -> PlanLine {
            PlanLine(
                group: group, email: address, profile: profileId, reason: reason, winner: winner,
                changes: values.map {
                    ValueChange(name: $0.title, before: $0.before, after: $0.after)
                })
        }
    }
}

extension RemoteService {
    /// Between two looks at a rehearsal.
    private static let lookPause = Duration.milliseconds(300)

    /// Rehearses an export and waits for what it finds; `progress` hears of members read.
    func rehearse(
        _ export: RemoteExport, stop: StopSignal, progress: (Int) -> Void
    ) async throws -> (id: String, RemoteRehearsal.Report) {
        var rehearsal: RemoteRehearsal = try await send(
            "POST", "/api/v1/exports/\(export.id)/rehearsals", EmptyObject())
        while rehearsal.state == "planning" {
            if stop.isRequested {
                try await send("POST", "/api/v1/rehearsals/\(rehearsal.id)/cancel")
                throw CancellationError()
            }
            progress(rehearsal.members ?? 0)
            try await Task.sleep(for: Self.lookPause)
            rehearsal = try await get("/api/v1/rehearsals/\(rehearsal.id)")
        }
        guard let report = rehearsal.report else {
            throw RemoteProblem(
                status: 409,
                text: rehearsal.failure?.detail ?? "The rehearsal was cancelled by somebody else.")
        }
        return (rehearsal.id, report)
    }
}
