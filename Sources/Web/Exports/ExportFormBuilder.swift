import Access
import Acts
import Delivery
import Exports
import Phrases
import Profiles
import Segments
import Service
import Store

/// Gathers what the form of an export shows.
struct ExportFormBuilder: Sendable {
    let services: Services
    let book: PhraseBook
    let role: Role
    let form: ExportForm
    /// The export that the form changes; nil for a new one.
    let stored: Export?
    let offer: AccountOffer?
    let findings: [ExportFinding]
    let counts: MemberCounts

    func model(
        accepting warnings: [ExportFinding], showsErrors: Bool
    ) async throws -> ExportFormModel {
        let shown = showsErrors ? findings : findings.filter(\.isWarning)
        let words = FindingWords(book: book)
        let usable = try services.catalog.setup.connections(usableBy: role)
        let isAsking = showsErrors && !warnings.isEmpty && shown.allSatisfy(\.isWarning)
        return ExportFormModel(
            action: stored.map { "/exports/\($0.id)" } ?? "/exports",
            heading: stored?.name ?? book.text(.exportsAdd), isNew: stored == nil,
            isPreview: destination.isPreview, has: ExportFormModel.HasPart(destination),
            isDetached: stored != nil && stored?.connection == nil,
            connections: connectionPart(usable),
            newConnectionHref: role.allows(.manageConnections) ? "/admin/connections/new" : nil,
            name: form.name, lists: listPart, segments: try segmentPart(),
            email: try await emailPart(),
            mapping: try await mappingPart(shown, words), tags: form.tags, leave: leavePart,
            automations: ExportFormModel.AutomationPart(
                isYes: form.automations == true, isNo: form.automations == false),
            resubscribes: form.resubscribes, holdShare: form.holdShare, limit: form.limit,
            schedule: ExportFormModel.SchedulePart(
                isRefresh: form.schedule == .refresh, isManual: form.schedule == .manual,
                isOwn: form.schedule == .own),
            plan: ScheduleFields(
                form.plan,
                findings: form.schedule == .own
                    ? shown.compactMap { ScheduleForm.Finding(rawValue: $0.code.rawValue) } : [],
                now: services.acts.scheduleNow, book),
            accepted: isAsking ? Self.fingerprint(warnings) : form.accepted,
            findings: summary(
                shown.filter { !$0.isWarning && showsErrors }, .exportsAttention, words),
            warnings: isAsking ? summary(warnings, .exportsAcceptWarnings, words) : nil,
            at: notes(shown, words))
    }

    /// Warnings as a text that comes back with the form. It says which were shown; it is no secret.
    static func fingerprint(_ warnings: [ExportFinding]) -> String {
        warnings.map { "\($0.code.rawValue) \($0.field.text)" }.sorted().joined(separator: ";")
    }

    // MARK: Findings

    private func summary(
        _ findings: [ExportFinding], _ title: Phrase, _ words: FindingWords
    ) -> ExportFormModel.Summary? {
        guard !findings.isEmpty else { return nil }
        return ExportFormModel.Summary(
            title: book.text(title, count: findings.count),
            list: findings.map {
                ExportFormModel.Summary.Entry(field: anchor($0), text: words.text($0))
            })
    }

    /// The id of the field on the page.
    private func anchor(_ finding: ExportFinding) -> String {
        switch finding.field {
        case .segments: "p-segments"
        case .onLeave: "p-leave"
        case .automations: "p-auto"
        case .firstName, .lastName, .phone, .customField:
            form.rows.firstIndex(where: finding.concerns).map { "target-\($0)" } ?? "p-match"
        case .schedule:
            ScheduleForm.Finding(rawValue: finding.code.rawValue)?.anchor ?? "p-when"
        default: finding.field.text
        }
    }

    private func notes(
        _ shown: [ExportFinding], _ words: FindingWords
    ) -> ExportFormModel.NotesByField {
        func notes(
            _ field: ExportFinding.Field, hint: String? = nil
        ) -> ExportFormModel.FieldNotes {
            ExportFormModel.FieldNotes(
                // That there are too many people is said by the segments' table itself.
                words.notes(shown, of: field.text) { $0.field == field && $0.code != .overLimit },
                hint: hint)
        }
        return ExportFormModel.NotesByField(
            name: notes(.name), connection: notes(.connection),
            list: notes(.list, hint: "list-hint"),
            segments: notes(.segments), email: notes(.email), tags: notes(.tags, hint: "tags-hint"),
            onLeave: notes(.onLeave), automations: notes(.automations),
            holdShare: notes(.holdShare, hint: "hold-hint"),
            limit: notes(.limit, hint: "limit-hint"))
    }

    // MARK: Parts

    /// What the chosen connection leads to; the usual kind while there is none.
    private var destination: DestinationDescriptor {
        let destinations = services.accounts.destinations
        // A connection that is gone is among the findings.
        let chosen = try? form.connection.flatMap {
            try services.catalog.setup.connection(id: $0)
        }
        return chosen.flatMap { destinations.descriptor(of: $0.destination) } ?? destinations.usual
    }

    private func connectionPart(
        _ usable: [ExportConnection]
    ) -> ExportFormModel.ConnectionPart? {
        guard !usable.isEmpty else { return nil }
        let destinations = services.accounts.destinations
        var kinds = destinations.descriptors.map(\.id)
        kinds += Set(usable.map(\.destination)).subtracting(kinds).sorted()
        return ExportFormModel.ConnectionPart(
            groups: kinds.compactMap { kind in
                let connections = usable.filter { $0.destination == kind }
                guard !connections.isEmpty else { return nil }
                let title = destinations.title(of: kind)
                let isPreview = destinations.descriptor(of: kind)?.isPreview ?? false
                return ExportFormModel.ConnectionPart.Group(
                    label: isPreview
                        ? book.text(.exportsTypePreview, ["destination": title]) : title,
                    options: connections.map {
                        ExportFormModel.Option(
                            value: String($0.id), text: $0.name,
                            isSelected: $0.id == form.connection)
                    })
            })
    }

    private var listPart: ExportFormModel.ListPart {
        let lists = offer?.lists ?? []
        let isPicked = form.listID.isEmpty && lists.contains { $0.id == form.list }
        let trouble: Phrase? =
            if let trouble = offer?.trouble {
                trouble.isPassing ? .exportsListsUnreachable : .exportsListsRefused
            } else if offer == nil {
                .exportsListsNoConnection
            } else if lists.isEmpty { .exportsListsNone } else { nil }
        return ExportFormModel.ListPart(
            options: lists.map {
                ExportFormModel.Option(
                    value: $0.id,
                    text: book.text(.exportsListOption, ["name": $0.name, "id": $0.id]),
                    isSelected: isPicked && $0.id == form.list)
            },
            typed: isPicked ? "" : form.listID.isEmpty ? form.list : form.listID,
            trouble: trouble.map { book.text($0) },
            detail: (offer?.trouble).map { book.sentence(of: $0) })
    }

    private func segmentPart() throws -> ExportFormModel.SegmentPart {
        let segments = try services.catalog.setup.segments()
        let limit = Int(form.limit) ?? Export.peopleMaxDefault
        let sum = segments.filter { form.segments.contains($0.name) }
            .reduce(0) { $0 + (counts.bySegment[$1.id] ?? 0) }
        let total = counts.together ?? sum
        return ExportFormModel.SegmentPart(
            rows: segments.enumerated().map { position, segment in
                let members = counts.bySegment[segment.id]
                return ExportFormModel.SegmentPart.Row(
                    id: "segment-\(position)", name: segment.name,
                    members: members.map(book.number) ?? "–", count: members ?? 0,
                    isChosen: form.segments.contains(segment.name),
                    isInactive: segment.state == .inactive,
                    state: book.text(
                        segment.state == .active ? .exportsSegmentActive : .exportsSegmentInactive))
            },
            isEmpty: segments.isEmpty, total: book.number(total), limit: String(limit),
            overLimit: book.text(.exportsOverLimit, ["limit": book.number(limit)]),
            isOver: total > limit)
    }

    private func emailPart() async throws -> ExportFormModel.EmailPart {
        let candidates = try await services.exports.emailCandidates()
        var others = candidates.others
        // What is stored stays to be seen, even when it is gone or was never fit.
        if !form.email.isEmpty, !candidates.fitting.contains(form.email),
            !others.contains(form.email)
        {
            others.append(form.email)
        }
        let option = { (name: String) in
            ExportFormModel.Option(value: name, text: name, isSelected: name == form.email)
        }
        return ExportFormModel.EmailPart(
            fitting: candidates.fitting.map(option), others: others.map(option),
            isImpossible: candidates.fitting.isEmpty && candidates.others.isEmpty)
    }

    private func mappingPart(
        _ shown: [ExportFinding], _ words: FindingWords
    ) async throws -> ExportFormModel.MappingPart {
        let attributes = try await services.engine.schema().attributes
        return ExportFormModel.MappingPart(
            rows: form.rows.enumerated().map { number, row in
                let notes = words.notes(shown, of: "target-\(number)") { $0.concerns(row) }
                return mapRow(number, row, attributes, ExportFormModel.FieldNotes(notes))
            },
            blank: mapRow(
                form.rows.count, ExportForm.Row(target: "", attribute: ""), attributes,
                ExportFormModel.FieldNotes([])))
    }

    private func mapRow(
        _ number: Int, _ row: ExportForm.Row, _ attributes: [Attribute],
        _ notes: ExportFormModel.FieldNotes
    ) -> ExportFormModel.MappingPart.Row {
        let fixed: [(String, Phrase)] = [
            ("firstName", .exportsFirstName), ("lastName", .exportsLastName),
            ("phone", .exportsPhone),
        ]
        // What is chosen stays to be seen, even where the destination has no such field.
        let offered = destination.people.optional.map(\.rawValue) + [row.target]
        let targets = fixed.filter { offered.contains($0.0) }.map { value, phrase in
            ExportFormModel.Option(
                value: value, text: book.text(phrase), isSelected: row.target == value)
        }
        let custom = customFields(keeping: row.target).map { field in
            ExportFormModel.Option(
                value: "field:\(field.id)", text: titleWithKind(field),
                isSelected: row.target == "field:\(field.id)")
        }
        let field = (targets + custom).first(where: \.isSelected)?.text
        return ExportFormModel.MappingPart.Row(
            number: number, targets: targets, custom: custom,
            attributes: attributes.map { attribute in
                ExportFormModel.Option(
                    value: attribute.name, text: attribute.name,
                    isSelected: attribute.name == row.attribute)
            },
            attributeLabel: field.map { book.text(.exportsAttributeFor, ["field": $0]) }
                ?? book.text(.exportsAttribute),
            removeLabel: field.map { book.text(.exportsRemoveRow, ["field": $0]) }
                ?? book.text(.exportsRemove), notes: notes.notes,
            isInvalid: notes.isInvalid, noteIDs: notes.ids)
    }

    private func titleWithKind(_ field: DestinationField) -> String {
        guard !field.kind.isEmpty else { return field.title }
        let kind = book.text(of: .word("kind-\(field.kind)"))
        return book.text(.exportsFieldOption, ["field": field.title, "kind": kind])
    }

    /// The account's custom fields, and the one a row has even if the account was not asked.
    private func customFields(keeping target: String) -> [DestinationField] {
        var fields = offer?.fields ?? []
        guard target.hasPrefix("field:") else { return fields }
        let id = String(target.dropFirst("field:".count))
        if !fields.contains(where: { $0.id == id }) {
            let title = stored?.mapping.fields.first { $0.id == id }?.title ?? id
            fields.append(DestinationField(id: id, title: title, kind: ""))
        }
        return fields
    }

    private var leavePart: ExportFormModel.LeavePart {
        let target = form.leaveField.isEmpty ? "" : "field:\(form.leaveField)"
        return ExportFormModel.LeavePart(
            isKeep: form.leave == "keep", isField: form.leave == "field",
            isUnsubscribe: form.leave == "unsubscribe",
            fields: customFields(keeping: target).map { field in
                ExportFormModel.Option(
                    value: field.id, text: titleWithKind(field),
                    isSelected: field.id == form.leaveField)
            },
            inside: form.leaveIn, outside: form.leaveOut)
    }
}
