import Access
import Acts
import Delivery
import Exports
import Phrases
import Store

/// The list of exports.
struct ExportsModel: Sendable {
    let rows: [Row]
    let columns: [ColumnHead]
    let search: String
    let sort: String
    let count: String
    /// Whether there is no export at all.
    let isEmpty: Bool
    /// Whether a search found nothing.
    let isFruitless: Bool
    /// Whether the reader may add exports and run them.
    let mayChange: Bool

    struct ColumnHead: Sendable {
        let href: String
        let text: String
        /// `ascending` or `descending` where the list is sorted by it.
        let order: String?
        let icon: String?
    }

    /// One export, with what the reader may do with it.
    struct Row: Sendable {
        let id: Export.ID
        let href: String
        let name: String
        let type: String
        let isPreview: Bool
        let badge: BadgeMark?
        let runHref: String?
        let runAt: MomentText?
        let schedule: String
        let connection: String?
        let permissions: String
        let mayChange: Bool
        let mayRun: Bool
        let mayDetach: Bool
        let moreLabel: String
        private let runOrder: String

        init(
            _ entry: ExportEntry, _ role: Role, _ destinations: Destinations, _ book: PhraseBook
        ) {
            let export = entry.export
            id = entry.id
            href = "/exports/\(entry.id)"
            name = export.name
            // What a detached export was made for is not known any more.
            type = destinations.title(of: entry.connection?.destination)
            isPreview =
                (entry.connection.map { destinations.descriptor(of: $0.destination) }
                ?? destinations.usual)?.isPreview ?? false
            badge = entry.lastRun.map { RunWords.badge($0.state, book) }
            runHref = entry.lastRun.map { "/runs/\($0.id)" }
            runAt = entry.lastRun.map { MomentText($0.createdAt, book) }
            schedule = book.schedule(export.schedule)
            connection = entry.connection?.name
            mayChange = entry.right(of: role) == .change
            mayRun = mayChange && entry.connection != nil
            mayDetach = mayRun
            permissions = book.text(mayChange ? .exportsEdit : .exportsView)
            moreLabel = book.text(.exportsMore, ["name": export.name])
            runOrder = String(entry.lastRun?.createdAt ?? 0)
        }

        /// What a column is sorted by.
        func sortText(_ column: ExportsQuery.Column) -> String {
            switch column {
            case .name: name
            case .type: type
            case .status: badge?.text ?? ""
            case .run: runOrder
            case .schedule: schedule
            case .connection: connection ?? ""
            case .permissions: permissions
            }
        }
    }
}

/// The page that asks before an export is removed.
struct ExportRemovalModel: Sendable {
    let id: Export.ID
    let name: String
    /// The run that stands in the way.
    let openRun: OpenRun?

    struct OpenRun: Sendable {
        let href: String
        let text: String
    }
}
