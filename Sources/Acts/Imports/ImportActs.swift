package import Access
import Profiles
package import Store

/// Imports, newest first.
package struct ListImports: Act {
    package static let needs = Permission.importProfiles
    /// Those of one source only.
    package let source: Source.ID?
    package let page: PageRequest

    package init(source: Source.ID? = nil, page: PageRequest = PageRequest()) {
        self.source = source
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<ImportAnswer> {
        page.page(
            try acts.catalog.history.imports(
                ofSource: source, before: try page.afterID(), limit: page.limit + 1),
            cursor: { Cursor(.imports, after: $0.id) }, acts.answer)
    }
}

/// One import.
package struct ShowImport: RemoteAct {
    package static let needs = Permission.importProfiles
    package let id: FileImport.ID

    package init(_ id: FileImport.ID) {
        self.id = id
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> ImportAnswer {
        try acts.importAnswer(id)
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/imports/\(id)")
    }
}

/// Takes in a file that was uploaded, or that a command found, as a draft or to be imported at once.
package struct AddImport: Act {
    package static let needs = Permission.importProfiles
    package let file: ImportDesk.NewFile
    package let choices: ImportChoices
    package let starts: Bool

    package init(_ file: ImportDesk.NewFile, choices: ImportChoices, starts: Bool) {
        self.file = file
        self.choices = choices
        self.starts = starts
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> ImportAnswer {
        try acts.importAnswer(
            acts.importing.add(file, choices: choices, starts: starts, by: asker.actor))
    }
}

/// Keeps what was chosen for an import that has not been started.
package struct ChooseReading: Act {
    package static let needs = Permission.importProfiles
    package let id: FileImport.ID
    package let choices: ImportChoices

    package init(_ id: FileImport.ID, _ choices: ImportChoices) {
        self.id = id
        self.choices = choices
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> ImportAnswer {
        try acts.catalog.history.setChoices(choices, ofImport: id)
        return try acts.importAnswer(id)
    }
}

/// Starts a draft, or once more what failed, as it was chosen or as is chosen now.
package struct StartImport: RemoteAct {
    package static let needs = Permission.importProfiles
    package let id: FileImport.ID
    package let choices: ImportChoices?

    package init(_ id: FileImport.ID, choices: ImportChoices? = nil) {
        self.id = id
        self.choices = choices
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> ImportAnswer {
        try await acts.importing.start(id, choices: choices, by: asker.actor)
        return try acts.importAnswer(id)
    }

    package func call(_ things: any ThingFinder) -> APICall {
        struct Body: Encodable {
            let options: ReadingOptions?
        }
        return APICall(
            "POST", "/api/v1/imports/\(id)/start",
            body: Body(options: choices.map(ReadingOptions.init)))
    }
}

/// Cancels an import that waits or runs, or throws a draft away.
package struct CancelImport: RemoteAct {
    package static let needs = Permission.importProfiles
    package let id: FileImport.ID

    package init(_ id: FileImport.ID) {
        self.id = id
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> ImportAnswer {
        try acts.importing.cancel(id, by: asker.actor)
        return try acts.importAnswer(id)
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("POST", "/api/v1/imports/\(id)/cancel")
    }
}

extension ActContext {
    /// Where imports are decided on and sources declared.
    package var importing: ImportDesk {
        ImportDesk(catalog: catalog, engine: engine, port: imports)
    }

    func answer(_ job: FileImport) -> ImportAnswer {
        ImportAnswer(job, standing: imports.standing(of: job.id))
    }

    func importAnswer(_ id: FileImport.ID) throws -> ImportAnswer {
        answer(try catalog.history.fileImport(id: id))
    }
}
