import Acts
import HTTPTypes
import Hummingbird
import Profiles
import Segments
import Store

/// What the script of the form asks for.
extension SegmentEditorPages {
    /// Settles the form as it is now, and counts. `do` is the button that was pressed, `live` the side that was
    /// changed, `render` asks for the rows even if the script could do without.
    func preview(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let stored = try signedIn.query.text("segment").flatMap(Segment.ID.init).map(entry)
        let (world, segments) = try await world(for: stored)
        let act = SegmentEditorAct(fields["do"] ?? "update")
        let live = SegmentEditorForm.Side(rawValue: fields["live"] ?? "") ?? .none
        let sent = SegmentEditorForm(fields)
        let outcome = sent.settled(act, live: live, in: world)
        let counts: SegmentEditorCounts
        do {
            counts = try await SegmentEditorCounts.counting(
                outcome, for: editor(outcome.form, signedIn), services.acts.counts)
        } catch is CancellationError {
            return .json(["isSuperseded": .bool(true)] as JSONValue, status: .conflict)
        }
        let isRendered =
            fields.isOn("render") || (live == .text && outcome.form.rows != sent.rows)
        let builder = SegmentEditorBuilder(
            book: signedIn.book, world: world, segments: segments, outcome: outcome,
            counts: counts, frequent: isRendered ? try await frequent(outcome, world) : [:],
            stored: stored, focus: outcome.form.focus(after: act))
        let rows = builder.rows
        let html = isRendered ? rows.map { fragment($0, signedIn) } : nil
        let count = builder.count
        return .json(
            [
                "text": .string(outcome.form.text), "agreed": .string(outcome.form.agreed),
                "last": .string(outcome.form.last.rawValue),
                "hasRows": .bool(outcome.form.rows != nil), "html": .text(html),
                "focus": .text(builder.focus), "count": .text(count.text),
                "countHint": .string(count.hint), "total": .count(counts.total),
                "everyone": .count(counts.everyone),
                "parts": Self.parts(rows), "textNote": Self.note(builder.textNote, outcome),
            ] as JSONValue)
    }

    private func fragment(_ rows: RuleRowsModel, _ signedIn: SignedIn) -> String {
        renderer.fragment("parts/rule-rows", RuleRowsFragment(rows: rows), for: signedIn)
    }

    /// Counts and notes by path, as the page shows them.
    private static func parts(_ rows: RuleRowsModel?) -> JSONValue {
        var parts: [String: JSONValue] = [:]
        for item in rows?.items ?? [] {
            guard let status = item.group?.status ?? item.row?.status ?? item.text?.status else {
                continue
            }
            parts[status.path] = [
                "count": .string(status.count),
                "notes": .array(
                    status.notes.map { note in
                        [
                            "text": .string(note.text), "detail": .text(note.detail),
                            "suggestion": .text(note.suggestion),
                        ]
                    }),
            ]
        }
        return .object(parts)
    }

    private static func note(
        _ note: SegmentEditorModel.TextNote?, _ outcome: SegmentEditorForm.Outcome
    ) -> JSONValue {
        guard let note else { return .null }
        let place = outcome.textError?.place
        return [
            "message": .string(note.message), "where": .text(note.place),
            "excerpt": .text(note.excerpt), "suggestion": .text(note.suggestion),
            "line": .count(place?.line), "column": .count(place?.column),
            "length": .count(place?.length),
        ]
    }

    /// Frequent values of an attribute, for boxes that offer them.
    func values(_ signedIn: SignedIn) async throws -> Response {
        let act = ListFrequentValues(attribute: signedIn.query.text("attribute") ?? "")
        return .json(try await services.acts.perform(act, by: signedIn.asker))
    }
}
