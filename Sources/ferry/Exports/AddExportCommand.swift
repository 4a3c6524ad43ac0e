import Acts
import ArgumentParser
import Delivery
import Exports
import Store

struct AddExportCommand: AsyncParsableCommand {
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
    @Option(help: "The list, by id or name, where the destination has lists.")
    var list = ""
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
        let saved = try await ActDesk.open(.changing(purpose: "exports add"))
            .perform(AddExport(try draft(), connection: .name(connection)))
        for note in saved.notes { Output.note("Note: \(note)") }
        if json { return try Output.json(ExportView(saved.export)) }
        Output.line(
            "Added the export '\(name)'. Nothing was sent; 'ferry exports plan' shows what would be."
        )
        Output.line(AutomationNote.text(startsThem: saved.export.startsAutomations))
    }

    private func draft() throws -> ExportDraft {
        let leave = LeaveDraft(text: onLeave)
        if case .unreadable = leave {
            throw UsageError(
                "'\(onLeave)' is no leave policy: --on-leave takes keep, unsubscribe or field:ID_OR_TITLE=IN,OUT, with two different values."
            )
        }
        var draft = ExportDraft(name: name, list: list, segments: segments, email: email)
        draft.firstName = firstName
        draft.lastName = lastName
        draft.phone = phone
        draft.fields = fields.map(FieldDraft.init(text:))
        draft.tags = tags
        draft.onLeave = leave
        draft.limit = limit
        draft.holdShare = holdShare
        draft.startsAutomations = startAutomations
        draft.resubscribesRemoved = resubscribeRemoved
        return draft
    }
}

extension SavedExportAnswer {
    /// What a person at a terminal should know. That a date is text in the end is nothing to stop for there.
    var notes: [String] {
        warnings.filter { $0.code != ExportFinding.Code.arrivesAsText.rawValue }.map {
            Advice.sentence($0.detail)
        }
    }
}

/// Whether automations will start: said with every plan, because neither a mass of unwanted mail nor a
/// silent welcome series is what people expect.
enum AutomationNote {
    static func text(startsThem: Bool) -> String {
        startsThem
            ? "\(Destinations.all.usual.title)'s automations WILL start for the people sent."
            : "\(Destinations.all.usual.title)'s automations will not start for the people sent."
    }
}
