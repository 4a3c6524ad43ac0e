/// Any JSON value: what the API reads, and what it answers where the members are data.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = container.value(Bool.self) {
            self = .bool(value)
        } else if let value = container.value(Int64.self) {
            self = .integer(value)
        } else if let value = container.value(Double.self) {
            self = .number(value)
        } else if let value = container.value(String.self) {
            self = .string(value)
        } else if let value = container.value([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }
}

extension SingleValueDecodingContainer {
    /// The value when it is of that type. What else it may be is tried next, so the error tells nothing.
    fileprivate func value<Value: Decodable>(_ type: Value.Type) -> Value? {
        try? decode(type)
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByStringLiteral, ExpressibleByNilLiteral
{
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(Dictionary(members) { _, last in last })
    }

    package init(arrayLiteral values: JSONValue...) { self = .array(values) }

    package init(stringLiteral text: String) { self = .string(text) }

    package init(nilLiteral: ()) { self = .null }
}

extension JSONValue {
    package static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    package static func count(_ value: Int?) -> JSONValue {
        value.map { .integer(Int64($0)) } ?? .null
    }

    package static func texts(_ values: [String]) -> JSONValue {
        .array(values.map { .string($0) })
    }

    /// The word for it in findings: `string`, `integer`.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
