import Acts
import Foundation
import HTTPTypes
import NIOCore

/// The JSON object that a request brought, read strictly: every member is asked for by its name, and what
/// does not fit is collected with its path, so that a client learns of everything at once.
struct APIBody {
    /// Bytes of a body.
    static let bytesMax = 1 << 18

    /// Levels of arrays and objects.
    static let depthMax = 16

    private let members: [String: JSONValue]
    private let path: String
    private var asked: Set<String> = []
    private(set) var findings: [WebProblem.Finding] = []

    init(_ members: [String: JSONValue], path: String = "") {
        self.members = members
        self.path = path
    }

    /// Reads a body of that type. `isOptional` lets an empty one stand for an empty object.
    init(_ buffer: ByteBuffer, type: String?, isOptional: Bool) throws(WebProblem) {
        if isOptional, buffer.readableBytes == 0 {
            self.init([:])
            return
        }
        guard Self.isJSON(type) else {
            throw WebProblem(
                .unsupportedType, "Send the body as 'Content-Type: application/json'.")
        }
        guard Self.depth(of: buffer.readableBytesView) <= Self.depthMax else {
            throw WebProblem(
                .badRequest, "The body is nested deeper than \(Self.depthMax) levels.")
        }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(buffer.readableBytesView))
        } catch {
            throw WebProblem(.badRequest, "The body is not JSON in UTF-8.")
        }
        guard case .object(let members) = value else {
            throw WebProblem(
                .invalid, "The body is a JSON \(value.kind), not an object.",
                findings: [
                    .init(field: "", code: "type", detail: "It takes a JSON object.")
                ])
        }
        self.init(members)
    }

    /// How deep arrays and objects are nested, read before the reader that follows them down.
    private static func depth(of bytes: some Sequence<UInt8>) -> Int {
        var depth = 0
        var deepest = 0
        var isText = false
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                isEscaped = false
            } else if isText {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                if byte == UInt8(ascii: "\"") { isText = false }
            } else if byte == UInt8(ascii: "\"") {
                isText = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
                deepest = max(deepest, depth)
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
            }
        }
        return deepest
    }

    private static func isJSON(_ type: String?) -> Bool {
        guard let type else { return false }
        let parts = type.lowercased().split(separator: ";").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        return parts.first == "application/json"
            && parts.dropFirst().allSatisfy {
                !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=\"utf-8\""
            }
    }

    // MARK: Members

    func has(_ name: String) -> Bool { members[name] != nil }

    mutating func find(_ name: String, _ code: String, _ detail: String) {
        findings.append(.init(field: place(name), code: code, detail: detail))
    }

    mutating func add(_ found: [WebProblem.Finding]) { findings += found }

    /// Text of a member; nil when it is missing, or wrong and therefore among the findings.
    mutating func text(
        _ name: String, isRequired: Bool = true, length: ClosedRange<Int> = 1...200
    ) -> String? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard case .string(let text) = value else {
            return wrongType(name, "string", value)
        }
        return checked(text, name, length)
    }

    private mutating func checked(
        _ text: String, _ name: String, _ length: ClosedRange<Int>
    ) -> String? {
        guard length.contains(text.unicodeScalars.count), !text.holdsControls else {
            find(
                name, "text",
                "It takes \(length.lowerBound) to \(length.upperBound) characters without control characters."
            )
            return nil
        }
        return text
    }

    /// Text that may be missing or `null`.
    mutating func optionalText(_ name: String, length: ClosedRange<Int> = 1...200) -> String? {
        isNull(name) ? nil : text(name, isRequired: false, length: length)
    }

    mutating func flag(_ name: String, isRequired: Bool = false) -> Bool? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard case .bool(let flag) = value else { return wrongType(name, "boolean", value) }
        return flag
    }

    mutating func integer(
        _ name: String, isRequired: Bool = true, in range: ClosedRange<Int64>
    ) -> Int64? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard case .integer(let number) = value else { return wrongType(name, "integer", value) }
        guard range.contains(number) else {
            find(name, "range", "It takes \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return number
    }

    mutating func number(
        _ name: String, isRequired: Bool = false, in range: ClosedRange<Double>
    ) -> Double? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        let number: Double
        switch value {
        case .integer(let integer): number = Double(integer)
        case .number(let double): number = double
        default: return wrongType(name, "number", value)
        }
        guard range.contains(number) else {
            find(name, "range", "It takes \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return number
    }

    mutating func choice<Choice: RawRepresentable>(
        _ name: String, of choices: [Choice], isRequired: Bool = true
    ) -> Choice? where Choice.RawValue == String {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard case .string(let text) = value else { return wrongType(name, "string", value) }
        guard let choice = choices.first(where: { $0.rawValue == text }) else {
            find(
                name, "choice",
                "It is one of \(choices.map { "'\($0.rawValue)'" }.joined(separator: ", ")).")
            return nil
        }
        return choice
    }

    mutating func texts(
        _ name: String, isRequired: Bool = false, count: ClosedRange<Int>,
        length: ClosedRange<Int> = 1...200
    ) -> [String]? {
        guard let values = values(name, isRequired: isRequired, count: count) else { return nil }
        var texts: [String] = []
        for (index, value) in values.enumerated() {
            let place = "\(name)[\(index)]"
            guard case .string(let text) = value else {
                let _: String? = wrongType(place, "string", value)
                continue
            }
            if let text = checked(text, place, length) { texts.append(text) }
        }
        return texts
    }

    private mutating func values(
        _ name: String, isRequired: Bool, count: ClosedRange<Int>
    ) -> [JSONValue]? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        guard case .array(let values) = value else { return wrongType(name, "array", value) }
        guard count.contains(values.count) else {
            find(name, "count", "It takes \(count.lowerBound) to \(count.upperBound) entries.")
            return nil
        }
        return values
    }

    /// Whether a member is there and `null`.
    mutating func isNull(_ name: String) -> Bool {
        guard members[name] == .null else { return false }
        asked.insert(name)
        return true
    }

    /// An object within, with its own findings added to these.
    mutating func object<Value>(
        _ name: String, isRequired: Bool = true, _ read: (inout APIBody) -> Value?
    ) -> Value? {
        guard let value = value(name, isRequired: isRequired) else { return nil }
        return object(value, at: name, read)
    }

    /// Objects in an array.
    mutating func objects<Value>(
        _ name: String, isRequired: Bool = false, count: ClosedRange<Int>,
        _ read: (inout APIBody) -> Value?
    ) -> [Value]? {
        guard let values = values(name, isRequired: isRequired, count: count) else { return nil }
        var found: [Value] = []
        for (index, value) in values.enumerated() {
            if let one = object(value, at: "\(name)[\(index)]", read) { found.append(one) }
        }
        return found
    }

    private mutating func object<Value>(
        _ value: JSONValue, at place: String, _ read: (inout APIBody) -> Value?
    ) -> Value? {
        guard case .object(let members) = value else { return wrongType(place, "object", value) }
        var inner = APIBody(members, path: self.place(place))
        let result = read(&inner)
        inner.noteUnknown()
        findings += inner.findings
        return result
    }

    private mutating func value(_ name: String, isRequired: Bool) -> JSONValue? {
        asked.insert(name)
        guard let value = members[name] else {
            if isRequired { find(name, "required", "It is missing.") }
            return nil
        }
        return value
    }

    private mutating func wrongType<Value>(
        _ name: String, _ wanted: String, _ value: JSONValue
    ) -> Value? {
        find(name, "type", "It takes a JSON \(wanted), not \(value.kind).")
        return nil
    }

    private func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private mutating func noteUnknown() {
        for name in members.keys.sorted() where !asked.contains(name) {
            let known = asked.sorted().map { "'\($0)'" }.joined(separator: ", ")
            find(
                String(name.prefix(50)), "unknown",
                known.isEmpty
                    ? "There is no such member." : "There is no such member; there are \(known).")
        }
    }

    /// Ends reading: what was not asked for is unknown, and findings refuse the request.
    mutating func end() throws(WebProblem) {
        noteUnknown()
        guard findings.isEmpty else {
            throw WebProblem(
                .invalid, "Something in the body is missing or does not fit.", findings: findings)
        }
    }
}
