import Delivery
import Exports
import Foundation
import Profiles
import Store

/// A run as the API tells it.
struct RemoteRun: Decodable {
    let id: Int64
    let exportId: Int64
    let exportName: String
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
    /// Lists do not have it.
    let reasons: [String: Int]?
    let requests: Int
    let batches: Int
    let createdAt: RemoteTime
    let endedAt: RemoteTime?

    /// Whether nothing more happens to it without a person.
    var isSettled: Bool { endedAt != nil || state == RunState.held.rawValue }
}

/// What became of one person, as the API tells it.
struct RemoteOutcome: Decodable {
    let address: String
    let profileId: String
    let outcome: String
    let operation: String?
    let reason: String?
    let winner: String?
    let at: RemoteTime
}

/// A request of a run, as the API tells it.
struct RemoteCall: Decodable {
    let method: String
    let path: String
    let status: Int?
    let startedAt: RemoteTime
    let milliseconds: Int64
}

/// A moment as the API tells it, such as `2026-03-02T09:00:01.000Z`.
struct RemoteTime: Decodable {
    let date: Date

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        let whole = ISO8601DateFormatter()
        guard let date = formatter.date(from: text) ?? whole.date(from: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time")
        }
        self.date = date
    }

    /// As profiles tell theirs: `2026-03-02T09:00:01Z`.
    var iso: String {
        Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
            .shortDescription
    }

    /// As the command line shows times.
    var text: String { Output.time(Int64((date.timeIntervalSince1970 * 1_000).rounded())) }
}

extension RemoteService {
    func run(_ id: Int64) async throws -> RunView {
        RunView(try await get("/api/v1/runs/\(id)", as: RemoteRun.self))
    }

    func runs(ofExport name: String?, before: Int64?, limit: Int) async throws -> [RunView] {
        var query: [String: String?] = [:]
        if let name { query["export"] = String(try await export(named: name).id) }
        var ids: [Int64] = []
        try await each("/api/v1/runs", query, as: RemoteRun.self) { run in
            if before.map({ run.id < $0 }) ?? true { ids.append(run.id) }
            return ids.count < limit
        }
        // Only a run by itself has its reasons.
        var runs: [RunView] = []
        for id in ids { runs.append(try await run(id)) }
        return runs
    }
}

extension RemoteService {
    /// People of a run by what became of them, until `body` has enough.
    func people(
        ofRun id: Int64, outcome: Outcome?, reason: String?, _ body: (OutcomeView) throws -> Bool
    ) async throws {
        let run = try await run(id)
        try await each(
            "/api/v1/runs/\(id)/people", ["outcome": outcome?.word, "reason": reason],
            as: RemoteOutcome.self
        ) { try body(OutcomeView($0, of: run)) }
    }

    /// Starts a run, or approves the held one where that is asked for.
    func start(_ export: RemoteExport, isApproved: Bool) async throws -> Int64 {
        let last: [RemoteRun] = try await list(
            "/api/v1/runs", ["export": String(export.id)], limit: 1)
        if let held = last.first, held.state == RunState.held.rawValue {
            let verb = isApproved ? "approve" : "dismiss"
            try await send("POST", "/api/v1/runs/\(held.id)/\(verb)")
            if isApproved { return held.id }
        }
        let run: RemoteRun = try await send(
            "POST", "/api/v1/exports/\(export.id)/runs", EmptyObject(),
            idempotencyKey: UUID().uuidString)
        return run.id
    }

    /// Between two looks at a run.
    private static let lookPause = Duration.milliseconds(500)

    /// Watches a run until it has ended or waits for a person.
    func watch(_ id: Int64, with watcher: RunWatcher) async throws -> RunView {
        var isStopping = false
        while true {
            let run: RemoteRun = try await get("/api/v1/runs/\(id)")
            if run.isSettled { return RunView(run) }
            if watcher.stop.isRequested, !isStopping {
                isStopping = true
                try await send("POST", "/api/v1/runs/\(id)/stop")
            }
            watcher.show(run)
            try await Task.sleep(for: Self.lookPause)
        }
    }
}
