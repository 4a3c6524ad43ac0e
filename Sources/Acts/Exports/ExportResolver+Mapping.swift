import Exports
import Profiles

/// Data matching: attributes of profiles and fields of the account.
extension ExportResolver {
    func mapping(of draft: ExportDraft, _ findings: inout [ExportFinding]) -> Mapping {
        let email = email(draft.email, &findings)
        var mapped: [MappedField] = []
        for field in draft.fields {
            guard let entry = mappedField(field, among: mapped, &findings) else { continue }
            mapped.append(entry)
        }
        func optional(_ name: String?, _ field: ExportFinding.Field) -> String? {
            name.flatMap { attribute($0, field, &findings)?.name }
        }
        return Mapping(
            email: email, firstName: optional(draft.firstName, .firstName),
            lastName: optional(draft.lastName, .lastName), phone: optional(draft.phone, .phone),
            fields: mapped)
    }

    private func email(_ name: String, _ findings: inout [ExportFinding]) -> String {
        guard !name.isEmpty else {
            findings.append(ExportFinding(.email, .emailMissing))
            return name
        }
        guard let attribute = attribute(name, .email, &findings) else { return name }
        if attribute.kind != .text {
            findings.append(
                ExportFinding(
                    .email, .emailNotText,
                    [
                        "attribute": .text(attribute.name),
                        "kind": Self.word(attribute.kind.rawValue),
                    ]
                ))
        }
        return attribute.name
    }

    private func mappedField(
        _ draft: FieldDraft, among mapped: [MappedField], _ findings: inout [ExportFinding]
    ) -> MappedField? {
        let place = ExportFinding.Field.customField(draft.name)
        guard let name = draft.attribute else {
            findings.append(
                ExportFinding(place, .fieldUnreadable, ["field": .text(draft.name)]))
            return nil
        }
        guard let field = field(draft.name, place, &findings),
            let attribute = attribute(name, place, &findings)
        else { return nil }
        if mapped.contains(where: { $0.id == field.id }) {
            findings.append(ExportFinding(place, .fieldTwice, ["field": .text(field.title)]))
            return nil
        }
        if let warning = Self.kindWarning(field, attribute, place) { findings.append(warning) }
        return MappedField(id: field.id, title: field.title, attribute: attribute.name)
    }

    private func attribute(
        _ name: String, _ place: ExportFinding.Field, _ findings: inout [ExportFinding]
    ) -> Attribute? {
        if let attribute = schema.attribute(named: name) { return attribute }
        var facts: Facts = ["attribute": .text(name)]
        facts["nearest"] = Spelling.nearest(to: name, among: schema.attributes.map(\.name))
            .map { .text($0) }
        findings.append(
            ExportFinding(place, name.isEmpty ? .attributeMissing : .attributeUnknown, facts))
        return nil
    }

    /// The field of that id or title.
    private func field(
        _ text: String, _ place: ExportFinding.Field, _ findings: inout [ExportFinding]
    ) -> DestinationField? {
        func found(_ code: ExportFinding.Code, _ more: Facts = [:]) {
            findings.append(ExportFinding(place, code, more.merging(["field": .text(text)]) { $1 }))
        }
        guard let fields else { return uncheckedField(text, found) }
        if let field = fields.first(where: { $0.id == text }) { return field }
        let folded = text.lowercased()
        let named = fields.filter { $0.title.lowercased() == folded }
        if named.count == 1 { return named[0] }
        if named.count > 1 {
            found(.fieldAmbiguous)
        } else if let nearest = Spelling.nearest(to: text, among: fields.map(\.title)) {
            found(.fieldUnknown, ["nearest": .text(nearest)])
        } else {
            found(.fieldUnknown, ["names": .names(fields.map(\.title))])
        }
        return nil
    }

    private func uncheckedField(
        _ text: String, _ found: (ExportFinding.Code, Facts) -> Void
    ) -> DestinationField? {
        guard Int(text).map(String.init) == text else {
            found(.fieldNeedsID, [:])
            return nil
        }
        if !isWithoutConnection { found(.fieldUnchecked, [:]) }
        let title = stored?.mapping.fields.first { $0.id == text }?.title
        return DestinationField(id: text, title: title ?? text, kind: "")
    }

    func leavePolicy(_ draft: LeaveDraft, _ findings: inout [ExportFinding]) -> LeavePolicy {
        switch draft {
        case .keep: return .keep
        case .unsubscribe:
            findings.append(ExportFinding(.onLeave, .unsubscribeForGood))
            return .unsubscribe
        case .field(let name, let inside, let outside):
            guard let field = field(name, .onLeave, &findings) else { return .keep }
            return .field(id: field.id, inside: inside, outside: outside)
        case .unreadable:
            findings.append(ExportFinding(.onLeave, .leaveUnreadable))
            return .keep
        }
    }

    /// Said before, not after: a value whose kind the field does not have.
    private static func kindWarning(
        _ field: DestinationField, _ attribute: Attribute, _ place: ExportFinding.Field
    ) -> ExportFinding? {
        let facts: Facts = [
            "field": .text(field.title), "fieldKind": word(field.kind),
            "attribute": .text(attribute.name), "kind": word(attribute.kind.rawValue),
        ]
        let fits =
            switch field.kind {
            case "date": attribute.kind == .date
            case "datetime": attribute.kind == .timestamp
            case "number": attribute.kind == .number
            default: true
            }
        guard fits else {
            return ExportFinding(place, .kindMismatch, facts)
        }
        let isText = ["text", "textarea", "hidden"].contains(field.kind)
        guard isText, [.date, .timestamp, .boolean].contains(attribute.kind) else { return nil }
        return ExportFinding(place, .arrivesAsText, facts)
    }

    private static func word(_ kind: String) -> Fact { .word("kind-\(kind)") }
}
