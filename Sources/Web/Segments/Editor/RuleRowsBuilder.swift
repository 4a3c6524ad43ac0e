import Exports
import Phrases
import Profiles
import Segments

/// Turns the rows of a rule into what the page shows.
struct RuleRowsBuilder {
    let book: PhraseBook
    let schema: ProfileSchema
    let segments: [Segment]
    let rows: RuleForm
    let findings: [RuleForm.Finding]
    /// Profiles that each row and group holds for, as far as they were counted.
    let counts: [RuleFormPath: Int]
    /// Frequent values of text attributes that rows compare with.
    let frequent: [Attribute: FrequentValues]
    /// Whether rows that are not filled in are marked.
    let showsMissing: Bool
    /// The id of the field to go on with.
    let focus: String?

    func model() -> RuleRowsModel {
        var items: [RuleRowsModel.Item] = []
        add(rows.root, at: .root, to: &items)
        return RuleRowsModel(items: items, lists: valueLists)
    }

    private func add(
        _ group: RuleForm.Group, at path: RuleFormPath, to items: inout [RuleRowsModel.Item]
    ) {
        let mode = GroupMode(group)
        items.append(
            RuleRowsModel.Item(
                group: RuleRowsModel.Group(
                    path: path.description, isInner: path != .root,
                    label: path == .root ? book.text(.builderRoot) : title(.builderGroup, path),
                    modes: GroupMode.allCases.map { choice in
                        RuleRowsModel.Option(
                            value: choice.rawValue,
                            text: book.text(at: "builder.mode.\(choice.rawValue)") ?? "",
                            isSelected: choice == mode)
                    },
                    modeLabel: book.text(.builderModeLabel),
                    removeLabel: title(.builderRemoveGroup, path), status: status(path))))
        let rules = rows.reading.rules
        for (position, entry) in group.entries.enumerated() {
            let place = path.child(position)
            switch entry {
            case .group(let inner): add(inner, at: place, to: &items)
            case .segment, .everyone: items.append(RuleRowsModel.Item(row: row(entry, at: place)))
            case .condition(let condition):
                let kind = schema.attribute(named: condition.attribute)?.kind
                let isRow = condition.attribute.isEmpty || kind.map(condition.survives) == true
                if !isRow, let rule = rules[place] {
                    items.append(RuleRowsModel.Item(text: written(rule, at: place)))
                } else {
                    items.append(RuleRowsModel.Item(row: row(entry, at: place)))
                }
            }
        }
        let mayNest = path.positions.count + 2 <= SegmentEditorForm.depthMax
        items.append(
            RuleRowsModel.Item(
                end: RuleRowsModel.GroupEnd(
                    path: path.description, isInner: path != .root,
                    isFocused: focus == "add-\(path)",
                    addConditionLabel: path == .root
                        ? book.text(.builderAddConditionRoot) : title(.builderAddConditionIn, path),
                    addGroupLabel: !mayNest
                        ? nil
                        : path == .root
                            ? book.text(.builderAddGroupRoot) : title(.builderAddGroupIn, path))))
    }

    /// Positions are counted from 1 for people: *Condition 2.1*.
    private func title(_ phrase: Phrase, _ path: RuleFormPath) -> String {
        let number = path.positions.map { String($0 + 1) }.joined(separator: ".")
        return book.text(phrase, ["number": number])
    }

    // MARK: What is said of an entry

    private func status(_ path: RuleFormPath) -> RuleRowsModel.Status {
        RuleRowsModel.Status(
            path: path.description, count: counts[path].map(book.number) ?? "",
            countLabel: path == .root ? "" : title(.builderCountOf, path), notes: notes(path))
    }

    private func notes(_ path: RuleFormPath) -> [RuleRowsModel.Note] {
        findings.filter { $0.path == path && (showsMissing || !$0.problem.isMissing) }
            .map { RuleProblemWords(book: book).note($0.problem) }
    }

    private func isInvalid(_ path: RuleFormPath) -> Bool { !notes(path).isEmpty }

    private func written(_ rule: Rule, at path: RuleFormPath) -> RuleRowsModel.Written {
        RuleRowsModel.Written(
            path: path.description, text: rule.description,
            removeLabel: title(.builderRemoveRow, path), status: status(path))
    }

    // MARK: Rows

    private func row(_ entry: RuleForm.Entry, at path: RuleFormPath) -> RuleRowsModel.Row {
        var condition: RuleForm.Condition?
        var segment: String?
        var isSegment = false
        var isEveryone = false
        var comparison: RuleRowsModel.Select?
        switch entry {
        case .group: break
        case .condition(let row):
            condition = row
            comparison = operators(of: row)
        case .segment(let name, let isNegated):
            isSegment = true
            segment = name
            comparison = select(
                .builderComparison, ["in", "not-in"], isNegated ? "not-in" : "in",
                words: "builder.segment")
        case .everyone(let isNegated):
            isEveryone = true
            comparison = select(
                .builderComparison, ["all", "none"], isNegated ? "none" : "all",
                words: "builder.everyone")
        }
        let attribute = condition.flatMap { schema.attribute(named: $0.attribute) }
        return RuleRowsModel.Row(
            path: path.description, isFocused: focus == "subject-\(path)",
            label: title(.builderCondition, path),
            subject: RuleRowsModel.Choice(
                isNone: attribute == nil, isSegment: isSegment, isEveryone: isEveryone),
            attributes: attributeGroups(chosen: attribute, as: condition?.attribute),
            subjectLabel: book.text(.builderSubject), isBlank: condition != nil && attribute == nil,
            isSegment: isSegment, isEveryone: isEveryone,
            segmentLabel: book.text(.builderSegmentName), segments: segmentOptions(chosen: segment),
            part: part(of: condition, attribute), comparison: comparison,
            values: values(of: condition, attribute, path),
            list: list(of: condition, attribute, path),
            ignoreCase: condition.flatMap { row in
                attribute?.kind == .text && row.comparison.mayIgnoreCase
                    ? RuleRowsModel.IgnoreCase(isOn: row.ignoresCase) : nil
            },
            removeLabel: title(.builderRemoveRow, path), status: status(path))
    }

    private func attributeGroups(
        chosen: Attribute?, as spelling: String?
    ) -> [RuleRowsModel.OptionGroup] {
        AttributeKind.allCases.compactMap { kind in
            let options = schema.attributes.filter { $0.kind == kind }.map { attribute in
                // The rule keeps the spelling it has.
                let name = attribute == chosen ? spelling ?? attribute.name : attribute.name
                return RuleRowsModel.Option(
                    value: "a:\(name)", text: attribute.name, isSelected: attribute == chosen)
            }
            guard !options.isEmpty else { return nil }
            return RuleRowsModel.OptionGroup(
                label: book.text(at: "builder.kind.\(kind.rawValue)") ?? kind.rawValue,
                options: options)
        }
    }

    private func segmentOptions(chosen: String?) -> [RuleRowsModel.Option] {
        guard let chosen else { return [] }
        let found = SegmentLibrary(segments).segment(named: chosen)
        var options = segments.map { segment in
            RuleRowsModel.Option(
                value: segment == found ? chosen : segment.name, text: segment.name,
                isSelected: segment == found)
        }
        if found == nil, !chosen.isEmpty {
            options.insert(
                RuleRowsModel.Option(value: chosen, text: chosen, isSelected: true), at: 0)
        }
        return options
    }

    private func part(
        of condition: RuleForm.Condition?, _ attribute: Attribute?
    ) -> RuleRowsModel.Select? {
        guard let condition, let kind = attribute?.kind, kind == .date || kind == .timestamp
        else { return nil }
        return select(
            .builderPart, ["whole"] + CalendarPart.allCases.map(\.rawValue),
            condition.part?.rawValue ?? "whole", words: "builder.part")
    }

    private func operators(of condition: RuleForm.Condition) -> RuleRowsModel.Select? {
        guard let kind = schema.attribute(named: condition.attribute)?.kind else { return nil }
        var offered = RuleFormOperator.offered(for: kind, part: condition.part)
        // A rule may have one that nobody would choose: not less than.
        if !offered.contains(condition.comparison) { offered.append(condition.comparison) }
        // Dates are before and after, not less and greater.
        let isDate = (kind == .date || kind == .timestamp) && condition.part == nil
        let isBoolean = kind == .boolean
        return RuleRowsModel.Select(
            label: book.text(.builderComparison),
            options: offered.map { comparison in
                let special =
                    isDate
                    ? book.text(at: "builder.date.\(comparison.id)")
                    : isBoolean ? book.text(at: "builder.boolean.\(comparison.id)") : nil
                return RuleRowsModel.Option(
                    value: comparison.id,
                    text: special ?? book.text(at: "builder.is.\(comparison.id)")
                        ?? comparison.id,
                    isSelected: comparison == condition.comparison)
            })
    }

    func select(
        _ label: Phrase, _ values: [String], _ chosen: String, words: String
    ) -> RuleRowsModel.Select {
        RuleRowsModel.Select(
            label: book.text(label),
            options: values.map { value in
                RuleRowsModel.Option(
                    value: value, text: book.text(at: "\(words).\(value)") ?? value,
                    isSelected: value == chosen)
            })
    }

    // MARK: Values

    private func values(
        of condition: RuleForm.Condition?, _ attribute: Attribute?, _ path: RuleFormPath
    ) -> [RuleRowsModel.Value] {
        guard let condition, let attribute, condition.comparison.test != .oneOf else { return [] }
        return condition.values.enumerated().map { index, value in
            self.value(value, at: index, of: condition, attribute, path)
        }
    }

    private func value(
        _ value: RuleFormValue, at index: Int, of condition: RuleForm.Condition,
        _ attribute: Attribute, _ path: RuleFormPath
    ) -> RuleRowsModel.Value {
        let isSpan = condition.comparison.isSpan
        let styles =
            isSpan ? [.number] : RuleFormValue.styles(for: attribute.kind, part: condition.part)
        let isMoved = value.style == .beforeToday || value.style == .afterToday
        let isMonth = condition.part == .month
        let choices =
            value.style == .boolean ? truths(value.text) : isMonth ? months(value.text) : []
        return RuleRowsModel.Value(
            id: "value-\(path)-\(index)", name: "\(path):\(index)",
            label: book.text(
                isSpan ? .builderAmount : index == 0 ? .builderValue : .builderSecondValue),
            text: value.style == .time && value.text.hasSuffix("Z")
                ? String(value.text.dropLast()) : value.text,
            style: value.style.rawValue,
            styles: styles.count < 2
                ? nil
                : select(
                    .builderStyle, styles.map(\.rawValue), value.style.rawValue,
                    words: "builder.style"),
            unit: value.unit.rawValue,
            units: isSpan || isMoved
                ? select(
                    .builderUnit, CalendarUnit.allCases.map(\.rawValue), value.unit.rawValue,
                    words: "builder.unit") : nil,
            input: choices.isEmpty && value.style != .today
                ? input(value.style, attribute, condition) : nil,
            choices: choices, hasChoices: !choices.isEmpty,
            joint: index == 1 ? book.text(.builderAnd) : nil,
            isInvalid: isInvalid(path), noteID: "note-\(path)")
    }

    private func input(
        _ style: RuleFormValue.Style, _ attribute: Attribute, _ condition: RuleForm.Condition
    ) -> RuleRowsModel.Value.Input {
        switch style {
        case .date:
            RuleRowsModel.Value.Input(
                type: "date", mode: "none", direction: "ltr", width: "", list: nil)
        case .time:
            RuleRowsModel.Value.Input(
                type: "datetime-local", mode: "none", direction: "ltr", width: "", list: nil)
        case .number, .beforeToday, .afterToday:
            RuleRowsModel.Value.Input(
                type: "text", mode: attribute.kind == .number ? "decimal" : "numeric",
                direction: "ltr", width: "narrow", list: nil)
        case .text, .boolean, .today:
            RuleRowsModel.Value.Input(
                type: "text", mode: "text", direction: "auto", width: "", list: listID(attribute))
        }
    }

    private func truths(_ chosen: String) -> [RuleRowsModel.Option] {
        [RuleRowsModel.Option(value: "", text: "–", isSelected: chosen.isEmpty)]
            + select(.builderValue, ["true", "false"], chosen, words: "builder.truth").options
    }

    /// Months by name; a number that is none of them can still be read.
    private func months(_ chosen: String) -> [RuleRowsModel.Option] {
        guard chosen.isEmpty || (Int(chosen).map { (1...12).contains($0) } ?? false) else {
            return []
        }
        let names = book.monthNames
        return [RuleRowsModel.Option(value: "", text: "–", isSelected: chosen.isEmpty)]
            + names.enumerated().map { index, name in
                RuleRowsModel.Option(
                    value: String(index + 1), text: name, isSelected: Int(chosen) == index + 1)
            }
    }

    private func list(
        of condition: RuleForm.Condition?, _ attribute: Attribute?, _ path: RuleFormPath
    ) -> RuleRowsModel.List? {
        guard let condition, let attribute, condition.comparison.test == .oneOf else { return nil }
        let offered = frequent[attribute].map(Self.offered) ?? []
        return RuleRowsModel.List(
            path: path.description, label: book.text(.builderListLabel),
            text: condition.values.map(\.text).joined(separator: "\n"),
            lines: min(10, max(3, condition.values.count + 1)), values: listID(attribute),
            offered: Array(offered.prefix(12)), offeredLabel: book.text(.builderFrequent),
            isInvalid: isInvalid(path), noteID: "note-\(path)")
    }

    private func listID(_ attribute: Attribute) -> String? {
        guard let position = schema.attributes.firstIndex(of: attribute),
            frequent[attribute].map({ !Self.offered($0).isEmpty }) == true
        else { return nil }
        return "values-\(position)"
    }

    private var valueLists: [RuleRowsModel.ValueList] {
        frequent.compactMap { attribute, found in
            listID(attribute).map {
                RuleRowsModel.ValueList(id: $0, values: Self.offered(found))
            }
        }.sorted { $0.id < $1.id }
    }

    /// Values that occur once, such as addresses, help nobody to choose.
    static func offered(_ found: FrequentValues) -> [String] {
        found.values.filter { $0.count > 1 }.map { RuleFormValue($0.value.literal).text }
    }

    /// Attributes whose frequent values the rows offer.
    static func attributes(in form: RuleForm, _ schema: ProfileSchema) -> Set<Attribute> {
        var found: Set<Attribute> = []
        func visit(_ group: RuleForm.Group) {
            for entry in group.entries {
                switch entry {
                case .group(let inner): visit(inner)
                case .condition(let condition):
                    guard let attribute = schema.attribute(named: condition.attribute),
                        attribute.kind == .text || condition.comparison.test == .oneOf,
                        condition.part == nil, condition.comparison.test != .empty
                    else { continue }
                    found.insert(attribute)
                case .segment, .everyone: continue
                }
            }
        }
        visit(form.root)
        return found
    }
}

/// What is wrong with a row, in the reader's language.
struct RuleProblemWords {
    let book: PhraseBook

    func note(_ problem: RuleFormProblem) -> RuleRowsModel.Note {
        let phrase: Phrase? =
            switch problem {
            case .attributeMissing: .builderProblemAttribute
            case .segmentMissing: .builderProblemSegment
            case .valueMissing: .builderProblemValue
            case .groupEmpty: .builderProblemGroup
            case .noNumber: .builderProblemNumber
            case .noTruth: .builderProblemTruth
            case .noDate: .builderProblemDate
            case .noTime: .builderProblemTime
            case .noAmount: .builderProblemAmount
            case .mistake: nil
            }
        if let phrase {
            return RuleRowsModel.Note(text: book.text(phrase), detail: nil, suggestion: nil)
        }
        guard case .mistake(let error) = problem else {
            return RuleRowsModel.Note(text: "", detail: nil, suggestion: nil)
        }
        return note(error)
    }

    func note(_ error: RuleTextError) -> RuleRowsModel.Note {
        let path = error.segments.map { "'\($0)'" }.joined(separator: " › ")
        return RuleRowsModel.Note(
            text: path.isEmpty ? "" : book.text(.builderInSegment, ["segment": path]),
            detail: book.sentence(of: error), suggestion: error.suggestion)
    }
}
