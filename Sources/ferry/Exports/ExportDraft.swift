import Exports
import Foundation
import Profiles
import Segments
import Store

/// An export as a person writes it down, on the command line or in a file: names, not yet looked up.
struct ExportDraft {
    var name: String
    var connection: String
    var list: String
    var segments: [String]
    var email: String
    var firstName: String?
    var lastName: String?
    var phone: String?
    /// `ID_OR_TITLE=ATTRIBUTE`.
    var fields: [String] = []
    var tags: [String] = []
    /// `keep`, `unsubscribe` or `field:ID_OR_TITLE=IN,OUT`.
    var onLeave = "keep"
    var limit: Int?
    var holdShare: Double?
    var startsAutomations = false
    var resubscribesRemoved = false
}

/// Looks up every name of a draft, in the data directory and in the account.
struct ExportResolver {
    let workspace: Workspace
    /// What the account holds; nil when it cannot be reached.
    let lists: [DestinationList]?
    let fields: [DestinationField]?
    /// The segments there are, or will be.
    let segments: SegmentLibrary

    /// The export, and what a person should know although it does not stop them.
    func resolve(_ draft: ExportDraft, connection: Connection.ID?) throws -> (
        export: Export, warnings: [String]
    ) {
        var warnings: [String] = []
        let schema = try workspace.engine.schema()
        guard !draft.segments.isEmpty else {
            throw UsageError("The export '\(draft.name)' needs at least one segment.")
        }
        var segments: [String] = []
        for name in draft.segments {
            // What is not known here is looked up for its error, which names the nearest.
            let segment =
                try self.segments.segment(named: name) ?? workspace.catalog.segment(named: name)
            if segments.contains(segment.name) {
                throw UsageError("The segment '\(segment.name)' is named twice.")
            }
            if segment.state == .inactive {
                warnings.append(
                    "The segment '\(segment.name)' is not active: runs are skipped until it is.")
            }
            segments.append(segment.name)
        }
        let mapping = try mapping(of: draft, schema: schema, warnings: &warnings)
        let onLeave = try leavePolicy(draft.onLeave, warnings: &warnings)
        if case .field(let id, _, _) = onLeave, mapping.fields.contains(where: { $0.id == id }) {
            throw UsageError(
                "The custom field \(id) is mapped and also says who left. Use two fields.")
        }
        let export = Export(
            id: 0, name: draft.name, connection: connection,
            list: try list(draft.list, warnings: &warnings), segments: segments, mapping: mapping,
            tags: try tags(draft.tags), onLeave: onLeave,
            peopleMax: try checkLimit(draft.limit), holdShare: try checkShare(draft.holdShare),
            startsAutomations: draft.startsAutomations,
            resubscribesRemoved: draft.resubscribesRemoved)
        return (export, warnings)
    }

    private func mapping(
        of draft: ExportDraft, schema: ProfileSchema, warnings: inout [String]
    ) throws -> Mapping {
        let email = try attribute(draft.email, schema)
        if email.kind != .text {
            throw UsageError(
                "The attribute '\(email.name)' is a \(email.kind.rawValue) and cannot hold addresses."
            )
        }
        var mapped: [MappedField] = []
        for text in draft.fields {
            guard let equals = text.firstIndex(of: "=") else {
                throw UsageError("--field takes ID_OR_TITLE=ATTRIBUTE; '\(text)' has no '='.")
            }
            let field = try field(String(text[..<equals]), warnings: &warnings)
            let attribute = try attribute(String(text[text.index(after: equals)...]), schema)
            if mapped.contains(where: { $0.id == field.id }) {
                throw UsageError("The custom field \(field.id) '\(field.title)' is mapped twice.")
            }
            if let warning = Self.kindWarning(field, attribute) { warnings.append(warning) }
            mapped.append(
                MappedField(id: field.id, title: field.title, attribute: attribute.name))
        }
        return Mapping(
            email: email.name,
            firstName: try draft.firstName.map { try attribute($0, schema).name },
            lastName: try draft.lastName.map { try attribute($0, schema).name },
            phone: try draft.phone.map { try attribute($0, schema).name }, fields: mapped)
    }

    private func attribute(_ name: String, _ schema: ProfileSchema) throws -> Attribute {
        if let attribute = schema.attribute(named: name) { return attribute }
        let names = schema.attributes.map(\.name)
        if let nearest = Spelling.nearest(to: name, among: names) {
            throw StoreError(
                .notFound, "Profiles have no attribute '\(name)'. Did you mean '\(nearest)'?")
        }
        throw StoreError(
            .notFound,
            "Profiles have no attribute '\(name)'. 'ferry profiles attributes' lists those there are."
        )
    }

    private func list(_ text: String, warnings: inout [String]) throws -> ListReference {
        guard let lists else {
            warnings.append(
                "The account could not be reached, so the list '\(text)' was not checked.")
            return ListReference(id: text, name: nil)
        }
        if let list = lists.first(where: { $0.id == text }) {
            return ListReference(id: list.id, name: list.name)
        }
        let named = lists.filter { $0.name == text }
        if named.count == 1 { return ListReference(id: named[0].id, name: named[0].name) }
        if named.count > 1 {
            throw UsageError(
                "Several lists are named '\(text)': \(named.map(\.id).joined(separator: ", ")). Give the id."
            )
        }
        let known = lists.prefix(20).map { "\($0.id) '\($0.name)'" }.joined(separator: ", ")
        throw StoreError(
            .notFound,
            "The account has no list '\(text)'. It has \(known.isEmpty ? "none" : known)\(lists.count > 20 ? " and more" : "")."
        )
    }

    private func field(_ text: String, warnings: inout [String]) throws -> DestinationField {
        guard let fields else {
            guard Int(text).map(String.init) == text else {
                throw UsageError(
                    "The account could not be reached, so the custom field '\(text)' must be given by its id."
                )
            }
            warnings.append(
                "The account could not be reached, so the field \(text) was not checked.")
            return DestinationField(id: text, title: text, kind: "")
        }
        if let field = fields.first(where: { $0.id == text }) { return field }
        let folded = text.lowercased()
        let named = fields.filter { $0.title.lowercased() == folded }
        if named.count == 1 { return named[0] }
        if named.count > 1 {
            throw UsageError(
                "Several custom fields are named '\(text)': \(named.map(\.id).joined(separator: ", ")). Give the id."
            )
        }
        if let nearest = Spelling.nearest(to: text, among: fields.map(\.title)) {
            throw StoreError(
                .notFound, "The account has no custom field '\(text)'. Did you mean '\(nearest)'?")
        }
        let known = fields.prefix(20).map { "\($0.id) '\($0.title)'" }.joined(separator: ", ")
        throw StoreError(
            .notFound,
            "The account has no custom field '\(text)'. It has \(known.isEmpty ? "none" : known).")
    }

    private func leavePolicy(_ text: String, warnings: inout [String]) throws -> LeavePolicy {
        switch text {
        case "keep": return .keep
        case "unsubscribe":
            warnings.append(
                "People who leave are unsubscribed. ActiveCampaign's importer cannot put them back when they return; a custom field (--on-leave field:ID=IN,OUT) can be switched both ways."
            )
            return .unsubscribe
        default:
            let prefix = "field:"
            guard text.hasPrefix(prefix), let equals = text.lastIndex(of: "=") else { break }
            let name = String(text[text.index(text.startIndex, offsetBy: prefix.count)..<equals])
            let values = text[text.index(after: equals)...]
                .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard values.count == 2, values.allSatisfy({ !$0.isEmpty }), values[0] != values[1]
            else {
                break
            }
            let field = try field(name, warnings: &warnings)
            return .field(id: field.id, inside: values[0], outside: values[1])
        }
        throw UsageError(
            "--on-leave takes keep, unsubscribe or field:ID_OR_TITLE=IN,OUT, not '\(text)'.")
    }

    private func tags(_ tags: [String]) throws -> [String] {
        for tag in tags where tag.trimmingCharacters(in: .whitespaces).isEmpty {
            throw UsageError("A tag must have a name.")
        }
        return Array(Set(tags)).sorted()
    }

    private func checkLimit(_ limit: Int?) throws -> Int {
        guard let limit else { return Export.peopleMaxDefault }
        guard (1...100_000_000).contains(limit) else {
            throw UsageError("--limit takes a number of people from 1.")
        }
        return limit
    }

    private func checkShare(_ share: Double?) throws -> Double {
        guard let share else { return Export.holdShareDefault }
        guard (0...100).contains(share) else {
            throw UsageError("--hold-share takes a percentage from 0 to 100.")
        }
        return share / 100
    }

    /// Said before, not after: a value whose kind the field does not have.
    private static func kindWarning(_ field: DestinationField, _ attribute: Attribute) -> String? {
        let fits =
            switch field.kind {
            case "date": attribute.kind == .date
            case "datetime": attribute.kind == .timestamp
            case "number": attribute.kind == .number
            default: true
            }
        if fits { return nil }
        return
            "The field '\(field.title)' is a \(field.kind), and the attribute '\(attribute.name)' a \(attribute.kind.rawValue): ActiveCampaign stores the text as it comes."
    }
}
