package import Exports
import Profiles

/// What an export asks for and its destination does not have.
extension ExportResolver {
    /// Whether the destination has it; yes while it is not known which kind it is.
    package func has(_ ability: DestinationAbilities) -> Bool {
        destination?.abilities.contains(ability) ?? true
    }

    func notOffered(_ draft: ExportDraft) -> [ExportFinding] {
        guard let destination else { return [] }
        return asked(draft, of: destination).map {
            ExportFinding($0, .notOffered, ["destination": .text(destination.title)])
        }
    }

    private func asked(
        _ draft: ExportDraft, of destination: DestinationDescriptor
    ) -> [ExportFinding.Field] {
        var fields: [ExportFinding.Field] = []
        if !draft.list.isEmpty, !has(.lists) { fields.append(.list) }
        let optional: [(String?, DestinationDescriptor.OptionalField, ExportFinding.Field)] = [
            (draft.firstName, .firstName, .firstName), (draft.lastName, .lastName, .lastName),
            (draft.phone, .phone, .phone),
        ]
        for (name, field, place) in optional
        where name != nil && !destination.people.optional.contains(field) {
            fields.append(place)
        }
        if !destination.people.hasCustomFields {
            fields += draft.fields.map { .customField($0.name) }
        }
        if !draft.tags.isEmpty, !has(.tags) { fields.append(.tags) }
        let leaves =
            switch draft.onLeave {
            case .keep, .unreadable: true
            case .unsubscribe: has(.leaveByUnsubscribing)
            case .field: has(.leaveByField)
            }
        if !leaves || (draft.resubscribesRemoved && !has(.resubscribing)) {
            fields.append(.onLeave)
        }
        if draft.startsAutomations, !has(.automations) { fields.append(.automations) }
        return fields
    }
}
