/// One contact of an import, as far as the importer reads it. Keys that were absent are nil.
struct ImportRow: Sendable {
    var email = ""
    var firstName: String?
    var lastName: String?
    var phone: String?
    var organization: String?
    var tags: [String] = []
    var fields: [(id: Int, value: String)] = []
    var subscribe: [Int] = []
    var unsubscribe: [Int] = []
    /// Why the row may not be imported at all; one such row rejects its batch.
    var flaw: Flaw?
    /// The row has names in camelCase, which the importer drops without a word.
    var hasCamelCase = false

    /// What the syntax check finds.
    enum Flaw: Sendable {
        case noEmail
        case malformedEmail

        var reason: String {
            switch self {
            case .noEmail: "Field 'email' not found"
            case .malformedEmail: "Field 'email' incorrect format"
            }
        }
    }
}

/// Where and how an import wants to be told that it ended.
struct ImportCallback: Sendable {
    var url: String
    var isPost = true
    var isDetailed = true
    var params: [(String, String)] = []
    var headers: [(String, String)] = []
}

/// The body of an import, read without building a tree.
struct ImportBody: Sendable {
    /// Nil when the body has no array `contacts`.
    private(set) var rows: [ImportRow]?
    private(set) var callback: ImportCallback?

    init(_ bytes: [UInt8]) throws(JSONReader.Malformed) {
        var reader = JSONReader(bytes)
        var rows: [ImportRow]?
        var callback: ImportCallback?
        try reader.readObject { (reader, name) throws(JSONReader.Malformed) in
            switch name {
            case "contacts" where try reader.peek() == UInt8(ascii: "["):
                var found: [ImportRow] = []
                try reader.readArray { (reader) throws(JSONReader.Malformed) in
                    found.append(try ImportRow(from: &reader))
                }
                rows = found
            case "callback": callback = ImportCallback(try reader.readValue())
            default: _ = try reader.readValue()
            }
        }
        try reader.expectEnd()
        self.rows = rows
        self.callback = callback
    }
}

extension ImportRow {
    fileprivate init(from reader: inout JSONReader) throws(JSONReader.Malformed) {
        self.init()
        guard try reader.peek() == UInt8(ascii: "{") else {
            _ = try reader.readValue()
            flaw = .noEmail
            return
        }
        var row = ImportRow()
        var hasEmail = false
        try reader.readObject { (reader, name) throws(JSONReader.Malformed) in
            switch name {
            case "email":
                let email = try reader.readText()
                hasEmail = email != nil
                row.email = Address.normalized(email ?? "")
            case "first_name": row.firstName = try reader.readText()
            case "last_name": row.lastName = try reader.readText()
            case "phone": row.phone = try reader.readText()
            case "customer_acct_name": row.organization = try reader.readText()
            case "tags": row.tags = try reader.readValue().elements.compactMap(\.text)
            case "fields": row.fields = try Self.readFields(&reader)
            case "subscribe": row.subscribe = try Self.readLists(&reader)
            case "unsubscribe": row.unsubscribe = try Self.readLists(&reader)
            case "firstName", "lastName", "customerAcctName":
                row.hasCamelCase = true
                _ = try reader.readValue()
            default: _ = try reader.readValue()
            }
        }
        if !hasEmail || row.email.isEmpty {
            row.flaw = .noEmail
        } else if !Address.isWellFormed(row.email) {
            row.flaw = .malformedEmail
        }
        self = row
    }

    private static func readFields(
        _ reader: inout JSONReader
    ) throws(JSONReader.Malformed) -> [(id: Int, value: String)] {
        guard try reader.peek() == UInt8(ascii: "[") else {
            _ = try reader.readValue()
            return []
        }
        var fields: [(id: Int, value: String)] = []
        try reader.readArray { (reader) throws(JSONReader.Malformed) in
            guard try reader.peek() == UInt8(ascii: "{") else {
                _ = try reader.readValue()
                return
            }
            var id: Int?
            var value: String?
            try reader.readObject { (reader, name) throws(JSONReader.Malformed) in
                switch name {
                case "id": id = try reader.readValue().wholeNumber
                case "value": value = try reader.readText()
                default: _ = try reader.readValue()
                }
            }
            if let id, let value { fields.append((id, value)) }
        }
        return fields
    }

    private static func readLists(
        _ reader: inout JSONReader
    ) throws(JSONReader.Malformed) -> [Int] {
        guard try reader.peek() == UInt8(ascii: "[") else {
            _ = try reader.readValue()
            return []
        }
        var lists: [Int] = []
        try reader.readArray { (reader) throws(JSONReader.Malformed) in
            guard try reader.peek() == UInt8(ascii: "{") else {
                _ = try reader.readValue()
                return
            }
            try reader.readObject { (reader, name) throws(JSONReader.Malformed) in
                let value = try reader.readValue()
                if name == "listid", let list = value.wholeNumber { lists.append(list) }
            }
        }
        return lists
    }
}

extension JSONReader {
    /// Reads a string, or any other plain value as text; nil for null, lists and objects.
    fileprivate mutating func readText() throws(Malformed) -> String? {
        try peek() == UInt8(ascii: "\"") ? try readString() : try readValue().text
    }
}

extension ImportCallback {
    fileprivate init?(_ json: JSONValue) {
        guard let url = json["url"]?.text else { return nil }
        self.url = url
        isPost = json["requestType"]?.text?.uppercased() != "GET"
        isDetailed = !["false", "0"].contains(json["detailed_results"]?.text ?? "true")
        params = Self.pairs(json["params"])
        headers = Self.pairs(json["headers"])
    }

    private static func pairs(_ json: JSONValue?) -> [(String, String)] {
        (json?.elements ?? []).compactMap { pair in
            guard let key = pair["key"]?.text, let value = pair["value"]?.text else { return nil }
            return (key, value)
        }
    }
}
