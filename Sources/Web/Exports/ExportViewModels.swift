import Access
import Delivery
import Exports
import Phrases
import Segments
import Store

/// What somebody sees who may add exports and has no connection for them.
struct ExportPermissionsModel: Sendable {
    let newConnectionHref: String?
}

/// An export for those who may not change it: everything, and only *Close*.
struct ExportViewModel: Sendable {
    let name: String
    let badge: BadgeMark?
    let lastRun: LastRun?
    /// Why it cannot be changed.
    let explanation: String
    let connection: String?
    /// The kind of destination by its name.
    let type: String
    let isPreview: Bool
    let listName: String?
    let listID: String
    let segments: [SegmentRow]
    let mapping: [MappingRow]
    let tags: String?
    let leave: String
    let automations: String
    let resubscribes: String
    let holdShare: String
    let limit: String
    let schedule: String

    struct LastRun: Sendable {
        let href: String
        let at: MomentText
    }

    struct SegmentRow: Sendable {
        let name: String
        let members: String
        let isInactive: Bool
    }

    struct MappingRow: Sendable {
        let field: String
        let attribute: String
    }

    init(
        _ entry: ExportEntry, _ all: [Segment], _ counts: MemberCounts, _ role: Role,
        _ destinations: Destinations, _ book: PhraseBook
    ) {
        let export = entry.export
        name = export.name
        badge = entry.lastRun.map { RunWords.badge($0.state, book) }
        lastRun = entry.lastRun.map {
            LastRun(href: "/runs/\($0.id)", at: MomentText($0.createdAt, book))
        }
        explanation = book.text(
            role.allows(.changeExports) ? .exportsViewNotShared : .exportsViewViewer)
        connection = entry.connection?.name
        type = destinations.title(of: entry.connection?.destination)
        isPreview =
            (entry.connection.map { destinations.descriptor(of: $0.destination) }
            ?? destinations.usual)?.isPreview ?? false
        listName = export.list.name
        listID = export.list.id
        segments = export.segments.map { name in
            let segment = all.first { $0.name == name }
            return SegmentRow(
                name: name,
                members: segment.flatMap { counts.bySegment[$0.id] }.map(book.number) ?? "–",
                isInactive: segment?.state == .inactive)
        }
        mapping = Self.mapping(export.mapping, book)
        tags = export.tags.isEmpty ? nil : book.list(export.tags)
        leave = Self.leave(export.onLeave, book)
        automations = book.text(
            export.startsAutomations ? .exportsAutomationsStarted : .exportsAutomationsNotStarted)
        resubscribes = book.text(
            export.resubscribesRemoved ? .exportsResubscribesYes : .exportsResubscribesNo)
        holdShare = book.text(.exportsHeldWhen, ["share": book.percent(export.holdShare)])
        limit = book.text(.exportsLimitPeople, count: export.peopleMax)
        schedule = book.schedule(export.schedule)
    }

    private static func mapping(_ mapping: Mapping, _ book: PhraseBook) -> [MappingRow] {
        var rows = [MappingRow(field: book.text(.exportsEmail), attribute: mapping.email)]
        for (phrase, attribute) in [
            (Phrase.exportsFirstName, mapping.firstName), (.exportsLastName, mapping.lastName),
            (.exportsPhone, mapping.phone),
        ] {
            guard let attribute else { continue }
            rows.append(MappingRow(field: book.text(phrase), attribute: attribute))
        }
        return rows
            + mapping.fields.map { MappingRow(field: $0.title, attribute: $0.attribute) }
    }

    private static func leave(_ policy: LeavePolicy, _ book: PhraseBook) -> String {
        switch policy {
        case .keep: book.text(.exportsLeaveKeep)
        case .unsubscribe: book.text(.exportsLeaveUnsubscribe)
        case .field(let id, let inside, let outside):
            book.text(
                .exportsLeaveFieldText, ["id": id, "inside": inside, "outside": outside])
        }
    }
}
