package import Access
package import Profiles
package import Store

/// All sources, a page at a time in the order of their ids.
package struct ListSources: RemoteAct {
    package static let needs = Permission.importProfiles
    package let page: PageRequest

    package init(page: PageRequest = PageRequest()) {
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<SourceAnswer> {
        try page.page(all: acts.catalog.setup.sources(), .sources, SourceAnswer.init)
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/sources", query: page.query)
    }
}

/// One source.
package struct ShowSource: Act {
    package static let needs = Permission.importProfiles
    package let source: Reference<Source>

    package init(_ source: Reference<Source>) {
        self.source = source
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> SourceAnswer {
        SourceAnswer(try acts.source(source))
    }
}

/// Declares a file of the watched folder. Its columns are looked at, nothing is imported; without a key among the
/// choices the file decides.
package struct AddSource: RemoteAct {
    package static let needs = Permission.importProfiles
    package let draft: SourceDraft

    package init(_ draft: SourceDraft) {
        self.draft = draft
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> SourceAnswer {
        SourceAnswer(try await acts.importing.declare(draft, by: asker.actor))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        struct Body: Encodable {
            let name: String
            let file: String
            let active: Bool
            let options: ReadingOptions
        }
        return APICall(
            "POST", "/api/v1/sources",
            body: Body(
                name: draft.name, file: draft.file, active: draft.isActive,
                options: ReadingOptions(draft.choices)))
    }
}

/// Gives a source another name, file, state or options.
package struct ChangeSource: Act {
    package static let needs = Permission.importProfiles
    package let source: Reference<Source>
    package let draft: SourceDraft

    package init(_ source: Reference<Source>, _ draft: SourceDraft) {
        self.source = source
        self.draft = draft
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> SourceAnswer {
        let id = try acts.source(source).id
        try await acts.importing.change(id, to: draft, by: asker.actor)
        return SourceAnswer(try acts.source(.id(id)))
    }
}

/// Forgets a source; its file and the profiles it brought stay.
package struct RemoveSource: RemoteAct {
    package static let needs = Permission.importProfiles
    package let source: Reference<Source>

    package init(_ source: Reference<Source>) {
        self.source = source
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Done {
        _ = try acts.catalog.setup.removeSource(acts.source(source).id, by: asker.actor)
        return Done()
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        let id = try await things.id(of: source, noun: "source", in: "/api/v1/sources")
        return APICall("DELETE", "/api/v1/sources/\(id)")
    }
}

/// Imports a source whether its file has changed or not.
package struct ImportSource: Act {
    package static let needs = Permission.importProfiles
    package let source: Reference<Source>

    package init(_ source: Reference<Source>) {
        self.source = source
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> ImportAnswer {
        let started = try acts.importing.start(
            source: acts.source(source).id, by: asker.actor)
        return try acts.importAnswer(started.id)
    }
}

/// A file of the watched folder that is imported again whenever it changes.
package struct SourceAnswer: Codable, Equatable, Sendable {
    package let id: Source.ID
    package let name: String
    package let file: String
    package let active: Bool
    package let options: ReadingOptions
    /// What came of the last look at the file.
    @Nullable package var state: Source.State?
    @Nullable package var detail: Remark?
    package let createdAt: Moment
    @Nullable package var checkedAt: Moment?
    @Nullable package var importedAt: Moment?

    init(_ source: Source) {
        id = source.id
        name = source.name
        file = source.file
        active = source.isActive
        options = ReadingOptions(source.choices)
        state = source.lastState
        detail = source.lastDetail
        createdAt = Moment(source.createdAt)
        checkedAt = source.lastCheckedAt.map(Moment.init)
        importedAt = source.lastImportedAt.map(Moment.init)
    }
}

extension ActContext {
    /// The source that is meant, or the refusal that there is none.
    fileprivate func source(_ reference: Reference<Source>) throws -> Source {
        switch reference {
        case .id(let id): try catalog.setup.source(id: id)
        case .name(let name): try catalog.setup.source(named: name)
        }
    }
}
