import Profiles
import Segments

/// The form of a segment as it was filled in: the builder, the text beside it, and what both were when they
/// last agreed.
struct SegmentEditorForm: Sendable {
    var name = ""
    /// Whether the members stay those the rule holds for now.
    var isStatic = false
    /// Nil when the rule is too large for rows.
    var rows: RuleForm?
    var text = ""
    /// The text when it last agreed with the rows.
    var agreed = ""
    /// Which of the two the rule was taken from last.
    var last = Side.none
    /// Tells this editor apart from others that the session has open.
    var editor = ""

    /// A side of the form on which the rule can be changed.
    enum Side: String, Sendable {
        case none
        case builder
        case text
    }

    /// Most groups and rows that the builder shows.
    static let entriesMax = 200
    /// Most groups inside one another that the builder shows.
    static let depthMax = 8

    init() {}

    init(_ fields: FormFields) {
        name = fields.text("name") ?? ""
        isStatic = fields["kind"] == "static"
        rows = RuleFields(fields).form()
        text = RuleFields.lineBreaks(fields["text"] ?? "")
        agreed = RuleFields.lineBreaks(fields["agreed"] ?? "")
        last = Side(rawValue: fields["last"] ?? "") ?? .none
        editor = String((fields["editor"] ?? "").prefix(40))
    }

    /// The form of a rule that is stored or was brought along. A text that cannot be read stands beside empty
    /// rows.
    init(rule text: String) {
        self.text = text
        agreed = text
        rows = .blank
        // Why it cannot be read is found when the form is checked.
        if let rule = try? Rule(parsing: text) { rows = Self.rows(of: rule) }
    }

    /// Nil when the rule is too large for rows.
    static func rows(of rule: Rule) -> RuleForm? {
        let form = RuleForm(rule)
        return form.entryCount <= entriesMax && form.depth <= depthMax ? form : nil
    }
}

/// What a button of the form does.
enum SegmentEditorAct: Equatable, Sendable {
    case save
    case update
    case takeText
    case takeBuilder
    case addCondition(RuleFormPath)
    case addGroup(RuleFormPath)
    case remove(RuleFormPath)

    /// Reads `save`, `add-condition:0.1`, …; anything else is an update.
    init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let path = parts.count > 1 ? RuleFormPath(parts[1]) : nil
        switch (parts.first ?? "", path) {
        case ("save", _): self = .save
        case ("take-text", _): self = .takeText
        case ("take-builder", _): self = .takeBuilder
        case ("add-condition", let path?): self = .addCondition(path)
        case ("add-group", let path?): self = .addGroup(path)
        case ("remove", let path?): self = .remove(path)
        default: self = .update
        }
    }
}

extension SegmentEditorForm {
    /// What to check rules against.
    struct World: Sendable {
        let schema: ProfileSchema
        let segments: SegmentLibrary
        let now: Timestamp
        /// The segment that the rule belongs to, if it is stored.
        let name: String?
    }

    /// What came of a form.
    struct Outcome: Sendable {
        var form: SegmentEditorForm
        /// What the rows mean; nil without rows.
        var meaning: RuleForm.Meaning?
        /// Why the text was not taken over.
        var textError: RuleTextError?
        /// Whether both sides were changed, so that people have to say which one holds.
        var isConflict = false
        /// The rule that both sides agree on; nil while anything is missing or wrong.
        var rule: (text: String, predicate: Predicate)?
    }

    /// Carries out what a button says and brings the two sides together: the one that was changed is
    /// followed by the other. Input that cannot be understood stays as it is.
    ///
    /// `live` is the side that was changed just now, which the script knows.
    func settled(
        _ act: SegmentEditorAct, live: Side = .none, in world: World
    ) -> Outcome {
        var form = self
        form.rows = rows?.fitted(to: world.schema)
        let side = live == .none ? form.side(act) : live
        form.carryOut(act)
        switch side {
        case .text: return form.followingText(in: world)
        case .builder: return form.followingBuilder(in: world)
        case .none:
            // Rows go on changing while the text waits for a decision.
            let meaning = form.rows.map { form.meaning(of: $0, in: world) }
            return Outcome(form: form, meaning: meaning, isConflict: true)
        }
    }

    /// The side that holds; none when both were changed.
    private func side(_ act: SegmentEditorAct) -> Side {
        guard let rows else { return .text }
        switch act {
        case .takeText: return .text
        case .takeBuilder: return .builder
        case .save, .update, .addCondition, .addGroup, .remove: break
        }
        guard text != agreed else { return isUnread(rows) ? .text : .builder }
        let isChange = act != .save && act != .update
        return isChange || isChanged(rows) ? .none : .text
    }

    /// Whether the text is one that cannot be read, and nobody has begun anew with rows.
    private func isUnread(_ rows: RuleForm) -> Bool {
        guard rows == .blank, !text.isEmpty else { return false }
        // Why it cannot be read is said when the text is followed.
        return (try? Rule(parsing: text)) == nil
    }

    /// Whether the rows say something else than the text did when both agreed.
    private func isChanged(_ rows: RuleForm) -> Bool {
        // A text that could not be read agreed with empty rows.
        guard let before = try? Rule(parsing: agreed) else { return rows != .blank }
        return rows.reading.rule != before
    }

    private mutating func carryOut(_ act: SegmentEditorAct) {
        guard var rows else { return }
        switch act {
        case .save, .update, .takeText, .takeBuilder: return
        case .addCondition(let path):
            if rows.entryCount < Self.entriesMax {
                rows.add(.condition(RuleForm.Condition()), to: path)
            }
        case .addGroup(let path):
            if rows.entryCount < Self.entriesMax, path.positions.count + 2 <= Self.depthMax {
                // A group of the other kind is what people need: one of the same kind changes nothing.
                let isInAny = rows.group(at: path)?.junction == .any
                let group = RuleForm.Group(
                    isInAny ? .all : .any, entries: [.condition(RuleForm.Condition())])
                rows.add(.group(group), to: path)
            }
        case .remove(let path): rows[path] = nil
        }
        self.rows = rows
    }

    // MARK: Following

    private func followingBuilder(in world: World) -> Outcome {
        guard let rows else { return followingText(in: world) }
        var form = self
        let meaning = meaning(of: rows, in: world)
        if isChanged(rows) {
            form.last = .builder
            if let rule = meaning.rule, meaning.findings.isEmpty {
                form.text = rule.description
                form.agreed = form.text
            }
        }
        var outcome = Outcome(form: form, meaning: meaning)
        if let predicate = meaning.predicate { outcome.rule = (form.text, predicate) }
        return outcome
    }

    private func followingText(in world: World) -> Outcome {
        var form = self
        do throws(RuleTextError) {
            let rule = try Rule(parsing: text)
            let predicate = try resolved(rule, in: world)
            if text != agreed { form.last = .text }
            if rows == nil || isOther(rule) { form.rows = Self.rows(of: rule) }
            form.agreed = text
            return Outcome(
                form: form, meaning: form.rows.map { form.meaning(of: $0, in: world) },
                rule: (rule.description, predicate))
        } catch {
            return Outcome(
                form: form, meaning: form.rows.map { form.meaning(of: $0, in: world) },
                textError: error)
        }
    }

    private func isOther(_ rule: Rule) -> Bool { rows?.reading.rule != rule }

    private func resolved(_ rule: Rule, in world: World) throws(RuleTextError) -> Predicate {
        do throws(RuleTextError) {
            return try rule.resolved(
                schema: world.schema, segments: world.segments, now: world.now, as: world.name)
        } catch {
            throw error.inText(text)
        }
    }

    private func meaning(of rows: RuleForm, in world: World) -> RuleForm.Meaning {
        rows.meaning(
            schema: world.schema, segments: world.segments, now: world.now, as: world.name)
    }
}
