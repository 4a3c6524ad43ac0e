package import Profiles
package import Schedules
import Segments

/// The number of a connection, which the catalog describes.
package typealias ConnectionID = Identifier<ConnectionKind>

/// Tells numbers of connections from others; there is none of it.
package enum ConnectionKind {}

/// A connection, a list, segments, a mapping, and what happens to people who leave.
package struct Export: Equatable, Sendable, Identifiable {
    package typealias ID = Identifier<Export>

    package let id: ID
    package var name: String
    package var connection: ConnectionID?
    package var list: ListReference
    /// Names of the segments whose members are exported, in the order given; at least one.
    package var segments: [String]
    package var mapping: Mapping
    /// Names of tags that every delivered person gets. Tags are only ever added.
    package var tags: [String]
    package var onLeave: LeavePolicy
    /// Most people a run may carry, after those without a usable address and duplicates are set aside.
    package var peopleMax: Int
    /// Share of the delivered people (0 to 1) above which leavers hold the run, when leaving does something.
    package var holdShare: Double
    /// Whether delivered people start automations at the destination.
    package var startsAutomations: Bool
    /// Whether people whom Ferry itself unsubscribed may be put back when they return.
    package var resubscribesRemoved: Bool
    /// When it runs by itself.
    package var schedule: ExportSchedule

    package static let peopleMaxDefault = 1_000_000
    package static let holdShareDefault = 0.30

    package init(
        id: ID, name: String, connection: ConnectionID?, list: ListReference, segments: [String],
        mapping: Mapping, tags: [String] = [], onLeave: LeavePolicy = .keep,
        peopleMax: Int = Export.peopleMaxDefault, holdShare: Double = Export.holdShareDefault,
        startsAutomations: Bool = false, resubscribesRemoved: Bool = false,
        schedule: ExportSchedule = .refresh
    ) {
        self.id = id
        self.name = name
        self.connection = connection
        self.list = list
        self.segments = segments
        self.mapping = mapping
        self.tags = tags
        self.onLeave = onLeave
        self.peopleMax = peopleMax
        self.holdShare = holdShare
        self.startsAutomations = startsAutomations
        self.resubscribesRemoved = resubscribesRemoved
        self.schedule = schedule
    }
}

/// When an export runs by itself. It can always be run on demand.
package enum ExportSchedule: Hashable, Codable, Sendable {
    /// With every scheduled refresh, after the segments.
    case refresh
    /// Only on demand.
    case manual
    /// At moments of its own.
    case own(Schedule)

    /// Which of them it is. The raw values are stable words.
    package enum Kind: String, Codable, CaseIterable, Sendable {
        case refresh
        case manual
        case own
    }

    package var kind: Kind {
        switch self {
        case .refresh: .refresh
        case .manual: .manual
        case .own: .own
        }
    }

    /// The moments of its own, if it has any.
    package var own: Schedule? {
        if case .own(let schedule) = self { return schedule }
        return nil
    }

    /// Whether it ever runs by itself.
    package var isActive: Bool { self != .manual }
}

/// A list of the destination: its id, and its name if the account told it.
package struct ListReference: Hashable, Codable, Sendable {
    package let id: String
    package let name: String?

    package init(id: String, name: String?) {
        self.id = id
        self.name = name
    }
}

/// Which attributes leave the system, and as what. Nothing else is sent.
package struct Mapping: Hashable, Codable, Sendable {
    /// The attribute that holds the e-mail address.
    package var email: String
    package var firstName: String?
    package var lastName: String?
    package var phone: String?
    package var fields: [MappedField]

    package init(
        email: String, firstName: String? = nil, lastName: String? = nil, phone: String? = nil,
        fields: [MappedField] = []
    ) {
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.phone = phone
        self.fields = fields
    }

    /// Targets with their attributes in canonical order, so that the order in which fields were typed
    /// makes nobody changed.
    package var columns: [(target: Target, attribute: String)] {
        var columns: [(target: Target, attribute: String)] = []
        if let firstName { columns.append((.firstName, firstName)) }
        if let lastName { columns.append((.lastName, lastName)) }
        if let phone { columns.append((.phone, phone)) }
        for field in fields.sorted(by: { $0.id < $1.id }) {
            columns.append((.field(field.id), field.attribute))
        }
        return columns
    }

    /// Every attribute used, the address first.
    package var attributes: [String] { [email] + columns.map(\.attribute) }
}

/// A custom field of the destination and the attribute that fills it.
package struct MappedField: Hashable, Codable, Sendable {
    package let id: String
    package let title: String
    package let attribute: String

    package init(id: String, title: String, attribute: String) {
        self.id = id
        self.title = title
        self.attribute = attribute
    }
}

/// What happens to people who are no longer in the export's segments.
package enum LeavePolicy: Hashable, Codable, Sendable {
    /// Nothing is sent; they stay on the list.
    case keep
    /// They are unsubscribed from the list, which the importer cannot undo.
    case unsubscribe
    /// A custom field says who is in and who is out; safe both ways.
    case field(id: String, inside: String, outside: String)

    /// Whether a leaver causes a request.
    package var sendsSomething: Bool { self != .keep }
}

extension Export {
    /// The values that everyone gets, whatever the profile: tags, and the field that says "in".
    package var constantValues: ValueList {
        var values = ValueList()
        for tag in tags.sorted() { values.append(tag, for: .tag) }
        if case .field(let id, let inside, _) = onLeave { values.append(inside, for: .field(id)) }
        return values
    }

    /// The values a leaver gets: the field that says "out", or nothing.
    package var leaveValues: ValueList {
        var values = ValueList()
        if case .field(let id, _, let outside) = onLeave { values.append(outside, for: .field(id)) }
        return values
    }
}

extension Export {
    /// The fields in which this export differs from another, in the words of the audit log. The id is none.
    package func changes(from old: Export) -> [String] {
        var changes: [String] = []
        if old.name != name { changes.append("name") }
        if old.connection != connection { changes.append("connection") }
        if old.list.id != list.id { changes.append("list") }
        if old.segments != segments { changes.append("segments") }
        if old.mapping != mapping { changes.append("mapping") }
        if old.tags != tags { changes.append("tags") }
        if old.onLeave != onLeave { changes.append("onLeave") }
        if old.peopleMax != peopleMax { changes.append("limit") }
        if old.holdShare != holdShare { changes.append("holdPercent") }
        if old.startsAutomations != startsAutomations { changes.append("startAutomations") }
        if old.resubscribesRemoved != resubscribesRemoved { changes.append("resubscribeRemoved") }
        if old.schedule != schedule { changes.append("schedule") }
        return changes
    }
}
