import Access
import Acts
import Exports
import Phrases
import Profiles
import Segments
import Store

/// The form of an export, ready to be shown.
struct ExportFormModel: Sendable {
    let action: String
    let heading: String
    let isNew: Bool
    let isPreview: Bool
    /// What the destination has; everything while none is chosen.
    let has: HasPart
    let isDetached: Bool
    /// Nil when the reader may use no connection; the part is then absent.
    let connections: ConnectionPart?
    /// For administrators.
    let newConnectionHref: String?
    let name: String
    let lists: ListPart
    let segments: SegmentPart
    let email: EmailPart
    let mapping: MappingPart
    let tags: String
    let leave: LeavePart
    let automations: AutomationPart
    let resubscribes: Bool
    let holdShare: String
    let limit: String
    let schedule: SchedulePart
    let plan: ScheduleFields
    let accepted: String
    let findings: Summary?
    let warnings: Summary?
    let at: NotesByField

    struct HasPart: Sendable {
        let lists: Bool
        /// Where one reads how the id of a list is found.
        let listHelp: String?
        let fields: Bool
        let tags: Bool
        let leavingByField: Bool
        let leavingByUnsubscribing: Bool
        let resubscribing: Bool
        let automations: Bool

        init(_ destination: DestinationDescriptor) {
            let abilities = destination.abilities
            lists = abilities.contains(.lists)
            listHelp = destination.listHelp
            fields = destination.people.hasCustomFields
            tags = abilities.contains(.tags)
            leavingByField = abilities.contains(.leaveByField)
            leavingByUnsubscribing = abilities.contains(.leaveByUnsubscribing)
            resubscribing = abilities.contains(.resubscribing)
            automations = abilities.contains(.automations)
        }
    }

    struct ConnectionPart: Sendable {
        let groups: [Group]

        struct Group: Sendable {
            let label: String
            let options: [Option]
        }
    }

    struct Option: Sendable {
        let value: String
        let text: String
        let isSelected: Bool
    }

    struct ListPart: Sendable {
        let options: [Option]
        let typed: String
        /// Why there is nothing to pick; nil when there is.
        let trouble: String?
        /// The account's own words, in English.
        let detail: String?
    }

    struct SegmentPart: Sendable {
        let rows: [Row]
        let isEmpty: Bool
        let total: String
        let limit: String
        let overLimit: String
        let isOver: Bool

        struct Row: Sendable {
            let id: String
            let name: String
            let members: String
            let count: Int
            let isChosen: Bool
            let isInactive: Bool
            let state: String
        }
    }

    struct EmailPart: Sendable {
        let fitting: [Option]
        let others: [Option]
        let isImpossible: Bool
    }

    struct MappingPart: Sendable {
        let rows: [Row]
        /// The row that *Add attribute* adds.
        let blank: Row

        struct Row: Sendable {
            let number: Int
            let targets: [Option]
            let custom: [Option]
            let attributes: [Option]
            let attributeLabel: String
            let removeLabel: String
            let notes: [Note]
            let isInvalid: Bool
            let noteIDs: String?
        }
    }

    struct LeavePart: Sendable {
        let isKeep: Bool
        let isField: Bool
        let isUnsubscribe: Bool
        let fields: [Option]
        let inside: String
        let outside: String
    }

    struct SchedulePart: Sendable {
        let isRefresh: Bool
        let isManual: Bool
        let isOwn: Bool
    }

    struct AutomationPart: Sendable {
        let isYes: Bool
        let isNo: Bool
    }

    /// What is said at the top of a form that was not stored.
    struct Summary: Sendable {
        let title: String
        let list: [Entry]

        struct Entry: Sendable {
            let field: String
            let text: String
        }
    }

    /// What is said beside a field.
    struct Note: Sendable {
        let id: String
        let text: String
        let isWarning: Bool
    }

    struct FieldNotes: Sendable {
        let notes: [Note]
        let isInvalid: Bool
        /// The notes' ids for `aria-describedby`, the field's hint among them.
        let ids: String?

        init(_ notes: [Note], hint: String? = nil) {
            self.notes = notes
            isInvalid = notes.contains { !$0.isWarning }
            let all = (hint.map { [$0] } ?? []) + notes.map(\.id)
            ids = all.isEmpty ? nil : all.joined(separator: " ")
        }
    }

    struct NotesByField: Sendable {
        let name: FieldNotes
        let connection: FieldNotes
        let list: FieldNotes
        let segments: FieldNotes
        let email: FieldNotes
        let tags: FieldNotes
        let onLeave: FieldNotes
        let automations: FieldNotes
        let holdShare: FieldNotes
        let limit: FieldNotes
    }
}

/// What is found, in the reader's language.
struct FindingWords: Sendable {
    let book: PhraseBook

    func text(_ finding: ExportFinding) -> String {
        book.sentence(of: finding)
    }

    func notes(
        _ findings: [ExportFinding], of field: String, where belongs: (ExportFinding) -> Bool
    ) -> [ExportFormModel.Note] {
        findings.filter(belongs).enumerated().map { position, finding in
            ExportFormModel.Note(
                id: "note-\(field)-\(position)", text: text(finding), isWarning: finding.isWarning)
        }
    }
}
