package import Access
package import Exports
import Profiles
import Store

private let rehearsalsPath = "/api/v1/rehearsals"

/// Begins a rehearsal: what a run of an export would do, found out without doing it. Whoever asks again while
/// theirs is under way gets the same one.
package struct StartRehearsal: RemoteAct {
    package static let needs = Permission.readExports
    package let export: Reference<Export>

    package init(_ export: Reference<Export>) {
        self.export = export
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> RehearsalAnswer {
        let entry = try acts.export(export)
        let id = acts.rehearsals.start(entry.export, by: asker.actor)
        guard let rehearsal = acts.rehearsals.rehearsal(id) else {
            throw Refusal(.conflict, cause: "rehearsals-crowded")
        }
        return RehearsalAnswer(rehearsal)
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall(
            "POST", "/api/v1/exports/\(try await things.id(ofExport: export))/rehearsals",
            body: [String: String]())
    }
}

/// One rehearsal as it stands.
package struct ShowRehearsal: RemoteAct {
    package static let needs = Permission.readExports
    package let rehearsal: Rehearsal.ID

    package init(_ rehearsal: Rehearsal.ID) {
        self.rehearsal = rehearsal
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> RehearsalAnswer {
        RehearsalAnswer(try acts.rehearsal(rehearsal))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "\(rehearsalsPath)/\(rehearsal)")
    }
}

/// Ends a rehearsal that is under way; others stay as they are.
package struct CancelRehearsal: RemoteAct {
    package static let needs = Permission.readExports
    package let rehearsal: Rehearsal.ID

    package init(_ rehearsal: Rehearsal.ID) {
        self.rehearsal = rehearsal
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> RehearsalAnswer {
        guard try acts.rehearsal(rehearsal).mayBeCancelled(by: asker) else {
            throw Refusal(.notAllowed, cause: "rehearsal-not-yours")
        }
        acts.rehearsals.cancel(rehearsal)
        return RehearsalAnswer(try acts.rehearsal(rehearsal))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("POST", "\(rehearsalsPath)/\(rehearsal)/cancel", body: [String: String]())
    }
}

extension Rehearsal {
    /// One's own, and anybody's for those who may run exports.
    package func mayBeCancelled(by asker: Asker) -> Bool {
        actor == asker.actor || asker.role.allows(.runExports)
    }
}

extension ActContext {
    /// A rehearsal. Throws `Refusal` when it is not kept any more, or never was.
    package func rehearsal(_ id: Rehearsal.ID) throws -> Rehearsal {
        guard let rehearsal = rehearsals.rehearsal(id) else {
            throw Refusal(.notFound, ["noun": .word("rehearsal")])
        }
        return rehearsal
    }

    /// Every row of a plan that is made anew while it is read; `encode` spells the cells of a row. A stream is no
    /// answer that an act could give. Throws `Refusal` unless the rehearsal came to its end.
    package func rows(
        ofRehearsal id: Rehearsal.ID, encode: @escaping @Sendable ([String]) -> String
    ) throws -> PlanDownload {
        let rehearsal = try rehearsal(id)
        guard case .done = rehearsal.state else {
            throw Refusal(.conflict, cause: "rehearsal-unfinished")
        }
        return try rehearsals.download(rehearsal.export, encode: encode)
    }
}
