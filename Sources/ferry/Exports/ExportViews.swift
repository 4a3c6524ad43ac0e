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

    /// An export as a service tells it.
    init(_ export: RemoteExport) {
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
        let entries = try await found()
        if json {
            struct View: Encodable { let exports: [ExportView] }
            return try Output.json(View(exports: entries.map(\.view)))
        }
        Output.table(
            ["Export", "List", "Segments", "Connection", "On leave", "Last run"],
            entries.map { entry in
                [
                    entry.view.name, entry.view.listName ?? entry.view.list,
                    entry.view.segments.joined(separator: ", "),
                    entry.view.connection ?? "No connection", entry.view.onLeave,
                    entry.lastRun ?? "never",
                ]
            })
    }

    /// Exports, and the state and time of their last runs.
    private func found() async throws -> [(view: ExportView, lastRun: String?)] {
        if let service = try ServerOption.service() {
            return try await service.use { try await $0.exports() }.map { export in
                (ExportView(export), export.lastRun.map { "\($0.state) \($0.createdAt.text)" })
            }
        }
        let workspace = try Workspace.open(.reading)
        let names = Dictionary(
            uniqueKeysWithValues: try workspace.catalog.setup.connections().map { ($0.id, $0.name) }
        )
        return try workspace.catalog.setup.exports().map { export in
            let last = try workspace.catalog.ledger.runs(ofExport: export.name, limit: 1).first
            return (
                ExportView(export, connection: export.connection.flatMap { names[$0] }),
                last.map { "\($0.state.rawValue) \(Output.time($0.createdAt))" }
            )
        }
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
        let (view, fields) = try await found()
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
        for field in fields {
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

    private typealias Field = (id: String, title: String, attribute: String)

    private func found() async throws -> (ExportView, [Field]) {
        if let service = try ServerOption.service() {
            let export = try await service.use { try await $0.export(named: name) }
            return (
                ExportView(export), export.mapping.fields.map { ($0.id, $0.title, $0.attribute) }
            )
        }
        let workspace = try Workspace.open(.reading)
        let export = try workspace.catalog.setup.export(named: name)
        let connection = try export.connection.flatMap {
            try workspace.catalog.setup.connection(id: $0)
        }
        return (
            ExportView(export, connection: connection?.name),
            export.mapping.fields.map { ($0.id, $0.title, $0.attribute) }
        )
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
        if let service = try ServerOption.service() {
            try await service.use { try await $0.removeExport(named: name) }
        } else {
            let workspace = try Workspace.open(.changing(purpose: "exports remove"))
            try workspace.catalog.setup.removeExport(named: name, by: workspace.actor)
        }
        Output.line("Removed the export '\(name)'.")
    }
}
