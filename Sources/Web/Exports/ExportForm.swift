import Acts
import Exports
import Foundation
import Profiles
import Store

/// The form of an export as it was filled in; nothing is looked up yet.
struct ExportForm: Sendable {
    var connection: Connection.ID?
    var name = ""
    /// The list that was picked.
    var list = ""
    /// The list's id, typed by hand; it has precedence.
    var listID = ""
    var segments: [String] = []
    var email = ""
    var rows: [Row] = []
    /// One tag on each line.
    var tags = ""
    var leave = "keep"
    var leaveField = ""
    var leaveIn = ""
    var leaveOut = ""
    /// Nil until somebody decides.
    var automations: Bool?
    var resubscribes = false
    /// A percentage.
    var holdShare = "30"
    var limit = "1000000"
    var schedule = ExportSchedule.Kind.refresh
    /// The schedule of its own that it may have.
    var plan = ScheduleForm()
    /// The warnings that were shown before, and which saving again accepts.
    var accepted = ""

    /// A row of data matching.
    struct Row: Equatable, Sendable {
        /// `firstName`, `lastName`, `phone`, `field:ID`, or nothing yet.
        var target: String
        var attribute: String
    }

    /// Most rows of data matching.
    static let rowsMax = 500

    init() {}

    init(_ fields: FormFields) {
        connection = fields.text("connection").flatMap(Connection.ID.init)
        name = fields.text("name") ?? ""
        list = fields.text("list") ?? ""
        listID = fields.text("listID") ?? ""
        segments = fields.all("segment")
        email = fields.text("email") ?? ""
        rows = zip(fields.all("target"), fields.all("attribute")).prefix(Self.rowsMax)
            .map { Row(target: $0, attribute: $1) }
        tags = fields["tags"] ?? ""
        leave = fields.text("leave") ?? "keep"
        leaveField = fields.text("leaveField") ?? ""
        leaveIn = fields.text("leaveIn") ?? ""
        leaveOut = fields.text("leaveOut") ?? ""
        automations = ["yes": true, "no": false][fields["automations"] ?? ""]
        resubscribes = fields.isOn("resubscribe")
        holdShare = fields.text("holdShare") ?? ""
        limit = fields.text("limit") ?? ""
        schedule = fields["schedule"].flatMap(ExportSchedule.Kind.init(rawValue:)) ?? .refresh
        if fields.has("time") || fields.has("rhythm") { plan = ScheduleForm(fields) }
        accepted = fields["accepted"] ?? ""
    }

    init(_ export: Export) {
        connection = export.connection
        name = export.name
        list = export.list.id
        segments = export.segments
        email = export.mapping.email
        let mapping = export.mapping
        rows =
            [("firstName", mapping.firstName), ("lastName", mapping.lastName)]
            .compactMap { target, attribute in attribute.map { Row(target: target, attribute: $0) }
            }
        if let phone = mapping.phone { rows.append(Row(target: "phone", attribute: phone)) }
        rows += mapping.fields.map { Row(target: "field:\($0.id)", attribute: $0.attribute) }
        tags = export.tags.joined(separator: "\n")
        switch export.onLeave {
        case .keep: break
        case .unsubscribe: leave = "unsubscribe"
        case .field(let id, let inside, let outside):
            leave = "field"
            (leaveField, leaveIn, leaveOut) = (id, inside, outside)
        }
        automations = export.startsAutomations
        resubscribes = export.resubscribesRemoved
        holdShare = (export.holdShare * 100).formatted(
            .number.precision(.fractionLength(0...2)).grouping(.never)
                .locale(Locale(identifier: "en_US_POSIX")))
        limit = String(export.peopleMax)
        schedule = export.schedule.kind
        if case .own(let own) = export.schedule { plan = ScheduleForm(own) }
    }

    /// What the form asks for, and what is wrong already before anything is looked up.
    func draft() -> (draft: ExportDraft, findings: [ExportFinding]) {
        var findings: [ExportFinding] = []
        var draft = ExportDraft(
            name: name, list: listID.isEmpty ? list : listID, segments: segments, email: email)
        for row in rows where !(row.target.isEmpty && row.attribute.isEmpty) {
            add(row, to: &draft, &findings)
        }
        draft.tags = tags.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        draft.onLeave = leaveDraft
        // What is no number lies outside every range.
        draft.limit = limit.isEmpty ? nil : Int(limit) ?? 0
        draft.holdShare = holdShare.isEmpty ? nil : Double(holdShare) ?? -1
        draft.startsAutomations = automations ?? false
        draft.resubscribesRemoved = resubscribes
        switch schedule {
        case .refresh: draft.schedule = .refresh
        case .manual: draft.schedule = .manual
        case .own:
            let (own, found) = plan.read()
            if let own { draft.schedule = .own(own) }
            findings += found.map(\.ofExport)
        }
        if automations == nil {
            findings.append(
                ExportFinding(.automations, .automationsUndecided))
        }
        return (draft, findings)
    }

    private var leaveDraft: LeaveDraft {
        switch leave {
        case "keep": .keep
        case "unsubscribe": .unsubscribe
        default:
            leaveField.isEmpty || leaveIn.isEmpty || leaveOut.isEmpty || leaveIn == leaveOut
                ? .unreadable(leave) : .field(name: leaveField, inside: leaveIn, outside: leaveOut)
        }
    }

    private func add(
        _ row: Row, to draft: inout ExportDraft, _ findings: inout [ExportFinding]
    ) {
        func set(_ path: WritableKeyPath<ExportDraft, String?>, _ field: ExportFinding.Field) {
            if draft[keyPath: path] != nil {
                findings.append(
                    ExportFinding(
                        field, .targetTwice, ["target": .word("exports.\(row.target)")]))
            }
            draft[keyPath: path] = row.attribute
        }
        switch row.target {
        case "firstName": set(\.firstName, .firstName)
        case "lastName": set(\.lastName, .lastName)
        case "phone": set(\.phone, .phone)
        case let target where target.hasPrefix("field:"):
            let id = String(target.dropFirst("field:".count))
            draft.fields.append(FieldDraft(name: id, attribute: row.attribute))
        default:
            findings.append(
                ExportFinding(
                    .customField(""), .targetMissing, ["attribute": .text(row.attribute)]))
        }
    }
}

extension ScheduleForm.Finding {
    /// The same of an export.
    fileprivate var ofExport: ExportFinding {
        let code: ExportFinding.Code =
            switch self {
            case .noWeekday: .scheduleNoWeekday
            case .noTime: .scheduleNoTime
            case .badTime: .scheduleBadTime
            case .tooManyTimes: .scheduleTooManyTimes
            case .unknownTimeZone: .scheduleUnknownZone
            }
        return ExportFinding(.schedule, code)
    }
}

extension ExportFinding {
    /// The row of data matching that a finding belongs to.
    func concerns(_ row: ExportForm.Row) -> Bool {
        switch field {
        case .firstName: row.target == "firstName"
        case .lastName: row.target == "lastName"
        case .phone: row.target == "phone"
        case .customField(let name):
            name.isEmpty ? row.target.isEmpty : row.target == "field:\(name)"
        default: false
        }
    }

    /// Whether the stored export already has what this warns of, so that nobody needs to accept it again.
    func isOld(in stored: Export?, as export: Export) -> Bool {
        guard let stored else { return false }
        switch code {
        // The form says it beside the choice itself.
        case .unsubscribeForGood: return true
        case .segmentInactive:
            guard case .text(let segment) = facts["segment"] else { return false }
            return stored.segments.contains(segment)
        case .overLimit:
            return stored.segments == export.segments && stored.peopleMax == export.peopleMax
        case .listUnchecked:
            return stored.list.id == export.list.id && stored.connection == export.connection
        case .accountRefuses: return stored.connection == export.connection
        case .kindMismatch, .arrivesAsText, .fieldUnchecked:
            guard stored.connection == export.connection else { return false }
            return stored.mapping.fields.contains { field in
                field.id == customFieldID && export.mapping.fields.contains(field)
            }
        default: return false
        }
    }

    private var customFieldID: String? {
        if case .customField(let name) = field { return name }
        return nil
    }
}
