import Acts
import ArgumentParser
import Exports
import Store

/// An export as JSON.
struct ExportView: Encodable {
    let name: String
    let connection: String?
    let list: String
    let listName: String?
    let segments: [String]
    let mapping: [String: String]
    let tags: [String]
    let onLeave: String
    let limit: Int
    let holdPercent: Double
    let startsAutomations: Bool
    let resubscribesRemoved: Bool

    init(_ export: ExportAnswer) {
        name = export.name
        connection = export.connectionName
        list = export.list.id
        listName = export.list.name
        segments = export.segments
        var mapping = ["email": export.mapping.email]
        mapping["firstName"] = export.mapping.firstName
        mapping["lastName"] = export.mapping.lastName
        mapping["phone"] = export.mapping.phone
        for field in export.mapping.fields { mapping["field \(field.id)"] = field.attribute }
        self.mapping = mapping
        tags = export.tags
        onLeave = export.onLeave.text
        limit = export.peopleMax
        holdPercent = export.holdShare * 100
        startsAutomations = export.startsAutomations
        resubscribesRemoved = export.resubscribesRemoved
    }
}

struct ListExportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List exports.")

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let exports = try await ActDesk.open(.reading).all { ListExports(page: $0) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        if json {
            struct View: Encodable { let exports: [ExportView] }
            return try Output.json(View(exports: exports.map(ExportView.init)))
        }
        Output.table(
            ["Export", "List", "Segments", "Connection", "On leave", "Last run"],
            exports.map { export in
                [
                    export.name, export.list.name ?? export.list.id,
                    export.segments.joined(separator: ", "),
                    export.connectionName ?? "No connection", export.onLeave.text,
                    export.lastRun.map { "\($0.state.rawValue) \(Output.time($0.createdAt))" }
                        ?? "never",
                ]
            })
    }
}

struct ShowExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one export.")

    @Argument(help: "The export's name.")
    var name: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let export = try await ActDesk.open(.reading).perform(ShowExport(.name(name)))
        let view = ExportView(export)
        if json { return try Output.json(view) }
        var rows = [
            ["Connection", view.connection ?? "No connection"],
            ["List", "\(view.list) \(view.listName ?? "")"],
            ["Segments", view.segments.joined(separator: ", ")],
        ]
        for (title, key) in [
            ("Email", "email"), ("First name", "firstName"), ("Last name", "lastName"),
            ("Phone", "phone"),
        ] {
            if let attribute = view.mapping[key] { rows.append([title, attribute]) }
        }
        for field in export.mapping.fields {
            rows.append(["Field \(field.id) '\(field.title)'", field.attribute])
        }
        if !view.tags.isEmpty { rows.append(["Tags", view.tags.joined(separator: ", ")]) }
        rows.append(["On leave", view.onLeave])
        rows.append(["People at most", Output.number(view.limit)])
        rows.append(["Held above", "\(Int(view.holdPercent.rounded())) % leavers"])
        rows.append(["Automations", view.startsAutomations ? "start" : "do not start"])
        rows.append(["Puts back whom it removed", view.resubscribesRemoved ? "yes" : "no"])
        Output.table(["Export", view.name], rows)
    }
}

struct RemoveExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract:
            "Remove an export and its ledger. People stay where they are; its runs stay in the history."
    )

    @Argument(help: "The export's name.")
    var name: String

    func run() async throws {
        _ = try await ActDesk.open(.changing(purpose: "exports remove"))
            .perform(RemoveExport(.name(name)))
        Output.line("Removed the export '\(name)'.")
    }
}
