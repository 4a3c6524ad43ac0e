package import Access
package import Exports
import Foundation
import Profiles
package import Store

private let runsPath = "/api/v1/runs"

/// Begins a run of an export.
package struct StartRun: RemoteAct {
    package static let needs = Permission.runExports
    package let export: Reference<Export>

    package init(_ export: Reference<Export>) {
        self.export = export
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> RunAnswer {
        let entry = try acts.changeableExport(export, by: asker)
        return RunAnswer(
            whole: try acts.runs.start(entry.id, trigger: .onDemand, by: asker.actor))
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall(
            "POST", "/api/v1/exports/\(try await things.id(ofExport: export))/runs",
            body: [String: String](), idempotencyKey: UUID().uuidString)
    }
}

/// Begins a run of every export with an active schedule and a connection that whoever asks may change.
package struct StartAllRuns: Act {
    package static let needs = Permission.runExports

    package init() {}

    package func perform(by asker: Asker, in acts: ActContext) throws -> StartedRunsAnswer {
        var started: [RunAnswer] = []
        var running: [Export.ID] = []
        for entry in try acts.catalog.setup.exportEntries(limit: .max)
        where entry.export.schedule.isActive && entry.connection != nil
            && entry.right(of: asker.role) == .change
        {
            do {
                let run = try acts.runs.start(entry.id, trigger: .onDemand, by: asker.actor)
                started.append(RunAnswer(whole: run))
            } catch let error as StoreError where error.code == .alreadyRunning {
                running.append(entry.id)
            }
        }
        return StartedRunsAnswer(started: started, alreadyRunning: running)
    }
}

/// Runs from newest to oldest, of one export and in one state where that is asked for.
package struct ListRuns: RemoteAct {
    package static let needs = Permission.readRuns
    /// By its name also one that is gone: its runs stay in the history.
    package let export: Reference<Export>?
    package let state: RunState?
    package let page: PageRequest

    package init(
        ofExport export: Reference<Export>? = nil, state: RunState? = nil,
        page: PageRequest = PageRequest()
    ) {
        self.export = export
        self.state = state
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<RunAnswer> {
        let before: Run.ID? = try page.afterID()
        let found: [Run]
        switch export {
        case .name(let name):
            found = try acts.catalog.ledger.runs(
                ofExport: name, before: before, limit: page.limit + 1
            ).filter { state == nil || $0.state == state }
        case .id(let id):
            found = try acts.catalog.ledger.runs(
                ofExport: id, state: state, before: before, limit: page.limit + 1)
        case nil:
            found = try acts.catalog.ledger.runs(
                ofExport: Export.ID?.none, state: state, before: before, limit: page.limit + 1)
        }
        return page.page(found, cursor: { Cursor(.runs, after: $0.id) }, { RunAnswer($0) })
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        var query = page.query
        query["state"] = state?.rawValue
        if let export { query["export"] = String(try await things.id(ofExport: export)) }
        return APICall("GET", runsPath, query: query)
    }
}

/// One run with its reasons.
package struct ShowRun: RemoteAct {
    package static let needs = Permission.readRuns
    package let run: Run.ID

    package init(_ run: Run.ID) {
        self.run = run
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> RunAnswer {
        RunAnswer(whole: try acts.run(run))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "\(runsPath)/\(run)")
    }
}

/// People of a run by what became of them, in the order of their addresses.
package struct ListRunPeople: RemoteAct {
    package static let needs = Permission.readPeople
    package let run: Run.ID
    package let outcome: OutcomeWord?
    package let reason: String?
    /// A part of an address or of a profile's id.
    package let search: String?
    package let page: PageRequest

    package init(
        ofRun run: Run.ID, outcome: OutcomeWord? = nil, reason: String? = nil,
        search: String? = nil, page: PageRequest = PageRequest()
    ) {
        self.run = run
        self.outcome = outcome
        self.reason = reason
        self.search = search
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<OutcomeAnswer> {
        var after: PersonCursor?
        if let cursor = page.after {
            guard cursor.parts.count == 2 else {
                throw Refusal(.unreadable, findings: [.init("after", "cursor")])
            }
            after = PersonCursor(key: cursor.parts[0], profileID: cursor.parts[1])
        }
        let found = try acts.catalog.ledger.people(
            ofRun: try acts.run(run).id, outcome: outcome?.outcome, reason: reason,
            search: search, after: after, limit: page.limit + 1)
        return page.page(
            found, cursor: { Cursor(.people, $0.key, $0.profileID) }, OutcomeAnswer.init)
    }

    package func call(_ things: any ThingFinder) -> APICall {
        var query = page.query
        query["outcome"] = outcome?.rawValue
        query["reason"] = reason
        query["search"] = search
        return APICall("GET", "\(runsPath)/\(run)/people", query: query)
    }
}

/// Requests that a run made, oldest first.
package struct ListRunCalls: RemoteAct {
    package static let needs = Permission.readRuns
    package let run: Run.ID
    package let page: PageRequest

    package init(ofRun run: Run.ID, page: PageRequest = PageRequest()) {
        self.run = run
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<CallAnswer> {
        let found = try acts.catalog.ledger.calls(
            ofRun: try acts.run(run).id, after: try page.afterNumber(), limit: page.limit + 1)
        return page.page(
            found, cursor: { Cursor(.calls, after: $0.number) },
            { CallAnswer($0.call, number: $0.number) })
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "\(runsPath)/\(run)/calls", query: page.query)
    }
}

/// Runs that nobody carries on: trouble of the machine left them behind.
package struct ListInterruptedRuns: Act {
    package static let needs = Permission.readRuns

    package init() {}

    package func perform(by asker: Asker, in acts: ActContext) throws -> [RunAnswer] {
        try acts.catalog.ledger.openRuns()
            .filter { $0.state != .held && acts.runs.progress(of: $0.id) == nil }
            .map(RunAnswer.init(whole:))
    }
}

extension ActContext {
    /// A run. Throws `Refusal` when there is none of that id.
    package func run(_ id: Run.ID) throws -> Run {
        do {
            return try catalog.ledger.run(id: id)
        } catch let error as StoreError where error.code == .notFound {
            throw Refusal(.notFound, ["noun": .word("run"), "id": .digits(id)])
        }
    }
}
