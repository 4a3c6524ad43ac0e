import Profiles

/// What an import did, for people; from a service also as JSON.
struct ImportView: Encodable {
    let rows: Int
    let added: Int
    let changed: Int
    let unchanged: Int
    /// Rows set aside as bad.
    let skipped: Int
    let repeated: Int
    let removed: Int
    let attributes: [AttributeView]
    let ignoredColumns: [String]

    struct AttributeView: Encodable {
        let name: String
        let kind: String
        let reason: String
        let dateOrder: String?
        let convertedFrom: String?
        let present: Int
        let absent: Int

        /// What is worth saying of it.
        var note: String {
            var notes: [String] = []
            switch ImportedAttribute.Reason(rawValue: reason) {
            case .key: notes.append("the key")
            case .empty: notes.append("no values yet")
            case .declared: notes.append("as declared")
            default: break
            }
            if let dateOrder {
                notes.append(
                    DateOrder(rawValue: dateOrder) == .monthFirst ? "month first" : "day first")
            }
            if let convertedFrom { notes.append("was \(convertedFrom)") }
            return notes.joined(separator: ", ")
        }
    }

    init(_ summary: ImportSummary) {
        rows = summary.rows
        added = summary.added
        changed = summary.changed
        unchanged = summary.unchanged
        skipped = summary.skipped
        repeated = summary.repeated
        removed = summary.removed
        attributes = summary.attributes.map {
            AttributeView(
                name: $0.name, kind: $0.kind.rawValue, reason: $0.reason.rawValue,
                dateOrder: $0.dateOrder?.rawValue, convertedFrom: $0.convertedFrom?.rawValue,
                present: $0.present, absent: $0.absent)
        }
        ignoredColumns = summary.ignoredColumns
    }

    init(_ summary: RemoteImport.Summary) {
        rows = summary.rows
        added = summary.added
        changed = summary.changed
        unchanged = summary.unchanged
        skipped = summary.badRows
        repeated = summary.repeated
        removed = summary.removed
        attributes = summary.attributes.map {
            AttributeView(
                name: $0.name, kind: $0.kind, reason: $0.because, dateOrder: $0.dateOrder,
                convertedFrom: $0.convertedFrom, present: $0.present, absent: $0.absent)
        }
        ignoredColumns = summary.ignoredColumns
    }
}
