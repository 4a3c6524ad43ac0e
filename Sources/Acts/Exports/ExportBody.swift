import Exports
import Profiles
import Store

/// A draft as it travels to a service: what the API takes for an export.
struct ExportBody: Encodable, Sendable {
    let name: String
    @Nullable var connectionId: Connection.ID?
    /// Left out where there is none: not every destination has lists.
    let list: String?
    let segments: [String]
    let mapping: Matching
    let tags: [String]
    let onLeave: OnLeave
    let peopleMax: Int?
    let holdShare: Double?
    let startsAutomations: Bool
    let resubscribesRemoved: Bool
    let schedule: ExportSchedule.Kind
    let ownSchedule: ExportAnswer.OwnSchedule?

    struct Matching: Encodable {
        let email: String
        let firstName: String?
        let lastName: String?
        let phone: String?
        let fields: [Field]
    }

    struct Field: Encodable {
        let id: String
        let attribute: String
    }

    struct OnLeave: Encodable {
        let action: LeaveAction
        var field: String?
        var inside: String?
        var outside: String?
    }

    /// Throws `Refusal` for what was written so that it cannot be sent.
    init(_ draft: ExportDraft, connection: Connection.ID?) throws {
        name = draft.name
        connectionId = connection
        list = draft.list.isEmpty ? nil : draft.list
        segments = draft.segments
        mapping = Matching(
            email: draft.email, firstName: draft.firstName, lastName: draft.lastName,
            phone: draft.phone,
            fields: try draft.fields.map { field in
                guard let attribute = field.attribute else {
                    throw Refusal(unfit: [
                        ExportFinding(
                            .customField(field.name), .fieldUnreadable,
                            ["field": .text(field.name)])
                    ])
                }
                return Field(id: field.name, attribute: attribute)
            })
        tags = draft.tags
        switch draft.onLeave {
        case .keep: onLeave = OnLeave(action: .keep)
        case .unsubscribe: onLeave = OnLeave(action: .unsubscribe)
        case .field(let name, let inside, let outside):
            onLeave = OnLeave(action: .field, field: name, inside: inside, outside: outside)
        case .unreadable:
            throw Refusal(unfit: [ExportFinding(.onLeave, .leaveUnreadable)])
        }
        peopleMax = draft.limit
        // Drafts speak of percentages.
        holdShare = draft.holdShare.map { $0 / 100 }
        startsAutomations = draft.startsAutomations
        resubscribesRemoved = draft.resubscribesRemoved
        schedule = draft.schedule.kind
        ownSchedule = draft.schedule.own.map(ExportAnswer.OwnSchedule.init)
    }
}

extension Refusal {
    /// An export that cannot be stored, for what stands against it.
    init(unfit findings: [ExportFinding]) {
        self.init(
            .invalid, cause: "export-unfit",
            findings: findings.map { Finding($0.field.path, $0) })
    }
}
