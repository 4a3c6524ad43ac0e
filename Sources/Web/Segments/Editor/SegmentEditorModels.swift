/// The form of a segment, ready to be shown.
struct SegmentEditorModel: Sendable {
    let heading: String
    let action: String
    let isNew: Bool
    /// The segment's own page, or the list.
    let back: String
    let script: String
    let preview: String
    let editor: String
    let last: String
    let agreed: String
    let findings: ExportFormModel.Summary?
    let name: String
    let nameNotes: ExportFormModel.FieldNotes
    let isStatic: Bool
    /// Set for a static segment: saving makes it follow the rule.
    let becomesDynamic: Bool
    let count: CountMark
    /// Nil for rules that are too large for rows.
    let rows: RuleRowsModel?
    let text: String
    let textNote: TextNote?
    let isConflict: Bool
    let lastIsBuilder: Bool
    let lastIsText: Bool

    /// How many profiles the whole rule holds for.
    struct CountMark: Sendable {
        /// Nil while that is not known.
        let text: String?
        let hint: String
    }

    /// Why the text was not taken over.
    struct TextNote: Sendable {
        /// Line and column; nil when the mistake has no place.
        let place: String?
        let message: String
        /// The marked line with carets below it.
        let excerpt: String?
        let suggestion: String?
    }
}

/// What a fragment of the page is made of.
struct RuleRowsFragment: Sendable {
    let rows: RuleRowsModel
}
