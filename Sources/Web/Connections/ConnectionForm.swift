import Access
import Exports
import Foundation
import Store

/// What stands in the form of a connection, as it was typed.
struct ConnectionForm: Sendable {
    var name: String
    var audience: Audience
    /// Settings that are no secrets, by name.
    var values: [String: String]
    var agrees: Bool
    /// Secrets by setting; they never go back into a page.
    let secrets: [String: String]
    /// The password of the one who fills in the form; never goes back either.
    let password: String

    /// Names of the fields, in forms and as targets of findings.
    enum Field {
        static let name = "name"
        static let audience = "audience"
        static let agree = "agree"
        static let password = "password"
        static let connect = "connect"
        static let type = "type"
    }

    static let keyBytesMax = 4_096

    /// The form for a new connection.
    static let empty = ConnectionForm(
        name: "", audience: .administrators, values: [:], agrees: false, secrets: [:],
        password: "")

    private init(
        name: String, audience: Audience, values: [String: String], agrees: Bool,
        secrets: [String: String], password: String
    ) {
        self.name = name
        self.audience = audience
        self.values = values
        self.agrees = agrees
        self.secrets = secrets
        self.password = password
    }

    /// The form as a stored connection fills it in.
    init(_ connection: Connection, of destination: DestinationDescriptor) {
        self.init(
            name: connection.name, audience: connection.audience,
            values: destination.values(of: connection), agrees: true, secrets: [:], password: "")
    }

    init(_ fields: FormFields, of destination: DestinationDescriptor) {
        var values: [String: String] = [:]
        var secrets: [String: String] = [:]
        for setting in destination.settings {
            let text = fields.text(destination.field(of: setting)) ?? ""
            if setting.kind == .secret {
                secrets[setting.name] = text.isEmpty ? nil : text
            } else {
                values[setting.name] = text
            }
        }
        self.init(
            name: fields.text(Field.name) ?? "",
            audience: fields[Field.audience].flatMap(Audience.init(rawValue:)) ?? .administrators,
            values: values, agrees: fields.isOn(Field.agree), secrets: secrets,
            password: fields[Field.password] ?? "")
    }
}

extension DestinationDescriptor {
    /// The name of a setting's field in forms. Where there is one secret alone it is `key`.
    func field(of setting: DestinationSetting) -> String {
        setting.kind == .secret && secrets.count == 1 ? "key" : setting.name
    }

    /// The field of the setting of that name; another name is a field's own.
    func field(named name: String) -> String {
        settings.first { $0.name == name }.map(field(of:)) ?? name
    }

    /// What a stored connection has of its settings, without secrets.
    func values(of connection: Connection) -> [String: String] {
        var values = connection.settings
        values[host.name] = connection.host
        return values
    }
}

/// What is wrong with a form, field by field.
struct FormFindings: Sendable {
    private(set) var list: [(field: String, text: String)] = []

    var isEmpty: Bool { list.isEmpty }

    subscript(_ field: String) -> String? { list.first { $0.field == field }?.text }

    /// The same in the order in which the page has the fields.
    func inOrder(of destination: DestinationDescriptor) -> [(field: String, text: String)] {
        typealias Field = ConnectionForm.Field
        let order =
            [Field.name, Field.audience] + destination.settings.map(destination.field(of:))
            + [Field.agree, Field.connect, Field.password]
        return order.compactMap { field in self[field].map { (field, $0) } }
    }

    mutating func add(_ field: String, _ text: String) {
        guard self[field] == nil else { return }
        list.append((field, text))
    }
}
