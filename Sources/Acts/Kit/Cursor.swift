import Foundation
package import Profiles

/// A place in a list, as clients carry it: opaque to them, and of no use in another list.
package struct Cursor: Equatable, Sendable {
    /// Which list it belongs to.
    package enum Kind: String, CaseIterable, Sendable {
        case users, tokens, sessions, audit, segments, exports, connections, runs, people, calls
        case notifications, sizes, members, refreshes, customers, imports, sources
    }

    package let kind: Kind
    /// What the list goes on after.
    package let parts: [String]

    /// Below what a request line may hold.
    private static let bytesMax = 60_000

    package init(_ kind: Kind, _ parts: String...) {
        self.kind = kind
        self.parts = parts
    }

    package init(_ kind: Kind, after number: Int64) { self.init(kind, String(number)) }

    package init<Thing>(_ kind: Kind, after id: Identifier<Thing>) {
        self.init(kind, id.description)
    }

    /// Reads a cursor of that list; nil for what is none.
    package init?(_ text: String, kind: Kind) {
        guard text.utf8.count <= Self.bytesMax,
            text.utf8.allSatisfy({
                $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || Self.isLetterOrDigit($0)
            })
        else { return nil }
        let base = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base + padding),
            case .array(let values) = Self.json(data), values.count > 1,
            values[0] == .string(kind.rawValue)
        else { return nil }
        self.kind = kind
        parts = values.dropFirst().compactMap { value in
            guard case .string(let text) = value else { return nil }
            return text
        }
    }

    package var text: String {
        // Words and texts are always JSON.
        guard let data = try? JSONEncoder().encode([kind.rawValue] + parts) else { return "" }
        return data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// What a cursor holds; what is none of ours is no cursor, whatever is wrong with it.
    private static func json(_ data: Data) -> JSONValue? {
        try? JSONDecoder().decode(JSONValue.self, from: data)
    }

    /// The id the list goes on after; nil when it holds none.
    package var id: Int64? {
        guard parts.count == 1, let id = Int64(parts[0]), id > 0 else { return nil }
        return id
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
