import Acts
import ArgumentParser
import Delivery
import Exports
import Foundation
import Store

struct AddExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an export. Nothing is sent.",
        discussion: """
            Only what is mapped leaves the system. Lists and custom fields are given by id or title and looked \
            up in the account.
            """)

    @Argument(help: "The export's name.")
    var name: String
    @Option(help: "The connection.")
    var connection: String
    @Option(help: "The list, by id or name.")
    var list: String
    @Option(
        name: .customLong("segment"),
        help: "A segment. Repeatable; members of several are sent once.")
    var segments: [String]
    @Option(help: "The attribute that holds the e-mail address.")
    var email: String
    @Option(help: "The attribute for the first name.")
    var firstName: String?
    @Option(help: "The attribute for the last name.")
    var lastName: String?
    @Option(help: "The attribute for the phone.")
    var phone: String?
    @Option(name: .customLong("field"), help: "ID_OR_TITLE=ATTRIBUTE: a custom field. Repeatable.")
    var fields: [String] = []
    @Option(name: .customLong("tag"), help: "A tag that everyone sent gets. Repeatable.")
    var tags: [String] = []
    @Option(
        help: "What happens to people who leave: keep, unsubscribe or field:ID_OR_TITLE=IN,OUT.")
    var onLeave = "keep"
    @Option(help: "Most people a run may carry; 1,000,000 by default.")
    var limit: Int?
    @Option(help: "Percentage of leavers above which a run waits for approval; 30 by default.")
    var holdShare: Double?
    @Flag(
        help:
            "Let the account's automations start for the people sent. Mail that went out cannot be called back."
    )
    var startAutomations = false
    @Flag(
        help:
            "Put people back whom Ferry itself unsubscribed, when they return. Never anybody else.")
    var resubscribeRemoved = false
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let (view, warnings) = try await add(draft())
        for warning in warnings { Output.note("Note: \(warning)") }
        if json { return try Output.json(view) }
        Output.line(
            "Added the export '\(name)'. Nothing was sent; 'ferry exports plan' shows what would be."
        )
        Output.line(AutomationNote.text(startsThem: view.startsAutomations))
    }

    private func draft() -> ExportDraft {
        var draft = ExportDraft(name: name, list: list, segments: segments, email: email)
        draft.firstName = firstName
        draft.lastName = lastName
        draft.phone = phone
        draft.fields = fields.map(FieldDraft.init(text:))
        draft.tags = tags
        draft.onLeave = LeaveDraft(text: onLeave)
        draft.limit = limit
        draft.holdShare = holdShare
        draft.startsAutomations = startAutomations
        draft.resubscribesRemoved = resubscribeRemoved
        return draft
    }

    private func add(_ draft: ExportDraft) async throws -> (ExportView, warnings: [String]) {
        if let service = try ServerOption.service() {
            let saved = try await service.use {
                try await $0.add(draft, toConnection: self.connection)
            }
            return (ExportView(saved.export), saved.warnings.map(\.detail))
        }
        let workspace = try Workspace.open(.changing(purpose: "exports add"))
        let connection = try workspace.catalog.setup.connection(named: self.connection)
        let resolver = try await ExportResolver(workspace: workspace, connection: connection)
        let (export, warnings) = try resolver.export(
            of: draft, connection: connection.id, in: workspace)
        let stored = try workspace.catalog.setup.add(export, by: workspace.actor)
        return (ExportView(stored, connection: connection.name), warnings)
    }
}

extension ExportResolver {
    /// Asks the account for its lists and fields. An account that cannot be reached does not stop a person
    /// from saving; one that refuses the key does.
    init(workspace: Workspace, connection: Connection) async throws {
        do {
            let account = try await workspace.openAccount(connection)
            let (lists, fields) = try await workspace.withAccount(account) {
                (try await $0.destination.lists(), try await $0.destination.fields())
            }
            try self.init(
                workspace: workspace, lists: lists, fields: fields, segments: try workspace.library)
        } catch let error as DestinationError {
            guard error.isPassing else { throw error }
            try self.init(
                workspace: workspace, lists: nil, fields: nil, segments: try workspace.library)
        }
    }
}

/// Whether automations will start: said with every plan, because neither a mass of unwanted mail nor a
/// silent welcome series is what people expect.
enum AutomationNote {
    static func text(_ export: Export) -> String {
        text(startsThem: export.startsAutomations)
    }

    static func text(startsThem: Bool) -> String {
        startsThem
            ? "\(Destinations.all.usual.title)'s automations WILL start for the people sent."
            : "\(Destinations.all.usual.title)'s automations will not start for the people sent."
    }
}
