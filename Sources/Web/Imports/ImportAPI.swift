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
        let path = "/api/v1/imports"
        routes.api(.post, path, needs: AddImport.needs, use: upload)
        routes.act(.get, path) { caller in
            let query = try APIQuery(caller, names: PageRequest.names.union(["source"]))
            return ListImports(source: try query.id("source"), page: try query.page(.imports))
        }
        routes.act(.get, "\(path)/{id}") { ShowImport(try $0.id()) }
        routes.act(.post, "\(path)/{id}/start") { caller in
            var body = try await caller.body(isOptional: true)
            let choices = body.object("options", isRequired: false) { $0.importChoices() }
            try body.end()
            return StartImport(try caller.id(), choices: choices)
        }
        routes.act(.post, "\(path)/{id}/cancel") { caller in
            var body = try await caller.body(isOptional: true)
            try body.end()
            return CancelImport(try caller.id())
        }
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
        return try await self.starts.once(caller, content: file.digest) {
            guard file.writer.bytes > 0 else {
                throw WebProblem(.invalid, "The body is empty; it takes the file itself.")
            }
            let added = try await services.acts.perform(
                AddImport(file.asNew, choices: choices, starts: starts), by: caller.asker)
            file.writer.finish()
            return (.created, added, "/api/v1/imports/\(added.id)")
        }
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

extension UploadedFile {
    /// As acts take it in.
    var asNew: ImportDesk.NewFile {
        ImportDesk.NewFile(name: name, bytes: writer.bytes, upload: writer.name)
    }
}
