import ArgumentParser
import Exports
import Foundation
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

    init(_ export: Export, connection: String?) {
        name = export.name
        self.connection = connection
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
        onLeave = Self.text(export.onLeave)
        limit = export.peopleMax
        holdPercent = export.holdShare * 100
        startsAutomations = export.startsAutomations
        resubscribesRemoved = export.resubscribesRemoved
    }

    static func text(_ policy: LeavePolicy) -> String {
        switch policy {
        case .keep: "keep"
        case .unsubscribe: "unsubscribe"
        case .field(let id, let inside, let outside): "field:\(id)=\(inside),\(outside)"
        }
    }
}

struct ListExports: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List exports.")

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let workspace = try Workspace.open(.reading)
        let names = Dictionary(
            uniqueKeysWithValues: try workspace.catalog.connections().map { ($0.id, $0.name) })
        let exports = try workspace.catalog.exports()
        if json {
            struct View: Encodable { let exports: [ExportView] }
            return try Output.json(
                View(
                    exports: exports.map { export in
                        ExportView(export, connection: export.connection.flatMap { names[$0] })
                    }))
        }
        Output.table(
            ["Export", "List", "Segments", "Connection", "On leave", "Last run"],
            try exports.map { export in
                let last = try workspace.catalog.runs(ofExport: export.name, limit: 1).first
                return [
                    export.name, export.list.name ?? export.list.id,
                    export.segments.joined(separator: ", "),
                    export.connection.flatMap { names[$0] } ?? "No connection",
                    ExportView.text(export.onLeave),
                    last.map { "\($0.state.rawValue) \(Output.time($0.createdAt))" } ?? "never",
                ]
            })
    }
}

struct ShowExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one export.")

    @Argument(help: "The export's name.")
    var name: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let workspace = try Workspace.open(.reading)
        let export = try workspace.catalog.export(named: name)
        let connection = try export.connection.flatMap { try workspace.catalog.connection(id: $0) }
        let view = ExportView(export, connection: connection?.name)
        if json { return try Output.json(view) }
        var rows = [
            ["Connection", connection?.name ?? "No connection"],
            ["List", "\(export.list.id) \(export.list.name ?? "")"],
            ["Segments", export.segments.joined(separator: ", ")],
            ["Email", export.mapping.email],
        ]
        for (title, attribute) in [
            ("First name", export.mapping.firstName), ("Last name", export.mapping.lastName),
            ("Phone", export.mapping.phone),
        ] {
            if let attribute { rows.append([title, attribute]) }
        }
        for field in export.mapping.fields {
            rows.append(["Field \(field.id) '\(field.title)'", field.attribute])
        }
        if !export.tags.isEmpty { rows.append(["Tags", export.tags.joined(separator: ", ")]) }
        rows.append(["On leave", view.onLeave])
        rows.append(["People at most", Output.number(export.peopleMax)])
        rows.append(["Held above", "\(Int((export.holdShare * 100).rounded())) % leavers"])
        rows.append(["Automations", export.startsAutomations ? "start" : "do not start"])
        rows.append(["Puts back whom it removed", export.resubscribesRemoved ? "yes" : "no"])
        Output.table(["Export", export.name], rows)
    }
}

struct RemoveExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract:
            "Remove an export and its ledger. People stay where they are; its runs stay in the history."
    )

    @Argument(help: "The export's name.")
    var name: String

    func run() async throws {
        let workspace = try Workspace.open(.changing(purpose: "exports remove"))
        try workspace.catalog.removeExport(named: name, by: workspace.actor)
        Output.line("Removed the export '\(name)'.")
    }
}
