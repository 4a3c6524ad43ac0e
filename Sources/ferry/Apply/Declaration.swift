import Acts

/// The whole configuration as one file declares it. Secrets stand only as references.
struct Declaration: Decodable {
    var segments: [DeclaredSegment]?
    var connections: [DeclaredConnection]?
    var exports: [DeclaredExport]?
}

struct DeclaredSegment: Decodable {
    let name: String
    let rule: String
    let active: Bool?
}

struct DeclaredConnection: Decodable {
    let name: String
    /// The kind of destination; the usual one without it.
    let type: String?
    let host: String
    /// `env:NAME` or `file:PATH`, for a type with one secret.
    let apiKey: String?
    /// What else the type asks for; secrets as `env:NAME` or `file:PATH`.
    let settings: [String: String]?
    /// Agreement to the transfer; must be true for a connection that does not exist yet.
    let agree: Bool?
    let requestsPerSecond: Int?
    let importsPerMinute: Int?
    let singleImportsPerMinute: Int?
    /// Limits by the members that the type has for them.
    let limits: [String: Int]?
}

struct DeclaredExport: Decodable {
    let name: String
    let connection: String
    let list: String
    let segments: [String]
    let email: String
    let firstName: String?
    let lastName: String?
    let phone: String?
    /// Attribute by custom field, which is given by id or title.
    let fields: [String: String]?
    let tags: [String]?
    let onLeave: String?
    let limit: Int?
    let holdPercent: Double?
    let startAutomations: Bool?
    let resubscribeRemoved: Bool?

    private enum CodingKeys: String, CodingKey {
        case name, connection, list, segments, email, firstName, lastName, phone, fields, tags
        case onLeave, limit, holdPercent, startAutomations, resubscribeRemoved
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        connection = try container.decode(String.self, forKey: .connection)
        // A list is usually written as a number; not every destination has lists.
        if !container.contains(.list) {
            list = ""
        } else if let number = try? container.decode(Int.self, forKey: .list) {
            list = String(number)
        } else {
            list = try container.decode(String.self, forKey: .list)
        }
        segments = try container.decode([String].self, forKey: .segments)
        email = try container.decode(String.self, forKey: .email)
        firstName = try container.decodeIfPresent(String.self, forKey: .firstName)
        lastName = try container.decodeIfPresent(String.self, forKey: .lastName)
        phone = try container.decodeIfPresent(String.self, forKey: .phone)
        fields = try container.decodeIfPresent([String: String].self, forKey: .fields)
        tags = try container.decodeIfPresent([String].self, forKey: .tags)
        onLeave = try container.decodeIfPresent(String.self, forKey: .onLeave)
        limit = try container.decodeIfPresent(Int.self, forKey: .limit)
        holdPercent = try container.decodeIfPresent(Double.self, forKey: .holdPercent)
        startAutomations = try container.decodeIfPresent(Bool.self, forKey: .startAutomations)
        resubscribeRemoved = try container.decodeIfPresent(Bool.self, forKey: .resubscribeRemoved)
    }

    var draft: ExportDraft {
        var draft = ExportDraft(name: name, list: list, segments: segments, email: email)
        draft.firstName = firstName
        draft.lastName = lastName
        draft.phone = phone
        draft.fields = (fields ?? [:]).sorted { $0.key < $1.key }
            .map { FieldDraft(text: "\($0.key)=\($0.value)") }
        draft.tags = tags ?? []
        draft.onLeave = LeaveDraft(text: onLeave ?? "keep")
        draft.limit = limit
        draft.holdShare = holdPercent
        draft.startsAutomations = startAutomations ?? false
        draft.resubscribesRemoved = resubscribeRemoved ?? false
        return draft
    }
}
