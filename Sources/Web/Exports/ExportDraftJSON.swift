import Acts
import Exports
import Profiles
import Store

/// An export as the API takes it: names and ids, not yet looked up.
enum ExportDraftJSON {
    struct Wanted {
        let draft: ExportDraft
        let connection: Connection.ID?
    }

    /// Entries of a list in a body.
    private static let entriesMax = 200

    /// Reads the body of a request.
    static func read(_ caller: Caller) async throws -> Wanted {
        var body = try await caller.body()
        let wanted = read(&body)
        try body.end()
        guard let wanted else { throw WebProblem(.invalid) }
        return wanted
    }

    /// Reads every member; nil when something is missing or does not fit, which stands among the findings.
    private static func read(_ body: inout APIBody) -> Wanted? {
        let name = body.text("name")
        let connection =
            body.isNull("connectionId")
            ? nil : body.integer("connectionId", in: 1...Int64.max).map { Connection.ID($0) }
        let list = body.text("list", isRequired: false)
        let segments = body.texts("segments", isRequired: true, count: 1...entriesMax)
        let mapping = body.object("mapping", mapping)
        let tags = body.texts("tags", count: 0...entriesMax)
        let leave = body.object("onLeave", isRequired: false, leave)
        let limit = body.integer("peopleMax", isRequired: false, in: 1...1_000_000_000)
        let share = body.number("holdShare", in: 0...1)
        let starts = body.flag("startsAutomations", isRequired: true)
        let resubscribes = body.flag("resubscribesRemoved")
        let schedule = ScheduleJSON.exportSchedule(&body)
        guard let name, let segments, let mapping, let starts else { return nil }
        var draft = ExportDraft(
            name: name, list: list ?? "", segments: segments, email: mapping.email)
        draft.firstName = mapping.firstName
        draft.lastName = mapping.lastName
        draft.phone = mapping.phone
        draft.fields = mapping.fields
        draft.tags = tags ?? []
        draft.onLeave = leave ?? .keep
        draft.limit = limit.map { Int($0) }
        // Drafts speak of percentages.
        draft.holdShare = share.map { ($0 * 1_000_000).rounded() / 10_000 }
        draft.startsAutomations = starts
        draft.resubscribesRemoved = resubscribes ?? false
        draft.schedule = schedule ?? .refresh
        return Wanted(draft: draft, connection: connection)
    }

    private struct Matching {
        let email: String
        let firstName: String?
        let lastName: String?
        let phone: String?
        let fields: [FieldDraft]
    }

    private static func mapping(_ body: inout APIBody) -> Matching? {
        let email = body.text("email")
        let firstName = body.optionalText("firstName")
        let lastName = body.optionalText("lastName")
        let phone = body.optionalText("phone")
        let fields = body.objects("fields", count: 0...entriesMax) { field -> FieldDraft? in
            let id = field.text("id")
            let attribute = field.text("attribute")
            guard let id, let attribute else { return nil }
            return FieldDraft(name: id, attribute: attribute)
        }
        guard let email else { return nil }
        return Matching(
            email: email, firstName: firstName, lastName: lastName, phone: phone,
            fields: fields ?? [])
    }

    private static func leave(_ body: inout APIBody) -> LeaveDraft? {
        let action = body.choice("action", of: LeaveAction.allCases)
        let field = body.optionalText("field")
        let inside = body.optionalText("inside")
        let outside = body.optionalText("outside")
        switch action {
        case .keep: return .keep
        case .unsubscribe: return .unsubscribe
        case .field:
            guard let field, let inside, let outside, inside != outside else {
                body.find(
                    "action", "field",
                    "'field' takes a field and two different values, 'inside' and 'outside'.")
                return nil
            }
            return .field(name: field, inside: inside, outside: outside)
        case nil: return nil
        }
    }
}
