import Acts
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
        let reason: ImportedAttribute.Reason
        let dateOrder: DateOrder?
        let convertedFrom: AttributeKind?
        let present: Int
        let absent: Int

        /// What is worth saying of it.
        var note: String {
            var notes: [String] = []
            switch reason {
            case .key: notes.append("the key")
            case .empty: notes.append("no values yet")
            case .declared: notes.append("as declared")
            case .existing, .inferred: break
            }
            if let dateOrder {
                notes.append(dateOrder == .monthFirst ? "month first" : "day first")
            }
            if let convertedFrom { notes.append("was \(convertedFrom.rawValue)") }
            return notes.joined(separator: ", ")
        }
    }

    init(_ summary: ImportAnswer.Summary) {
        rows = summary.rows
        added = summary.added
        changed = summary.changed
        unchanged = summary.unchanged
        skipped = summary.badRows
        repeated = summary.repeated
        removed = summary.removed
        attributes = summary.attributes.map {
            AttributeView(
                name: $0.name, kind: $0.kind.rawValue, reason: $0.because,
                dateOrder: $0.dateOrder, convertedFrom: $0.convertedFrom, present: $0.present,
                absent: $0.absent)
        }
        ignoredColumns = summary.ignoredColumns
    }
}
