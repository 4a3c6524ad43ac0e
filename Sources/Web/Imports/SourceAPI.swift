import Access
import Acts
import HTTPTypes
import Hummingbird
import Profiles
import Service
import Store

/// Sources: files of the watched folder that are imported again when they change.
struct SourceAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        routes.api(.get, "/api/v1/sources", needs: .importProfiles, use: list)
        routes.api(.post, "/api/v1/sources", needs: .importProfiles, use: add)
        routes.api(.get, "/api/v1/sources/{id}", needs: .importProfiles) { caller in
            .json(JSONValue(try source(caller)))
        }
        routes.api(.put, "/api/v1/sources/{id}", needs: .importProfiles, use: change)
        routes.api(.delete, "/api/v1/sources/{id}", needs: .importProfiles) { caller in
            _ = try services.catalog.setup.removeSource(caller.id(), by: caller.actor)
            return .done
        }
        routes.api(.post, "/api/v1/sources/{id}/import", needs: .importProfiles, use: start)
    }

    private func list(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.sources)
        return .json(
            try page.answer(all: try services.catalog.setup.sources(), .sources) { JSONValue($0) })
    }

    private func add(_ caller: Caller) async throws -> Response {
        let draft = try await draft(caller)
        let added = try await telling {
            try await services.imports.declare(draft, by: caller.actor)
        }
        return .created(JSONValue(added), at: "/api/v1/sources/\(added.id)")
    }

    private func change(_ caller: Caller) async throws -> Response {
        let id = try source(caller).id
        var draft = try await draft(caller)
        if draft.choices.options.key.isEmpty {
            draft.choices.options.key = try await telling {
                try await services.imports.preview(ofFile: draft.file, draft.choices).key
            }
        }
        try await telling { try services.imports.change(id, to: draft, by: caller.actor) }
        return .json(JSONValue(try source(caller)))
    }

    private func start(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        let started = try services.imports.start(source: source(caller).id, by: caller.actor)
        return .created(JSONValue(started), at: "/api/v1/imports/\(started.id)")
    }

    private func draft(_ caller: Caller) async throws -> SourceDraft {
        var body = try await APIBody.read(caller.request)
        let name = body.text("name")
        let file = body.text("file", length: 1...255)
        let isActive = body.flag("active") ?? true
        let choices = body.object("options", isRequired: false) { $0.importChoices() }
        try body.end()
        return SourceDraft(
            name: name ?? "", file: file ?? "",
            choices: choices ?? ImportChoices(ImportOptions(key: "")), isActive: isActive)
    }

    /// What is wrong with a file is the caller's to know.
    private func telling<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as ImportError {
            throw WebProblem(.conflict, error.detail)
        }
    }

    private func source(_ caller: Caller) throws -> Source {
        try services.catalog.setup.source(id: caller.id())
    }
}
