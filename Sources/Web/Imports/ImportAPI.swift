import Access
import Acts
import Foundation
import HTTPTypes
import Hummingbird
import Profiles
import Service
import Store

/// Imports: upload a file as the body, start it with options, follow it, cancel it.
struct ImportAPI: Sendable {
    let services: Services
    let starts: StartDesk

    private static let uploadNames: Set<String> = [
        "fileName", "key", "delimiter", "dateOrder", "skipBadRows", "removeMissing", "start",
    ]
    private static let types: Set<String> = [
        "text/csv", "text/tab-separated-values", "text/plain", "application/x-ndjson",
        "application/jsonl", "application/octet-stream",
    ]

    func add(to routes: GuardedRoutes) {
        routes.api(.post, "/api/v1/imports", needs: .importProfiles, use: upload)
        routes.api(.get, "/api/v1/imports", needs: .importProfiles, use: list)
        routes.api(.get, "/api/v1/imports/{id}", needs: .importProfiles) { caller in
            .json(answer(try job(caller)))
        }
        routes.api(.post, "/api/v1/imports/{id}/start", needs: .importProfiles, use: start)
        routes.api(.post, "/api/v1/imports/{id}/cancel", needs: .importProfiles, use: cancel)
    }

    private func answer(_ job: FileImport) -> JSONValue {
        JSONValue(job, standing: services.imports.standing(of: job.id))
    }

    /// Takes the body to the disk, and starts the import unless it is told not to.
    private func upload(_ caller: Caller) async throws -> Response {
        let query = try APIQuery(caller, names: Self.uploadNames)
        let type = caller.request.headers[.contentType]?.split(separator: ";").first?
            .trimmingCharacters(in: .whitespaces).lowercased()
        guard let type, Self.types.contains(type) else {
            throw WebProblem(
                .unsupportedType,
                "Send the file itself as the body, as 'Content-Type: text/csv' or 'application/x-ndjson'."
            )
        }
        var choices = ImportChoices(ImportOptions(key: try query.text("key") ?? ""))
        choices.options.delimiter = try query.choice("delimiter", of: DelimiterWord.self)
            .flatMap { Delimiter(word: $0.rawValue) }
        choices.options.dateOrder = try query.choice("dateOrder", of: DateOrder.self)
        choices.options.removeMissing = try query.flag("removeMissing")
        choices.skipsBadRows = try query.flag("skipBadRows")
        let starts = try query.choice("start", of: Answer.self) != .no
        if starts, choices.options.key.isEmpty {
            throw WebProblem(
                .badRequest, "Name the key column with 'key', or send 'start=false' to look first.",
                findings: [.init(field: "key", code: "required", detail: "It is missing.")])
        }
        let fallback = type.contains("json") ? "upload.jsonl" : "upload.csv"
        let file = try await UploadReader(uploads: services.imports.uploads)
            .readRaw(caller.request, named: try query.text("fileName") ?? fallback)
        return try await self.starts.once(caller) {
            guard file.writer.bytes > 0 else {
                throw WebProblem(.invalid, "The body is empty; it takes the file itself.")
            }
            let added = try services.imports.add(
                upload: file.writer, named: file.name, choices: choices, starts: starts,
                by: caller.actor)
            return (.created, answer(added), "/api/v1/imports/\(added.id)")
        }
    }

    private func list(_ caller: Caller) throws -> Response {
        let query = try APIQuery(caller, names: PageRequest.names.union(["source"]))
        let page = try query.page(.imports)
        let found = try services.catalog.history.imports(
            ofSource: try query.id("source"), before: try page.id(), limit: page.limit + 1)
        return .json(page.answer(found, cursor: { Cursor(.imports, after: $0.id) }, answer))
    }

    private func start(_ caller: Caller) async throws -> Response {
        let job = try job(caller)
        var body = try await APIBody.read(caller.request, isOptional: true)
        var choices = body.has("options") ? nil : job.choices
        if choices == nil { choices = body.object("options") { $0.importChoices() } }
        try body.end()
        guard var choices else { throw WebProblem(.invalid) }
        if choices.options.key.isEmpty, job.state.isStartable, job.upload != nil {
            choices.options.key = try await previewedKey(of: job)
        }
        let started = try services.imports.start(job.id, choices: choices, by: caller.actor)
        return .json(answer(started))
    }

    private func previewedKey(of job: FileImport) async throws -> String {
        do {
            return try await services.imports.preview(of: job).key
        } catch let error as ImportError {
            throw WebProblem(.conflict, error.detail)
        }
    }

    private func cancel(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        try services.imports.cancel(try job(caller).id, by: caller.actor)
        return .json(answer(try job(caller)))
    }

    private func job(_ caller: Caller) throws -> FileImport {
        try services.catalog.history.fileImport(id: caller.id())
    }

    /// Delimiters by the words of the API.
    private enum DelimiterWord: String, CaseIterable {
        case comma, semicolon, tab, bar
    }

    private enum Answer: String, CaseIterable {
        case yes = "true"
        case no = "false"
    }
}
