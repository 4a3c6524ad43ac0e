import Foundation

/// A place in a list, as clients carry it: opaque to them, and of no use in another list.
struct Cursor: Equatable, Sendable {
    /// Which list it belongs to.
    enum Kind: String, CaseIterable, Sendable {
        case users, tokens, sessions, audit, segments, exports, connections, runs, people, calls
    }

    let kind: Kind
    /// What the list goes on after.
    let parts: [String]

    private static let bytesMax = 2_000

    init(_ kind: Kind, _ parts: String...) {
        self.kind = kind
        self.parts = parts
    }

    init(_ kind: Kind, after id: Int64) { self.init(kind, String(id)) }

    /// Reads a cursor of that list; nil for what is none.
    init?(_ text: String, kind: Kind) {
        guard text.utf8.count <= Self.bytesMax,
            text.utf8.allSatisfy({
                $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || Self.isLetterOrDigit($0)
            })
        else { return nil }
        let base = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base + padding),
            let plain = String(data: data, encoding: .utf8)
        else { return nil }
        let fields = plain.split(separator: "\u{1F}", omittingEmptySubsequences: false)
        guard fields.count > 1, fields[0] == kind.rawValue else { return nil }
        self.kind = kind
        parts = fields.dropFirst().map(String.init)
    }

    var text: String {
        let plain = ([kind.rawValue] + parts).joined(separator: "\u{1F}")
        return Data(plain.utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The id the list goes on after; nil when it holds none.
    var id: Int64? {
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
