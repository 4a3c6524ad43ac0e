/// A JSON value whose object members keep their order, so that answers read like the real ones.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One named value of an object.
    package struct Member: Sendable, Equatable {
        /// The name as it was written.
        package var name: String
        /// What stands behind the name.
        package var value: JSONValue
    }

    /// The value behind `name`, or nothing when this is no object or has no such member.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The elements of an array, empty for every other kind.
    package var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The members of an object, empty for every other kind.
    package var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// Text as ActiveCampaign reads it: a string as it is, a number or a boolean spelled out.
    package var text: String? {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .bool(let flag): flag ? "1" : "0"
        case .null, .array, .object: nil
        }
    }

    /// A whole number, also when it was sent as a string, as ids often are.
    package var wholeNumber: Int? {
        switch self {
        case .integer(let number): number
        case .string(let text): Int(text)
        case .number(let number): Int(exactly: number)
        case .null, .bool, .array, .object: nil
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByNilLiteral, ExpressibleByStringInterpolation
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }
    package init(nilLiteral: ()) { self = .null }
}
