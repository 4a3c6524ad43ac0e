package import Access
import Profiles
package import Store

/// Lets a held run be planned anew and sent. It is held again if more people would leave than were looked at.
package struct ApproveRun: RemoteAct {
    package static let needs = Permission.runExports
    package let run: Run.ID

    package init(_ run: Run.ID) {
        self.run = run
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> RunAnswer {
        try acts.runs.approve(try acts.decidableRun(run, by: asker), by: asker.actor)
        return RunAnswer(whole: try acts.run(run))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall(deciding: "approve", run)
    }
}

/// Ends a held run without sending.
package struct DismissRun: RemoteAct {
    package static let needs = Permission.runExports
    package let run: Run.ID

    package init(_ run: Run.ID) {
        self.run = run
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> RunAnswer {
        try acts.runs.dismiss(try acts.decidableRun(run, by: asker), by: asker.actor)
        return RunAnswer(whole: try acts.run(run))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall(deciding: "dismiss", run)
    }
}

/// Lets a run send nothing more; what it sent is still confirmed.
package struct StopRun: RemoteAct {
    package static let needs = Permission.runExports
    package let run: Run.ID

    package init(_ run: Run.ID) {
        self.run = run
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> RunAnswer {
        try acts.runs.stop(try acts.decidableRun(run, by: asker), by: asker.actor)
        return RunAnswer(whole: try acts.run(run))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall(deciding: "stop", run)
    }
}

extension APICall {
    fileprivate init(deciding verb: String, _ run: Run.ID) {
        self.init("POST", "/api/v1/runs/\(run)/\(verb)", body: [String: String]())
    }
}

extension ActContext {
    /// Whether somebody may decide about a run: whoever may change its export, and administrators when that is
    /// gone. Throws what the catalog throws.
    package func mayDecide(about run: Run, _ asker: Asker) throws -> Bool {
        guard asker.role.allows(.runExports) else { return false }
        guard let entry = try catalog.setup.exportEntry(id: run.export) else {
            return asker.role == .administrator
        }
        return entry.right(of: asker.role) == .change
    }

    fileprivate func decidableRun(_ id: Run.ID, by asker: Asker) throws -> Run {
        let run = try run(id)
        guard try mayDecide(about: run, asker) else {
            throw Refusal(
                .notAllowed, ["id": .digits(id), "name": .text(run.exportName)],
                cause: "not-shared")
        }
        return run
    }
}
