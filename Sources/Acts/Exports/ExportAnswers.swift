package import Access
package import Exports
package import Profiles
package import Schedules
package import Store

/// An export as somebody sees it.
package struct ExportAnswer: Codable, Sendable {
    package let id: Export.ID
    package let name: String
    @Nullable package var connectionId: Connection.ID?
    @Nullable package var connectionName: String?
    /// What the one who asked may do with it.
    package let right: ExportRight
    package let schedule: ExportSchedule.Kind
    @Nullable package var ownSchedule: OwnSchedule?
    @Nullable package var lastRun: LastRun?
    package let list: List
    package let segments: [String]
    package let mapping: Matching
    package let tags: [String]
    package let onLeave: OnLeave
    package let peopleMax: Int
    package let holdShare: Double
    package let startsAutomations: Bool
    package let resubscribesRemoved: Bool

    package init(_ entry: ExportEntry, for role: Role) {
        let export = entry.export
        id = export.id
        name = export.name
        connectionId = entry.connection?.id
        connectionName = entry.connection?.name
        right = entry.right(of: role)
        schedule = export.schedule.kind
        ownSchedule = export.schedule.own.map(OwnSchedule.init)
        lastRun = entry.lastRun.map(LastRun.init)
        list = List(id: export.list.id, name: export.list.name)
        segments = export.segments
        mapping = Matching(export.mapping)
        tags = export.tags
        onLeave = OnLeave(export.onLeave)
        peopleMax = export.peopleMax
        holdShare = export.holdShare
        startsAutomations = export.startsAutomations
        resubscribesRemoved = export.resubscribesRemoved
    }
}

extension ExportAnswer {
    /// The newest run, whatever started it.
    package struct LastRun: Codable, Sendable {
        package let id: Run.ID
        package let state: RunState
        package let trigger: RunTrigger
        package let createdAt: Moment

        init(_ run: ExportEntry.LastRun) {
            id = run.id
            state = run.state
            trigger = run.trigger
            createdAt = Moment(run.createdAt)
        }
    }

    /// A list of the account, with its name if the account told it.
    package struct List: Codable, Sendable {
        package let id: String
        @Nullable package var name: String?
    }

    /// Which attributes leave the system, and as what.
    package struct Matching: Codable, Sendable {
        package let email: String
        @Nullable package var firstName: String?
        @Nullable package var lastName: String?
        @Nullable package var phone: String?
        package let fields: [MappedField]

        init(_ mapping: Mapping) {
            email = mapping.email
            firstName = mapping.firstName
            lastName = mapping.lastName
            phone = mapping.phone
            fields = mapping.fields
        }
    }

    /// What happens to people who leave; the members other than the action belong to `field`.
    package struct OnLeave: Codable, Sendable {
        package let action: LeaveAction
        @Nullable package var field: String?
        @Nullable package var inside: String?
        @Nullable package var outside: String?

        init(_ policy: LeavePolicy) {
            var values: (field: String, inside: String, outside: String)?
            switch policy {
            case .keep: action = .keep
            case .unsubscribe: action = .unsubscribe
            case .field(let id, let inside, let outside):
                action = .field
                values = (id, inside, outside)
            }
            field = values?.field
            inside = values?.inside
            outside = values?.outside
        }

        /// As the command line writes it.
        package var text: String {
            guard action == .field, let field, let inside, let outside else {
                return action.rawValue
            }
            return "field:\(field)=\(inside),\(outside)"
        }
    }

    /// The moments at which an export runs by itself.
    package struct OwnSchedule: Codable, Sendable {
        package let rhythm: Schedule.RhythmWord
        /// Empty for a daily one.
        package let weekdays: [Weekday]
        package let times: [TimeOfDay]
        package let timeZone: String

        package init(_ schedule: Schedule) {
            rhythm = schedule.rhythmWord
            weekdays = schedule.weekdays
            times = schedule.times
            timeZone = schedule.timeZone
        }
    }
}

/// What an export does about people who leave.
package enum LeaveAction: String, CaseIterable, Codable, Sendable {
    case keep, field, unsubscribe
}

extension ExportAnswer {
    /// The export itself. Throws `ScheduleError` for a schedule that cannot be.
    package func export() throws -> Export {
        let policy: LeavePolicy =
            switch (onLeave.action, onLeave.field, onLeave.inside, onLeave.outside) {
            case (.unsubscribe, _, _, _): .unsubscribe
            case (.field, let field?, let inside?, let outside?):
                .field(id: field, inside: inside, outside: outside)
            default: .keep
            }
        return Export(
            id: id, name: name, connection: connectionId,
            list: ListReference(id: list.id, name: list.name), segments: segments,
            mapping: Mapping(
                email: mapping.email, firstName: mapping.firstName, lastName: mapping.lastName,
                phone: mapping.phone, fields: mapping.fields),
            tags: tags, onLeave: policy, peopleMax: peopleMax, holdShare: holdShare,
            startsAutomations: startsAutomations, resubscribesRemoved: resubscribesRemoved,
            schedule: try exportSchedule())
    }

    private func exportSchedule() throws -> ExportSchedule {
        guard schedule == .own, let ownSchedule else {
            return schedule == .refresh ? .refresh : .manual
        }
        return .own(
            try Schedule(
                ownSchedule.rhythm == .daily ? .daily : .weekly(Set(ownSchedule.weekdays)),
                at: ownSchedule.times, in: ownSchedule.timeZone))
    }
}

/// An export that was stored, and what is worth a thought about it.
package struct SavedExportAnswer: Codable, Sendable {
    package let export: ExportAnswer
    package let warnings: [Warning]

    /// Something that did not keep the export from being stored.
    package struct Warning: Codable, Sendable {
        /// Where in the body of a request it belongs.
        package let field: String
        package let code: String
        package let detail: Remark

        init(_ finding: ExportFinding) {
            field = finding.field.path
            code = finding.code.rawValue
            detail = Remark(finding)
        }
    }
}

extension ExportFinding.Field {
    /// Where in the body of a request a finding belongs.
    package var path: String {
        switch self {
        case .connection: "connectionId"
        case .email, .firstName, .lastName, .phone: "mapping.\(text)"
        case .customField: "mapping.fields"
        case .limit: "peopleMax"
        case .schedule: "ownSchedule"
        case .automations: "startsAutomations"
        case .name, .list, .segments, .tags, .onLeave, .holdShare: text
        }
    }
}
