import Access
import Delivery
import Exports
import Phrases
import Store

/// A page that needs nothing but its frame.
struct EmptyModel: Sendable {}

/// The list of connections, kind by kind.
struct ConnectionKindsModel: Sendable {
    let kinds: [Kind]
    /// Forms of exports do not lead to the page that removes a connection.
    let isRemoving = false

    struct Kind: Sendable {
        let id: String
        let title: String
        let isPreview: Bool
        /// Where one of this kind is added; nil where the page's own button leads there.
        let addHref: String?
        /// What is said while there is none.
        let none: String
        let connections: [ConnectionCard]
    }
}

/// The list from which a transfer is ended.
struct ConnectionsModel: Sendable {
    let connections: [ConnectionCard]
}

/// The page that removes a connection, or says what still uses it.
struct RemoveConnectionModel: Sendable {
    let connection: ConnectionCard
    /// Forms of exports lead back to this page.
    let isRemoving = true
}

/// One connection with what hangs on it.
struct ConnectionCard: Sendable {
    let id: Connection.ID
    let href: String
    let name: String
    /// The kind of destination, by the word that is stored and by its name.
    let destination: String
    let type: String
    let isPreview: Bool
    let host: String
    let audience: String
    let isShared: Bool
    let exportUser: String
    let created: MomentText
    let checked: MomentText?
    let state: BadgeMark
    let trouble: TroubleText?
    let more: String
    let endLabel: String
    let exportsText: String
    let hasExports: Bool
    let exports: [ExportRow]
    /// Whether a run goes through it now.
    let isUnderWay: Bool

    struct Badge: Sendable {
        let kind: String
        let icon: String
        let text: String
    }

    struct ExportRow: Sendable {
        let id: Export.ID
        let connection: Connection.ID
        let href: String
        let name: String
        let list: String
        let isUnderWay: Bool
        let detachLabel: String
        let removeLabel: String

        init(_ export: Export, connection: Connection.ID, isUnderWay: Bool, _ book: PhraseBook) {
            id = export.id
            self.connection = connection
            href = "/exports/\(export.id)"
            name = export.name
            list = export.list.name ?? export.list.id
            self.isUnderWay = isUnderWay
            detachLabel = book.text(.connectionsDetachOf, ["name": export.name])
            removeLabel = book.text(.connectionsRemoveOf, ["name": export.name])
        }
    }

    init(
        _ connection: Connection, exports: [ExportRow], _ destinations: Destinations,
        _ book: PhraseBook
    ) {
        id = connection.id
        destination = connection.destination
        type = destinations.title(of: connection.destination)
        isPreview = destinations.descriptor(of: connection.destination)?.isPreview ?? false
        href = "/admin/connections/\(connection.id)"
        name = connection.name
        host = connection.host
        isShared = connection.audience == .contributors
        audience = book.text(connection.audience.phrase)
        exportUser = Actor(name: connection.exportUser).shownName
        created = MomentText(connection.createdAt, book)
        checked = connection.checkedAt.map { MomentText($0, book) }
        trouble = connection.checkCode.map {
            TroubleText(code: $0, host: connection.host, book)
        }
        if let trouble {
            state = BadgeMark(kind: "trouble", icon: "cross", text: trouble.title)
        } else if connection.checkedAt != nil {
            state = BadgeMark(kind: "ok", icon: "done", text: book.text(.connectionsWorks))
        } else {
            state = BadgeMark(kind: "idle", icon: "waits", text: book.text(.connectionsNotChecked))
        }
        more = book.text(.connectionsMore, ["name": connection.name])
        endLabel = book.text(.connectionsEndOf, ["name": connection.name])
        exportsText = book.text(.connectionsExportsCount, count: exports.count)
        hasExports = !exports.isEmpty
        self.exports = exports
        isUnderWay = exports.contains(where: \.isUnderWay)
    }
}

extension Audience {
    var phrase: Phrase {
        switch self {
        case .administrators: .connectionsOnlyAdministrators
        case .contributors: .connectionsBoth
        }
    }

    var explanation: Phrase {
        switch self {
        case .administrators: .connectionsAdministratorsHint
        case .contributors: .connectionsBothHint
        }
    }
}

extension Actor {
    /// The user's name; the whole name for anybody who is no user.
    var shownName: String { userName ?? name }
}
