import Acts
import HTTPTypes
import Hummingbird
import Profiles
import Store

/// Sources: files of the watched folder that are imported again when they change.
struct SourceAPI: Sendable {
    func add(to routes: GuardedRoutes) {
        let path = "/api/v1/sources"
        routes.act(.get, path) { ListSources(page: try $0.page(.sources)) }
        routes.act(.post, path) {
            AddSource(try await Self.draft($0))
        } answer: { answer, _ in
            .created(answer, at: "\(path)/\(answer.id)")
        }
        routes.act(.get, "\(path)/{id}") { ShowSource(.id(try $0.id())) }
        routes.act(.put, "\(path)/{id}") {
            ChangeSource(.id(try $0.id()), try await Self.draft($0))
        }
        routes.act(.delete, "\(path)/{id}") { RemoveSource(.id(try $0.id())) }
        routes.act(.post, "\(path)/{id}/import") { caller in
            var body = try await caller.body(isOptional: true)
            try body.end()
            return ImportSource(.id(try caller.id()))
        } answer: { answer, _ in
            .created(answer, at: "/api/v1/imports/\(answer.id)")
        }
    }

    private static func draft(_ caller: Caller) async throws -> SourceDraft {
        var body = try await caller.body()
        let name = body.text("name")
        let file = body.text("file", length: 1...255)
        let isActive = body.flag("active") ?? true
        let choices = body.object("options", isRequired: false) { $0.importChoices() }
        try body.end()
        return SourceDraft(
            name: name ?? "", file: file ?? "",
            choices: choices ?? ImportChoices(ImportOptions(key: "")), isActive: isActive)
    }
}
