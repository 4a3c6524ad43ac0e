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
            findings.append(
                ExportFinding(
                    .email, .emailMissing, "An export needs the attribute that holds the address."))
            return name
        }
        guard let attribute = attribute(name, .email, &findings) else { return name }
        if attribute.kind != .text {
            findings.append(
                ExportFinding(
                    .email, .emailNotText,
                    "The attribute '\(attribute.name)' is a \(attribute.kind.rawValue) and cannot hold addresses.",
                    ["attribute": attribute.name, "kind": attribute.kind.rawValue]))
        }
        return attribute.name
    }

    private func mappedField(
        _ draft: FieldDraft, among mapped: [MappedField], _ findings: inout [ExportFinding]
    ) -> MappedField? {
        let place = ExportFinding.Field.customField(draft.name)
        guard let name = draft.attribute else {
            findings.append(ExportFinding(unreadable: draft))
            return nil
        }
        guard let field = field(draft.name, place, &findings),
            let attribute = attribute(name, place, &findings)
        else { return nil }
        if mapped.contains(where: { $0.id == field.id }) {
            findings.append(
                ExportFinding(
                    place, .fieldTwice,
                    "The custom field \(field.id) '\(field.title)' is mapped twice.",
                    ["field": field.title]))
            return nil
        }
        if let warning = Self.kindWarning(field, attribute, place) { findings.append(warning) }
        return MappedField(id: field.id, title: field.title, attribute: attribute.name)
    }

    private func attribute(
        _ name: String, _ place: ExportFinding.Field, _ findings: inout [ExportFinding]
    ) -> Attribute? {
        if let attribute = schema.attribute(named: name) { return attribute }
        let nearest = Spelling.nearest(to: name, among: schema.attributes.map(\.name))
        let hint =
            nearest.map { "Did you mean '\($0)'?" }
            ?? "'ferry profiles attributes' lists those there are."
        findings.append(
            ExportFinding(
                place, name.isEmpty ? .attributeMissing : .attributeUnknown,
                "Profiles have no attribute '\(name)'. \(hint)",
                ["attribute": name]))
        return nil
    }

    /// The field of that id or title.
    private func field(
        _ text: String, _ place: ExportFinding.Field, _ findings: inout [ExportFinding]
    ) -> DestinationField? {
        func found(_ code: ExportFinding.Code, _ description: String) {
            findings.append(ExportFinding(place, code, description, ["field": text]))
        }
        guard let fields else { return uncheckedField(text, found) }
        if let field = fields.first(where: { $0.id == text }) { return field }
        let folded = text.lowercased()
        let named = fields.filter { $0.title.lowercased() == folded }
        if named.count == 1 { return named[0] }
        if named.count > 1 {
            found(
                .fieldAmbiguous,
                "Several custom fields are named '\(text)': \(named.map(\.id).joined(separator: ", ")). Give the id."
            )
        } else if let nearest = Spelling.nearest(to: text, among: fields.map(\.title)) {
            found(
                .fieldUnknown,
                "The account has no custom field '\(text)'. Did you mean '\(nearest)'?")
        } else {
            let known = Self.inventory(fields.map { ($0.id, $0.title) })
            found(
                .fieldUnknown,
                "The account has no custom field '\(text)'. It has \(known.isEmpty ? "none" : known)."
            )
        }
        return nil
    }

    private func uncheckedField(
        _ text: String, _ found: (ExportFinding.Code, String) -> Void
    ) -> DestinationField? {
        guard Int(text).map(String.init) == text else {
            found(
                .fieldNeedsID,
                "The account could not be reached, so the custom field '\(text)' must be given by its id."
            )
            return nil
        }
        if !isWithoutConnection {
            found(
                .fieldUnchecked,
                "The account could not be reached, so the field \(text) was not checked.")
        }
        let title = stored?.mapping.fields.first { $0.id == text }?.title
        return DestinationField(id: text, title: title ?? text, kind: "")
    }

    func leavePolicy(_ draft: LeaveDraft, _ findings: inout [ExportFinding]) -> LeavePolicy {
        switch draft {
        case .keep: return .keep
        case .unsubscribe:
            findings.append(
                ExportFinding(
                    .onLeave, .unsubscribeForGood,
                    "People who leave are unsubscribed. The importer cannot put them back when they return; a custom field (--on-leave field:ID=IN,OUT) can be switched both ways."
                ))
            return .unsubscribe
        case .field(let name, let inside, let outside):
            guard let field = field(name, .onLeave, &findings) else { return .keep }
            return .field(id: field.id, inside: inside, outside: outside)
        case .unreadable(let text):
            findings.append(ExportFinding(unreadableLeave: text))
            return .keep
        }
    }

    /// Said before, not after: a value whose kind the field does not have.
    private static func kindWarning(
        _ field: DestinationField, _ attribute: Attribute, _ place: ExportFinding.Field
    ) -> ExportFinding? {
        let values = [
            "field": field.title, "fieldKind": field.kind, "attribute": attribute.name,
            "kind": attribute.kind.rawValue,
        ]
        let fits =
            switch field.kind {
            case "date": attribute.kind == .date
            case "datetime": attribute.kind == .timestamp
            case "number": attribute.kind == .number
            default: true
            }
        guard fits else {
            return ExportFinding(
                place, .kindMismatch,
                "The field '\(field.title)' is a \(field.kind), and the attribute '\(attribute.name)' a \(attribute.kind.rawValue): the account stores the text as it comes.",
                values)
        }
        let isText = ["text", "textarea", "hidden"].contains(field.kind)
        guard isText, [.date, .timestamp, .boolean].contains(attribute.kind) else { return nil }
        return ExportFinding(
            place, .arrivesAsText,
            "The field '\(field.title)' holds text, and the attribute '\(attribute.name)' is a \(attribute.kind.rawValue): it arrives as text.",
            values)
    }
}
