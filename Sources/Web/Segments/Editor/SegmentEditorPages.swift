import Access
import Acts
import Exports
import HTTPTypes
import Hummingbird
import Phrases
import Profiles
import Segments
import Store

/// The form of a segment: rows and text that follow each other, with counts beside them. It works without
/// script, where every button sends the form.
struct SegmentEditorPages: Sendable {
    let services: Services
    let renderer: PageRenderer

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/segments/new", needs: .changeSegments, use: showNew)
        routes.form("/segments/new", needs: .changeSegments) { signedIn, fields in
            try await take(signedIn, fields, stored: nil)
        }
        routes.page("/segments/{id}/edit", needs: .changeSegments) { signedIn in
            let entry = try entry(try signedIn.id())
            var form = SegmentEditorForm(rule: entry.rule ?? "")
            form.editor = SegmentEditorForm.newEditor()
            return try await show(signedIn, form, stored: entry)
        }
        routes.form("/segments/{id}/edit", needs: .changeSegments) { signedIn, fields in
            try await take(signedIn, fields, stored: try entry(try signedIn.id()))
        }
        routes.form("/segments/preview", needs: .changeSegments, use: preview)
        routes.page("/segments/values", needs: .changeSegments, use: values)
    }

    // MARK: Showing

    /// `rule` brings a rule along, `from` the rule of another segment.
    private func showNew(_ signedIn: SignedIn) async throws -> Response {
        var rule = signedIn.query.text("rule") ?? ""
        var name = ""
        if let id = signedIn.query.text("from").flatMap(Segment.ID.init) {
            let entry = try entry(id)
            rule = entry.rule ?? "in segment \(Self.quoted(entry.segment.name))"
            name = try services.segments.nameForCopy(of: entry.segment)
        }
        var form = SegmentEditorForm(rule: RuleFields.lineBreaks(rule))
        form.name = name
        form.editor = SegmentEditorForm.newEditor()
        return try await show(signedIn, form, stored: nil)
    }

    private static func quoted(_ name: String) -> String {
        name.quoted(by: "'")
    }

    /// The form as it is opened. Counts follow: from the script, or with the first button.
    private func show(
        _ signedIn: SignedIn, _ form: SegmentEditorForm, stored: SegmentEntry?
    ) async throws -> Response {
        let (world, segments) = try await world(for: stored)
        let outcome = form.settled(.update, in: world)
        return page(
            signedIn,
            SegmentEditorBuilder(
                book: signedIn.book, world: world, segments: segments, outcome: outcome,
                counts: nil, frequent: try await frequent(outcome, world), stored: stored))
    }

    private func page(
        _ signedIn: SignedIn, _ builder: SegmentEditorBuilder, status: HTTPResponse.Status = .ok
    ) -> Response {
        let model = builder.model()
        return renderer.page(
            "segment-editor", title: model.heading, model, for: signedIn, status: status)
    }

    // MARK: Taking

    /// A form that came: stored when it was sent by *Save* and nothing stands against it, otherwise shown
    /// again with everything that was entered.
    private func take(
        _ signedIn: SignedIn, _ fields: FormFields, stored: SegmentEntry?
    ) async throws -> Response {
        let (world, segments) = try await world(for: stored)
        let act = SegmentEditorAct(fields["do"] ?? "save")
        let sent = SegmentEditorForm(fields)
        let outcome = sent.settled(act, in: world)
        var builder = SegmentEditorBuilder(
            book: signedIn.book, world: world, segments: segments, outcome: outcome,
            counts: try await counts(outcome, signedIn),
            frequent: try await frequent(outcome, world), stored: stored,
            showsMissing: act == .save,
            focus: act == .save ? nil : outcome.form.focus(after: act))
        guard act == .save else { return page(signedIn, builder) }
        builder.nameProblem = stored == nil ? nameProblem(sent.name, segments) : nil
        if builder.nameProblem == nil, let rule = outcome.rule {
            do {
                let saved = try await save(rule.text, sent, stored, signedIn)
                return GuardedRoutes.redirect("/segments/\(saved.id)?notice=segment-saved")
            } catch let refusal as Refusal where refusal.code == .nameTaken {
                // Somebody else was faster.
                builder.nameProblem = .builderNameTaken
            }
        }
        return page(signedIn, builder, status: .unprocessableContent)
    }

    private func save(
        _ rule: String, _ form: SegmentEditorForm, _ stored: SegmentEntry?, _ signedIn: SignedIn
    ) async throws -> SegmentAnswer {
        if let stored {
            return try await services.acts.perform(
                ChangeSegment(.id(stored.id), rule: rule), by: signedIn.asker)
        }
        return try await services.acts.perform(
            AddSegment(name: form.name, kind: form.isStatic ? .static : .dynamic, rule: rule),
            by: signedIn.asker)
    }

    private func nameProblem(_ name: String, _ segments: [Segment]) -> Phrase? {
        if services.segments.finding(against: name) != nil {
            return name.isEmpty ? .builderNameMissing : .builderNameWrong
        }
        return SegmentLibrary(segments).segment(named: name) == nil ? nil : .builderNameTaken
    }

    // MARK: What forms are made of

    func entry(_ id: Segment.ID) throws -> SegmentEntry {
        guard let entry = try services.catalog.history.segmentEntry(id: id) else {
            throw WebProblem(.notFound)
        }
        return entry
    }

    func world(
        for stored: SegmentEntry?
    ) async throws -> (SegmentEditorForm.World, [Segment]) {
        let segments = try services.catalog.setup.segments()
        let name = stored?.segment.name
        return (
            SegmentEditorForm.World(
                schema: try await services.engine.schema(), segments: SegmentLibrary(segments),
                now: Timestamp(milliseconds: services.now()), name: name),
            // A segment does not choose from itself.
            segments.filter { $0.name != name }
        )
    }

    /// Nil when the editor has asked anew meanwhile.
    private func counts(
        _ outcome: SegmentEditorForm.Outcome, _ signedIn: SignedIn
    ) async throws -> SegmentEditorCounts? {
        do {
            return try await SegmentEditorCounts.counting(
                outcome, for: editor(outcome.form, signedIn), services.acts.counts)
        } catch is CancellationError {
            return nil
        }
    }

    func editor(_ form: SegmentEditorForm, _ signedIn: SignedIn) -> CountDesk.Editor {
        CountDesk.Editor(session: signedIn.session.id, name: form.editor)
    }

    /// Most attributes whose frequent values one answer looks up.
    private static let frequentMax = 8

    func frequent(
        _ outcome: SegmentEditorForm.Outcome, _ world: SegmentEditorForm.World
    ) async throws -> [Attribute: FrequentValues] {
        guard let rows = outcome.form.rows else { return [:] }
        let attributes = RuleRowsBuilder.attributes(in: rows, world.schema)
            .sorted { $0.name < $1.name }.prefix(Self.frequentMax)
        var found: [Attribute: FrequentValues] = [:]
        for attribute in attributes {
            found[attribute] = try await services.acts.counts.frequentValues(
                of: attribute, at: services.now())
        }
        return found
    }
}

extension SegmentEntry {
    /// The rule it follows, or was made from.
    fileprivate var rule: String? {
        if case .dynamic(let rule) = segment.definition { return rule }
        return formerRule
    }
}

extension SegmentEditorForm {
    static func newEditor() -> String {
        String(UInt64.random(in: 0...UInt64.max), radix: 36)
    }

    /// The id of the field that people go on with after a button: the row that was added, or the button
    /// below the row that was removed.
    func focus(after act: SegmentEditorAct) -> String? {
        switch act {
        case .save, .update, .takeText, .takeBuilder: return nil
        case .addCondition(let path):
            guard let group = rows?.group(at: path) else { return nil }
            return "subject-\(path.child(group.entries.count - 1))"
        case .addGroup(let path):
            guard let group = rows?.group(at: path) else { return nil }
            return "subject-\(path.child(group.entries.count - 1).child(0))"
        case .remove(let path):
            return "add-\(RuleFormPath(Array(path.positions.dropLast())))"
        }
    }
}
