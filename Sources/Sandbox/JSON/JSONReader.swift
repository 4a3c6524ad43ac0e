/// Reads JSON from bytes, one value or one token at a time.
///
/// The importer's bodies are read without building a tree first: a million contacts arrive in four
/// thousand bodies, and a tree would cost more than all the rest of the sandbox.
struct JSONReader {
    /// Why a text is not JSON; the sandbox answers every one of them the same way.
    struct Malformed: Error {}

    /// Containers may not stand deeper than this, so that a hostile body cannot use up the stack.
    static let depthMax = 64

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The whole text as one value.
    static func value(of bytes: [UInt8]) throws(Malformed) -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.readValue()
        try reader.expectEnd()
        return value
    }

    /// The next byte that is not white space, without taking it.
    mutating func peek() throws(Malformed) -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        throw Malformed()
    }

    /// Takes `byte`, which must come next.
    mutating func take(_ byte: UInt8) throws(Malformed) {
        guard try peek() == byte else { throw Malformed() }
        position += 1
    }

    /// Takes `byte` when it comes next.
    mutating func takes(_ byte: UInt8) throws(Malformed) -> Bool {
        guard try peek() == byte else { return false }
        position += 1
        return true
    }

    /// Nothing but white space may follow.
    mutating func expectEnd() throws(Malformed) {
        while position < bytes.count {
            _ = try peek()
            throw Malformed()
        }
    }

    /// Reads the members of an object; `each` must read the value behind the name it is given.
    mutating func readObject(
        _ each: (inout JSONReader, String) throws(Malformed) -> Void
    ) throws(Malformed) {
        try take(UInt8(ascii: "{"))
        if try takes(UInt8(ascii: "}")) { return }
        repeat {
            let name = try readString()
            try take(UInt8(ascii: ":"))
            try each(&self, name)
        } while try takes(UInt8(ascii: ","))
        try take(UInt8(ascii: "}"))
    }

    /// Reads the elements of an array; `each` must read one element.
    mutating func readArray(
        _ each: (inout JSONReader) throws(Malformed) -> Void
    ) throws(Malformed) {
        try take(UInt8(ascii: "["))
        if try takes(UInt8(ascii: "]")) { return }
        repeat {
            try each(&self)
        } while try takes(UInt8(ascii: ","))
        try take(UInt8(ascii: "]"))
    }

    /// Reads whatever comes next.
    mutating func readValue(depth: Int = 0) throws(Malformed) -> JSONValue {
        guard depth < Self.depthMax else { throw Malformed() }
        switch try peek() {
        case UInt8(ascii: "{"):
            var members: [JSONValue.Member] = []
            try readObject { (reader, name) throws(Malformed) in
                members.append(.init(name: name, value: try reader.readValue(depth: depth + 1)))
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try readArray { (reader) throws(Malformed) in
                elements.append(try reader.readValue(depth: depth + 1))
            }
            return .array(elements)
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"):
            try readWord("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try readWord("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try readWord("null")
            return .null
        default: return try readNumber()
        }
    }

    /// Reads a string with its escapes resolved.
    mutating func readString() throws(Malformed) -> String {
        try take(UInt8(ascii: "\""))
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = try text(start..<position)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try readEscapedString(from: start) }
            guard byte >= 0x20 else { throw Malformed() }
            position += 1
        }
        throw Malformed()
    }

    private func text(_ range: Range<Int>) throws(Malformed) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else { throw Malformed() }
        return text
    }

    private mutating func readEscapedString(from start: Int) throws(Malformed) -> String {
        var buffer = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: buffer, as: UTF8.self) else {
                    throw Malformed()
                }
                return text
            case UInt8(ascii: "\\"):
                guard position < bytes.count else { throw Malformed() }
                let escape = bytes[position]
                position += 1
                switch escape {
                case UInt8(ascii: "n"): buffer.append(0x0A)
                case UInt8(ascii: "t"): buffer.append(0x09)
                case UInt8(ascii: "r"): buffer.append(0x0D)
                case UInt8(ascii: "b"): buffer.append(0x08)
                case UInt8(ascii: "f"): buffer.append(0x0C)
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
                    buffer.append(escape)
                case UInt8(ascii: "u"):
                    buffer.append(contentsOf: Character(try readScalar()).utf8)
                default: throw Malformed()
                }
            case 0x20...: buffer.append(byte)
            default: throw Malformed()
            }
        }
        throw Malformed()
    }

    private mutating func readScalar() throws(Malformed) -> Unicode.Scalar {
        let first = try readHexadecimal()
        if (0xD800..<0xDC00).contains(first) {
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw Malformed() }
            position += 2
            let second = try readHexadecimal()
            guard (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(
                    0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            else { throw Malformed() }
            return scalar
        }
        guard let scalar = Unicode.Scalar(first) else { throw Malformed() }
        return scalar
    }

    private mutating func readHexadecimal() throws(Malformed) -> UInt32 {
        guard position + 4 <= bytes.count else { throw Malformed() }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw Malformed()
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private mutating func readWord(_ word: StaticString) throws(Malformed) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count, bytes[position] == word.utf8Start[offset] else {
                throw Malformed()
            }
            position += 1
        }
    }

    private mutating func readNumber() throws(Malformed) -> JSONValue {
        let start = position
        scan: while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
            default: break scan
            }
        }
        let text = try text(start..<position)
        if let integer = Int(text), !text.hasPrefix("+") { return .integer(integer) }
        guard let number = Double(text), number.isFinite, !text.hasPrefix("+") else {
            throw Malformed()
        }
        return .number(number)
    }
}
