package import Access
package import Exports
import Store

private let exportsPath = "/api/v1/exports"

/// All exports, a page at a time in the order of their ids.
package struct ListExports: RemoteAct {
    package static let needs = Permission.readExports
    package let page: PageRequest

    package init(page: PageRequest = PageRequest()) {
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<ExportAnswer> {
        try page.page(all: acts.catalog.setup.exportEntries(limit: .max), .exports) {
            ExportAnswer($0, for: asker.role)
        }
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", exportsPath, query: page.query)
    }
}

/// One export as whoever asks sees it.
package struct ShowExport: RemoteAct {
    package static let needs = Permission.readExports
    package let export: Reference<Export>

    package init(_ export: Reference<Export>) {
        self.export = export
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> ExportAnswer {
        ExportAnswer(try acts.export(export), for: asker.role)
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall("GET", "\(exportsPath)/\(try await things.id(ofExport: export))")
    }
}

/// Adds an export. Nothing is sent.
package struct AddExport: RemoteAct {
    package static let needs = Permission.changeExports
    package let draft: ExportDraft
    package let connection: Reference<ConnectionKind>?

    package init(_ draft: ExportDraft, connection: Reference<ConnectionKind>?) {
        self.draft = draft
        self.connection = connection
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> SavedExportAnswer {
        let (export, warnings) = try await acts.checked(draft, connection, stored: nil, by: asker)
        return try acts.saved(
            try acts.exports.add(export, by: asker.actor).id, warnings, for: asker)
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall(
            "POST", exportsPath,
            body: try ExportBody(draft, connection: try await things.id(ofConnection: connection)))
    }
}

/// Gives an export everything that a draft says. Nothing is sent. Refused while a run of it is unfinished.
package struct ChangeExport: RemoteAct {
    package static let needs = Permission.changeExports
    package let export: Reference<Export>
    package let draft: ExportDraft
    package let connection: Reference<ConnectionKind>?

    package init(
        _ export: Reference<Export>, _ draft: ExportDraft, connection: Reference<ConnectionKind>?
    ) {
        self.export = export
        self.draft = draft
        self.connection = connection
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> SavedExportAnswer {
        let stored = try acts.changeableExport(export, by: asker).export
        let (changed, warnings) = try await acts.checked(
            draft, connection, stored: stored, by: asker)
        _ = try acts.exports.change(changed, by: asker.actor)
        return try acts.saved(stored.id, warnings, for: asker)
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall(
            "PUT", "\(exportsPath)/\(try await things.id(ofExport: export))",
            body: try ExportBody(draft, connection: try await things.id(ofConnection: connection)))
    }
}

/// Removes an export and its ledger. People stay where they are, and its runs stay in the history. Refused
/// while a run of it is unfinished.
package struct RemoveExport: RemoteAct {
    package static let needs = Permission.changeExports
    package let export: Reference<Export>

    package init(_ export: Reference<Export>) {
        self.export = export
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Done {
        let entry = try acts.changeableExport(export, by: asker)
        try acts.catalog.setup.removeExport(entry.id, by: asker.actor)
        return Done()
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall("DELETE", "\(exportsPath)/\(try await things.id(ofExport: export))")
    }
}

/// Takes the connection off an export, which keeps everything else. A run of it stops sending.
package struct DetachExport: RemoteAct {
    package static let needs = Permission.changeExports
    package let export: Reference<Export>

    package init(_ export: Reference<Export>) {
        self.export = export
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> ExportAnswer {
        let entry = try acts.changeableExport(export, by: asker)
        try acts.runs.detach(entry.export, by: asker.actor)
        return ExportAnswer(try acts.export(.id(entry.id)), for: asker.role)
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall(
            "POST", "\(exportsPath)/\(try await things.id(ofExport: export))/detach",
            body: [String: String]())
    }
}

extension ThingFinder {
    func id(ofExport export: Reference<Export>) async throws -> Export.ID {
        try await id(of: export, noun: "export", in: exportsPath)
    }

    fileprivate func id(ofConnection connection: Reference<ConnectionKind>?) async throws
        -> Connection.ID?
    {
        guard let connection else { return nil }
        return try await id(of: connection, noun: "connection", in: "/api/v1/connections")
    }
}

extension ActContext {
    /// The export that a draft asks for, looked up and checked as the form does it. Throws `Refusal` with what
    /// stands against it.
    fileprivate func checked(
        _ draft: ExportDraft, _ connection: Reference<ConnectionKind>?, stored: Export?,
        by asker: Asker
    ) async throws -> (Export, [ExportFinding]) {
        let id: Connection.ID? =
            switch connection {
            case nil: nil
            case .id(let id): id
            case .name(let name): try catalog.setup.connection(named: name).id
            }
        let checked = try await exports.check(
            draft, connection: id, stored: stored, as: asker.role)
        guard let export = checked.export else {
            throw Refusal(unfit: checked.findings.filter { !$0.isWarning })
        }
        return (export, checked.findings)
    }

    fileprivate func saved(
        _ id: Export.ID, _ warnings: [ExportFinding], for asker: Asker
    ) throws -> SavedExportAnswer {
        SavedExportAnswer(
            export: ExportAnswer(try export(.id(id)), for: asker.role),
            warnings: warnings.map(SavedExportAnswer.Warning.init))
    }
}
