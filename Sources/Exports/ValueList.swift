/// Where a mapped value goes at the destination.
package enum Target: Hashable, Sendable {
    case firstName
    case lastName
    case phone
    /// A tag; the value is its name.
    case tag
    /// A custom field by its id.
    case field(String)
}

/// The values of one person as they are asserted at the destination, in one compact piece of memory:
/// what a plan compares, a batch carries and the ledger keeps.
///
/// Each entry is a code, for a custom field the length and text of its id, then the length and the
/// UTF-8 bytes of the value. Entries stand in the order of the mapping; absent values are left out.
package struct ValueList: Hashable, Sendable {
    package private(set) var bytes: [UInt8]

    package init(bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    package mutating func append(_ value: String, for target: Target) {
        bytes.append(contentsOf: Self.header(of: target))
        var copy = value
        copy.withUTF8 { Self.append(UnsafeRawBufferPointer($0), to: &bytes) }
    }

    /// The bytes with which an entry for a target begins; engines write them before each value.
    package static func header(of target: Target) -> [UInt8] {
        switch target {
        case .firstName: return [1]
        case .lastName: return [2]
        case .phone: return [3]
        case .tag: return [4]
        case .field(let id):
            var header: [UInt8] = [5]
            let text = Array(id.utf8)
            text.withUnsafeBytes { append($0, to: &header) }
            return header
        }
    }

    /// Adds the length and the bytes of a value.
    package static func append(_ value: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        appendLength(value.count, to: &bytes)
        bytes.append(contentsOf: value)
    }

    /// Adds a length, seven bits to a byte, lowest first.
    static func appendLength(_ length: Int, to bytes: inout [UInt8]) {
        var rest = length
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The entries as values, for pages and messages.
    package var entries: [(target: Target, value: String)] {
        var entries: [(target: Target, value: String)] = []
        bytes.withUnsafeBytes { raw in
            _ = Self.visit(in: raw) { target, value in
                entries.append((Self.target(target), String(decoding: value, as: UTF8.self)))
            }
        }
        return entries
    }

    private static func target(_ raw: RawTarget) -> Target {
        switch raw {
        case .firstName: .firstName
        case .lastName: .lastName
        case .phone: .phone
        case .tag: .tag
        case .field(let id): .field(String(decoding: id, as: UTF8.self))
        }
    }

    /// A target inside borrowed memory.
    package enum RawTarget {
        case firstName
        case lastName
        case phone
        case tag
        case field(UnsafeRawBufferPointer)
    }

    /// Visits the entries of a list in borrowed memory. False when it stopped at a malformed entry, which only
    /// a damaged database can hold.
    @discardableResult
    package static func visit(
        in bytes: UnsafeRawBufferPointer,
        _ body: (_ target: RawTarget, _ value: UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var reader = ByteReader(bytes)
        while let code = reader.byte() {
            let target: RawTarget
            switch code {
            case 1: target = .firstName
            case 2: target = .lastName
            case 3: target = .phone
            case 4: target = .tag
            case 5:
                guard let id = reader.counted() else { return false }
                target = .field(id)
            default: return false
            }
            guard let value = reader.counted() else { return false }
            body(target, value)
        }
        return true
    }
}

/// Reads bytes and counted pieces from borrowed memory, never beyond its end.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    var isAtEnd: Bool { position == bytes.count }

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func length() -> Int? {
        var length = 0
        var shift = 0
        while let byte = byte(), shift <= 28 {
            length |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return length }
            shift += 7
        }
        return nil
    }

    mutating func counted() -> UnsafeRawBufferPointer? {
        guard let length = length(), bytes.count - position >= length else { return nil }
        defer { position += length }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + length)])
    }
}
