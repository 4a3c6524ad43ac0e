import Access
import Foundation
import Phrases
import Store

/// What stands in the form of a connection, as it was typed.
struct ConnectionForm: Sendable {
    var name: String
    var audience: Audience
    var host: String
    var agrees: Bool
    /// Never goes back into a page.
    let key: String
    /// The password of the one who fills in the form; never goes back either.
    let password: String

    /// Names of the fields, in forms and as targets of findings.
    enum Field {
        static let name = "name"
        static let audience = "audience"
        static let key = "key"
        static let host = "host"
        static let agree = "agree"
        static let password = "password"
        static let connect = "connect"

        /// As they stand on the page.
        static let inOrder = [name, audience, key, host, agree, connect, password]
    }

    static let keyBytesMax = 4_096

    /// The form for a new connection.
    static let empty = ConnectionForm(
        name: "", audience: .administrators, host: "", agrees: false, key: "", password: "")

    private init(
        name: String, audience: Audience, host: String, agrees: Bool, key: String,
        password: String
    ) {
        self.name = name
        self.audience = audience
        self.host = host
        self.agrees = agrees
        self.key = key
        self.password = password
    }

    /// The form as a stored connection fills it in.
    init(_ connection: Connection) {
        self.init(
            name: connection.name, audience: connection.audience, host: connection.host,
            agrees: true, key: "", password: "")
    }

    init(_ fields: FormFields) {
        self.init(
            name: fields.text(Field.name) ?? "",
            audience: fields[Field.audience].flatMap(Audience.init(rawValue:)) ?? .administrators,
            host: fields.text(Field.host) ?? "", agrees: fields.isOn(Field.agree),
            key: fields.text(Field.key) ?? "", password: fields[Field.password] ?? "")
    }

    /// Whether it could be a key at all: printable ASCII, as it travels in a header.
    var isKeyPlausible: Bool {
        key.utf8.count <= Self.keyBytesMax && key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// What is wrong with a form, field by field.
struct FormFindings: Sendable {
    private(set) var list: [(field: String, text: String)] = []

    var isEmpty: Bool { list.isEmpty }

    subscript(_ field: String) -> String? { list.first { $0.field == field }?.text }

    /// The same in the order in which the page has the fields.
    var inOrder: [(field: String, text: String)] {
        ConnectionForm.Field.inOrder.compactMap { field in
            self[field].map { (field, $0) }
        }
    }

    mutating func add(_ field: String, _ text: String) {
        guard self[field] == nil else { return }
        list.append((field, text))
    }
}
