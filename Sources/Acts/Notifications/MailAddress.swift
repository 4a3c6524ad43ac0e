/// An address to which mail is sent: plain ASCII as in `ops@example.com`, without a name, quotes or comments,
/// so that it can stand in a header as it is.
package struct MailAddress: Equatable, Sendable {
    package let text: String

    /// Bytes of an address and of the part before the @ (RFC 5321).
    private static let bytesMax = 254
    private static let localBytesMax = 64
    private static let labelBytesMax = 63

    /// Nil for text that is no such address.
    package init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.bytesMax, parts.count == 2,
            parts[0].utf8.count <= Self.localBytesMax, Self.isLocal(parts[0]),
            Self.isDomain(parts[1])
        else { return nil }
        self.text = text
    }

    /// What stands after the @.
    package var domain: String { String(text.drop { $0 != "@" }.dropFirst()) }

    private static func isLocal(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.utf8.allSatisfy {
                    isLetterOrDigit($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0)
                }
        }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...labelBytesMax).contains(label.utf8.count) && label.first != "-"
                && label.last != "-"
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
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
