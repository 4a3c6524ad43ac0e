import Exports
import Phrases
import Profiles
import Segments
import Store

/// Gathers what the form of a segment shows.
struct SegmentEditorBuilder: Sendable {
    let book: PhraseBook
    let world: SegmentEditorForm.World
    let segments: [Segment]
    let outcome: SegmentEditorForm.Outcome
    let counts: SegmentEditorCounts?
    let frequent: [Attribute: FrequentValues]
    /// The segment that the form changes; nil for a new one.
    let stored: SegmentEntry?
    /// What stands against the name.
    var nameProblem: Phrase?
    /// Whether what is missing is marked: after somebody wanted to save.
    var showsMissing = false
    /// The id of the field to go on with.
    var focus: String?

    private var form: SegmentEditorForm { outcome.form }

    func model() -> SegmentEditorModel {
        SegmentEditorModel(
            heading: stored?.segment.name ?? book.text(.builderAdd),
            action: stored.map { "/segments/\($0.id)/edit" } ?? "/segments/new",
            isNew: stored == nil, back: stored.map { "/segments/\($0.id)" } ?? "/segments",
            script: Assets.own.path(of: "segment-editor.js"),
            preview: stored.map { "/segments/preview?segment=\($0.id)" } ?? "/segments/preview",
            editor: form.editor, last: form.last.rawValue, agreed: form.agreed,
            findings: summary, name: form.name, nameNotes: nameNotes, isStatic: form.isStatic,
            becomesDynamic: stored?.segment.definition == .static, count: count, rows: rows,
            text: form.text, textNote: textNote, isConflict: outcome.isConflict,
            lastIsBuilder: form.last == .builder, lastIsText: form.last == .text)
    }

    // MARK: Counts

    var count: SegmentEditorModel.CountMark {
        guard let counts else {
            return SegmentEditorModel.CountMark(text: nil, hint: book.text(.builderCountLater))
        }
        guard let total = counts.total else {
            return SegmentEditorModel.CountMark(
                text: nil,
                hint: book.text(
                    outcome.textError == nil ? .builderCountIncomplete : .builderCountText))
        }
        let share = counts.everyone > 0 ? Double(total) / Double(counts.everyone) : 0
        return SegmentEditorModel.CountMark(
            text: book.text(.builderCount, count: total),
            hint: book.text(
                .builderCountShare,
                ["share": book.percent(share), "total": book.number(counts.everyone)]))
    }

    // MARK: Rows and text

    var rows: RuleRowsModel? {
        guard let rows = form.rows else { return nil }
        return RuleRowsBuilder(
            book: book, schema: world.schema, segments: segments, rows: rows,
            findings: outcome.meaning?.findings ?? [], counts: counts?.parts ?? [:],
            frequent: frequent, showsMissing: showsMissing, focus: focus
        ).model()
    }

    var textNote: SegmentEditorModel.TextNote? {
        guard let error = outcome.textError else { return nil }
        return SegmentEditorModel.TextNote(
            place: error.place.map { place in
                book.text(
                    .builderPlace,
                    ["line": book.number(place.line), "column": book.number(place.column)])
            },
            message: book.sentence(of: error), excerpt: error.excerpt, suggestion: error.suggestion)
    }

    // MARK: Findings

    private var nameNotes: ExportFormModel.FieldNotes {
        ExportFormModel.FieldNotes(
            (nameProblem.map { [$0] } ?? []).map {
                ExportFormModel.Note(id: "note-name", text: book.text($0), isWarning: false)
            }, hint: "name-hint")
    }

    private var summary: ExportFormModel.Summary? {
        guard showsMissing else { return nil }
        var list: [ExportFormModel.Summary.Entry] = []
        func add(_ field: String, _ text: String) {
            list.append(ExportFormModel.Summary.Entry(field: field, text: text))
        }
        if let nameProblem { add("name", book.text(nameProblem)) }
        if outcome.isConflict { add("text", book.text(.builderConflict)) }
        if outcome.textError != nil { add("text", book.text(.builderTextWrong)) }
        if outcome.textError == nil, !outcome.isConflict {
            let words = RuleProblemWords(book: book)
            for finding in outcome.meaning?.findings ?? [] {
                let note = words.note(finding.problem)
                add(
                    "entry-\(finding.path)",
                    [note.text, note.detail ?? ""].filter { !$0.isEmpty }.joined(separator: " "))
            }
        }
        guard !list.isEmpty else { return nil }
        return ExportFormModel.Summary(
            title: book.text(.builderAttention, count: list.count), list: list)
    }
}
