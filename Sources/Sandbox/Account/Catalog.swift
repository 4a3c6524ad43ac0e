/// A list of the account.
struct ListRecord: Sendable {
    let id: Int
    var name: String
    var stringID: String
    var senderURL = "https://shop.example"
    var senderReminder = "You asked for news from the shop."
    var created: UInt32
}

/// A custom field of the account.
struct FieldRecord: Sendable {
    let id: Int
    var title: String
    var type: String
    var tag: String
    var options: [(id: Int, value: String)] = []
    var lists: [(id: Int, list: Int)] = []
    var created: UInt32
}

/// An entry of the exclusion list: addresses it matches are never imported.
struct Exclusion: Sendable {
    /// Where in the address the phrase must stand.
    enum Match: String, Sendable {
        case exact
        case begin
        case end
    }

    var phrase: String
    var match: Match

    func covers(_ address: String) -> Bool {
        switch match {
        case .exact: address == phrase
        case .begin: address.hasPrefix(phrase)
        case .end: address.hasSuffix(phrase)
        }
    }
}

/// The exclusion list; exact entries are found without walking through all of them.
struct ExclusionList: Sendable {
    private(set) var entries: [Exclusion] = []
    private var exact: Set<String> = []
    private var others: [Exclusion] = []

    mutating func add(_ exclusion: Exclusion) {
        entries.append(exclusion)
        if exclusion.match == .exact {
            exact.insert(exclusion.phrase)
        } else {
            others.append(exclusion)
        }
    }

    func covers(_ address: String) -> Bool {
        exact.contains(address) || others.contains { $0.covers(address) }
    }
}

/// Lists, custom fields and webhooks of the account.
struct Catalog: Sendable {
    private(set) var lists: [ListRecord] = []
    private(set) var fields: [FieldRecord] = []
    private var knownLists: Set<Int> = []
    private var knownFields: Set<Int> = []
    private var lastListID = 0
    private var lastFieldID = 0
    private var lastOptionID = 0
    private var lastRelationID = 0
    /// Webhooks as they were sent; they are kept and listed, never called.
    var webhooks: [JSONValue] = []

    /// The world of a new sandbox: three lists and five custom fields.
    init(at now: Double) {
        addList("Newsletter", at: now)
        addList("Customers", at: now)
        addList("Spring audience", at: now)
        addField("Loyalty level", type: "text", at: now)
        addField("Lifetime value", type: "number", at: now)
        addField("Birthday", type: "date", at: now)
        let audience = addField("Audience", type: "dropdown", at: now)
        addOptions(["In", "Out"], to: audience.id)
        addField("Interests", type: "checkbox", at: now)
    }

    func list(_ id: Int) -> ListRecord? { lists.first { $0.id == id } }
    func field(_ id: Int) -> FieldRecord? { fields.first { $0.id == id } }
    func hasList(_ id: Int) -> Bool { knownLists.contains(id) }
    func hasField(_ id: Int) -> Bool { knownFields.contains(id) }

    @discardableResult
    mutating func addList(
        _ name: String, stringID: String? = nil, id: Int? = nil, at now: Double
    ) -> ListRecord {
        let id = id.flatMap { hasList($0) ? nil : $0 } ?? lastListID + 1
        lastListID = max(lastListID, id)
        let list = ListRecord(
            id: id, name: name, stringID: stringID ?? Self.slug(name, joiner: "-"),
            created: UInt32(clamping: Int(now)))
        lists.append(list)
        knownLists.insert(id)
        return list
    }

    mutating func changeList(_ id: Int, _ change: (inout ListRecord) -> Void) {
        guard let index = lists.firstIndex(where: { $0.id == id }) else { return }
        change(&lists[index])
    }

    mutating func removeList(_ id: Int) -> Bool {
        lists.removeAll { $0.id == id }
        return knownLists.remove(id) != nil
    }

    @discardableResult
    mutating func addField(
        _ title: String, type: String, id: Int? = nil, at now: Double
    ) -> FieldRecord {
        let id = id.flatMap { hasField($0) ? nil : $0 } ?? lastFieldID + 1
        lastFieldID = max(lastFieldID, id)
        let field = FieldRecord(
            id: id, title: title, type: type, tag: Self.slug(title, joiner: "_").uppercased(),
            created: UInt32(clamping: Int(now)))
        fields.append(field)
        knownFields.insert(id)
        return field
    }

    mutating func changeField(_ id: Int, _ change: (inout FieldRecord) -> Void) {
        guard let index = fields.firstIndex(where: { $0.id == id }) else { return }
        change(&fields[index])
    }

    mutating func removeField(_ id: Int) -> Bool {
        fields.removeAll { $0.id == id }
        return knownFields.remove(id) != nil
    }

    mutating func addOptions(_ options: [String], to field: Int) {
        for option in options {
            lastOptionID += 1
            let id = lastOptionID
            changeField(field) { $0.options.append((id, option)) }
        }
    }

    mutating func addRelation(of field: Int, to list: Int) -> Int {
        lastRelationID += 1
        let id = lastRelationID
        changeField(field) { $0.lists.append((id, list)) }
        return id
    }

    private static func slug(_ name: String, joiner: Character) -> String {
        String(name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : joiner })
    }
}
